# shellcheck shell=bash
# Completes the options of chatserver in bash.  Source it, or install it as
# PREFIX/share/bash-completion/completions/chatserver.

_chatserver() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	# Of --log=syslog bash makes three words.
	if [[ $word == = ]]; then
		word=''
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	case $before in
	--log)
		mapfile -t COMPREPLY < <(
			compgen -W 'stderr syslog' -- "$word"
		)
		;;
	--user)
		mapfile -t COMPREPLY < <(compgen -A user -- "$word")
		;;
	-Ip | -Port | --listen | --idle-timeout | --max-users | \
		--max-per-address | --rate | --burst | --history | \
		--unix-mode | --end-when-empty) ;;
	*)
		mapfile -t COMPREPLY < <(
			compgen -W '--listen -Ip -Port --idle-timeout --max-users
				--max-per-address --rate --burst --history
				--unix-mode --end-when-empty --log --user
				--no-sandbox -h --help -V --version' \
				-- "$word"
		)
		;;
	esac
}

complete -F _chatserver chatserver
