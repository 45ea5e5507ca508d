# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completes the options of chatclient in bash.  Source it, or install it as
# PREFIX/share/bash-completion/completions/chatclient.

_chatclient() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	# Of --bell=all bash makes three words.
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
	-Ip | --ip)
		mapfile -t COMPREPLY < <(compgen -A hostname -W unix: -- "$word")
		# A path follows.
		if [[ ${COMPREPLY[*]} == unix: ]]; then
			compopt -o nospace 2>/dev/null
		fi
		;;
	unix:)
		# A slash behind folders, and no word of a name with blanks.
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	--bell)
		mapfile -t COMPREPLY < <(
			compgen -W 'off mention private all' -- "$word"
		)
		;;
	--color)
		mapfile -t COMPREPLY < <(
			compgen -W 'auto always never' -- "$word"
		)
		;;
	-Port | --port | --name | --send | --to) ;;
	*)
		mapfile -t COMPREPLY < <(
			compgen -W '-Ip --ip -Port --port --name --bell --color
				--plain --no-reconnect --send --to --who --listen
				--events -h --help -V --version' -- "$word"
		)
		;;
	esac
}

complete -F _chatclient chatclient
