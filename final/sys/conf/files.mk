# SPDX-License-Identifier: BSD-3-Clause
#
# The boot layer: everything below main().  $(SYS) is final/sys.
BOOT_SRCS = \
	$(SYS)/platform/pc64/boot/boot.S \
	$(SYS)/platform/pc64/boot/mb2.c \
	$(SYS)/platform/pc64/x86_64/acpi_madt.c \
	$(SYS)/platform/pc64/x86_64/acpi_s5.c \
	$(SYS)/platform/pc64/x86_64/acpi_table.c \
	$(SYS)/platform/pc64/x86_64/clock.c \
	$(SYS)/platform/pc64/x86_64/db_trace.c \
	$(SYS)/platform/pc64/x86_64/exception.S \
	$(SYS)/platform/pc64/x86_64/frame_offsets.c \
	$(SYS)/platform/pc64/x86_64/gdt.c \
	$(SYS)/cpu/x86_64/misc/globaldata.c \
	$(SYS)/platform/pc64/x86_64/i8259.c \
	$(SYS)/platform/pc64/x86_64/intr.c \
	$(SYS)/platform/pc64/x86_64/lapic.c \
	$(SYS)/platform/pc64/x86_64/lapic_ipi.c \
	$(SYS)/platform/pc64/x86_64/lapic_timer.c \
	$(SYS)/platform/pc64/x86_64/machdep.c \
	$(SYS)/platform/pc64/x86_64/mp.c \
	$(SYS)/platform/pc64/x86_64/mpboot.S \
	$(SYS)/platform/pc64/x86_64/pmap.c \
	$(SYS)/platform/pc64/x86_64/pmap_dev.c \
	$(SYS)/cpu/x86_64/misc/pmap_table.c \
	$(SYS)/platform/pc64/x86_64/poweroff.c \
	$(SYS)/platform/pc64/x86_64/trap.c \
	$(SYS)/dev/console/cons.c \
	$(SYS)/dev/console/vga.c \
	$(SYS)/dev/serial/uart.c \
	$(SYS)/kern/kern_environment.c \
	$(SYS)/kern/kern_panic.c \
	$(SYS)/kern/kern_spinlock.c \
	$(SYS)/kern/subr_prf.c \
	$(SYS)/kern/subr_tap.c \
	$(SYS)/libkern/mem.c \
	$(SYS)/libkern/str.c \
	$(SYS)/vm/vm_page.c

# VMX and EPT as the steps and the tests use them: without Damselfly's own VMM,
# which needs the rest of the kernel.
VMM_DAMSELFLY = vmm.c vmm_access.c vmm_mem.c vmx.c vmx_affected.c \
	vmx_mitigate.c vmx_run.c
VMM_PARTS = $(sort $(filter-out $(addprefix %/,$(VMM_DAMSELFLY)), \
	$(wildcard $(SYS)/platform/pc64/vmm/*.[cS])))

# What all platforms of Damselfly share of the architecture.
MISC_SRCS = $(wildcard $(SYS)/cpu/x86_64/misc/*.[cS])
