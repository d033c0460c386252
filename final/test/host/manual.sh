#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What the manual pages show, compared with the running system.  The pages are
# in /root/man, the programs of their examples in /root.  TAP on standard
# output.
#
# A listing of a console whose first line begins with "# " is a session in
# Damselfly: what follows "# " is run, what follows that is what it must say.
# (One that begins with "$ " is of the machine that builds, and is not looked
# at.)  Before a session a page may say "// with a VMM" or "// without a VMM":
# it counts on such machines only.
#
# sysctl(8) has all values of the kernel: name, meaning, whether it can be set.
n=0
failed=0
work=/tmp/manual.$$
sysctl=/sbin/sysctl
# 1: there is a VMM, and its switch is a number; 0: a sentence.
vmm=$($sysctl -n hw.vmm.enable | grep -c '^[01]$')
mkdir -p $work && cd /root || exit 1

# same NAME: whether $work/wanted and $work/got are the same, and not empty
same() {
	n=$((n + 1))
	if [ -s $work/wanted ] && cmp -s $work/wanted $work/got; then
		echo "ok $n - $1"
		return
	fi
	echo "not ok $n - $1"
	diff $work/wanted $work/got | sed 's/^/# /'
	failed=1
}

# Commands are run by one shell, as somebody would type them.
replay() {
	while IFS= read -r line; do
		case $line in
		"# "*)
			printf '%s\n' "$line"
			eval "${line#??}" < /dev/null
			;;
		esac
	done < "$1"
}

# Every session of a page in a file of its own: session.1, session.2 ...
sessions() {
	rm -f $work/session.*
	awk -v out=$work/session. -v vmm="$vmm" '
	/^\/\/ with a VMM$/ { skip = !vmm }
	/^\/\/ without a VMM$/ { skip = vmm }
	/^\[source,console\]$/ { console = 1; next }
	/^----$/ {
		if (inside) { inside = skip = 0; close(out k) }
		else if (console) { inside = 1; first = 1 }
		console = 0
		next
	}
	inside && first { ours = !skip && /^# /; k += ours; first = 0 }
	inside && ours { print > (out k) }' "$1"
}

# The values that sysctl(8) lists, as "name: meaning.", or of some only names.
listed() {
	awk -v only="$1" '
	/^\*[a-z0-9._]+\*( \(can be set\))?::$/ {
		name = $1
		gsub(/[*:]/, "", name)
		settable = /can be set/
		next
	}
	name && !only { print name ": " $0 }
	name && only && settable { print name }
	{ name = "" }' /root/man/sysctl.8.adoc | sort
}

# What the kernel lets the superuser set, found by setting it to what it is.
settable() {
	$sysctl -N -a | while read -r name; do
		$sysctl "$name=$($sysctl -n "$name")" 2>&1 |
		    grep -q -e 'not permitted' -e 'cannot be set' ||
		    echo "$name"
	done | sort
}

for page in /root/man/*.adoc; do
	name=${page##*/}
	name=${name%.adoc}
	sessions "$page"
	for session in "$work"/session.*; do
		[ -f "$session" ] || continue
		cp "$session" $work/wanted
		# Not straight into a file: one open for writing keeps the
		# root from being made read only.
		got=$(replay "$session" 2>&1)
		printf '%s\n' "$got" > $work/got
		same "${name%.*}(${name##*.}), session ${session##*.}"
	done
done

listed > $work/wanted
$sysctl -d -a | sed 's/$/./' | sort > $work/got
same "sysctl(8) has the values of the kernel and what they mean"

# Without a VMM its switch is a sentence, and cannot be set.
listed settable > $work/wanted
settable > $work/got
[ "$vmm" = 1 ] || echo hw.vmm.enable >> $work/got
sort -o $work/got $work/got
same "sysctl(8) says which of them can be set"

cd / && rm -rf $work
echo "1..$n"
exit $failed
