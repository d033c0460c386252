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

/** Seconds since 1970. */
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

/** Processor time of this process, microseconds. */
clock_t
clock(void)
{
	struct rusage ru;

	if (getrusage(RUSAGE_SELF, &ru) != 0)
		return (-1);
	return ((ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * CLOCKS_PER_SEC +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
}

/** Seconds between two times. */
double
difftime(time_t a, time_t b)
{
	return ((double)(a - b));
}

/** Takes a time apart; NULL with EOVERFLOW outside of the years 0 to INT_MAX. */
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

/** Takes a time apart, in memory of the thread. */
struct tm *
gmtime(const time_t *t)
{
	static __thread struct tm tm;

	return (gmtime_r(t, &tm));
}

/** As gmtime_r(). */
struct tm *
localtime_r(const time_t *t, struct tm *tm)
{
	return (gmtime_r(t, tm));
}

/** As gmtime(). */
struct tm *
localtime(const time_t *t)
{
	return (gmtime(t));
}

/** Seconds since 1970 of a date, whose parts may be out of range; they are
 * put right.  -1 for a year before 0. */
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

/** As timegm(). */
time_t
mktime(struct tm *tm)
{
	return (timegm(tm));
}

/** A time as "Thu Jan  1 00:00:00 1970\n". */
char *
asctime(const struct tm *tm)
{
	static __thread char buf[64];

	strftime(buf, sizeof(buf), "%c\n", tm);
	return (buf);
}

/** The same of seconds since 1970. */
char *
ctime(const time_t *t)
{
	struct tm tm;

	return (gmtime_r(t, &tm) != NULL ? asctime(&tm) : NULL);
}

/** Sleeps; what is left if a signal came. */
unsigned
sleep(unsigned seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	if (nanosleep(&ts, &ts) == 0)
		return (0);
	return (errno == EINTR ? (unsigned)ts.tv_sec + (ts.tv_nsec > 0) : 0);
}

/** Sleeps. */
int
usleep(useconds_t microseconds)
{
	struct timespec ts = { .tv_sec = microseconds / 1000000,
		.tv_nsec = microseconds % 1000000 * 1000L };

	return (nanosleep(&ts, NULL));
}

/** Has SIGALRM sent after some seconds; what was left of the last one. */
unsigned
alarm(unsigned seconds)
{
	struct itimerval it = { .it_value.tv_sec = seconds }, old;

	if (setitimer(ITIMER_REAL, &it, &old) != 0)
		return (0);
	return ((unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0));
}
