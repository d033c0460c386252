/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Tokens: locks that a thread has only while it runs.
 *
 * The owner of a token runs, so waiting for it is short: who wants it spins,
 * serving messages from other processors.  When a thread leaves its processor
 * lwkt_switch() gives its tokens back, and takes them again when it returns.
 * A thread that has tokens already and has to wait for one more gives the
 * others back while it waits, so no order of tokens is needed.
 */
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

/** What system calls hold that are not MPSAFE. */
struct lwkt_token mp_token = LWKT_TOKEN_INITIALIZER("mp");

static bool
take(struct lwkt_token *tok, struct thread *td)
{
	return (__sync_bool_compare_and_swap(&tok->t_owner, NULL, td));
}

static void
give(struct lwkt_token *tok)
{
	tok->t_count = 0;
	__atomic_store_n(&tok->t_owner, NULL, __ATOMIC_RELEASE);
	cpu_lock_freed(tok);
}

/* The token of a thread that comes next after `prev` by address; NULL: none. */
static struct lwkt_token *
next_token(const struct thread *td, const struct lwkt_token *prev)
{
	struct lwkt_token *next = NULL;

	for (u_int i = 0; i < td->td_ntokens; i++) {
		struct lwkt_token *tok = td->td_tokens[i].tok;

		if (tok > prev && (next == NULL || tok < next))
			next = tok;
	}
	return (next);
}

/* A moment for whoever has what we want; messages are served. */
static void
spin_once(const struct lwkt_token *tok)
{
	bool intr = intr_enabled();

	cpu_spinwait(tok);
	intr_disable();
	lwkt_process_ipiq();
	if (intr)
		intr_enable();
}

/**
 * Gives back all tokens of a thread that stops running.
 * @param td	the calling thread
 */
void
lwkt_tokens_release(struct thread *td)
{
	for (u_int i = 0; i < td->td_ntokens; i++) {
		td->td_tokens[i].count = td->td_tokens[i].tok->t_count;
		give(td->td_tokens[i].tok);
	}
}

/**
 * Takes again what lwkt_tokens_release() gave back; waits for it.  In the order
 * of addresses: whoever waits has only what comes before.  To take what is free
 * and give it back at the first that is not can go on for ever, when two
 * processors do it in step.
 * @param td	the calling thread, which has none of its tokens
 */
void
lwkt_tokens_acquire(struct thread *td)
{
	struct lwkt_token *tok;

	for (tok = next_token(td, NULL); tok != NULL; tok = next_token(td, tok))
		if (!take(tok, td)) {
			tok->t_collisions++;
			do
				spin_once(tok);
			while (!take(tok, td));
		}
	for (u_int i = 0; i < td->td_ntokens; i++)
		td->td_tokens[i].tok->t_count = td->td_tokens[i].count;
}

/* tag::get[] */
/**
 * Takes a token, waiting if need be; others that the thread holds may be given
 * back meanwhile.  May be taken again by who has it.
 * @param tok	the token
 */
void
lwkt_gettoken(struct lwkt_token *tok)
{
	struct thread *td = curthread;
	u_int n = td->td_ntokens;

	if (tok->t_owner == td) {
		tok->t_count++;
		return;
	}
	KASSERT(mycpu->gd_spinlocks == 0,
	    ("lwkt_gettoken: %s with a spinlock held", tok->t_name));
	KASSERT(n < LWKT_MAXTOKENS, ("lwkt_gettoken: too many tokens"));
	td->td_tokens[n].tok = tok;
	td->td_tokens[n].count = 1;
	if (take(tok, td)) {
		tok->t_count = 1;
		td->td_ntokens = n + 1;
		return;
	}
	tok->t_collisions++;
	lwkt_tokens_release(td);
	td->td_ntokens = n + 1;
	lwkt_tokens_acquire(td);
}
/* end::get[] */

/**
 * Takes a token if it is free.
 * @param tok	the token
 * @return	whether the thread has it now
 */
bool
lwkt_trytoken(struct lwkt_token *tok)
{
	struct thread *td = curthread;

	if (tok->t_owner != td) {
		KASSERT(td->td_ntokens < LWKT_MAXTOKENS,
		    ("lwkt_trytoken: too many tokens"));
		if (!take(tok, td))
			return (false);
		td->td_tokens[td->td_ntokens++].tok = tok;
	}
	tok->t_count++;
	return (true);
}

/**
 * Gives a token back, if it was taken no more often.
 * @param tok	held by the calling thread
 */
void
lwkt_reltoken(struct lwkt_token *tok)
{
	struct thread *td = curthread;
	u_int i;

	KASSERT(
	    tok->t_owner == td, ("lwkt_reltoken: %s is not held", tok->t_name));
	if (tok->t_count > 1) {
		tok->t_count--;
		return;
	}
	for (i = td->td_ntokens; i-- > 0;)
		if (td->td_tokens[i].tok == tok)
			break;
	for (td->td_ntokens--; i < td->td_ntokens; i++)
		td->td_tokens[i] = td->td_tokens[i + 1];
	give(tok);
}

/**
 * @param tok	a token
 * @return	whether the calling thread holds it
 */
bool
lwkt_token_held(const struct lwkt_token *tok)
{
	return (tok->t_owner == curthread);
}
