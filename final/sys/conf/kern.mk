# SPDX-License-Identifier: BSD-3-Clause
#
# How a kernel image is built.  A Makefile sets
#
#   TOP         relative path of the repository's top
#   O           relative path of the folder for what is built
#   SRCS        kernel sources (.c, .S), each with a base name of its own
#   GUEST_SRCS  sources that run as guest, linked at a low address (or none)
#   LDSCRIPTS   further linker scripts, after kernel.ld (or none)
#   INCLUDES    -I options instead of the shared include folder (or none)
#   INVARIANTS  n to leave the assertions out (default y)
#   MODEL       -mcmodel= of the kernel (default kernel)
#   IMAGES      what is made (default kernel and kernel.sym)
#
# and includes this file.  Results in $(O): kernel (boots; symbols kept, no
# debug information, since the boot loader loads what is not stripped),
# kernel.debug (everything) and kernel.sym (address and name, for Bochs).
# All paths are relative, so that the tree may lie in a folder with a space.

# Steps, lab trees and tests compile the same files again and again: ccache, if
# it is there, keeps what came of them in build/.  The object's folder is not
# part of the question (NOHASHDIR), so that all of these share it, and gcc's
# own list of includes is believed (DEPEND), so that a miss costs no more than
# without it.
ifeq ($(origin CC),default)
CC	= $(if $(shell command -v ccache),ccache )gcc
export CCACHE_DIR ?= $(CURDIR)/$(TOP)/build/ccache
export CCACHE_MAXSIZE ?= 200M
export CCACHE_DEPEND = 1
export CCACHE_NOHASHDIR = 1
endif
# V=1 shows the commands.
ifeq ($(V),)
Q	= @
SAY	= @echo
else
SAY	= @:
endif
SYS	= $(TOP)/final/sys
LDSCRIPT ?= $(SYS)/platform/pc64/boot/kernel.ld
INVARIANTS ?= y
MODEL	?= kernel
IMAGES	?= $(O)/kernel $(O)/kernel.sym

WARN	= -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes \
	  -Wno-missing-field-initializers -Wshadow -Wpointer-arith -Wundef \
	  -Wwrite-strings
CFLAGS_COMMON = -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-common \
	  -fno-omit-frame-pointer -fno-optimize-sibling-calls \
	  -fno-asynchronous-unwind-tables -fno-stack-protector \
	  -fno-strict-aliasing -fno-pic -fcf-protection=none \
	  -ffile-prefix-map=$(TOP)/= $(WARN)
CFLAGS_KERN = -mcmodel=$(MODEL) -mno-red-zone -mgeneral-regs-only -D_KERNEL \
	  $(if $(filter y,$(INVARIANTS)),-DINVARIANTS)
CFLAGS_GUEST = -mcmodel=small -mgeneral-regs-only
INCLUDES ?= -I$(TOP)/build/include
LDFLAGS	= -nostdlib -static -z max-page-size=4096 -z noexecstack \
	  --build-id=none --no-warn-rwx-segments

KOBJS	= $(patsubst %,$(O)/%.o,$(notdir $(SRCS)))
GOBJS	= $(patsubst %,$(O)/%.o,$(notdir $(GUEST_SRCS)))

all: $(IMAGES)

# Everything is rebuilt when a rule or a flag changes.
RULES	= $(SYS)/conf/kern.mk Makefile $(O)/flags
FLAGS	= $(CC) $(CFLAGS_COMMON) $(CFLAGS_KERN) $(CFLAGS_GUEST) $(CPPFLAGS)
$(O)/flags: flags-changed | $(O)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

define compile
$(O)/$(notdir $(1)).o: $(1) $$(RULES) | $(O) include-folder
	$$(SAY) "  CC      $$<"
	$$(Q)$$(CC) $$(CFLAGS_COMMON) $(2) $$(INCLUDES) $$(CPPFLAGS) -MMD -MP -c $$< -o $$@
endef
$(foreach s,$(SRCS),$(eval $(call compile,$(s),$$(CFLAGS_KERN))))
$(foreach s,$(GUEST_SRCS),$(eval $(call compile,$(s),$$(CFLAGS_GUEST))))

$(O)/kernel.debug: $(KOBJS) $(GOBJS) $(LDSCRIPT) $(LDSCRIPTS) $(RULES)
	$(SAY) "  LD      $@"
	$(Q)ld $(LDFLAGS) $(addprefix -T ,$(LDSCRIPTS)) -T $(LDSCRIPT) \
	    -o $@ $(KOBJS) $(GOBJS)

$(O)/kernel: $(O)/kernel.debug
	$(Q)objcopy --strip-debug $< $@

$(O)/kernel.sym: $(O)/kernel.debug
	$(Q)nm $< | awk '$$2 ~ /[TtDdBbRrAa]/ { print $$1, $$3 }' | sort > $@

$(O):
	@mkdir -p $@

# <sys/...>, <cpu/...>, <machine/...> and <vm/...> for programs that have no
# links of their own to these folders.
include-folder:
	@mkdir -p $(TOP)/build/include && cd $(TOP)/build/include && \
	for l in sys=sys cpu=cpu/x86_64/include vm=vm \
	    machine=platform/pc64/include; do \
		[ -L $${l%%=*} ] || \
		    ln -sfn ../../final/sys/$${l#*=} $${l%%=*}; \
	done
	@# BSD's lists and trees, of package libbsd-dev, for the kernel.
	@cd $(TOP)/build/include && [ -e bsd/sys/tree.h ] || { \
		mkdir -p bsd/sys && : > bsd/sys/cdefs.h && \
		cp /usr/include/bsd/sys/queue.h /usr/include/bsd/sys/tree.h \
		    bsd/sys/; }

.PHONY: all include-folder flags-changed
# A source that has moved is still in old lists of what depends on what.
$(SYS)/%.c: ;
$(SYS)/%.S: ;
-include $(wildcard $(O)/*.d)
