#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What vkernel(7) says of wrong options and wrong files: a sentence, the usage,
# exit status 1.
# shellcheck disable=SC1091,SC2154,SC2086
. /usr/test/vk_tap.sh

# refused NAME WORDS OPTION...: the words are in the first line that it says.
refused() {
	name=$1 words=$2
	shift 2
	timeout 20 vkernel "$@" < /dev/null > said 2>&1
	status=$?
	good=1
	if [ $status = 1 ] && head -1 said | grep -q "^vkernel: .*$words" &&
	    sed -n 2p said | grep -q '^usage: vkernel '; then
		good=0
	else
		echo "status $status" >> said
	fi
	result "$name" $good
}

refused "an option that there is not" "no option -x" -x
refused "-m without an argument" "wants an argument" -m
refused "a word that is no option" "\"word\" is no option" word
refused "-m that is no number" "no size" -m lots
refused "-m with an unknown unit" "no size" -m 64q
refused "-m that is negative" "no size" -m -64m
refused "too little memory" "less than 16 MB" -m 15m
refused "no memory at all" "less than 16 MB" -m 0
refused "memory without unit" "less than 16 MB" -m 64
refused "too much memory" "more than 16 GB" -m 17g
refused "memory that is no multiple of 2 MB" "multiple of 2 MB" -m 65m
refused "-n 0" "1 to 16" -n 0
refused "-n 17" "1 to 16" -n 17
refused "-n that is no number" "1 to 16" -n two
refused "-n with bits that are none" "a number" -n 2:x
refused "-l" "any, map" -l here
refused "-e without a value" "name=value" -e name
refused "-e with a quotation mark" "quotation mark" -e 'a="b'
refused "-e that is too long" "characters" \
	-e "a=$(head -c 600 /dev/zero | tr '\0' x)"
refused "-c" "CD" -c /nope
refused "-I" "network" -I tap0
refused "no disk" "no disk"
refused "17 disks" "more than 16" -r a -r b -r c -r d -r e -r f -r g -r h \
	-r i -r j -r k -r l -r m -r n -r o -r p -r q
refused "a disk that is missing" "cannot be opened" -r /none
refused "a folder as a disk" "no file" -O /etc
: > empty
refused "an empty disk" "empty" -r empty
refused "a memory image in a folder that is missing" "cannot be opened" \
	-r $root -i /none/image
refused "a pid file in a folder that is missing" "cannot be written" \
	-r $root -m 16m -p /none/pid
head -c 1000 /dev/zero > odd
refused "a memory image of a size that none has" "no size" -r $root -i odd

timeout 20 vkernel -h > said 2>&1 && grep -q '^usage: vkernel ' said &&
    grep -q '^  -m ' said
result "-h" $?

# As somebody who may not write the image.
chmod 644 $root
timeout 20 su user -c "vkernel -m 16m -r $root" < /dev/null \
	> said 2>&1
[ $? = 1 ] && grep -q "cannot be written.*-O" said
result "an image that may not be written" $?

/sbin/sysctl vm.vkernel_enable=0 > /dev/null
refused_by_host() {
	timeout 20 vkernel -m 16m -r $root < /dev/null > said 2>&1
	[ $? = 1 ] && grep -q 'sysctl vm.vkernel_enable=1' said
}
refused_by_host
result "vm.vkernel_enable=0" $?
/sbin/sysctl vm.vkernel_enable=1 > /dev/null
finished
