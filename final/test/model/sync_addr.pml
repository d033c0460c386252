/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock and the mask of vmm_guest_sync_addr, for the model checker spin.
 *
 * What is asked: after a call has returned, may a virtual CPU still use the
 * translation that the call has replaced?  And does every call return?  A test
 * in the emulator tries some orders of the processors' steps; this tries all.
 *
 * N processors each run one virtual CPU of one vkernel.  A processor enters its
 * guest, the guest computes or leaves, and when it has left it may make the
 * call, CALLS times at most.  One statement is one step that the other
 * processors see as a whole: a locked instruction, a load, a VM entry.  Between
 * two steps of one processor there may be any number of steps of the others.
 *
 * Every locked instruction is a full barrier on x86 and every step that the
 * protocol relies on is one, so store buffers need no model.
 *
 * A wait is a guard that lets nobody pass until it is true.  A wait in vain is
 * then an end of the run in a place that is no end ("invalid end state").
 *
 * Chosen with -D:
 *   N=2 CALLS=2         processors, calls each of them may make
 *   CALLERS=n           only the first n processors call
 *   LEAVES=n            a guest leaves by itself n times at most; without it,
 *                       as often as it likes
 *   FLUSH_ON_EXIT       translations do not survive a VM exit (no VPID)
 *   ACQUIRE_BY_BIT      EXCL is taken by setting one bit, not by cmpset
 * and what must not work (run.py says what becomes of each):
 *   MASK_AFTER_COUNT NO_WAIT NO_GENERATION_BUMP GENERATION_BEFORE_COUNT
 *   WAIT_FOR_MASK NO_EXCL_TEST
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
#ifdef ACQUIRE_BY_BIT
#define SAME_WORD	(!(p_vmm_cpulock & CPULOCK_EXCL))
#else
#define SAME_WORD	(p_vmm_cpulock == olock)
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
#ifdef LEAVES
#define MAY_LEAVE	leaves < LEAVES -> leaves++
#else
#define MAY_LEAVE	true
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
 * VM entry, with interrupts off until the guest has been left: what is pending
 * stays pending, and makes the guest leave as soon as it is in.
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
		ipi[self] = false;		/* interrupts on and off */
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
		:: MAY_LEAVE -> leaving = true
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
	:: ipi[self] -> break			/* an interrupt is an exit */
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
	ipi[self] = false			/* interrupts on */
}
/* end::exit[] */

/* tag::acquire[] */
inline
acquire()
{
	do
	:: ipi[self] -> ipi[self] = false	/* served while it spins */
	:: atomic {
		!(p_vmm_cpulock & CPULOCK_EXCL) ->
		olock = p_vmm_cpulock
	   }
	   d_step {
		done = SAME_WORD;
		if
		:: done ->
			olock = p_vmm_cpulock;
			p_vmm_cpulock = olock | CPULOCK_EXCL
		:: else
		fi
	   }
	   if
	   :: done -> break
	   :: else				/* another was faster */
	   fi
	od
}
/* end::acquire[] */

/* tag::call[] */
inline
vmm_guest_sync_addr()
{
	acquire();
	printf("cpu %d: EXCL taken, count %d\n", self, COUNT(olock));
	if
	:: COUNT(olock) != 0 ->
		d_step {
			targets = p_vmm_cpumask & ~BIT(self);
			printf("cpu %d: interrupts to mask %d\n", self, targets)
		}
		do				/* an empty function */
		:: targets != 0 ->
			d_step {
				ipi[FIRST(targets)] = true;
				targets = targets & (targets - 1)
			}
		:: else -> break
		od;
		do				/* until nobody is inside */
		:: ipi[self] -> ipi[self] = false
		:: NOBODY_INSIDE -> break
		od
	:: else
	fi;
	atomic {
		changing = true;
		pm_invgen = pm_invgen + BUMP;
		printf("cpu %d: generation %d\n", self, pm_invgen)
	}
	d_step {				/* the exchange */
		pte++;
		printf("cpu %d: the entry names page %d\n", self, pte)
	}
	d_step {
		p_vmm_cpulock = p_vmm_cpulock & ~CPULOCK_EXCL;
		changing = false;
		calling[self] = false;
		printf("cpu %d: EXCL released, call returns\n", self);
		FORGET
	}
}
/* end::call[] */

active [N] proctype
cpu()
{
	byte self = _pid;
	byte olock, targets, calls;
#ifdef LEAVES
	byte leaves;
#endif
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
	      vmm_guest_sync_addr()
	   :: true				/* something else, and back */
	   fi
	od
}

/* tag::properties[] */
#define IN(cpu)		(where[cpu] == GUEST)
#define STALE(cpu)	(IN(cpu) && tlb[cpu] != NOTHING && tlb[cpu] != pte)
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

/* Nobody in guest mode has another page than the entry names. */
ltl fresh { [] !ANY(STALE) }

/* Nobody is in guest mode while the entry changes. */
ltl alone { [] !(changing && ANY(IN)) }

/* Who is counted and has not left has its bit in the mask. */
ltl mask { [] !ANY(UNMASKED) }

/* The count is the number of the counted, hence never negative. */
ltl count { [] (COUNT(p_vmm_cpulock) == SUM(COUNTS)) }

/* The four at once: one search where states are many. */
ltl safe {
	[] !(ANY(STALE) || (changing && ANY(IN)) || ANY(UNMASKED) ||
	COUNT(p_vmm_cpulock) != SUM(COUNTS))
}

/* Every call returns. */
ltl returns { ALWAYS_RETURNS }
/* end::properties[] */
