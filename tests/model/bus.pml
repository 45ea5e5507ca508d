/* SPDX-License-Identifier: MIT */
/* How hosts that share one stream come together, part and heal, as a model for
 * spin.  `tests/model/run` checks it.
 *
 * The engine is an array, `stream`: it appends what reaches it, in any order
 * between hosts, and everybody reads all of it.  Each host's relay is a
 * process whose steps are what one frame or one timer makes it do.  What is
 * under way from a host to the engine is a queue; when the connection breaks,
 * its content is lost, or stays behind and is appended later, or in part.
 *
 * A judge applies each entry by the hosts' own rule the moment it is appended,
 * and keeps the state after each of them.  What is checked:
 *
 *   one state  whoever is together with others, or still knows what the
 *              stream says of the hosts, has the judge's state of that place
 *   names      no two users of a state have one name
 *   once       no line is accepted twice by the stream, or told twice on a
 *              host, or told out of the stream's order; each host's lines
 *              are accepted in the order in which they were said
 *   no loss    when all is quiet, each line that was acknowledged has been
 *              told on every host that was there before and after
 *   healing    when all is quiet, all living hosts are together, with all
 *              their users and nobody else's, and nothing waits; and quiet
 *              comes before the stream has LENGTH entries (of which WINDOW
 *              are kept)
 *
 * Time: a timer runs out where nothing else can happen but what a broken
 * connection left behind; one that runs out earlier is a fault (hasty).
 * Faults come at any step until FAULTS of them have come.
 *
 *   -DSTART=...   TOGETHER_3, FRESH_3 (all join at once), FRESH_1 (two are
 *                 together, the third is new), ONE (nobody else),
 *                 FRESH_2, TOGETHER_2 (and no third)
 *   -DFAULTS=n    and which: -DLOSS (one host's connection), -DHOLE (an entry
 *                 is lost, those behind it are not), -DENGINE (the
 *                 engine away for all), -DRELAY (a relay restarts), -DCRASH
 *                 (a host restarts, or stays away), -DHASTY (timers); more
 *                 than one of them: any of these, n together
 *   -DLINES=n     how many lines are said, by anybody and at any time
 *   -DRIVALS      several send a BASE at once; without it, the first that is
 *                 under way keeps others from it, unless they are hasty
 *   -DNEWCOMER    on the last host a user comes, by the name of 1
 *   -DMUTANT=...  what has to fail: see the list below */

#define TOGETHER_3 1
#define FRESH_3    2
#define FRESH_1    3
#define ONE        4
#define TOGETHER_2 5
#define FRESH_2    6

#define NONE            0
#define N_UNCHECKED     1  /* any n */
#define WORLD_UNCHECKED 2  /* any world */
#define BASE_ANYWHERE   3  /* BASE after entries that its host did not see */
#define RESUME_HURRIES  4  /* does not wait for RESUME to come back */
#define LATE_REPEATS    5  /* what the stream had accepted is sent as LATE */
#define STATE_MIXED     6  /* parts of different hosts and marks */
#define GONE_ALWAYS     7  /* whatever the host did meanwhile */
#define NAMES_TWICE     8  /* IN takes a name that is taken */
#define OUT_IS_COMING   9  /* IN and READY are accepted after GONE */
#define GHOSTS          10 /* nobody says GONE of a host before its READY */
#define STATE_UNTIMED   11 /* nobody asks again for the rest of a STATE */
#define BASE_SAME_N     12 /* BASE in the epoch of HELLO, without an own n */
#define BASE_STALE      13 /* any own BASE makes its host together */
#define SHOWN_FORGOTTEN 14 /* a reading that goes back tells again */
#define ABSENT_UNTOLD   15 /* STATE has only the hosts that are present */
#define STATE_LIVING    16 /* parts of STATE are of when they are sent */
#define HELLO_MISSED    17 /* nobody answers a HELLO from before its READY */

#ifndef START
#define START TOGETHER_3
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef LINES
#define LINES 2
#endif
#ifndef MUTANT
#define MUTANT NONE
#endif
#ifndef LENGTH
#define LENGTH 40
#endif
#ifndef WINDOW
#define WINDOW 24
#endif
#define AT(place) ((place) % WINDOW)
#define HOSTS 3
#define JUDGE HOSTS /* its place in R */
#define QUEUE 6

/* --- entries ------------------------------------------------------------- */

#define HELLO  1
#define BASE   2 /* arg: seen */
#define RESUME 3
#define GONE   4 /* arg: host, epoch, n; mark, for the judge: place seen */
#define IN     5 /* arg: name; mark: 1, of a user who is new while together */
#define READY  6
#define LINE   7 /* arg: line */
#define LATE   8 /* arg: line */
#define MARK   9
#define STATE  10 /* arg: half of R, as the place at which it is R; mark: place
		  * of the MARK, and which half */
#define OTHER  11 /* in a queue only: published, not to be sent again */

#define SECOND 64 /* in mark: the second half */

/* Of one entry; the host is known from the queue it is in. */
#define FIELDS byte, byte, byte, byte, short, byte

typedef Entry {
	byte kind;
	byte host;
	byte world;
	byte epoch;
	byte n;
	short arg;
	byte mark
};
Entry stream[WINDOW];
byte last;  /* entries in the stream; the first is stream[1] */
byte first = 1; /* those before it nobody will read again: they are zero */
bool engine = true;

/* Under way to the engine, and what a broken connection left behind. */
chan net[HOSTS] = [QUEUE] of { FIELDS };
chan left[HOSTS] = [2] of { FIELDS };

/* --- the state that all share -------------------------------------------- */

#define UNKNOWN 0
#define COMING  1
#define PRESENT 2
#define OUT     3

typedef Shared {
	byte world;
	byte epoch[HOSTS];
	byte n[HOSTS];
	byte is[HOSTS];
	byte name[HOSTS] /* of the host's user; 0: not in */
};
Shared R[HOSTS + 1];

