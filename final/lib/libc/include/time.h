/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Time.
 */
#ifndef _TIME_H_
#define _TIME_H_

#include <sys/types.h>
#include <sys/time.h>

#define CLOCKS_PER_SEC 1000000
#define TIMER_ABSTIME  1

typedef long clock_t; /**< microseconds of processor time */

/** A time in parts. */
struct tm {
	int tm_sec;	     /**< 0 to 60 */
	int tm_min;	     /**< 0 to 59 */
	int tm_hour;	     /**< 0 to 23 */
	int tm_mday;	     /**< 1 to 31 */
	int tm_mon;	     /**< 0 to 11 */
	int tm_year;	     /**< since 1900 */
	int tm_wday;	     /**< 0 is Sunday */
	int tm_yday;	     /**< 0 to 365 */
	int tm_isdst;	     /**< 0 */
	long tm_gmtoff;	     /**< 0 */
	const char *tm_zone; /**< "UTC" */
};

time_t time(time_t *t);
clock_t clock(void);
double difftime(time_t a, time_t b);
struct tm *gmtime(const time_t *t);
struct tm *gmtime_r(const time_t *t, struct tm *tm);
struct tm *localtime(const time_t *t);
struct tm *localtime_r(const time_t *t, struct tm *tm);
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);
char *asctime(const struct tm *tm);
char *ctime(const time_t *t);
size_t strftime(char *s, size_t size, const char *fmt, const struct tm *tm)
    __attribute__((__format__(__strftime__, 3, 0)));
/**
 * Sleeps.
 * @param wanted	how long
 * @param rest	gets what is left if a signal came; or NULL
 * @return	0; -1 with EINTR, EINVAL, EFAULT
 */
int nanosleep(const struct timespec *wanted, struct timespec *rest);
/**
 * Reads a clock.
 * @param clock	CLOCK_*
 * @param ts	gets its time
 * @return	0; -1 with EINVAL, EFAULT
 */
int clock_gettime(clockid_t clock, struct timespec *ts);
/**
 * Sets the time of day, for the super-user.
 * @param clock	CLOCK_REALTIME
 * @param ts	its time
 * @return	0; -1 with EPERM, EINVAL, EFAULT
 */
int clock_settime(clockid_t clock, const struct timespec *ts);
/**
 * How fine a clock is.
 * @param clock	CLOCK_*
 * @param ts	gets the least step; or NULL
 * @return	0; -1 with EINVAL, EFAULT
 */
int clock_getres(clockid_t clock, struct timespec *ts);

#endif
