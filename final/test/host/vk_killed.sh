#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
#     vk_killed.sh MOMENT...
#
# Leaves the disk of vkernels that were killed as they have left it, for
# killed.py.
# shellcheck disable=SC1091,SC2154
. /usr/test/vk_tap.sh

for moment; do
	start_and_kill "$moment"
	result "killed at moment $moment" $?
done
sync
finished