/* The judge's state after each entry, in two halves, as STATE has it. */
int hosts_at[WINDOW];
short names_at[WINDOW];

#define HOST_BITS(x, h) \
	(R[x].is[h] | R[x].epoch[h] << 2 | R[x].n[h] << 6)
#define HOSTS_OF(x) \
	(HOST_BITS(x, 0) | HOST_BITS(x, 1) << 10 | HOST_BITS(x, 2) << 20)
#define NAMES_OF(x) \
	(R[x].name[0] | R[x].name[1] << 3 | R[x].name[2] << 6 | \
		R[x].world << 9)

/* The judge's memory: the last accepted entry, and HELLO, of each host, and
 * the last accepted MARK. */
byte spoke_at[HOSTS], hello_at[HOSTS], marked_at;

/* --- a host -------------------------------------------------------------- */

#define AWAY      0 /* not running */
#define ALONE     1
#define JOINING   2
#define SWITCHING 3
#define TOGETHER  4

typedef Host {
	byte phase;
	bool up;      /* connected */
	bool again;   /* it will be started again */
	bool knows;   /* R is that of place, but for names while joining */
	byte place;   /* the last entry that was applied */
	byte shown;   /* the last entry whose line was told */
	byte epoch;   /* of HELLO or RESUME, or of an accepted BASE */
	byte base;    /* the last epoch of a BASE */
	byte n;       /* of the next entry */
	bool waits;   /* for HELLO or RESUME to come back */
	bool due;     /* a HELLO has not been answered by a MARK */
	bool marking; /* an own MARK is under way, or its STATE */
	byte name;
	/* While joining: the place of the MARK, and the first half. */
	byte mark;
	byte half; /* 0: not read yet */
	/* Of lines: told here, and not owed to this host. */
	byte heard, excused
};
Host H[HOSTS];

/* What is pending, the oldest first: published and not come back, or lines
 * said alone, as LATE. */
chan pending[HOSTS] = [QUEUE] of { byte, short, byte };

/* --- the plan ------------------------------------------------------------ */

/* Who says which lines, and the faults, are drawn before all begins; when they
 * come, and in what order, is open.
 *
 * What a host does by itself, or says, or reads, changes nothing for the
 * others before the engine appends something of it.  So where a host reads as
 * soon as it can no order is missed: what it does before it reads an entry, it
 * can as well do before that entry is appended.  Only where its connection
 * will break this is not so: then it matters what was appended and not read. */
#define F_LOST   1 /* connection lost, and what was under way */
#define F_HOLE   14 /* one entry is lost, on a connection that stays */
#define F_LEFT_1 2 /* the first entry that was under way is appended later */
#define F_LEFT_2 3 /* the first two */
#define F_RETURN 4 /* the host ends, and comes back */
#define F_END    5
#define F_RELAY  6
#define F_ALONE  7 /* timers: PATIENCE */
#define F_BASE   8
#define F_REST   9
#define F_MARK   10
#define F_GONE_1 11 /* of the next host */
#define F_GONE_2 12 /* of the one after it */
#define F_ENGINE 13

#define CODE(h, what) ((h) << 4 | what)
#define BREAKS(code) ((code & 15) <= F_END || (code & 15) == F_ENGINE)

byte fault[FAULTS + 1]; /* those to come: 0, or CODE */
byte breaks[HOSTS];     /* how many of them break a host's connection */

/* --- lines --------------------------------------------------------------- */

bool came;                /* the newcomer; see NEWCOMER */
byte said;                /* which */
byte sender[LINES + 1];
byte place_of[LINES + 1]; /* where the stream accepted it, or 0 */
bool dead[LINES + 1];     /* its host is gone with it */

/* --- one step's own ------------------------------------------------------ */

hidden byte i, j, k, free_name, count, e_kind, e_host, e_world, e_epoch, e_n;
hidden byte e_mark;
hidden short e_arg;
hidden byte ok, effect;

/* Applies stream[s] to R[x]: ok, whether it is accepted; effect, whether a
 * GONE was one. */
inline apply(x, s)
{
	e_kind = stream[AT(s)].kind;
	e_host = stream[AT(s)].host;
	e_epoch = stream[AT(s)].epoch;
	e_n = stream[AT(s)].n;
	e_world = stream[AT(s)].world;
	e_arg = stream[AT(s)].arg;
	e_mark = stream[AT(s)].mark;
	ok = false;
	effect = false;
	if
	:: e_kind == HELLO ->
		if
		:: R[x].is[e_host] == UNKNOWN || e_epoch > R[x].epoch[e_host] ->
			ok = true;
			R[x].epoch[e_host] = e_epoch;
			R[x].n[e_host] = 1;
			R[x].is[e_host] = COMING;
			R[x].name[e_host] = 0
		:: else
		fi
	:: e_kind == BASE ->
		if
		:: s == e_arg + 1 || MUTANT == BASE_ANYWHERE ->
			ok = true;
			for (i : 0 .. HOSTS - 1) {
				R[x].epoch[i] = 0;
				R[x].n[i] = 0;
				R[x].is[i] = UNKNOWN;
				R[x].name[i] = 0
			}
			R[x].world = s;
			R[x].epoch[e_host] = e_epoch;
			R[x].n[e_host] = e_n;
			R[x].is[e_host] = PRESENT
		:: else
		fi
	:: e_kind == RESUME ->
		if
		:: (e_world == R[x].world || MUTANT == WORLD_UNCHECKED) &&
			R[x].is[e_host] == PRESENT &&
			e_epoch > R[x].epoch[e_host] ->
			ok = true;
			R[x].epoch[e_host] = e_epoch;
			R[x].n[e_host] = 1
		:: else
		fi
	:: else ->
		ok = (e_world == R[x].world || MUTANT == WORLD_UNCHECKED) &&
			e_epoch == R[x].epoch[e_host] &&
			(e_n == R[x].n[e_host] + 1 || MUTANT == N_UNCHECKED) &&
			(R[x].is[e_host] == PRESENT ||
			((e_kind == IN || e_kind == READY) &&
			(R[x].is[e_host] == COMING ||
			(R[x].is[e_host] == OUT && MUTANT == OUT_IS_COMING))));
		if
		:: !ok
		:: else ->
			R[x].n[e_host] = e_n;
			if
			:: e_kind == READY -> R[x].is[e_host] = PRESENT
			:: e_kind == IN -> claim(x)
			:: e_kind == GONE -> put_out(x)
			:: else
			fi
		fi
	fi
}

