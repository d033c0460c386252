# SPDX-License-Identifier: BSD-3-Clause
#
# The one Makefile that users meet.  Targets and words are fixed (make help);
# what they do is in labs/bench/ and in the Makefiles of the folders.
#
# STEP, LAB, MACHINE and the other words go to the bench through the
# environment, unexpanded: no character in them can mean anything to make or
# to a shell here.

WORDS = STEP LAB MACHINE CPUS MEM VMEM VCPUS IN EXEC ADD APPEND ONLY SCRIPT
$(foreach w,$(WORDS),$(if $(filter undefined,$(origin $(w))),, \
	$(eval override $(w) := $$(value $(w)))))
export $(WORDS)

BENCH = labs/bench/bench

# All targets are doors; two of them through at a time would build one folder
# twice at once.  The makes behind them run in parallel.
.NOTPARALLEL:
.PHONY: help run test debug lab grade docs image bench check doctor deps ready

help:
	@cat labs/bench/help.txt

run debug test lab grade docs image bench check: ready
	+@$(BENCH) make $@

doctor:
	@labs/bench/doctor

deps:
	@labs/bench/deps

# What the other targets need; silent when nothing is missing.
ready:
	@labs/bench/deps --quiet
