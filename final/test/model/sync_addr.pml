/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock and the mask of steps/05-sync_addr/sys_vmm.c, for the model checker
 * spin.
 *
 * What is asked: after vmm_guest_sync_addr() has returned, may a virtual CPU
 * still use the translation that the call has replaced?  And does every call
 * return?  A test in the emulator tries some orders of the processors' steps;
 * this tries all.
 *
 * N processors each run one virtual CPU of one vkernel.  A processor enters its
 * guest, the guest computes or leaves, and when it has left it may make the
 * call, CALLS times at most.  One statement is one step that the other
 * processors see as a whole: a locked instruction, a load, a VM entry.  Between
 * two steps of one processor there may be any number of steps of the others.
 *
 * Every locked instruction is a full barrier on x86 and every step that the
 * call relies on is one, so store buffers need no model.  The exception is
 * vmm_quiesce(), which stores a generation and then loads the count.  What is
 * left out when its fence is missing is the delay of that one store.
 *
 * A wait is a guard that lets nobody pass until it is true.  A wait in vain is
 * then an end of the run in a place that is no end ("invalid end state").
 *
 * Chosen with -D:
 *   N=2 CALLS=2         processors, calls each of them may make
 *   CALLERS=n           only the first n processors call
 *   MONITOR             the search for "ends" looks for what is unsafe, too
 *   FLUSH_ON_EXIT       translations do not survive a VM exit (no VPID)
 *   BUMP_FIRST          the generation is counted before the exchange
 *   QUIESCE             the call is vmm_quiesce(): a change of the EPT; only
 *                       with CALLERS=1, since callers hold a lock of their own
 * and what must not work (run.py says what becomes of each):
 *   MASK_AFTER_COUNT NO_WAIT NO_GENERATION_BUMP GENERATION_BEFORE_COUNT
 *   WAIT_FOR_MASK NO_EXCL_TEST CMPSET NO_FENCE
 *
 * By hand: see run.py --help.
 */

#ifndef N
#define N		2
#endif
#ifndef CALLS
#define CALLS		2
#endif
#ifndef CALLERS
#define CALLERS		N
#endif

/* tag::state[] */
#define CPULOCK_EXCL	1		/* somebody changes an entry */
#define CPULOCK_INCR	2		/* one more processor in guest mode */
#define COUNT(lock)	((lock) / CPULOCK_INCR)
#define BIT(cpu)	(1 << (cpu))
#define FIRST(mask)	((mask) & 1 -> 0 : ((mask) & 2 -> 1 : 2))

byte p_vmm_cpumask;			/* who is to be interrupted */
byte p_vmm_cpulock;			/* EXCL, and how many are inside */
byte pm_invgen;				/* generation of the address space */
byte eptgen[N];				/* the one each processor has seen */

byte pte = 1;				/* the guest's entry: which page */
byte tlb[N];				/* what each processor has of it */
#define NOTHING		0
bool ipi[N];				/* an interrupt is pending */
/* end::state[] */

/* tag::ghosts[] */
/* Only the properties read these.  The step that they belong to sets them. */
mtype = { HOST, COUNTED, GUEST, LEAVING };
mtype where[N] = HOST;
bool calling[N];			/* between start and return of a call */
bool changing;				/* from the end of the wait to the release */
byte gone = 1;				/* pages below this one are reused */
/* end::ghosts[] */

/*
 * What the wrong models do otherwise.  The code below is the protocol as it is
 * when each of these has its last meaning.
 */
/* tag::choices[] */
#ifdef MASK_AFTER_COUNT
#define MASK_FIRST	skip
#define MASK_SECOND	set_mask_bit()
#else
#define MASK_FIRST	set_mask_bit()
#define MASK_SECOND
#endif
#ifdef GENERATION_BEFORE_COUNT
#define FLUSH_FIRST	flush_if_old()
#define FLUSH_SECOND	skip
#else
#define FLUSH_FIRST
#define FLUSH_SECOND	flush_if_old()
#endif
#ifdef NO_EXCL_TEST
#define MAY_ENTER(lock)	(true)
#else
#define MAY_ENTER(lock)	(!((lock) & CPULOCK_EXCL))
#endif
#ifdef CMPSET				/* as the original takes EXCL */
#define TAKES_EXCL	(p_vmm_cpulock == olock)
#define SAY_LOADED	printf("cpu %d: EXCL is clear, count %d\n", self, \
			    COUNT(olock))
