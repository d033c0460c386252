#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# A vkernel whose disk, host or life is not as it should be.
#
# What is left of a kernel that was killed is counted by the host at its end.
# shellcheck disable=SC1091,SC2046,SC2086,SC2154
. /usr/test/vk_tap.sh

start -r $root
said_within 60 'poweroff' && finish
result "it starts and ends" $?

start -n 2 -r $root
said_within 60 'poweroff'
timeout 20 vkernel -m 24m -r $root < /dev/null > second 2>&1
[ $? = 1 ] && grep -q 'in use by another vkernel' second
result "a second one on the same image is refused" $?
finish
result "and the first one has not noticed" $?

start -O $root
said_within 60 'poweroff'
echo 'touch /x; echo made $?' >&8
said_within 20 'made 1' && grep -q 'Read-only' said
result "-O: nothing can be written" $?
finish
result "-O: it ends" $?

before=$(md5sum < $root)
start -R $root
said_within 60 'poweroff'
echo 'touch /x && sync && ls /x' >&8
said_within 20 '^/x'
result "-R: it can be written" $?
finish
result "-R: it ends" $?
[ "$before" = "$(md5sum < $root)" ]
result "-R: and the image is as it was" $?

start -r $root
said_within 60 'poweroff'
kill -TERM $pid
wait $pid
result "SIGTERM ends it as poweroff does" $?
exec 8>&-

# no_root NAME IMAGE WORDS: why is said, and SIGTERM ends it, with status 1.
no_root() {
	start -r "$2"
	said_within 60 "$3" && said_within 60 'mountroot> '
	result "$1: it says so and asks" $?
	kill -TERM $pid
	wait $pid
	[ $? = 1 ]
	result "$1: it ends" $?
	exec 8>&-
}

head -c 1000000 $root > short.img
no_root "a truncated image" short.img 'cannot be mounted'
head -c 1000000 /dev/zero > zero.img
no_root "an image of zeros" zero.img 'cannot be mounted'

# The memory image is a file: its file system gets full.
start -r $root
said_within 60 'poweroff'
dd if=/dev/zero of=/tmp/full.$$ bs=1M 2> /dev/null
echo 'dd if=/dev/zero of=/tmp/y bs=1M count=10' >&8
said_within 60 'panic: the host has no memory for the memory image'
result "no memory for the memory image: it says so" $?
said_within 20 '^  #2 0x[0-9a-f]* at [a-z_]*+0x'
result "and which way led there, with names" $?
wait $pid
[ $? = 255 ]
result "no memory for the memory image: it ends" $?
exec 8>&-
rm /tmp/full.$$

# Killed: parent and child, at moments that differ.
killed=0
for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	start_and_kill $moment && killed=$((killed + 1))
done
[ $killed = 20 ]
result "killed 20 times" $?
start -r $root
said_within 60 'poweroff' && finish
result "and the image can be used" $?
finished
