/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Formatted output.
 *
 * One formatter writes characters to a sink; the console and a bounded buffer
 * are the two sinks.  Understood: flags `-`, `0`, `+`, space, `#`; width and
 * precision, also `*`; sizes hh, h, l, ll, z, j, t; conversions
 * d i u x X o c s p and %%.  There is no floating point in the kernel.
 */
#include <sys/cons.h>
#include <sys/systm.h>

/** Where the characters of one call go. */
struct sink {
	void (*putc)(struct sink *s, int c); /**< takes one character */
	char *buf;			     /**< bounded buffer */
	size_t size;			     /**< bytes at buf */
	size_t count; /**< characters so far, also those cut off */
};

/** One conversion, parsed. */
struct conv {
	bool left, zero, plus, space, alt, upper, negative;
	int width;
	int prec; /**< -1 if not given */
	int size; /**< bytes of an integer argument */
};

static void
sink_console(struct sink *s, int c)
{
	cnputc(c);
	s->count++;
}

static void
sink_buffer(struct sink *s, int c)
{
	if (s->count + 1 < s->size)
		s->buf[s->count] = c;
	s->count++;
}

static void
pad(struct sink *s, int c, int n)
{
	for (; n > 0; n--)
		s->putc(s, c);
}

static void
put_string(struct sink *s, const struct conv *cv, const char *str)
{
	int len;

	if (str == NULL)
		str = "(null)";
	len = strnlen(str, cv->prec < 0 ? 0x7fffffff : cv->prec);
	if (!cv->left)
		pad(s, ' ', cv->width - len);
	for (int i = 0; i < len; i++)
		s->putc(s, str[i]);
	if (cv->left)
		pad(s, ' ', cv->width - len);
}

/* The characters before the digits: sign or base. */
static const char *
number_prefix(const struct conv *cv, u_int base, bool nonzero)
{
	if (cv->negative)
		return ("-");
	if (cv->plus)
		return ("+");
	if (cv->space)
		return (" ");
	if (cv->alt && nonzero && base == 16)
		return (cv->upper ? "0X" : "0x");
	return ("");
}

static void
put_number(struct sink *s, struct conv *cv, uint64_t v, u_int base)
{
	char digits[24];
	const char *set, *prefix;
	int n = 0, zeros, spaces;

	set = cv->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	prefix = number_prefix(cv, base, v != 0);
	for (; v != 0; v /= base)
		digits[n++] = set[v % base];
	zeros = cv->prec < 0 ? (n == 0) : cv->prec - n;
	if (zeros < 0)
		zeros = 0;
	if (cv->alt && base == 8 && zeros == 0)
		zeros = 1;
	spaces = cv->width - zeros - n - (int)strlen(prefix);
	if (cv->zero && !cv->left && cv->prec < 0 && spaces > 0) {
		zeros += spaces;
		spaces = 0;
	}
	if (!cv->left)
		pad(s, ' ', spaces);
	for (; *prefix != '\0'; prefix++)
		s->putc(s, *prefix);
	pad(s, '0', zeros);
	while (n > 0)
		s->putc(s, digits[--n]);
	if (cv->left)
		pad(s, ' ', spaces);
}

static const char *
parse_flags(const char *fmt, struct conv *cv)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			cv->left = true;
			break;
		case '0':
			cv->zero = true;
			break;
		case '+':
			cv->plus = true;
			break;
		case ' ':
			cv->space = true;
			break;
		case '#':
			cv->alt = true;
			break;
		default:
			return (fmt);
		}
	}
}

