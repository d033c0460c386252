# SPDX-License-Identifier: BSD-3-Clause
#
# How a step is built: all sources in its folder, seen through its own links
# only.  A student's workspace, one folder deeper, sets TOP and O.
TOP	?= ../..
O	?= $(TOP)/build/steps/$(notdir $(shell pwd -P | tr ' ' '_'))
SRCS	= $(filter-out $(GUEST_SRCS),$(sort $(wildcard *.c *.S)))
LDSCRIPT = kernel.ld
# A step's pages have no objects, and a struct that is as much smaller.
INCLUDES = -I. -DVM_PAGE_SMALL
include $(TOP)/final/sys/conf/kern.mk
