/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Time of day and of the calendar, in UTC: there are no other zones.
 */
#include <sys/resource.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY 86400L

/* Days before 1 March of a year, counted from 1 March of year 0. */
static long
days_before(long year)
{
	return (year * 365 + year / 4 - year / 100 + year / 400);
}

/* Days from 1970 to a date; month is 0 to 11, year is not negative. */
static long
days_from_civil(long year, int month, int day)
{
	/* A year that begins in March ends with the leap day. */
	long y = month < 2 ? year - 1 : year;
	int m = (month + 10) % 12;

	return (days_before(y) + (m * 306 + 5) / 10 + day - 1 - 719468);
}

/**
 * Time of day.
 * @param t	gets it, too; or NULL
 * @return	seconds since 1970, UTC
 */
time_t
time(time_t *t)
{
	struct timeval tv;

	if (gettimeofday(&tv, NULL) != 0)
		return (-1);
	if (t != NULL)
		*t = tv.tv_sec;
	return (tv.tv_sec);
}

/**
 * Processor time of this process, its own and the kernel's for it.
 * @return	microseconds: CLOCKS_PER_SEC is 1000000
 */
clock_t
clock(void)
{
	struct rusage ru;

	if (getrusage(RUSAGE_SELF, &ru) != 0)
		return (-1);
	return ((ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * CLOCKS_PER_SEC +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
}

/**
 * What lies between two times.
 * @param a	the later one
 * @param b	the earlier one
 * @return	seconds, below 0 if it is the other way round
 */
double
difftime(time_t a, time_t b)
{
	return ((double)(a - b));
}

/**
 * Takes a time apart, in UTC.
 * @param t	seconds since 1970
 * @param tm	filled in
 * @return	tm; NULL with EOVERFLOW before March of the year 1, or when
 *		tm_year has no room
 */
struct tm *
gmtime_r(const time_t *t, struct tm *tm)
{
	long days = *t / DAY, rest = *t % DAY, y, d, m;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	d = days + 719468;
	if (d < 366 || d / 365 > INT_MAX) {
		errno = EOVERFLOW;
		return (NULL);
	}
	/* One or two years too many, then back. */
	for (y = d / 365; days_before(y) > d; y--)
		;
	d -= days_before(y);
	m = (d * 10 + 5) / 306;
	*tm = (struct tm){ .tm_hour = (int)(rest / 3600),
		.tm_min = (int)(rest / 60 % 60),
		.tm_sec = (int)(rest % 60),
		.tm_mday = (int)(d - (m * 306 + 5) / 10 + 1),
		.tm_mon = (int)((m + 2) % 12),
		.tm_wday = (int)(((days + 4) % 7 + 7) % 7),
		.tm_zone = "UTC" };
	y += m >= 10;
	tm->tm_year = (int)(y - 1900);
	tm->tm_yday = (int)(days - days_from_civil(y, 0, 1));
	return (tm);
}

/**
 * gmtime_r() to memory of the thread.
 * @param t	seconds since 1970
 * @return	the parts, until the thread's next call; NULL with EOVERFLOW
 */
struct tm *
gmtime(const time_t *t)
{
	static __thread struct tm tm;

	return (gmtime_r(t, &tm));
}

/**
 * As gmtime_r(): local time is UTC.
 * @param t	seconds since 1970
 * @param tm	filled in
 * @return	tm, or NULL with EOVERFLOW
 */
struct tm *
localtime_r(const time_t *t, struct tm *tm)
{
	return (gmtime_r(t, tm));
}

/**
 * As gmtime(): local time is UTC.
 * @param t	seconds since 1970
 * @return	the parts, until the thread's next call; NULL with EOVERFLOW
 */
struct tm *
localtime(const time_t *t)
{
	return (gmtime(t));
}

/**
 * Puts a date together. Its parts may be out of range; they are put right.
 * @param tm	UTC; tm_wday and tm_yday are not read, but set
 * @return	seconds since 1970; -1 with EOVERFLOW where gmtime_r() has it
 */
time_t
timegm(struct tm *tm)
{
	long year = 1900L + tm->tm_year + tm->tm_mon / 12;
	int month = tm->tm_mon % 12;
	time_t t;

	if (month < 0) {
		month += 12;
		year--;
	}
	if (year < 1) {
		errno = EOVERFLOW;
		return (-1);
	}
	t = (days_from_civil(year, month, 1) + tm->tm_mday - 1) * DAY +
	    tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
	return (gmtime_r(&t, tm) != NULL ? t : -1);
}

/**
 * As timegm(): local time is UTC.
 * @param tm	as for timegm()
 * @return	seconds since 1970; -1 with EOVERFLOW
 */
time_t
mktime(struct tm *tm)
{
	return (timegm(tm));
}

/**
 * A time as "Thu Jan  1 00:00:00 1970", and a newline.
 * @param tm	the time
 * @return	memory of the thread, until its next call
 */
char *
asctime(const struct tm *tm)
{
	static __thread char buf[64];

	strftime(buf, sizeof(buf), "%c\n", tm);
	return (buf);
}

/**
 * asctime() of seconds.
 * @param t	seconds since 1970
 * @return	memory of the thread, until its next call; NULL with EOVERFLOW
 */
char *
ctime(const time_t *t)
{
	struct tm tm;

	return (gmtime_r(t, &tm) != NULL ? asctime(&tm) : NULL);
}

/**
 * Sleeps.
 * @param seconds	how long
 * @return	0; what is left if a signal came, rounded up
 */
unsigned
sleep(unsigned seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	if (nanosleep(&ts, &ts) == 0)
		return (0);
	return (errno == EINTR ? (unsigned)ts.tv_sec + (ts.tv_nsec > 0) : 0);
}

/**
 * Sleeps.
 * @param microseconds	how long; may be a second and more
 * @return	0; -1 with EINTR
 */
int
usleep(useconds_t microseconds)
{
	struct timespec ts = { .tv_sec = microseconds / 1000000,
		.tv_nsec = microseconds % 1000000 * 1000L };

	return (nanosleep(&ts, NULL));
}

/**
 * Has SIGALRM sent, once.
 * @param seconds	when; 0: never
 * @return	seconds that were left of the last one, rounded up; 0: there was
 *		none
 */
unsigned
alarm(unsigned seconds)
{
	struct itimerval it = { .it_value.tv_sec = seconds }, old;

	if (setitimer(ITIMER_REAL, &it, &old) != 0)
		return (0);
	return ((unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0));
}
