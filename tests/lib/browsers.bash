# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# People at a browser: one Chromium for the tests of a file, and a profile of its
# own for each of them.  Loaded behind the helpers.
#
# The driver (tests/browser/driver.py) is asked by one pipe and answers by
# another, so asking takes no process.

declare -gx BROWSER_FOLDER=${BROWSER_FOLDER-}
declare -g BROWSER_ANSWER='' ASKED=0
declare -g PAGE_PORT='' # where browsers connect, if not to the server itself
declare -g BROWSER_TO='' BROWSER_FROM=''
# Where pictures of the pages are kept.
: "${SCREENSHOTS:=$(realpath "${BASH_SOURCE[0]%/*}/../..")/build/screenshots}"

# A browser connects before it knows what to ask for, and whoever is silent for
# as long is not to be a guest: people come by come_as.
# shellcheck disable=SC2034 # the helpers use it
SILENCE=10000

# --- the browser -----------------------------------------------------------

chromium_program() {
	command -v chromium || command -v chromium-browser ||
		command -v google-chrome
}

need_browser() {
	[[ -n $(chromium_program) ]] || skip "there is no Chromium here"
	command -v python3 >/dev/null || skip "there is no python3 here"
	[[ -n $BROWSER_FOLDER ]] || fail "no browser was started"
}

browser_start() {
	[[ -n $(chromium_program) ]] || return 0
	BROWSER_FOLDER=$BATS_FILE_TMPDIR/browser
	mkdir "$BROWSER_FOLDER"
	mkfifo "$BROWSER_FOLDER/asked" "$BROWSER_FOLDER/answers"
	(bare python3 -B "$BATS_TEST_DIRNAME/browser/driver.py" \
		"$BROWSER_FOLDER" "$PATIENCE") \
		</dev/null >"$BROWSER_FOLDER/driver.log" 2>&1 3>&- &
	echo $! >"$BROWSER_FOLDER/pid"
}

browser_end() {
	[[ -n $BROWSER_FOLDER ]] || return 0
	browser quit
	eventually 10 ended "$(<"$BROWSER_FOLDER/pid")"
}

# Asks the driver; what it answers is in BROWSER_ANSWER.
browser() { # COMMAND ARGUMENT...
	local - answer
	set +T
	if [[ -z $BROWSER_TO ]]; then
		# Both ends: opening waits for nobody.
		exec {BROWSER_TO}<>"$BROWSER_FOLDER/asked" \
			{BROWSER_FROM}<>"$BROWSER_FOLDER/answers"
	fi
	ASKED=$BASHPID.$((${ASKED#*.} + 1))
	printf '%s\0' "$ASKED" "$#" "$@" >&"$BROWSER_TO"
	# A test that was broken off has left its answer there.
	until [[ ${answer-} == "$ASKED "* ]]; do
		IFS= read -r -d '' -t "$((PATIENCE * 3))" -u "$BROWSER_FROM" \
			answer || {
			fail "no answer to: $*"$'\n'"$(tail -n 5 \
				"$BROWSER_FOLDER/driver.log")"
			return 1
		}
	done
	answer=${answer#* }
	BROWSER_ANSWER=${answer#* }
	[[ $answer == ok* ]] || fail "$BROWSER_ANSWER"
}

# --- people ----------------------------------------------------------------

declare -gA AT=() # name -> the conversation that is open

# Opens the page in a profile of its own.
open_page() { # NAME
	browser create "$1" && browser go "$1" "http://127.0.0.1:${PAGE_PORT:-$PORT}/"
}

# Fills in the form of the first page, and is in the chat.
come_in() { # NAME
	browser fill "$1" textbox 'Your name' "$1" &&
		browser click "$1" button Enter && expect_connected "$1" || return 1
	AT[$1]='#lobby'
}

browse() { # NAME
	open_page "$1" && come_in "$1"
}

# Types a line into the open conversation.
talk() { # NAME LINE
	browser fill "$1" textbox "Message to ${AT[$1]}" "$2" &&
		browser press "$1" Enter
}

# Enters a room, or makes it.
go_to_room() { # NAME ROOM
	talk "$1" "/join $2" && expect_open "$1" "$2"
}

# Turns to a conversation that the page has, by its list.
turn_to() { # NAME CONVERSATION
	browser wait "$1" "the conversation $2" "(() => {
		const found = [...document.querySelectorAll('#talk-list bdi')]
			.find((each) => each.textContent === '$2');
		found?.closest('button').click();
		return Boolean(found);
	})()" && expect_open "$1" "$2"
}

expect_open() { # NAME CONVERSATION
	browser there "$1" textbox "Message to $2" || return 1
	AT[$1]=$2
}

# Turns to private talk with somebody, by the list of who is here.
turn_to_user() { # NAME NAME
	browser click "$1" button "$2" && expect_open "$1" "$2"
}

# A site of others, with the files of a folder: its origin is in SITE.
# shellcheck disable=SC2034 # for the tests
serve_folder() { # FOLDER
	seat site python3 -u -m http.server --bind 127.0.0.1 --directory "$1" 0
	expect_match site '.* port [0-9]+ .*' || return 1
	SITE=http://127.0.0.1:$(screen site | grep -om 1 'port [0-9]*' |
		tr -dc 0-9)
}

# --- the cable -------------------------------------------------------------

# From here on browsers connect by a cable that can be cut.
lay_cable() {
	seat cable python3 -B "$BATS_TEST_DIRNAME/browser/cable.py" "$PORT"
	expect_match cable '[0-9]+' || return 1
	PAGE_PORT=$(screen cable)
}

cable_is() { # cut|mend
	wipe cable
	say cable "$1"
	expect_line cable "$1"
}

# --- what the page shows ---------------------------------------------------

# A text that matches, anywhere in the page.
expect_page() { # NAME REGULAR-EXPRESSION
	browser visible "$1" "$2"
}

# That text, to the letter.
expect_text() { # NAME TEXT
	browser literal "$1" "$2"
}

expect_connected() { # NAME
	browser wait "$1" 'that it is connected' \
		"document.body.dataset.state === 'open'"
}

# A string of JavaScript.
quoted() { # TEXT
	jq -n --arg text "$1" '$text'
}

# Lines of the open conversation by that person and with that text, whole.
said() { # NAME-OF-SPEAKER TEXT
	echo "[...document.querySelectorAll('#lines .line')].filter((line) =>
		line.querySelector('.who')?.textContent === $(quoted "$1") &&
		line.querySelector('.text')?.textContent === $(quoted "$2"))"
}

expect_said() { # NAME NAME-OF-SPEAKER TEXT
	browser wait "$1" "[$2] $3" "$(said "$2" "$3").length > 0"
}

said_times() { # NAME NAME-OF-SPEAKER TEXT NUMBER
	browser evaluate "$1" "$(said "$2" "$3").length" &&
		equal "$BROWSER_ANSWER" "$4" "how often [$2] $3 is there"
}

# Who is here by the page's list: these and no others.
expect_here() { # NAME NAME...
	local name=$1
	shift
	browser wait "$name" "that these are here: $*" "
		[...document.querySelectorAll('#people-list bdi')]
			.map((each) => each.textContent).sort().join() ===
		$(printf '%s\n' "$@" | LC_ALL=C sort -u | jq -R -s -c \
			'split("\n")[:-1]').sort().join()"
}

# A picture of the page as it is, which is kept.
keep_picture() { # NAME WHAT
	browser screenshot "$1" "$SCREENSHOTS/$2.png"
}

# Nothing has gone wrong in the page up to now, or what has is as expected: a
# line each, patterns.
nothing_wrong() { # NAME [PATTERN...]
	local line pattern name=$1
	shift
	browser wrong "$name" || return 1
	while IFS= read -r line; do
		for pattern in "$@"; do
			# shellcheck disable=SC2053
			[[ $line != $pattern ]] || continue 2
		done
		[[ -z $line ]] || {
			fail "in the page of $name: $line"
			return 1
		}
	done <<<"$BROWSER_ANSWER"
}

# What a test has opened; what a page showed at the end of one that has failed is
# kept.
browser_tidy() {
	local name
	[[ -n $BROWSER_FOLDER ]] || return 0
	browser names
	if [[ -z ${BATS_TEST_COMPLETED-} && -z ${BATS_TEST_SKIPPED-} ]]; then
		for name in $BROWSER_ANSWER; do
			keep_picture "$name" \
				"failed-${BATS_TEST_FILENAME##*/}-$BATS_TEST_NUMBER-$name"
			browser wrong "$name"
			echo "--- the page of $name; a picture is in $SCREENSHOTS"
			echo "$BROWSER_ANSWER"
			browser evaluate "$name" 'document.body.innerText'
			tail -n 40 <<<"$BROWSER_ANSWER"
		done
	fi
	browser close_all
}

# --- each file of them ------------------------------------------------------

setup_file() {
	browser_start
}

teardown_file() {
	browser_end
}

setup() {
	need_browser
}

teardown() {
	local status=0
	browser_tidy || status=1
	[[ -z ${CROWD-} ]] || hang_up crowd
	clean_up || status=1
	return "$status"
}
