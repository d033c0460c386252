#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# For vk_*.sh, which read it: a folder to work in, a vkernel, and TAP.  What the
# vkernel has said is in the file `said` there.  They want a root image, which
# runs no command, in /var/vkernel/root.img.
# shellcheck disable=SC2046,SC2086
trap '' PIPE
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
	wait "$pid"
	status=$?
	exec 8>&-
	return "$status"
}

# kernels: all that start() has started, parents and children.
kernels() {
	ps -o pid,args | awk '/[v]kernel -m 24m/ { print $1 }'
}

# start_and_kill MOMENT: one that writes, killed at moments that differ: parent
# and child.  One with an odd moment may not have got so far.
start_and_kill() {
	start -n 2 -r $root
	[ $(($1 % 2)) = 1 ] || said_within 60 'poweroff'
	echo 'while :; do date > /f; cat /etc/* >> /f; sync; done' >&8
	sleep $(($1 * 7 % 20 / 10)).$(($1 * 7 % 10))
	kill -9 $pid $(kernels) 2> /dev/null
	wait $pid 2> /dev/null
	status=$?
	exec 8>&-
	# Nobody waits for the child, which has the image until it is gone.
	while [ -n "$(kernels)" ]; do sleep 0.1; done
	[ $status = 137 ]
}

finished() {
	cd / && rm -rf $work
	echo "1..$n"
	exit $failed
}
