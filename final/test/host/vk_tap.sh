#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# For vk_*.sh, which read it: a folder to work in, and TAP.  What the vkernel
# has said is in the file `said` there.  They want a root image, which runs no
# command, in /var/vkernel/root.img.
n=0
failed=0
# shellcheck disable=SC2034 # for who reads this
root=/var/vkernel/root.img
work=/var/tmp/vk.$$
mkdir -p $work && cd $work || exit 1

# result NAME STATUS
result() {
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' said
		failed=1
	fi
}

finished() {
	cd / && rm -rf $work
	echo "1..$n"
	exit $failed
}
