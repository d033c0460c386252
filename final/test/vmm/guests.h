/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The guests that steps and tests run, grouped by file.
 */
#ifndef _GUESTS_H_
#define _GUESTS_H_

#include <sys/types.h>

/* --- guest_ept.c, guests of step 02 --- */
/** In how many places guest_big() touches its memory: large pages it costs. */
#define GUEST_BIG_STEPS 24
void guest_touch(void);
void guest_big(void);
void guest_huge(void);
void guest_device(void);
void guest_dirty(void);
void guest_own_image(void);
void guest_protect(void);
void guest_unmap(void);
void guest_outside(void);
void guest_no_fetch(void);

/* --- guest_copyio.c, guests of step 03 --- */
void guest_arguments(void);
void guest_results(void);
void guest_pointers(void);
void guest_rights(void);
void guest_leaves(void);
void guest_tables(void);
void guest_across(void);
void guest_strings(void);
void guest_straddle(void);

/* --- guest_umtx.c, guests of step 04 --- */
void guest_threads(void);
void guest_ping_pong(void);
void guest_umtx_errors(void);
void guest_wake_counts(void);
void guest_signals(void);
void guest_registers(void);
void guest_idle(void);
void guest_mutex(void);
void guest_deadlock(void);
void guest_private_page(void);
void guest_fpu(void);
void guest_killed_by_signal(void);
void guest_hand_over(u_long n);

/* --- guest_sync.c, guests of step 05 --- */
/** Exit status of a guest that met a stale translation. */
#define GUEST_STALE	  99
/** How often a stress turns its window. */
#define GUEST_TURNS	  40
/** The same where few of the turns are of any interest. */
#define GUEST_TURNS_MARKS 512
/** Status of a vkernel that has found nothing wrong. */
#define GUEST_WELL	  4711
void guest_sync_calls(void);
void guest_sync_remove(void);
void guest_forced_exit(void);
void guest_stress_2(void);
void guest_stress_4(void);
void guest_stress_8(void);
void guest_stress_interlock(void);
void guest_stress_store(void);
void guest_stress_marks(void);
void guest_unmap_used(void);
void guest_private_readers(void);
void guest_bench_sync(u_long arg);
void guest_bench_interlock(u_long arg);

/* --- guest_vktest.c, guests of step 06 --- */
void guest_vk_errors(void);
void guest_vk_sanitized(void);
void guest_vk_two(void);
void guest_vk_three_cpus(void);
void guest_vk_thrash(void);
void guest_vk_signal(void);
void guest_vk_calls(void);
void guest_vk_wild(void);
void guest_vk_no_frame(void);
void guest_vk_segv(void);
void guest_vk_storm(void);
void guest_vk_text(void);
void guest_vk_table_nowhere(void);
void guest_vk_bench_calls(u_long n);
void guest_vk_bench_faults(u_long n);

#endif