/* A decimal number, or `*` for one from the arguments. */
static const char *
parse_int(const char *fmt, int *v, va_list *ap)
{
	if (*fmt == '*') {
		*v = va_arg(*ap, int);
		return (fmt + 1);
	}
	for (*v = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
		if (*v < 100000)
			*v = *v * 10 + (*fmt - '0');
	return (fmt);
}

static const char *
parse_conv(const char *fmt, struct conv *cv, va_list *ap)
{
	*cv = (struct conv){ .prec = -1, .size = 4 };
	fmt = parse_flags(fmt, cv);
	fmt = parse_int(fmt, &cv->width, ap);
	if (cv->width < 0) {
		cv->left = true;
		cv->width = -cv->width;
	}
	if (*fmt == '.')
		fmt = parse_int(fmt + 1, &cv->prec, ap);
	for (;; fmt++) {
		if (*fmt == 'h')
			cv->size = cv->size == 4 ? 2 : 1;
		else if (*fmt == 'l' || *fmt == 'z' || *fmt == 'j' ||
		    *fmt == 't')
			cv->size = 8;
		else
			return (fmt);
	}
}

static uint64_t
arg_unsigned(const struct conv *cv, va_list *ap)
{
	uint64_t v;

	if (cv->size == 8)
		return (va_arg(*ap, uint64_t));
	v = va_arg(*ap, u_int);
	return (cv->size == 4 ? v : v & ((1UL << cv->size * 8) - 1));
}

static void
put_signed(struct sink *s, struct conv *cv, va_list *ap)
{
	uint64_t v;
	int shift;

	v = arg_unsigned(cv, ap);
	shift = 64 - cv->size * 8;
	v = (uint64_t)((int64_t)(v << shift) >> shift);
	cv->negative = (int64_t)v < 0;
	put_number(s, cv, cv->negative ? -v : v, 10);
}

static void
put_char(struct sink *s, const struct conv *cv, int c)
{
	if (!cv->left)
		pad(s, ' ', cv->width - 1);
	s->putc(s, (u_char)c);
	if (cv->left)
		pad(s, ' ', cv->width - 1);
}

/* One conversion; an unknown one is shown as it stands. */
static void
put_conv(struct sink *s, struct conv *cv, int c, va_list *ap)
{
	bool signd = (c == 'd' || c == 'i');

	if (!signd)
		cv->plus = cv->space = false;
	switch (c) {
	case 'd':
	case 'i':
		put_signed(s, cv, ap);
		break;
	case 'u':
		put_number(s, cv, arg_unsigned(cv, ap), 10);
		break;
	case 'X':
		cv->upper = true;
		/* FALLTHROUGH */
	case 'x':
		put_number(s, cv, arg_unsigned(cv, ap), 16);
		break;
	case 'o':
		put_number(s, cv, arg_unsigned(cv, ap), 8);
		break;
	case 'p':
		cv->alt = true;
		put_number(s, cv, (uintptr_t)va_arg(*ap, void *), 16);
		break;
	case 'c':
		put_char(s, cv, va_arg(*ap, int));
		break;
	case 's':
		put_string(s, cv, va_arg(*ap, const char *));
		break;
	case '%':
		s->putc(s, '%');
		break;
	default:
		s->putc(s, '%');
		s->putc(s, c);
		break;
	}
}

static void
format(struct sink *s, const char *fmt, va_list ap0)
{
	struct conv cv;
	va_list ap;

	va_copy(ap, ap0);
	for (; *fmt != '\0'; fmt++) {
		if (*fmt != '%') {
			s->putc(s, *fmt);
			continue;
		}
		fmt = parse_conv(fmt + 1, &cv, &ap);
		if (*fmt == '\0')
			break;
		put_conv(s, &cv, *fmt, &ap);
	}
	va_end(ap);
}

/**
 * Writes formatted text to the console, not mixed with another processor's.
 * The lock that this takes does not stop a panic from printing: see cnlock().
 * Does not sleep.
 * @param fmt	format, see the head of this file
 * @param ap	arguments
 * @return	number of characters written
 */
int
kvprintf(const char *fmt, va_list ap)
{
	struct sink s = { .putc = sink_console };

	cnlock();
	format(&s, fmt, ap);
	cnunlock();
	return (s.count);
}

/**
 * Writes formatted text to the console, like kvprintf().
 * @param fmt	format, see the head of this file
 * @return	number of characters written
 */
int
kprintf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvprintf(fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats into a buffer, cut if need be and always terminated.
 * @param buf	destination, may be NULL if size is 0
 * @param size	bytes at buf
 * @param fmt	format, see the head of this file
 * @param ap	arguments
 * @return	length of the whole text; it was cut if that is not below size
 */
int
kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = { .putc = sink_buffer, .buf = buf, .size = size };

	format(&s, fmt, ap);
	if (size != 0)
		buf[MIN(s.count, size - 1)] = '\0';
	return (s.count);
}

/**
 * Formats into a buffer, like kvsnprintf().
 * @param buf	destination, may be NULL if size is 0
 * @param size	bytes at buf
 * @param fmt	format, see the head of this file
 * @return	length of the whole text; it was cut if that is not below size
 */
int
ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (n);
}
