# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the fault tests load: one server, the people who talk on it, and the
# look round afterwards.
#
# A case is play or stay: both set WRONG to what was wrong, "" for nothing, and
# leave nothing running.  No process is forked here but the server's own: there
# are many cases.

: "${PATIENCE:=6}" # seconds for what should take milliseconds
ENDING=2500000     # microseconds that a SIGTERM may take: 2 s, and some slack
CPU_MAX=500        # milliseconds of processor time for any one process

declare -gA SOCKET=() NICK=() PART=() GONE=()
declare -g WRONG='' WORK='' LOST=0 NEXT_NAME=0 NAP SERVER_PID='' INJECT_PID=''
declare -g PORT='' STATUS='' OUT=''
# Of a server without a fault, by role and instance; set by the first
# talk.
declare -gA NORMAL_CALLS=()
declare -g NORMAL_HELD=''

exec {NAP}<> <(:)
trap '' PIPE

now() { # microseconds
	NOW=${EPOCHREALTIME/[.,]/}
}

nap() {
	read -rt 0.02 -u "$NAP" || true
}

wrong() { # TEXT...: the first thing that is wrong is what the case tells
	[[ -n $WRONG ]] || WRONG="$*"
	return 1
}

# --- the report ------------------------------------------------------------

report() { # WORD: sets FOUND to the words of the last such line
	local word rest
	FOUND=()
	while read -r word rest; do
		[[ "$word $rest" != "$1 "* ]] || read -ra FOUND <<<"$rest"
	done <"$WORK/report"
	((${#FOUND[@]} > 0))
}

relay_pid() { # sets RELAY_PID
	report 'process relay' && RELAY_PID=${FOUND[2]}
}

# Sets CHILDREN to those that have not ended, and ZOMBIE to one that has and is
# not reaped.
list_children() {
	local word role instance pid rest
	CHILDREN=() ZOMBIE=''
	while read -r word role instance pid rest; do
		case "$word $role" in
		'process child')
			CHILDREN[instance]=$pid
			;;
		'end child')
			unset "CHILDREN[instance]"
			[[ ! -d /proc/$pid ]] || ZOMBIE=$pid
			;;
		esac
	done <"$WORK/report"
}

# Sets COUNT to the descriptors of a process, 0 where that cannot be seen.
count_descriptors() { # PID
	local -a fds=("/proc/$1/fd/"*)
	COUNT=${#fds[@]}
	[[ -e ${fds[0]} || -L ${fds[0]} ]] || COUNT=0
}

# --- the server ------------------------------------------------------------

# Starts a server with a fault, and waits for its ready line.  Fails where it
# does not come.
start() { # [ROLE INSTANCE CALL WHEN ERROR]
	local line
	rm -f "$WORK/report"
	: >"$WORK/report"
	exec {OUT}< <(exec "$INJECT" "$WORK/report" "$@" -- "$SERVER" -Port 0 \
		--rate 0 2>"$WORK/log" </dev/null)
	INJECT_PID=$!
	SOCKET=() NICK=() PART=() GONE=() WRONG='' LOST=0 STATUS=''
	SERVER_PID='' PORT=''
	if IFS= read -rt "$PATIENCE" -u "$OUT" line &&
		[[ $line == 'chatserver: listening on 127.0.0.1:'* ]]; then
		PORT=${line##*:}
	fi
	report server && SERVER_PID=${FOUND[0]}
	[[ -n $PORT ]]
}

# Waits for the end of everything that the server is.  Its output ends then.
ends_within() { # MICROSECONDS
	local left line status=0
	printf -v left '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000))
	while ((status == 0)); do
		IFS= read -rt "$left" -u "$OUT" line || status=$?
	done
	((status <= 128)) || return 1
	STATUS=0
	wait "$INJECT_PID" || STATUS=$?
	INJECT_PID=''
}

# After the end, or what should have been it.
clean_up() {
	local fd
	if [[ -n $INJECT_PID ]]; then # takes all that it traces along
		kill -KILL "$INJECT_PID"
		wait "$INJECT_PID" 2>/dev/null || true
		INJECT_PID=''
	fi
	for fd in "${SOCKET[@]}"; do
		exec {fd}>&-
	done
	exec {OUT}<&-
	SOCKET=()
}

# What outlives the server.  Where something could not be removed, the log must
# say so.
look_for_objects() { # [ERROR]
	local object
	local -a objects=("/dev/shm/chatserver-$SERVER_PID-"*)
	! report made || objects+=("${FOUND[0]}")
	for object in "${objects[@]}"; do
		# The folder of all servers' control sockets stays.
		[[ -e $object && $object != /run/chatserver ]] || continue
		has_logged "chatserver: *${ERROR_TEXT[${1:-none}]:-none}*" ||
			wrong "left $object"
		rm -df "$object"
	done
}

# Whether any process crashed, or did so much more than it ever does that it
# must have gone round in circles.
look_at_ends() { # FACTOR
	local word role instance pid how number cpu calls _ max
	while read -r word role instance pid how number _ cpu _ calls; do
		[[ $word == end ]] || continue
		case $how-$number in
		signal-9 | exit-*) ;;
		*) wrong "$role $instance crashed: $how $number" ;;
		esac
		max=$((${NORMAL_CALLS[$role.$instance]:-300} * $1 + 300))
		((calls <= max)) ||
			wrong "$role $instance spun: $calls calls, at most $max are right"
		((cpu <= CPU_MAX)) ||
			wrong "$role $instance spun: $cpu ms of processor time"
	done <"$WORK/report"
}

# What holds for every server that was told to end.
finish() {
	if [[ -n $INJECT_PID ]]; then
		kill -TERM "$SERVER_PID" 2>/dev/null
		ends_within "$ENDING" || wrong 'not all had ended 2 s after SIGTERM'
	fi
	[[ -z $STATUS || $STATUS == 0 ]] || wrong "ended with status $STATUS"
}

# Whether it is in the log, or comes within half a second.
logs_soon() { # PATTERN...
	local pattern deadline
	now
	deadline=$((NOW + 500000))
	while :; do
		for pattern in "$@"; do
			! has_logged "$pattern" || return 0
		done
		now
		((NOW < deadline)) || return 1
		nap
	done
}

has_logged() { # PATTERN
	local line
	while IFS= read -r line; do
		# shellcheck disable=SC2053 # a pattern
		[[ $line != $1 ]] || return 0
	done <"$WORK/log"
	return 1
}

# A start that came to nothing must say why and leave nothing.
look_at_refusal() { # ERROR
	if [[ -n $INJECT_PID ]] && ! ends_within 2000000; then
		# Standard output alone may have been lost.
		has_logged 'chatserver: stdout-fail *' ||
			wrong 'neither ready nor ended'
		finish
		return
	fi
	((STATUS >= 64 && STATUS <= 78)) ||
		wrong "a start that failed ended with status $STATUS"
	# The relay cannot always tell what it died of.
	has_logged "chatserver: *${ERROR_TEXT[$1]:-}*" ||
		has_logged 'chatserver: the relay did not start*' ||
		wrong "a start that failed did not log \"${ERROR_TEXT[$1]:-}\""
}

# --- people ----------------------------------------------------------------

say() { # USER LINE
	printf '%s\n' "$2" >&"${SOCKET[$1]}" || true
} 2>/dev/null

# Waits for a line that matches; every other one is done with.
hear() { # USER PATTERN MICROSECONDS
	local line='' deadline left status
	now
	deadline=$((NOW + $3))
	while [[ -z ${GONE[$1]} ]]; do
		now
		left=$((deadline - NOW))
		((left > 1000)) || left=1000
		printf -v left '%d.%06d' $((left / 1000000)) $((left % 1000000))
		status=0
		IFS= read -rt "$left" -u "${SOCKET[$1]}" line || status=$?
		PART[$1]+=$line
		if ((status > 128)); then
			return 1
		elif ((status != 0)); then
			GONE[$1]=1
			return 1
		fi
		line=${PART[$1]}
		PART[$1]=''
		# shellcheck disable=SC2053 # a pattern
		[[ $line != $2 ]] || return 0
		now
		((NOW < deadline)) || return 1
	done
	return 1
} 2>/dev/null

disconnect() { # USER
	local fd=${SOCKET[$1]}
	exec {fd}>&-
	unset "SOCKET[$1]"
}

# Connects, and takes a name that nobody had: an earlier self may still be on
# its way out.  2: the connection has ended.
try_to_join() { # USER
	local fd
	PART[$1]='' GONE[$1]=''
	{ exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null ||
		{ wrong "$1 cannot connect"; return 1; }
	SOCKET[$1]=$fd
	NICK[$1]=$1$((++NEXT_NAME))
	if hear "$1" '\* welcome, *' $((PATIENCE * 1000000)); then
		say "$1" "/nick ${NICK[$1]}"
		! hear "$1" "* is now ${NICK[$1]}" $((PATIENCE * 1000000)) ||
			return 0
	fi
	[[ -z ${GONE[$1]} ]] || return 2
	wrong "$1 hangs while joining"
}

# Joins, once more where the connection ends.
join() { # USER
	local status=0
	try_to_join "$1" || status=$?
	if ((status == 2)); then
		LOST=$((LOST + 1))
		disconnect "$1"
		status=0
		try_to_join "$1" || status=$?
		((status != 2)) || wrong "$1 was turned away twice"
	fi
	((status == 0))
}

# Whether TO hears it before either's connection ends.
reaches() { # FROM TO LINE PATTERN
	local deadline
	say "$1" "$3"
	now
	deadline=$((NOW + PATIENCE * 1000000))
	while ! hear "$2" "$4" 200000; do
		[[ -z ${GONE[$2]} ]] || return 2
		[[ $1 == "$2" ]] || ! hear "$1" '' 2000 || true
		# Its last words may still come.
		if [[ -n ${GONE[$1]} ]]; then
			hear "$2" "$4" 300000 && return
			return 2
		fi
		now
		((NOW < deadline)) || return 1
	done
}

# One says something that another is to hear; %s in LINE and PATTERN are their
# names.  Who has lost the connection connects again, and it is said again.
passes() { # FROM TO LINE PATTERN
	local status=0 user line pattern try
	for try in 1 2; do
		line=${3//%to/${NICK[$2]}}
		pattern=${4//%from/${NICK[$1]}}
		status=0
		reaches "$1" "$2" "$line" "$pattern" || status=$?
		((status == 2 && try == 1)) || break
		for user in "$1" "$2"; do
			if [[ -n ${GONE[$user]} ]]; then
				LOST=$((LOST + 1))
				disconnect "$user"
				join "$user" || return 1
			fi
		done
	done
	((status != 1)) || wrong "$2 never heard \"$line\" of $1"
	((status != 2)) || wrong "$1 or $2 lost the connection twice"
	((status == 0))
}

public() { # FROM TO
	passes "$1" "$2" "so $1 says" "\\[%from\\] so $1 says"
}

private() { # FROM TO
	passes "$1" "$2" "/msg %to $1 whispers" "\\[%from -> you\\] $1 whispers"
}

kill_relay() {
	# The first may have ended, and the next not be there yet.
	relay_pid && kill -KILL "$RELAY_PID" 2>/dev/null
}

quit() { # USER
	say "$1" /quit
	hear "$1" '' $((PATIENCE * 1000000)) || true
	[[ -n ${GONE[$1]} ]] || wrong "$1 quit and hangs"
	disconnect "$1"
}

converse() {
	join alice && join bob &&
		public alice bob && public bob alice &&
		private alice bob && private bob alice &&
		passes alice alice /who '\* online: *%from*' &&
		passes alice bob '/me waves' '\[\* %from\] waves' || return
	kill_relay
	public alice bob && public bob alice &&
		join carol && public carol bob && quit alice &&
		public bob carol && public carol bob
}

# Sets HELD to the descriptors of the parent, the relay and each child.
count_all_descriptors() {
	local pid
	HELD=''
	relay_pid || RELAY_PID=none
	for pid in "$SERVER_PID" "$RELAY_PID" "${CHILDREN[@]}"; do
		count_descriptors "$pid"
		HELD+="$COUNT "
	done
}

# With bob and carol here: nothing of anybody else is left.
look_for_leaks() {
	local deadline right=${NORMAL_HELD-}
	# The parent's come first: one less without a control socket.
	if has_logged 'chatserver: control-missing *'; then
		right="$((${right%% *} - 1)) ${right#* }"
	fi
	now
	deadline=$((NOW + 2500000))
	while :; do
		list_children
		count_all_descriptors
		[[ ${#CHILDREN[@]} != 2 || -n $ZOMBIE ||
			$HELD != "${right:-$HELD}" ]] || break
		now
		((NOW < deadline)) || {
			wrong "left over: ${#CHILDREN[@]} children for 2 users," \
				"${ZOMBIE:+zombie $ZOMBIE,} descriptors of parent," \
				"relay, children: $HELD, right are $right"
			return
		}
		nap
	done
	: "${NORMAL_HELD:=$HELD}"
}

# A line that could not be written is counted, and the number comes before the
# next line, if there is one.
look_for_dropped_line() {
	local hit
	report 'hit parent 1 write' || return 0
	hit=${FOUND[3]}
	report 'calls parent 1 write' || return 0
	# The first is no log line: it tells the port, which start has read.
	((hit == 1 || hit == FOUND[3])) || has_logged 'chatserver: log-dropped lines=1' ||
		wrong 'a log line was lost and not counted'
}

# --- the cases -------------------------------------------------------------

# A fault of one call: everybody goes on, or connects again and goes on.
play() { # [ROLE INSTANCE CALL WHEN ERROR]
	if start "$@"; then
		converse && look_for_leaks
		finish
		((LOST <= 1)) || wrong "$LOST connections were lost"
		((LOST == 0)) || [[ -z ${5-} ]] || ! is_harmless "$3" "$5" ||
			wrong "a connection was lost for $5"
		look_for_dropped_line
	else
		look_at_refusal "${5:-none}"
	fi
	clean_up
	look_at_ends 3
	look_for_objects "${5-}"
}

# A call that never works again: it is said, nothing spins, and it all ends
# when it is told to.
stay() { # ROLE INSTANCE CALL WHEN ERROR
	local fd
	if start "$@"; then
		{ exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null &&
			SOCKET[alice]=$fd PART[alice]='' GONE[alice]=''
		if [[ -z ${SOCKET[alice]-} ]] ||
			! hear alice '\* welcome, *' 700000; then
			logs_soon "chatserver: *${ERROR_TEXT[$5]:-}*" \
				'chatserver: disconnect * reason=*-failed' \
				'chatserver: disconnect * reason=died status=*' ||
				wrong "nobody can join, and the log does not say why"
		fi
		finish
	else
		look_at_refusal "$5"
	fi
	clean_up
	look_at_ends 20
	look_for_objects "$5"
}

# Errors that tell of no more than bad timing, where nobody may notice.
is_harmless() { # CALL ERROR
	case $1-$2 in
	accept4-EINTR | accept4-EAGAIN | accept4-ECONNABORTED | accept4-EPERM | \
		accept4-EPROTO | *-SHORT | ppoll-* | poll-* | epoll_wait-* | \
		futex-* | close-* | alarm-*)
		return 0
		;;
	read-EINTR | read-EAGAIN | write-EINTR | write-EAGAIN | \
		send*-EINTR | send*-EAGAIN | send*-ENOBUFS | send*-ENOMEM | \
		recv*-EINTR | recv*-EAGAIN | recv*-ENOMEM | wait*-EINTR)
		return 0
		;;
	esac
	return 1
}