#define SAY_LOST	printf("cpu %d: the word has changed\n", self)
#else
#define SAY_LOADED
#define SAY_LOST	skip
#define TAKES_EXCL	(!(p_vmm_cpulock & CPULOCK_EXCL))
#endif
#ifdef NO_WAIT
#define NOBODY_INSIDE	(true)
#elif defined(WAIT_FOR_MASK)
#define NOBODY_INSIDE	((p_vmm_cpumask & ~BIT(self)) == 0)
#else
#define NOBODY_INSIDE	(COUNT(p_vmm_cpulock) == 0)
#endif
#ifdef NO_GENERATION_BUMP
#define BUMP		0
#else
#define BUMP		1
#endif
#ifdef BUMP_FIRST
#define CHANGE		bump(); exchange()
#else
#define CHANGE		exchange(); bump()
#endif
#ifdef NO_FENCE				/* the load overtakes the store */
#define BUMP_AND_LOOK	olock = p_vmm_cpulock; bump()
#else
#define BUMP_AND_LOOK	bump(); olock = p_vmm_cpulock
#endif
#ifdef QUIESCE
#define CALL		vmm_quiesce()
#else
#define CALL		vmm_guest_sync_addr()
#endif
/* end::choices[] */

/* Locals without a use until they are set again: one value, fewer states. */
#define FORGET		olock = 0; done = false

/* tag::entry[] */
inline
set_mask_bit()
{
	d_step {
		p_vmm_cpumask = p_vmm_cpumask | BIT(self);
		printf("cpu %d: mask bit set\n", self)
	}
}

inline
clear_mask_bit()
{
	d_step {
		p_vmm_cpumask = p_vmm_cpumask & ~BIT(self);
		printf("cpu %d: mask bit cleared\n", self)
	}
}

inline
flush_if_old()
{
	atomic {				/* pm_invgen is read once */
		if
		:: eptgen[self] != pm_invgen ->
			eptgen[self] = pm_invgen;
			tlb[self] = NOTHING;	/* INVEPT */
			printf("cpu %d: INVEPT for generation %d\n", self,
			    eptgen[self])
		:: else
		fi
	}
}

/*
 * VM entry.  Interrupts are off but for the one that has made a guest leave:
 * what is pending otherwise stays so, and ends the next stay at once.
 */
inline
enter()
{
	MASK_FIRST;
	FLUSH_FIRST;
	do
	:: olock = p_vmm_cpulock;
	   if
	   :: MAY_ENTER(olock) ->
		d_step {			/* cmpset */
			done = (p_vmm_cpulock == olock);
			if
			:: done ->
				p_vmm_cpulock = olock + CPULOCK_INCR;
				where[self] = COUNTED;
				printf("cpu %d: counted\n", self)
			:: else
			fi
		}
		if
		:: done -> break
		:: else				/* another was faster */
		fi
	   :: else ->				/* out, and try again */
		clear_mask_bit();
		MASK_FIRST
	   fi
	od;
	MASK_SECOND;
	FLUSH_SECOND
}
/* end::entry[] */

/*
 * In guest mode.  Having a translation there is being able to use it, so the
 * use is no step of its own.  Whether this stay ends by itself is decided when
 * it begins: a guest that computes for ever must be among the runs.
 */
/* tag::guest[] */
inline
guest()
{
	atomic {
		where[self] = GUEST;
		printf("cpu %d: VM entry, page %d in its TLB\n", self,
		    tlb[self]);
		FORGET;
		if
		:: leaving = true
		:: leaving = false
		fi
	}
end_computes_for_ever:
	do
	:: tlb[self] == NOTHING ->		/* a walk of the page table */
		d_step {
			tlb[self] = pte;
			printf("cpu %d: guest loads page %d\n", self, tlb[self])
		}
	:: ipi[self] -> done = true; break	/* an interrupt is an exit */
	:: leaving -> break			/* so are faults and calls */
	od;
	atomic {
		where[self] = LEAVING;
		leaving = false;
#ifdef FLUSH_ON_EXIT
		tlb[self] = NOTHING;
#endif
		printf("cpu %d: VM exit\n", self)
	}
}
/* end::guest[] */

/* tag::exit[] */
inline
leave()
{
	clear_mask_bit();
	d_step {
		p_vmm_cpulock = p_vmm_cpulock - CPULOCK_INCR;
		where[self] = HOST;
		printf("cpu %d: not counted any more\n", self)
	}
	if
	:: done ->				/* exit_interrupt() takes it */
		d_step {
			ipi[self] = false;
			done = false
		}
	:: else
	fi
}
/* end::exit[] */

