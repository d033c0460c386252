#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# A vkernel whose disk, host or life is not as it should be.  TAP on standard
# output.  Wants a root image in /var/vkernel/root.img, which runs no command.
#
# What is left of a kernel that was killed is counted by the host at its end.
n=0
failed=0
root=/var/vkernel/root.img
work=/tmp/vk_faults.$$
mkdir -p $work && cd $work || exit 1
trap '' PIPE

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

# said_within SECONDS WORDS: waits for a line.
said_within() {
	tries=$(($1 * 10))
	until grep -q "$2" said; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# start OPTION...: a vkernel whose shell reads the descriptor 8.
start() {
	rm -f in && mkfifo in
	vkernel -m 24m "$@" < in > said 2>&1 &
	pid=$!
	exec 8> in
}

# finish: it is asked to end, and does.
finish() {
	echo poweroff >&8
	wait $pid
	status=$?
	exec 8>&-
	return $status
}

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

# Truncated: the file system is there, the rest is not.
head -c 1000000 $root > short.img
start -r short.img
said_within 60 'no root file system\|panic\|cannot\|error'
result "a truncated image: it says so" $?
kill -9 $pid 2> /dev/null
wait $pid 2> /dev/null
exec 8>&-

head -c 1000000 /dev/zero > zero.img
start -r zero.img
said_within 60 'no root file system\|Mounting root\|cannot'
result "an image of zeros: it says so" $?
kill -9 $pid 2> /dev/null
wait $pid 2> /dev/null
exec 8>&-

# Killed: parent and child, at moments that differ.
for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	start -p pid -n 2 -r $root
	echo 'while :; do date > /f; cat /etc/* >> /f; sync; done' >&8
	sleep $((moment * 7 % 20 / 10)).$((moment * 7 % 10))
	children=$(ps -o pid,args | awk '/vkernel -m 24m/ { print $1 }')
	# shellcheck disable=SC2086 # several words
	kill -9 $pid $children 2> /dev/null
	wait $pid 2> /dev/null
	exec 8>&-
done
result "killed 20 times" 0
sleep 0.5
start -r $root
said_within 60 'poweroff' && finish
result "and the image can be used" $?
cd / && rm -rf $work
echo "1..$n"
exit $failed
