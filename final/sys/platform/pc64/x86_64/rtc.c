/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The clock that runs while the machine is off: MC146818 and its descendants.
 *
 * It is read twice until both readings agree, so that no carry falls between
 * two fields.  A year below 70 is of this century.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>

#define RTC_INDEX 0x70
#define RTC_DATA  0x71
#define RTC_SEC	  0x00
#define RTC_MIN	  0x02
#define RTC_HOUR  0x04
#define RTC_DAY	  0x07
#define RTC_MONTH 0x08
#define RTC_YEAR  0x09
#define RTC_A	  0x0a
#define RTC_A_UIP 0x80 /* an update is under way */
#define RTC_B	  0x0b
#define RTC_B_24H 0x02
#define RTC_B_BIN 0x04
#define HOUR_PM	  0x80
#define SPINS	  100000
#define FIELDS	  6

static const uint8_t fields[FIELDS] = { RTC_SEC, RTC_MIN, RTC_HOUR, RTC_DAY,
	RTC_MONTH, RTC_YEAR };

static uint8_t
rtc_read(uint8_t reg)
{
	outb(RTC_INDEX, reg);
	return (inb(RTC_DATA));
}

static void
read_once(uint8_t v[FIELDS])
{
	for (u_int i = 0; i < SPINS && (rtc_read(RTC_A) & RTC_A_UIP) != 0; i++)
		;
	for (u_int i = 0; i < FIELDS; i++)
		v[i] = rtc_read(fields[i]);
}

static bool
leap(u_int year)
{
	return (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Days from 1970 to the start of a month, 1 to 12. */
static u_int
days_to(u_int year, u_int month)
{
	static const u_short before[12] = { 0, 31, 59, 90, 120, 151, 181, 212,
		243, 273, 304, 334 };
	u_int days = 0;

	for (u_int y = 1970; y < year; y++)
		days += leap(y) ? 366 : 365;
	return (days + before[month - 1] + (month > 2 && leap(year)));
}

/** @return seconds since 1970 by the machine's clock; 0 if it makes no sense */
time_t
rtc_time(void)
{
	uint8_t a[FIELDS], b[FIELDS], mode;
	u_int v[FIELDS], year;
	bool pm;

	read_once(b);
	do {
		memcpy(a, b, sizeof(a));
		read_once(b);
	} while (memcmp(a, b, sizeof(a)) != 0);
	mode = rtc_read(RTC_B);
	pm = (a[2] & HOUR_PM) != 0 && (mode & RTC_B_24H) == 0;
	a[2] &= (mode & RTC_B_24H) != 0 ? 0xff : 0x7f;
	for (u_int i = 0; i < FIELDS; i++)
		v[i] = (mode & RTC_B_BIN) != 0
		    ? a[i]
		    : (a[i] >> 4) * 10u + (a[i] & 15);
	if ((mode & RTC_B_24H) == 0)
		v[2] = v[2] % 12 + (pm ? 12 : 0);
	year = v[5] + (v[5] < 70 ? 2000 : 1900);
	if (v[0] > 60 || v[1] > 59 || v[2] > 23 || v[3] < 1 || v[3] > 31 ||
	    v[4] < 1 || v[4] > 12)
		return (0);
	return (((days_to(year, v[4]) + v[3] - 1) * 24L + v[2]) * 3600 +
	    v[1] * 60 + v[0]);
}
