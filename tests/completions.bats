#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The completions for bash and zsh offer what the programs take, no more and
# no less, and the manuals describe it, so that none of them can go stale.

load lib/helpers
load lib/tmux

: "${COMPLETIONS:=$BATS_TEST_DIRNAME/../build/plain/completions}"

setup() {
	# shellcheck source=/dev/null
	. "$COMPLETIONS/chatclient.bash"
	# shellcheck source=/dev/null
	. "$COMPLETIONS/chatserver.bash"
}

# What bash would offer for the last of these words.
offered() { # PROGRAM WORD...
	local function COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	function=$(complete -p "$1")
	[[ $function == *' -F '* ]] || return 1
	function=${function##*-F }
	"${function% "$1"}"
	printf '%s\n' "${COMPREPLY[@]}"
}

# The options that the program's own help names.
options() { # PROGRAM
	"$1" --help | grep -oE '(^|[[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d '[ ,' |
		LC_ALL=C sort -u
}

# The options that zsh's completion describes.
described() { # PROGRAM
	sed -nE "s/^\t(.end)?'(\([^)]*\))?\*?(--?[A-Za-z-]+)=?\[.*/\3/p" \
		"$COMPLETIONS/_$1" | LC_ALL=C sort
}

@test "bash: every option of --help, and no other" {
	contains "$(options "$CLIENT")" --no-reconnect
	contains "$(options "$SERVER")" --max-per-address
	equal "$(offered chatclient '' | LC_ALL=C sort)" "$(options "$CLIENT")"
	equal "$(offered chatserver '' | LC_ALL=C sort)" "$(options "$SERVER")"
}

@test "zsh: every option of --help, and no other" {
	equal "$(described chatclient)" "$(options "$CLIENT")"
	equal "$(described chatserver)" "$(options "$SERVER")"
	equal "$(head -n 1 "$COMPLETIONS/_chatclient")" '#compdef chatclient'
	equal "$(head -n 1 "$COMPLETIONS/_chatserver")" '#compdef chatserver'
}

@test "the manuals: every option of --help" {
	local option page
	page=$(grep '^\.It Fl ' "$BATS_TEST_DIRNAME/../client/chatclient.1")
	for option in $(options "$CLIENT"); do
		contains "${page//$'\n'/ } " "Fl ${option#-} "
	done
	page=$(grep '^\.It Fl ' "$BATS_TEST_DIRNAME/../server/chatserver.8")
	for option in $(options "$SERVER"); do
		contains "${page//$'\n'/ } " "Fl ${option#-} "
	done
}

@test "zsh takes its files" {
	command -v zsh >/dev/null || skip "no zsh here"
	zsh -n "$COMPLETIONS/_chatclient"
	zsh -n "$COMPLETIONS/_chatserver"
}

@test "bash: what begins as the word does" {
	equal "$(offered chatclient --b)" --bell
	equal "$(offered chatclient --plain --co)" --color
	equal "$(offered chatclient -I)" -Ip
	equal "$(offered chatserver --max-)" $'--max-users\n--max-per-address\n--max-rooms'
	equal "$(offered chatclient --nonsense)" ''
}

# The programs themselves say what would be right.
@test "values: those that the programs take" {
	local option values
	for option in --bell --color; do
		values=$("$CLIENT" "$option" '' 2>&1 </dev/null |
			sed 's/.*must be //; s/,//g; s/ or / /; s/ /\n/g')
		contains "$values" $'\n' "what the client says of $option"
		equal "$(offered chatclient "$option" '')" "$values"
		equal "$(offered chatclient "$option" =)" "$values"
		grep -qF -e "'$option=[" "$COMPLETIONS/_chatclient"
		contains "$(grep -F -e "'$option=[" "$COMPLETIONS/_chatclient")" \
			":(${values//$'\n'/ })'"
	done
	equal "$(offered chatclient --bell = m)" mention
	equal "$(offered chatclient --color a)" $'auto\nalways'
	equal "$(offered chatserver --log '')" $'stderr\nsyslog'
	equal "$(offered chatserver --log = s)" $'stderr\nsyslog'
	contains "$(offered chatserver --user ro)" root
}

# zsh's files mark those that take one.
@test "what takes a value is followed by it, what takes none by an option" {
	takes_long
	local program option next
	for program in chatclient chatserver; do
		for option in $(described "$program"); do
			next=$(offered "$program" "$option" -)
			if grep -qF -e "$option=[" "$COMPLETIONS/_$program"; then
				equal "$next" '' "what follows $program $option"
			else
				contains "$next" --help
			fi
		done
	done
}

@test "-Ip: the hosts that bash knows" {
	echo '192.0.2.7 chat-host.example' >"$BATS_TEST_TMPDIR/hosts"
	HOSTFILE=$BATS_TEST_TMPDIR/hosts
	equal "$(offered chatclient -Ip chat-h)" chat-host.example
	equal "$(offered chatclient --ip = chat-h)" chat-host.example
	equal "$(offered chatclient --ip un)" unix:
}

# A bash on a terminal reads a file, and waits for what comes next: keys that
# come while it reads are echoed in front of its prompt.
reads() { # FILE
	press shell C-u "clear; source '$1'; echo read" Enter
	expect_end shell $'read\n$'
}

# Types at it, and waits for the row that this makes.
completed() { # TYPED ROW
	press shell C-u "$1" Tab
	expect_row shell "\$ $2"
}

@test "files at a real bash: a slash behind folders, names with blanks" {
	mkdir -p "$BATS_TEST_TMPDIR/files/dir"
	: >"$BATS_TEST_TMPDIR/files/a file"
	(
		cd "$BATS_TEST_TMPDIR/files"
		bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s shell \
			-x 80 -y 24 env PS1='$ ' bash --norc --noprofile
	) 3>&-
	reads "$COMPLETIONS/chatserver.bash"
	completed 'chatserver --log-chat d' 'chatserver --log-chat dir/'
	completed 'chatserver --log-chat a' 'chatserver --log-chat a\ file'
	completed 'chatserver --listen unix:d' 'chatserver --listen unix:dir/'
	reads "$COMPLETIONS/chatclient.bash"
	completed 'chatclient --ip uni' 'chatclient --ip unix:'
	completed 'chatclient --ip unix:d' 'chatclient --ip unix:dir/'
	completed 'chatclient -Ip=unix:dir/../a' 'chatclient -Ip=unix:dir/../a\ file'
	leave_terminals
}