/* The name of an IN, or the smallest guest's (4, 5, 6) that is free. */
inline claim(x)
{
	R[x].name[e_host] = 0;
	free_name = e_arg;
	if
	:: MUTANT != NAMES_TWICE &&
		(R[x].name[0] == free_name || R[x].name[1] == free_name ||
		R[x].name[2] == free_name) ->
		free_name = 4;
		do
		:: R[x].name[0] == free_name || R[x].name[1] == free_name ||
			R[x].name[2] == free_name -> free_name++
		:: else -> break
		od
	:: else
	fi;
	R[x].name[e_host] = free_name
}

inline put_out(x)
{
	i = e_arg & 3;
	if
	:: (R[x].is[i] == PRESENT || R[x].is[i] == COMING) &&
		(MUTANT == GONE_ALWAYS ||
		(R[x].epoch[i] == ((e_arg >> 2) & 15) &&
		R[x].n[i] == ((e_arg >> 6) & 15))) ->
		effect = true;
		R[x].is[i] = OUT;
		R[x].name[i] = 0
	:: else
	fi
}

/* --- the engine ---------------------------------------------------------- */

/* e_kind and so on of host h. */
inline append(h)
{
#if MUTANT == BASE_SAME_N
	/* Nothing is sent twice: only a mistake is taken for a resend. */
	for (i : 1 .. last) {
		assert(stream[AT(i)].host != h ||
			stream[AT(i)].epoch != e_epoch ||
			stream[AT(i)].n != e_n)
	}
#endif
	assert(last < LENGTH); /* it comes to an end */
	last++;
	assert(last - first < WINDOW);
	stream[AT(last)].kind = e_kind;
	stream[AT(last)].host = h;
	stream[AT(last)].world = e_world;
	stream[AT(last)].epoch = e_epoch;
	stream[AT(last)].n = e_n;
	stream[AT(last)].arg = e_arg;
	stream[AT(last)].mark = e_mark;
	apply(JUDGE, last);
	printf("%d: kind %d of %d, world %d, epoch %d, n %d: %d %d (%d)\n",
		last, e_kind, h, e_world, e_epoch, e_n, e_arg,
		e_mark, ok);
	hosts_at[AT(last)] = HOSTS_OF(JUDGE);
	names_at[AT(last)] = NAMES_OF(JUDGE);
	judge(h);
	assert(R[JUDGE].name[0] == 0 ||
		(R[JUDGE].name[0] != R[JUDGE].name[1] &&
		R[JUDGE].name[0] != R[JUDGE].name[2]));
	assert(R[JUDGE].name[1] == 0 ||
		R[JUDGE].name[1] != R[JUDGE].name[2]);
	if
	:: ok && (e_kind == LINE || e_kind == LATE) ->
		assert(place_of[e_arg] == 0);
		place_of[e_arg] = last;
		for (i : e_arg + 1 .. LINES - 1) {
			assert(sender[i] != h || place_of[i] == 0)
		}
	:: else
	fi
}

inline judge(h)
{
	if
	:: ok && e_kind == HELLO -> hello_at[h] = last
	:: ok && e_kind == MARK -> marked_at = last
	:: ok && e_kind == BASE -> assert(marked_at <= hello_at[h])
	:: effect -> assert(spoke_at[e_arg & 3] <= e_mark)
	:: else
	fi;
	if
	:: ok -> spoke_at[h] = last
	:: else
	fi;
	for (i : 0 .. HOSTS - 1) {
		assert(R[JUDGE].is[i] == COMING || R[JUDGE].is[i] == PRESENT ||
			R[JUDGE].name[i] == 0)
	}
}

/* What is under way when a connection breaks: lost, or left behind. */
inline break_off(h, kept)
{
	do
	:: len(left[h]) > 0 ->
		left[h]?e_kind, e_world, e_epoch, e_n, e_arg, e_mark
	:: else -> break
	od;
	do
	:: len(net[h]) > 0 ->
		net[h]?e_kind, e_world, e_epoch, e_n, e_arg, e_mark;
		if
		:: len(left[h]) < kept ->
			left[h]!e_kind, e_world, e_epoch, e_n, e_arg, e_mark
		:: else
		fi
	:: else -> break
	od;
	H[h].up = false
}

/* --- what hosts do ------------------------------------------------------- */

inline publish(h, what, with, at)
{
	assert(len(net[h]) < QUEUE && H[h].n < 15);
	net[h]!what, R[h].world, H[h].epoch, H[h].n, with, at;
	H[h].n++
}

inline publish_pending(h)
{
	count = len(pending[h]);
	for (j : 1 .. count) {
		pending[h]?e_kind, e_arg, e_mark;
		publish(h, e_kind, e_arg, e_mark);
		pending[h]!e_kind, e_arg, e_mark
	}
}

/* Adds to what is pending; published at once, or after RESUME. */
inline add(h, what, with, at)
{
	assert(len(pending[h]) < QUEUE);
	pending[h]!what, with, at;
	if
	:: !H[h].waits || MUTANT == RESUME_HURRIES -> publish(h, what, with, at)
	:: else
	fi
}