/* tag::call[] */
/* EXCL, and everybody out. */
inline
vmm_stop()
{
	do					/* one locked OR */
	:: atomic {
		!(p_vmm_cpulock & CPULOCK_EXCL) ->
		olock = p_vmm_cpulock;
		SAY_LOADED
	   }
	   d_step {
		done = TAKES_EXCL;
		if
		:: done ->
			p_vmm_cpulock = p_vmm_cpulock | CPULOCK_EXCL;
			printf("cpu %d: EXCL taken, count %d\n", self,
			    COUNT(p_vmm_cpulock));
			olock = 0
		:: else ->
			SAY_LOST
		fi
	   }
	   if
	   :: done -> break
	   :: else				/* another was faster */
	   fi
	od;
	if
	:: COUNT(p_vmm_cpulock) != 0 ->
		d_step {
			targets = p_vmm_cpumask & ~BIT(self);
			printf("cpu %d: interrupts to mask %d\n", self, targets)
		}
		do				/* they do nothing but exit */
		:: targets != 0 ->
			d_step {
				ipi[FIRST(targets)] = true;
				targets = targets & (targets - 1)
			}
		:: else -> break
		od
	:: else
	fi;
	NOBODY_INSIDE				/* wait until it is so */
}

inline
exchange()
{
	d_step {
		pte++;
		printf("cpu %d: the entry names page %d\n", self, pte)
	}
}

inline
bump()
{
	d_step {
		pm_invgen = pm_invgen + BUMP;
		printf("cpu %d: generation %d\n", self, pm_invgen)
	}
}

inline
vmm_guest_sync_addr()
{
	vmm_stop();
	changing = true;
	CHANGE;
	d_step {				/* vmm_go() */
		p_vmm_cpulock = p_vmm_cpulock & ~CPULOCK_EXCL;
		changing = false;
		gone = pte;
		printf("cpu %d: EXCL released, call returns\n", self)
	}
}
/* end::call[] */

/* tag::quiesce[] */
/* A change of the EPT, and what vmm_quiesce() does before a page is freed. */
inline
vmm_quiesce()
{
	exchange();
	BUMP_AND_LOOK;
	if
	:: COUNT(olock) != 0 ->
		vmm_stop();
		p_vmm_cpulock = p_vmm_cpulock & ~CPULOCK_EXCL
	:: else
	fi;
	d_step {
		gone = pte;
		printf("cpu %d: the old page is free\n", self)
	}
}
/* end::quiesce[] */

active [N] proctype
cpu()
{
	byte self = _pid;
	byte olock, targets, calls;
	bool done, leaving;

	do
	:: enter();
	   guest();
	   leave();
	   if
	   :: atomic {
		self < CALLERS && calls < CALLS ->
		calls++;
		calling[self] = true;
		assert(!(p_vmm_cpumask & BIT(self)))
	      }
	      CALL;
	      d_step {
		calling[self] = false;
		FORGET
	      }
	   :: true				/* something else, and back */
	   fi
	od
}

/* tag::properties[] */
#define IN(cpu)		(where[cpu] == GUEST)
#define STALE(cpu)	(IN(cpu) && tlb[cpu] != NOTHING && tlb[cpu] < gone)
#define UNMASKED(cpu)	((IN(cpu) || where[cpu] == COUNTED) && \
			 !(p_vmm_cpumask & BIT(cpu)))
#define COUNTS(cpu)	(where[cpu] != HOST)
#define RETURNS(cpu)	([] (calling[cpu] -> <> !calling[cpu]))

#if N == 2
#define ANY(what)	(what(0) || what(1))
#define SUM(what)	(what(0) + what(1))
#define ALWAYS_RETURNS	RETURNS(0) && RETURNS(1)
#elif N == 3
#define ANY(what)	(what(0) || what(1) || what(2))
#define SUM(what)	(what(0) + what(1) + what(2))
#define ALWAYS_RETURNS	RETURNS(0)
#endif

/* Nobody in guest mode has a page that is gone. */
ltl fresh { [] !ANY(STALE) }

/* Nobody is in guest mode while the entry changes. */
ltl alone { [] !(changing && ANY(IN)) }

/* Who is counted and has not left has its bit in the mask. */
ltl mask { [] !ANY(UNMASKED) }

/* The count is the number of the counted, hence never negative. */
ltl count { [] (COUNT(p_vmm_cpulock) == SUM(COUNTS)) }

/* The four at once. */
#define UNSAFE		(ANY(STALE) || (changing && ANY(IN)) || ANY(UNMASKED) || \
			 COUNT(p_vmm_cpulock) != SUM(COUNTS))

ltl safe { [] !UNSAFE }

/* And in one search with "ends", where states are many. */
#ifdef MONITOR
active proctype
monitor()
{
end_sees_nothing:
	UNSAFE;
	assert(false)
}
#endif

/* Every call returns. */
ltl returns { ALWAYS_RETURNS }
/* end::properties[] */
