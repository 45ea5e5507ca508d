# SPDX-License-Identifier: MIT
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
	# Of unix:PATH, too.
	if [[ $word == : ]]; then
		before=$before: word=''
	elif [[ $before == : ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}:
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
	--control | --log-chat | unix:)
		# A slash behind folders, and no word of a name with blanks.
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	-Ip | --ip | -Port | --port | --listen | --unix-mode | \
		--greet-after | --idle-timeout | --max-users | --max-per-address | --rate | \
		--burst | --history | --end-when-empty | --name | --say | \
		--kick | --ban | --for | --unban) ;;
	*)
		mapfile -t COMPREPLY < <(
			compgen -W '--listen -Ip -Port --unix-mode --greet-after --idle-timeout
				--max-users --max-per-address --rate --burst
				--history --end-when-empty --log --log-chat --user
				--no-sandbox --control --inetd --name --status
				--json --metrics --say --kick --ban --for
				--unban --bans -h --help -V --version' \
				-- "$word"
		)
		;;
	esac
}

complete -F _chatserver chatserver