inline next_epoch(h)
{
	H[h].epoch = (H[h].base > H[h].epoch -> H[h].base : H[h].epoch) + 1;
	assert(H[h].epoch < 16);
	H[h].n = 1
}

/* The start of a new life in the stream: ALONE until then, or joining. */
inline join(h)
{
	next_epoch(h);
	H[h].phase = JOINING;
	H[h].waits = true;
	forget_mark(h);
	if
	:: !H[h].knows -> H[h].place = last
	:: else
	fi;
	publish(h, HELLO, 0, 0)
}

inline forget_mark(h)
{
	H[h].mark = 0;
	H[h].half = 0
}

/* Who is alone needs to know of the hosts, and of nobody else. */
inline forget_names(h)
{
	R[h].name[0] = 0;
	R[h].name[1] = 0;
	R[h].name[2] = 0
}

inline resume(h)
{
	next_epoch(h);
	H[h].waits = true;
	publish(h, RESUME, 0, 0);
	if
	:: MUTANT == RESUME_HURRIES -> publish_pending(h)
	:: else
	fi
}

/* Pending lines are told here, at once; whatever was published stays in the
 * queue, for the stream may have accepted it. */
inline part(h)
{
	count = len(pending[h]);
	for (j : 1 .. count) {
		pending[h]?e_kind, e_arg, e_mark;
		if
		:: e_kind == LINE ->
			assert(!(H[h].heard & 1 << e_arg));
			H[h].heard = H[h].heard | 1 << e_arg;
			pending[h]!LATE, e_arg, 0
		:: e_kind == LATE -> pending[h]!LATE, e_arg, 0
		:: else -> pending[h]!OTHER, 0, 0
		fi
	}
	H[h].phase = ALONE;
	H[h].waits = false;
	H[h].due = false;
	H[h].marking = false;
	forget_mark(h);
	forget_names(h);
	if
	:: H[h].up -> join(h)
	:: else
	fi
}

/* The own HELLO is back: what was not accepted until now never will be. */
inline drop_others(h)
{
	count = len(pending[h]);
	for (j : 1 .. count) {
		pending[h]?e_kind, e_arg, e_mark;
		if
		:: e_kind == OTHER
		:: else -> pending[h]!e_kind, e_arg, e_mark
		fi
	}
}

/* What the stream accepted is the front of what is pending. */
inline pop(h)
{
	assert(len(pending[h]) > 0);
	pending[h]?j, count, k;
	assert(j == OTHER || (j == LATE && e_kind == LINE) || j == e_kind);
	assert((e_kind != LINE && e_kind != LATE) || count == e_arg)
}

inline tell(h, s)
{
	assert(s > H[h].shown);
	assert(!(H[h].heard & 1 << e_arg));
	H[h].heard = H[h].heard | 1 << e_arg;
	H[h].shown = s
}

/* R of h is known from the entry s on: lines before it are not owed. */
inline excuse(h, s)
{
	if
	:: H[h].knows
	:: else ->
		for (i : 0 .. LINES - 1) {
			if
			:: place_of[i] != 0 && place_of[i] <= s ->
				H[h].excused = H[h].excused | 1 << i
			:: else
			fi
		}
	fi
}

inline enter(h)
{
	H[h].phase = SWITCHING;
	H[h].knows = true;
	forget_mark(h);
	publish(h, IN, H[h].name, 0);
	publish(h, READY, 0, 0)
}

/* STATE is complete: R of the MARK, from where the stream is read again. */
inline load(h)
{
	excuse(h, H[h].mark);
	for (i : 0 .. HOSTS - 1) {
		R[h].is[i] = hosts_at[AT(H[h].half)] >> (10 * i) & 3;
		R[h].epoch[i] = hosts_at[AT(H[h].half)] >> (10 * i + 2) & 15;
		R[h].n[i] = hosts_at[AT(H[h].half)] >> (10 * i + 6) & 15;
		R[h].name[i] = names_at[AT(e_arg)] >> (3 * i) & 7;
		if
		:: MUTANT == ABSENT_UNTOLD && R[h].is[i] != PRESENT ->
			R[h].is[i] = UNKNOWN;
			R[h].epoch[i] = 0;
			R[h].n[i] = 0
		:: else
		fi
	}
	R[h].world = names_at[AT(e_arg)] >> 9;
	H[h].place = H[h].mark;
	if
	:: MUTANT == SHOWN_FORGOTTEN -> H[h].shown = H[h].mark
	:: else
	fi;
	assert(HOSTS_OF(h) == hosts_at[AT(H[h].mark)]);
	assert(NAMES_OF(h) == names_at[AT(H[h].mark)]);
	enter(h)
}

/* The MARK is back: R of now, all of it. */
inline tell_state(h, s)
{
	add(h, STATE, s, s);
#if MUTANT != STATE_LIVING
	add(h, STATE, s, s | SECOND)
#endif
}

/* Is h the first of those who are to answer a HELLO? */
#define FIRST(h) \
	((h == 0 || R[h].is[0] != PRESENT) && \
		(h != 2 || R[h].is[1] != PRESENT))

inline answer(h)
{
	H[h].due = false;
	H[h].marking = true;
	add(h, MARK, 0, 0)
}

/* Another host's HELLO or MARK. */
inline note_hello(h)
{
	if
	:: e_kind == HELLO ->
		H[h].due = (H[h].phase == TOGETHER || MUTANT != HELLO_MISSED);
		if
		:: H[h].phase == TOGETHER && FIRST(h) && !H[h].marking ->
			answer(h)
		:: else
		fi
	:: e_kind == MARK -> H[h].due = false
	:: else
	fi
}

