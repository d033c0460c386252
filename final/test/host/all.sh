#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs test programs one after the other and makes one TAP report of theirs:
#
#     all.sh [program | TEST_DIR=folder ...]    usually all that there are
#
# Programs that work on files have them in TEST_DIR, if one was named before.
#
# One boot for all of them, since on an emulated machine that costs most.
[ $# -gt 0 ] || set -- /usr/test/t_* /usr/test/busybox.sh
for program; do
	case $program in
	TEST_DIR=*)
		export "${program?}"
		continue
		;;
	esac
	[ -x "$program" ] || continue
	echo "=== begin ${program##*/}${TEST_DIR:+ in $TEST_DIR}"
	"$program" < /dev/null
	echo "=== status $?"
done 2>&1 | awk '
function point(good, what) {
	n++
	failed += !good
	print (good ? "" : "not ") "ok " n " - " name ": " what
}
/^=== begin / { name = substr($0, 11); have = wrong = 0; planned = "no"; next }
/^=== status / {
	if (have != planned)
		point(0, "it has planned " planned " tests and made " have)
	else if ($3 != 0 && !wrong)
		point(0, "its exit status is " $3)
	next
}
/^1\.\.[0-9]+$/ { planned = substr($0, 4); next }
/^ok [0-9]+ - / { have++; sub(/^ok [0-9]+ - /, ""); point(1, $0); next }
/^not ok [0-9]+ - / {
	have++
	wrong++
	sub(/^not ok [0-9]+ - /, "")
	point(0, $0)
	next
}
{ print }
END { print "1.." n; exit failed != 0 }'
