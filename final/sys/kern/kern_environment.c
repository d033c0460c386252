/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The kernel environment: `name=value` words of the boot loader's command
 * line, separated by spaces.  A word without `=` has the value "1".
 */
#include <sys/systm.h>

#define KENV_MAXVARS 32

static char kenv_text[512];
static struct {
	const char *name;
	const char *value;
} kenv_vars[KENV_MAXVARS];
static u_int kenv_count;

/**
 * Splits the command line.  Called once, before anything asks for a value.
 * @param cmdline	boot loader's line; copied.  More than 511 characters
 *			or 32 words are ignored
 */
void
kenv_init(const char *cmdline)
{
	char *p = kenv_text;
	char *eq;

	strlcpy(kenv_text, cmdline, sizeof(kenv_text));
	kenv_count = 0;
	while (*p != '\0' && kenv_count < KENV_MAXVARS) {
		while (*p == ' ')
			*p++ = '\0';
		if (*p == '\0')
			break;
		kenv_vars[kenv_count].name = p;
		kenv_vars[kenv_count].value = "1";
		for (eq = NULL; *p != '\0' && *p != ' '; p++)
			if (*p == '=' && eq == NULL)
				eq = p;
		if (eq != NULL) {
			*eq = '\0';
			kenv_vars[kenv_count].value = eq + 1;
		}
		kenv_count++;
		if (*p == ' ')
			*p++ = '\0';
	}
}

/**
 * @param name	variable
 * @return	its value, or NULL when it is not set
 */
const char *
kgetenv(const char *name)
{
	for (u_int i = 0; i < kenv_count; i++)
		if (strcmp(kenv_vars[i].name, name) == 0)
			return (kenv_vars[i].value);
	return (NULL);
}

/**
 * @param name	variable
 * @param dflt	result when it is not set or is not a decimal number
 * @return	its value
 */
int
kgetenv_int(const char *name, int dflt)
{
	const char *p;
	int v = 0;

	p = kgetenv(name);
	if (p == NULL || *p == '\0')
		return (dflt);
	for (; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || v > 100000000)
			return (dflt);
		v = v * 10 + (*p - '0');
	}
	return (v);
}