inline read_together(h, s)
{
	if
	:: e_kind == BASE && ok -> part(h)
	:: e_kind == GONE && effect && (e_arg & 3) == h -> part(h)
	:: e_host == h && ok && e_kind == HELLO -> part(h)
	:: e_host == h && ok && e_kind == RESUME ->
		if
		:: e_epoch == H[h].epoch ->
			H[h].waits = false;
			if
			:: MUTANT != RESUME_HURRIES -> publish_pending(h)
			:: else
			fi;
		:: else
		fi
	:: e_host == h && ok && e_kind != RESUME && e_kind != HELLO &&
		e_kind != BASE ->
		pop(h);
		if
		:: e_kind == LINE -> tell(h, s)
		:: e_kind == IN -> H[h].name = R[h].name[h]
		:: e_kind == MARK ->
			H[h].marking = false;
			H[h].due = false; /* each HELLO was before it */
			tell_state(h, s)
#if MUTANT == STATE_LIVING
		:: e_kind == STATE && !(e_mark & SECOND) ->
			add(h, STATE, s, e_mark | SECOND)
#endif
		:: else
		fi
	:: e_host == h && !ok ->
		if
		:: e_epoch < H[h].epoch || H[h].waits
		:: else -> resume(h) /* one before it is missing */
		fi
	:: e_host != h && ok && (e_kind == LINE || e_kind == LATE) -> tell(h, s)
	:: else ->
		if
		:: e_host != h && ok -> note_hello(h)
		:: else
		fi
	fi
}

inline read_switching(h, s)
{
	if
	:: e_kind == BASE && ok -> part(h)
	:: e_kind == GONE && effect && (e_arg & 3) == h -> part(h)
	:: e_host == h && ok && e_kind == HELLO -> part(h)
	:: e_host == h && !ok && e_epoch == H[h].epoch -> part(h)
	:: e_host == h && ok && e_kind == READY ->
		H[h].phase = TOGETHER;
		H[h].name = R[h].name[h];
		publish_pending(h);
		if
		:: H[h].due && FIRST(h) && MUTANT != HELLO_MISSED -> answer(h)
		:: else
		fi
	:: e_host != h && ok && (e_kind == LINE || e_kind == LATE) ->
		if
		:: s > H[h].shown -> tell(h, s)
		:: else
		fi
	:: else ->
		if
		:: e_host != h && ok -> note_hello(h)
		:: else
		fi
	fi
}

/* Is it of this life in the stream? */
#if MUTANT == BASE_STALE
#define OWN_BASE(h) (e_host == h)
#elif MUTANT == BASE_SAME_N
#define OWN_BASE(h) (e_host == h && e_epoch == H[h].epoch && !H[h].waits)
#else
#define OWN_BASE(h) \
	(e_host == h && e_epoch == H[h].base && H[h].base > H[h].epoch)
#endif

/* A host that does not know what the stream says of the hosts cannot tell
 * what is accepted; but a BASE can be told by its place, and a STATE follows
 * only where the MARK was accepted. */
inline read_joining(h, s)
{
	if
	:: e_kind == BASE && ok && OWN_BASE(h) ->
		excuse(h, s);
		H[h].epoch = e_epoch;
		H[h].waits = false;
		H[h].n = e_n + 1;
		enter(h)
	:: e_kind == BASE && ok && !OWN_BASE(h) ->
		excuse(h, s);
		H[h].knows = true;
		forget_mark(h);
		if
		:: !H[h].waits -> join(h)
		:: else
		fi
	:: e_host == h && e_kind != BASE ->
		if
		:: e_kind == HELLO && e_epoch == H[h].epoch ->
			assert(ok || !H[h].knows);
			H[h].waits = false;
			drop_others(h)
		:: ok && e_kind != HELLO && e_kind != RESUME && e_kind != IN &&
			e_kind != READY && MUTANT != LATE_REPEATS -> pop(h)
		:: ok && e_kind == IN && e_mark == 1 &&
			MUTANT != LATE_REPEATS -> pop(h)
		:: else
		fi
	:: e_host != h && e_kind == GONE && effect && (e_arg & 3) == h &&
		!H[h].waits -> join(h)
	:: e_host != h && ok && (e_kind == LINE || e_kind == LATE) ->
		if
		:: s > H[h].shown -> tell(h, s)
		:: else
		fi
	:: e_host != h && e_kind == MARK && !H[h].waits && H[h].mark == 0 &&
		(ok || !H[h].knows) ->
		H[h].mark = s
	:: e_host != h && e_kind == STATE && H[h].mark != 0 &&
		(MUTANT == STATE_MIXED || (e_mark & 63) == H[h].mark) ->
		if
		:: !(e_mark & SECOND) ->
			H[h].half = e_arg
		:: (e_mark & SECOND) && H[h].half != 0 -> load(h)
		:: else
		fi
	:: else
	fi
}

/* Only a BASE can be judged. */
inline apply_unknown(h, s)
{
	if
	:: stream[AT(s)].kind == BASE ->
		apply(h, s)
	:: else ->
		e_kind = stream[AT(s)].kind;
		e_host = stream[AT(s)].host;
		e_epoch = stream[AT(s)].epoch;
		e_n = stream[AT(s)].n;
		e_arg = stream[AT(s)].arg;
		e_mark = stream[AT(s)].mark;
		ok = false;
		effect = false
	fi
}

inline read(h)
{
	k = H[h].place + 1;
	H[h].place = k;
	if
	:: H[h].knows ->
		apply(h, k);
		assert(HOSTS_OF(h) == hosts_at[AT(k)]);
		assert(H[h].phase < SWITCHING || NAMES_OF(h) == names_at[AT(k)])
	:: else ->
		apply_unknown(h, k)
	fi;
	if
	:: H[h].phase < SWITCHING -> forget_names(h)
	:: else
	fi;
	if
	:: H[h].phase == TOGETHER -> read_together(h, H[h].place)
	:: H[h].phase == SWITCHING -> read_switching(h, H[h].place)
	:: else -> read_joining(h, H[h].place)
	fi;
	tidy()
}

