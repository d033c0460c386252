#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# A vkernel behind nested page tables whose host or life is not as it should
# be.  What is left of one that was killed is counted by the host at its end.
# shellcheck disable=SC1091,SC2046,SC2086,SC2154
. /usr/test/vk_tap.sh

# A disk that several may have.
start -e pages_1gb=0 -i image -O $root
said_within 60 'poweroff' &&
    grep -q '^VMM: hardware page tables (EPT), 2 MB pages' said
result "pages of 2 MB, and memory that is a file" $?
said_within 30 '^# '
echo 'cat /etc/* | md5sum; cd /proc; echo sa""id' >&8
said_within 30 '^said'
result "it works" $?
first=$pid
mkdir other && cd other || exit 1
start -O $root -m 24m
said_within 60 'poweroff' && finish
result "another one beside it" $?
cd ..
kill -TERM $first
wait $first
result "SIGTERM ends the first one" $?
[ $(wc -c < image) = $((24 * 1024 * 1024)) ]
result "and its memory is there" $?
rm image

# Killed: parent and child, at moments that differ.
killed=0
for moment in 2 9 17 25; do
	start -n 2 -R $root
	echo 'while :; do date > /f; cat /etc/* >> /f; sync; done' >&8
	sleep $((moment / 10)).$((moment % 10))
	kill -9 $pid $(kernels) 2> /dev/null
	wait $pid 2> /dev/null
	[ $? = 137 ] && killed=$((killed + 1))
	exec 8>&-
	while [ -n "$(kernels)" ]; do sleep 0.1; done
done
[ $killed = 4 ]
result "killed 4 times" $?
finished
