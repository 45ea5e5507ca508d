/* SPDX-License-Identifier: MIT */
/* The lock of ipc/lock.c as a model for spin: processes that visit what it
 * guards, any of which may be killed between any two steps, and the parent,
 * which repairs and ticks.  `tests/model/run` checks it.
 *
 * Visits, kills and ticks come in any number and at any time, until the world
 * falls quiet, which may be at any time too.  From there on everybody who
 * wants the lock has to get it, with no one's help but the parent's repairs of
 * those who are already dead.  What is checked:
 *
 *   exclusion  never are two inside: the assertion in enter
 *   liveness   where no step is left, no live process waits: no state is an
 *              invalid end state (spin's name for it)
 *   progress   the quiet comes to an end: no cycle without a progress label
 *              (pan compiled with -DNP, run with -l)
 *
 * One step is what other processes see as one: an atomic instruction or a
 * system call of futex(2).  The semaphore is the C library's: a value, a count
 * of who waits, and the sleepers that the kernel keeps.  Whom a wake-up
 * reaches is left open, so that every order of the queue is covered.
 *
 *   -DPROCESSES=n  1 to 4
 *   -DTIMEOUTS     waiting may time out, until the quiet; without it the
 *                  timed wait is off
 *   -DREPAIR=...   what the parent does after a death; the last three are
 *                  mutants, which have to fail
 *   -DCLAIM=TWICE  a mutant: the owner is looked at, then set, in two steps */

#define POSTS        1 /* drains and posts, always */
#define NEVER_POSTS  2
#define OWNER_POSTS  3 /* only after the death of the owner */
#define UNSEEN_POSTS 4 /* only where no token can be seen */
#define ONCE         1
#define TWICE        2

#ifndef PROCESSES
#define PROCESSES 3
#endif
#ifndef REPAIR
#define REPAIR POSTS
#endif
#ifndef CLAIM
#define CLAIM ONCE
#endif

/* More tokens than this are as good as this many: no process can tell.  It is
 * reached only by timeouts, who post what they did not take. */
#define MANY 7

bool quiet;

/* The semaphore: its value, and who is counted as waiting.  The killed stay
 * counted; from the first of them on the count is never again zero. */
byte value = 1;
bool waits[PROCESSES + 1];
bool count_stuck;
bool asleep[PROCESSES + 1];

/* The word that is the lock: 0, or an id from 1 on. */
byte owner;

/* Killed, and not repaired yet. */
bool dead[PROCESSES + 1];

/* Who is inside, or 0; not part of the lock. */
byte inside;

/* One option for each process, in an if or a do. */
#if PROCESSES == 1
#define FOR_EACH(option) option(1)
#define ANY(what) (what[1])
#elif PROCESSES == 2
#define FOR_EACH(option) option(1) option(2)
#define ANY(what) (what[1] || what[2])
#elif PROCESSES == 3
#define FOR_EACH(option) option(1) option(2) option(3)
#define ANY(what) (what[1] || what[2] || what[3])
#else
#define FOR_EACH(option) option(1) option(2) option(3) option(4)
#define ANY(what) (what[1] || what[2] || what[3] || what[4])
#endif

/* --- the semaphore ------------------------------------------------------- */

#define WAKE(id) :: asleep[id] -> asleep[id] = false

inline add_token()
{
	if
	:: value < MANY -> value++
	:: else
	fi
}

/* sem_post(3): adds one and reads the count in one step, wakes in another. */
inline post()
{
	if
	:: atomic { !count_stuck && !ANY(waits) -> add_token() }
	:: atomic { count_stuck || ANY(waits) -> add_token() };
		atomic {
			if
			FOR_EACH(WAKE)
			:: else
			fi
		}
	fi
}

/* sem_clockwait(3), and sem_trywait(3) where that times out.  An interrupted
 * caller goes back to its label acquire. */
inline take_token()
{
	if
	:: atomic { value > 0 -> value-- }
	:: value == 0 -> waits[me] = true;
		do
		:: atomic { !asleep[me] && value > 0 ->
			value--; waits[me] = false; break }
		/* The kernel looks at the value and queues in one step. */
		:: atomic { !asleep[me] && value == 0 -> asleep[me] = true }
		/* EINTR: it counts itself out and starts again. */
		:: atomic { asleep[me] && !quiet -> asleep[me] = false };
progress_interrupted:
			waits[me] = false;
			goto acquire
#ifdef TIMEOUTS
		:: atomic { asleep[me] && !quiet -> asleep[me] = false };
progress_timeout:
			waits[me] = false;
			if
			:: atomic { value > 0 -> value-- }
			:: value == 0
			fi;
			break
#endif
		od
	fi
}

/* --- a process ----------------------------------------------------------- */

inline enter()
{
	assert(inside == 0);
	owner = me;
	inside = me
}

/* One slot of the table: processes that follow each other under its id. */
proctype slot(byte me)
{
end_idle:
	{
		!quiet;
progress_visit:
		skip;
acquire:
		take_token();
#if CLAIM == ONCE
		if
		:: atomic { owner == 0 -> enter() }
		:: owner != 0 -> goto acquire /* it was surplus: dropped */
		fi;
#else
		if
		:: owner == 0
		:: owner != 0 -> goto acquire
		fi;
		atomic { enter() };
#endif
		/* lock_release */
		atomic { owner = 0; inside = 0 };
		post();
		goto end_idle
	} unless {
		dead[me]
	};
	!dead[me]; /* in the slot there is a new process */
	goto end_idle
}

/* --- those who disturb --------------------------------------------------- */

/* SIGKILL.  Whoever slept is in no queue any more. */
#define KILL(id) \
	:: atomic { !quiet && !dead[id] -> \
		dead[id] = true; \
		asleep[id] = false; \
		count_stuck = count_stuck || waits[id]; \
		waits[id] = false; \
		inside = (inside == id -> 0 : inside) }

proctype world()
{
	do
	FOR_EACH(KILL)
	:: quiet = true; break
	od
}

/* --- the parent ---------------------------------------------------------- */

inline repost()
{
	do
	:: atomic { value > 0 -> value-- }
	:: value == 0 -> break
	od;
	post()
}

#define DEATH(id) :: dead[id] -> repaired = id

active proctype parent()
{
	byte repaired, i;
	bool held;

	atomic { /* the first fork is after lock_init */
		for (i : 1 .. PROCESSES) {
			run slot(i)
		}
		run world();
		i = 0
	};
end_wait:
	if
	FOR_EACH(DEATH)
	:: !quiet -> goto progress_tick
	fi;

progress_repair:
	/* lock_repair: one compare-and-swap, tokens, and only then is the
	 * slot free for another. */
	atomic {
		held = (owner == repaired);
		owner = (held -> 0 : owner)
	};
#if REPAIR == POSTS
	repost();
#elif REPAIR == OWNER_POSTS
	if
	:: held -> repost()
	:: else
	fi;
#elif REPAIR == UNSEEN_POSTS
	if
	:: value == 0 -> repost()
	:: value > 0
	fi;
#endif
	atomic { dead[repaired] = false; repaired = 0; held = false };
	goto end_wait;

progress_tick:
	/* lock_tick; that it has a stuck owner killed is one of the kills. */
	if
	:: owner == 0 -> repost()
	:: owner != 0
	fi;
	goto end_wait
}