#define READS_FROM(h) \
	(H[h].phase == AWAY || (H[h].phase == ALONE && !H[h].knows) -> last : \
		(H[h].mark != 0 -> H[h].mark : H[h].place))

/* Fewer states: what was read by all makes no difference any more. */
inline tidy()
{
#if MUTANT != BASE_SAME_N
	do
	:: first < READS_FROM(0) && first < READS_FROM(1) &&
		first < READS_FROM(2) ->
		stream[AT(first)].kind = 0;
		stream[AT(first)].host = 0;
		stream[AT(first)].world = 0;
		stream[AT(first)].epoch = 0;
		stream[AT(first)].n = 0;
		stream[AT(first)].arg = 0;
		stream[AT(first)].mark = 0;
		hosts_at[AT(first)] = 0;
		names_at[AT(first)] = 0;
		first++
	:: else -> break
	od;
#endif
	i = 0
}

/* --- what disturbs ------------------------------------------------------- */

/* The connection is lost, in any phase. */
inline lose(h, kept)
{
	break_off(h, kept);
	if
	:: H[h].phase == TOGETHER
	:: else ->
		H[h].phase = ALONE;
		H[h].waits = false;
		H[h].due = false;
		forget_mark(h);
		forget_names(h)
	fi
}

/* What the old relay had under way is appended before what the new one says;
 * what it wanted to say for itself is forgotten. */
inline restart_relay(h)
{
	if
	:: H[h].phase == TOGETHER ->
		count = len(pending[h]);
		for (j : 1 .. count) {
			pending[h]?e_kind, e_arg, e_mark;
			if
			:: e_kind == LINE || e_kind == LATE ->
				pending[h]!e_kind, e_arg, e_mark
			:: else -> pending[h]!OTHER, 0, 0
			fi
		}
		H[h].due = false;
		H[h].marking = false;
		if
		:: H[h].up -> resume(h)
		:: else
		fi
	:: else ->
		H[h].due = false;
		forget_names(h);
		if
		:: H[h].up -> join(h)
		:: else
		fi
	fi
}

inline forget(h)
{
	R[h].world = 0;
	for (i : 0 .. HOSTS - 1) {
		R[h].epoch[i] = 0;
		R[h].n[i] = 0;
		R[h].is[i] = UNKNOWN;
		R[h].name[i] = 0
	};
	i = 0 /* a d_step must not end with a loop */
}

/* All processes of a host end; its lines that nobody else has end with it. */
inline crash(h, kept)
{
	break_off(h, kept);
	do
	:: len(pending[h]) > 0 ->
		pending[h]?e_kind, e_arg, e_mark;
		if
		:: (e_kind == LINE || e_kind == LATE) && place_of[e_arg] == 0 ->
			dead[e_arg] = true
		:: else
		fi
	:: else -> break
	od;
	H[h].phase = AWAY;
	H[h].knows = false;
	H[h].place = 0;
	H[h].shown = 0;
	H[h].n = 0;
	H[h].waits = false;
	H[h].due = false;
	H[h].marking = false;
	H[h].name = 0;
	H[h].heard = 0;
	H[h].excused = said;
	forget_mark(h);
	forget_names(h);
	forget(h)
}

inline stop_engine()
{
	engine = false;
	for (k : 0 .. HOSTS - 1) {
		if
		:: H[k].phase != AWAY -> lose(k, 0)
		:: else
		fi
	};
	k = 0
}

/* --- timers -------------------------------------------------------------- */

#ifdef RIVALS
#define MAY_SEND(h) WANTS_BASE(h)
#else
#define MAY_SEND(h) false
#endif
#define IDLE(h) \
	((len(net[h]) == 0 || MAY_SEND(h)) && \
		(H[h].phase == AWAY -> !H[h].again : \
		(H[h].up && H[h].place == last)))
#define QUIET (engine && IDLE(0) && IDLE(1) && IDLE(2))

#define IS_GHOST(h, other) \
	(H[other].phase == AWAY && (R[h].is[other] == PRESENT || \
		(R[h].is[other] == COMING && R[h].name[other] != 0 && \
		MUTANT != GHOSTS)))

#define WANTS_BASE(h) (H[h].phase == JOINING && !H[h].waits && H[h].mark == 0)
#define WANTS_REST(h) \
	(H[h].phase == JOINING && H[h].mark != 0 && MUTANT != STATE_UNTIMED)
#define WANTS_MARK(h) \
	(H[h].phase == TOGETHER && H[h].due && !H[h].marking)
#define WANTS_ACK(h) \
	(len(net[h]) == 0 && H[h].up && (H[h].waits || \
		H[h].phase == SWITCHING || \
		(H[h].phase == TOGETHER && len(pending[h]) > 0)))
#define SEES_GHOST(h) \
	(H[h].phase == TOGETHER && (IS_GHOST(h, 0) || IS_GHOST(h, 1) || \
		IS_GHOST(h, 2)))
#define WANTS(h) \
	(WANTS_BASE(h) || WANTS_ACK(h) || WANTS_REST(h) || \
		WANTS_MARK(h) || SEES_GHOST(h))

inline publish_base(h)
{
#if MUTANT == BASE_SAME_N
	net[h]!BASE, 0, H[h].epoch, 2, H[h].place, 0
#else
	H[h].base = (H[h].base > H[h].epoch -> H[h].base : H[h].epoch) + 1;
	assert(H[h].base < 16);
	net[h]!BASE, 0, H[h].base, 1, H[h].place, 0
#endif
}

inline publish_gone(h, other)
{
	e_arg = other | R[h].epoch[other] << 2 | R[h].n[other] << 6;
	add(h, GONE, e_arg, H[h].place)
}

