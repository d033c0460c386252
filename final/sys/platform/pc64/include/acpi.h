/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What we read from the firmware's ACPI tables: how to switch off, and which
 * processors there are.
 *
 * The parsers are pure: every access goes through the caller's map function
 * with a length, and no length that they read is trusted.
 */
#ifndef _MACHINE_ACPI_H_
#define _MACHINE_ACPI_H_

#include <sys/types.h>

/** Maps `len` bytes of physical memory for reading, or returns NULL. */
typedef const void *acpi_map_t(void *arg, vm_paddr_t pa, size_t len);

/** Where the tables are and how to reach them. */
struct acpi_tables {
	const uint8_t *rsdp; /**< copy of the root pointer */
	size_t rsdp_size;    /**< its size: 0 if there is none, 20 or 36 */
	acpi_map_t *map;     /**< gives access to physical memory */
	void *arg;	     /**< passed to map */
};

/** Bytes before a table's payload. */
#define ACPI_HEADER 36

/** A table that has been mapped and whose length has been checked. */
struct acpi_sdt {
	const uint8_t *p; /**< first byte of the header */
	uint32_t len;	  /**< all its bytes, at least ACPI_HEADER */
};

/* --- x86_64/acpi_table.c --- */
uint64_t acpi_le(const uint8_t *p, u_int n);
bool
acpi_sdt_map(const struct acpi_tables *t, vm_paddr_t pa, struct acpi_sdt *sdt);
const char *acpi_find(const struct acpi_tables *t, const char *signature,
    uint32_t minlen, const char *missing, struct acpi_sdt *sdt);

/** How to enter the soft-off state S5. */
struct acpi_s5 {
	uint32_t smi_cmd;    /**< port that hands ACPI over, or 0 */
	uint8_t acpi_enable; /**< value for smi_cmd */
	uint32_t pm1a_cnt;   /**< port of PM1a_CNT */
	uint32_t pm1b_cnt;   /**< port of PM1b_CNT, or 0 */
	uint16_t slp_typa;   /**< SLP_TYP for PM1a */
	uint16_t slp_typb;   /**< SLP_TYP for PM1b */
};

/* --- x86_64/acpi_s5.c --- */
const char *acpi_s5_find(const struct acpi_tables *t, struct acpi_s5 *out);

/** Most processors of a machine that we list. */
#define ACPI_MAXAPICS 256

/** The processors that the firmware has started up and lets us use. */
struct acpi_madt {
	u_int napics;			/**< used entries of apicid */
	uint32_t apicid[ACPI_MAXAPICS]; /**< in the order of the table */
	u_int disabled;			/**< listed, but not to be used */
	u_int dropped;			/**< entries that did not fit */
};

/* --- x86_64/acpi_madt.c --- */
const char *acpi_madt_find(const struct acpi_tables *t, struct acpi_madt *out);

#define ACPI_MAXIOAPICS 16
#define ACPI_NISA	16 /* interrupts of the ISA bus */

/** One I/O APIC. */
struct acpi_ioapic {
	vm_paddr_t pa;	   /**< its registers */
	uint32_t gsi_base; /**< number of its first input */
};

/** Where an ISA interrupt arrives. */
struct acpi_isa_irq {
	uint32_t gsi;	 /**< which input of all I/O APICs */
	bool active_low; /**< else high */
	bool level;	 /**< else edge */
};

/** How the interrupts of devices arrive. */
struct acpi_ioapics {
	u_int nioapics;				    /**< used entries */
	struct acpi_ioapic ioapic[ACPI_MAXIOAPICS]; /**< in table order */
	u_int dropped;				    /**< that did not fit */
	struct acpi_isa_irq isa[ACPI_NISA];	    /**< by number */
};

/* --- x86_64/acpi_ioapic.c --- */
/** @cond host */
const char *
acpi_ioapic_find(const struct acpi_tables *t, struct acpi_ioapics *out);
/** @endcond */

#endif