/* --- the processes ------------------------------------------------------- */

/* The lines of one host are said in their order. */
#define NEXT_LINE(h, line) \
	(line < LINES && sender[line] == h && !(said & 1 << line) && \
		(line == 0 || sender[line - 1] != h || said & 1 << (line - 1)))
#define CAN_SPEAK(h) (H[h].phase != AWAY && H[h].phase != SWITCHING)

inline speak(h, line)
{
	said = said | 1 << line;
	if
	:: H[h].phase == TOGETHER -> add(h, LINE, line, 0)
	:: else ->
		H[h].heard = H[h].heard | 1 << line;
		pending[h]!LATE, line, 0
	fi
}

#define READS_FIRST(h) (breaks[h] == 0 && H[h].up && H[h].place < last)
#define CALM (!READS_FIRST(0) && !READS_FIRST(1) && !READS_FIRST(2))

#if FAULTS == 0
#define IS_PLANNED(code) false
#elif FAULTS == 1
#define IS_PLANNED(code) (fault[0] == code)
#elif FAULTS == 2
#define IS_PLANNED(code) (fault[0] == code || fault[1] == code)
#else
#define IS_PLANNED(code) \
	(fault[0] == code || fault[1] == code || fault[2] == code)
#endif
#define COMES(h, what) (CALM && IS_PLANNED(CODE(h, what)))

inline take_fault(code)
{
	j = 0;
	do
	:: fault[j] == code -> break
	:: else -> j++
	od;
	/* Those that come are kept in order: fewer states. */
	do
	:: j + 1 < FAULTS ->
		fault[j] = fault[j + 1];
		j++
	:: else -> break
	od;
	fault[FAULTS - 1] = 0
}

inline fault_comes(h, what)
{
	take_fault(CODE(h, what));
	if
	:: BREAKS(what) -> breaks[h]--
	:: else
	fi
}

#define CAN_BE_GONE(h, other) \
	(H[h].phase == TOGETHER && \
		(R[h].is[other] == PRESENT || R[h].is[other] == COMING))

proctype relay(byte h)
{
end:
	do
	/* The engine appends what is under way. */
	:: d_step { CALM && engine && len(net[h]) > 0 ->
		net[h]?e_kind, e_world, e_epoch, e_n, e_arg, e_mark;
		append(h) }
	:: d_step { CALM && engine && len(left[h]) > 0 ->
		left[h]?e_kind, e_world, e_epoch, e_n, e_arg, e_mark;
		append(h) }

	:: d_step { H[h].up && H[h].place < last &&
		(CALM || READS_FIRST(h)) -> read(h) }

	:: d_step { CALM && engine && !H[h].up && H[h].phase != AWAY ->
		H[h].up = true;
		if
		:: H[h].phase == TOGETHER -> resume(h)
		:: else -> join(h)
		fi }
	:: d_step { CALM && H[h].phase == AWAY && H[h].again ->
		H[h].again = false;
		H[h].phase = ALONE;
		H[h].name = 1 }

	:: d_step { CALM && CAN_SPEAK(h) && NEXT_LINE(h, 0) -> speak(h, 0) }
#ifdef NEWCOMER
	/* The user of the last host leaves, another comes: one entry. */
	:: d_step { CALM && h == 2 && !came && H[h].phase != AWAY &&
		H[h].phase != SWITCHING ->
		came = true;
		H[h].name = 1;
		if
		:: H[h].phase == TOGETHER -> add(h, IN, 1, 1)
		:: else
		fi }
#endif
#if LINES > 1
	:: d_step { CALM && CAN_SPEAK(h) && NEXT_LINE(h, 1) -> speak(h, 1) }
#endif
#if LINES > 2
	:: d_step { CALM && CAN_SPEAK(h) && NEXT_LINE(h, 2) -> speak(h, 2) }
#endif

	/* Timers. */
	:: d_step { CALM && H[h].phase == TOGETHER &&
		(!H[h].up || H[h].waits) -> part(h) }
	:: d_step { QUIET && WANTS_ACK(h) -> lose(h, 0) }
	:: d_step { QUIET && WANTS_BASE(h) && len(net[h]) == 0 ->
		publish_base(h) }
	:: d_step { QUIET && WANTS_REST(h) -> join(h) }
	:: d_step { QUIET && WANTS_MARK(h) -> answer(h) }
	:: d_step { QUIET && SEES_GHOST(h) && IS_GHOST(h, 0) ->
		publish_gone(h, 0) }
	:: d_step { QUIET && SEES_GHOST(h) && IS_GHOST(h, 1) ->
		publish_gone(h, 1) }
	:: d_step { QUIET && SEES_GHOST(h) && IS_GHOST(h, 2) ->
		publish_gone(h, 2) }

#if FAULTS > 0
	/* Faults. */
	:: d_step { COMES(h, F_LOST) && H[h].up ->
		fault_comes(h, F_LOST); lose(h, 0) }
	:: d_step { COMES(h, F_HOLE) && len(net[h]) > 0 ->
		fault_comes(h, F_HOLE);
		net[h]?e_kind, e_world, e_epoch, e_n, e_arg, e_mark }
	:: d_step { COMES(h, F_LEFT_1) && H[h].up && len(net[h]) > 0 ->
		fault_comes(h, F_LEFT_1); lose(h, 1) }
	:: d_step { COMES(h, F_LEFT_2) && H[h].up && len(net[h]) > 1 ->
		fault_comes(h, F_LEFT_2); lose(h, 2) }
	:: d_step { COMES(h, F_RELAY) && H[h].phase != AWAY ->
		fault_comes(h, F_RELAY); restart_relay(h) }
	:: d_step { COMES(h, F_RETURN) && H[h].phase != AWAY ->
		fault_comes(h, F_RETURN); crash(h, 1); H[h].again = true }
	:: d_step { COMES(h, F_END) && H[h].phase != AWAY ->
		fault_comes(h, F_END); crash(h, 1) }
	:: d_step { COMES(h, F_ALONE) && H[h].phase == TOGETHER && H[h].up ->
		fault_comes(h, F_ALONE); part(h) }
	:: d_step { COMES(h, F_BASE) && H[h].up && WANTS_BASE(h) &&
		len(net[h]) == 0 ->
		fault_comes(h, F_BASE); publish_base(h) }
	:: d_step { COMES(h, F_REST) && H[h].up && WANTS_REST(h) ->
		fault_comes(h, F_REST); join(h) }
	:: d_step { COMES(h, F_MARK) && WANTS_MARK(h) ->
		fault_comes(h, F_MARK); answer(h) }
	:: d_step { COMES(h, F_GONE_1) && CAN_BE_GONE(h, (h + 1) % 3) ->
		fault_comes(h, F_GONE_1); publish_gone(h, (h + 1) % 3) }
	:: d_step { COMES(h, F_GONE_2) && CAN_BE_GONE(h, (h + 2) % 3) ->
		fault_comes(h, F_GONE_2); publish_gone(h, (h + 2) % 3) }
#endif
	od
}

#define HAS_HEALED(h) \
	(H[h].phase == AWAY -> R[JUDGE].name[h] == 0 : \
		(H[h].phase == TOGETHER && !H[h].waits && !H[h].due && \
		len(pending[h]) == 0 && R[JUDGE].is[h] == PRESENT && \
		R[JUDGE].name[h] != 0 && H[h].name == R[JUDGE].name[h]))
#define HAS_HEARD(h, line) \
	(H[h].phase == AWAY || ((H[h].heard | H[h].excused) & 1 << line))

/* All is quiet, and no timer runs. */
proctype look()
{
end:
	do
#if FAULTS > 0
	:: d_step { COMES(HOSTS, F_ENGINE) && engine ->
		take_fault(CODE(HOSTS, F_ENGINE));
		breaks[0]--;
		breaks[1]--;
		breaks[2]--;
		stop_engine() }
#endif
	:: d_step { CALM && !engine -> engine = true }
	:: d_step { QUIET && len(left[0]) == 0 && len(left[1]) == 0 &&
		len(left[2]) == 0 && !WANTS(0) && !WANTS(1) && !WANTS(2) ->
		assert(HAS_HEALED(0));
		assert(HAS_HEALED(1));
		assert(HAS_HEALED(2));
		for (i : 0 .. LINES - 1) {
			if
			:: said & 1 << i && !dead[i] ->
				assert(HAS_HEARD(0, i));
				assert(HAS_HEARD(1, i));
				assert(HAS_HEARD(2, i))
			:: else
			fi
		};
		i = 0 }
	od
}

/* In order: lines are numbered by host, and faults are a set. */
inline draw()
{
	for (k : 0 .. LINES - 1) {
		if
		:: i = 0
		:: i = 1
		:: i = 2
		fi;
		sender[k] = (k > 0 && sender[k - 1] > i -> sender[k - 1] : i)
	}
#if FAULTS > 0
	for (k : 0 .. FAULTS - 1) {
		if
		:: i = 0
		:: i = 1
		:: i = 2
		fi;
		if
#ifdef LOSS
		:: j = F_LOST
		:: j = F_LEFT_1
		:: j = F_LEFT_2
#endif
#ifdef HOLE
		:: j = F_HOLE
#endif
#ifdef RELAY
		:: j = F_RELAY
#endif
#ifdef CRASH
		:: j = F_RETURN
		:: j = F_END
#endif
#ifdef HASTY
		:: j = F_ALONE
		:: j = F_BASE
		:: j = F_REST
		:: j = F_MARK
		:: j = F_GONE_1
		:: j = F_GONE_2
#endif
#ifdef ENGINE
		:: i = HOSTS; j = F_ENGINE
#endif
		fi;
		fault[k] = CODE(i, j);
		fault[k] = (k > 0 && fault[k - 1] > fault[k] ->
			fault[k - 1] : fault[k]);
		i = fault[k] >> 4;
		if
		:: i == HOSTS ->
			breaks[0]++;
			breaks[1]++;
			breaks[2]++
		:: else ->
			if
			:: BREAKS(fault[k]) -> breaks[i]++
			:: else
			fi
		fi
	}
#endif
	i = 0;
	j = 0
}

init
{
	d_step {
#if START == TOGETHER_3 || START == TOGETHER_2 || START == FRESH_1
		last = 1;
		stream[AT(1)].kind = BASE;
		for (j : 0 .. HOSTS) {
			R[j].world = 1;
			for (i : 0 .. (START == TOGETHER_3 -> 2 : 1)) {
				R[j].epoch[i] = 1;
				R[j].n[i] = 1;
				R[j].is[i] = PRESENT;
				R[j].name[i] = i + 1
			}
		}
		hosts_at[AT(1)] = HOSTS_OF(JUDGE);
		names_at[AT(1)] = NAMES_OF(JUDGE);
		for (i : 0 .. (START == TOGETHER_3 -> 2 : 1)) {
			H[i].phase = TOGETHER;
			H[i].up = true;
			H[i].knows = true;
			H[i].place = 1;
			H[i].shown = 1;
			H[i].epoch = 1;
			H[i].n = 2;
			H[i].name = i + 1
		}
#endif
#if START == FRESH_1
		H[2].again = true;
#elif START == ONE
		H[2].again = true;
#elif START == FRESH_3 || START == FRESH_2
		for (i : 0 .. (START == FRESH_3 -> 2 : 1)) {
			H[i].again = true
		}
#endif
		i = 0;
		j = 0
	};
	atomic {
		draw();
		run look();
		run relay(0);
		run relay(1);
		run relay(2)
	}
}
