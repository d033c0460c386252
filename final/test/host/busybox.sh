#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Debian's busybox on Damselfly: what its applets say, compared with what they
# must say.  TAP on standard output.
#
# It is the shell and the applets that are tested, also where a better script
# would do without.
# shellcheck disable=SC2003,SC2010,SC2015,SC2016,SC2018,SC2019,SC2086,SC2116
n=0
failed=0
work=/tmp/busybox.$$
mkdir -p $work && cd $work || exit 1

# is NAME WANTED GOT
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# wanted: $2"
		echo "# got:    $3"
		failed=1
	fi
}

is "echo" "hello world" "$(echo hello world)"
is "arithmetic" 42 "$((6 * 7))"
is "a pipe of five" 3 "$(printf 'c\na\nb\na\n' | sort | uniq | cat | wc -l |
    tr -d ' ')"
is "exit status" 7 "$(sh -c 'exit 7'; echo $?)"
is "status of a signal" 143 "$(sh -c 'kill -TERM $$'; echo $?)"
is "background and wait" "done 5" "$( (sleep 0.1; exit 5) & wait $!
    echo "done $?")"
is "here document" "one two" "$(cat << E
one two
E
)"
is "command not found" 127 "$(sh -c /none/such 2> /dev/null; echo $?)"
is "trap" "caught" "$(sh -c 'trap "echo caught" USR1; kill -USR1 $$')"
is "redirection of errors" "sh: no" "$(sh -c 'echo "sh: no" >&2' 2>&1)"
is "file test" yes "$([ -d /etc ] && [ ! -e /none ] && echo yes)"

echo abc > f
is "cp" abc "$(cp f g && cat g)"
is "mv" abc "$(mv g h && cat h)"
is "ln -s" abc "$(ln -s h s && cat s)"
is "readlink" h "$(readlink s)"
is "rm" "" "$(rm s h && ls | grep -v '^f$')"
is "mkdir -p" x/y/z "$(mkdir -p x/y/z && find x -type d | tail -1)"
is "chmod" 640 "$(chmod 640 f && stat -c %a f)"
is "stat size" 4 "$(stat -c %s f)"
is "touch -d" 1000000000 "$(touch -d @1000000000 f && stat -c %Y f)"
is "head and tail" "3 4" "$(seq 1 9 | head -4 | tail -2 | xargs)"
is "cut" b "$(echo a:b:c | cut -d: -f2)"
is "sed" "a-X-c" "$(echo a-b-c | sed s/b/X/)"
is "grep -c" 2 "$(printf 'foo\nbar\nfool\n' | grep -c foo)"
is "awk" 55 "$(seq 1 10 | awk '{ s += $1 } END { print s }')"
is "awk, floating point" 0.375 "$(awk 'BEGIN { print 1.5 / 4 }')"
is "tr" HELLO "$(echo hello | tr a-z A-Z)"
is "expr" 12 "$(expr 3 \* 4)"
is "dd" 2048 "$(dd if=/dev/zero bs=512 count=4 2> /dev/null | wc -c |
    tr -d ' ')"
is "md5sum" "d41d8cd98f00b204e9800998ecf8427e" \
    "$(md5sum < /dev/null | cut -d' ' -f1)"
is "sha256sum of a megabyte" \
    30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58 \
    "$(dd if=/dev/zero bs=1024 count=1024 2> /dev/null | sha256sum |
    cut -d' ' -f1)"
is "gzip and back" abc "$(gzip -c f | gunzip)"
mkdir t && seq 1 3000 > t/a && ln -s a t/b && seq 5 > t/c
is "tar" "$(cd t && cat a c | md5sum)" \
    "$(tar cf t.tar t && mkdir u && cd u && tar xf ../t.tar && cd t &&
    cat a c | md5sum)"
is "tar keeps links" a "$(readlink u/t/b)"
is "diff finds nothing" 0 "$(diff -r t u/t > /dev/null; echo $?)"
is "od" "000000 a b c \\n 000004" "$(od -c f | sed 's/^0//' | xargs -n 99 |
    sed 's/ n / \\n /')"
is "hexdump" "61 62 63 0a" "$(hexdump -v -e '1/1 "%02x "' f | sed 's/ $//')"
is "df knows the root" / "$(df / | awk 'NR == 2 { print $6 }')"
is "mount knows the root" 1 "$(mount | grep -c ' on / ')"
is "ps shows process 1" 1 "$(ps | awk '$1 == 1' | wc -l | tr -d ' ')"
is "ps shows this shell" 1 "$(ps | awk -v p=$$ '$1 == p' | wc -l |
    tr -d ' ')"
is "uname" Linux "$(uname -s)"
is "id" 0 "$(id -u)"
is "hostname" "$(hostname)" "$(uname -n)"
is "date" 2001-09-09 "$(date -u -d @1000000000 +%Y-%m-%d)"
is "env" b "$(env A=b sh -c 'echo $A')"
is "seq" "1 3 5" "$(seq 1 2 5 | xargs)"
is "kill of a sleeper" 137 "$(sleep 100 & kill -9 $!; wait $!; echo $?)"
is "timeout" 143 "$(timeout 1 sleep 100; echo $?)"
is "vi changes a file" xyz "$(echo abc > v
    vi -c ':%s/abc/xyz/' -c ':wq' v < /dev/null > /dev/null 2>&1; cat v)"
is "mkfifo" through "$(mkfifo p; (echo through > p &) ; cat p)"
is "umask" 600 "$(umask 077; echo > m; stat -c %a m)"
is "a deep recursion of the shell" 100 "$(f() { [ $1 = 0 ] && echo 100 ||
    f $(($1 - 1)); }; f 100)"
is "a loop of forks" 50 "$(i=0; while [ $i -lt 50 ]; do
    /bin/true; i=$((i + 1)); done; echo $i)"
is "bash" "5 GNU bash" "$(/bin/bash -c 'a=(1 2 3 4 5); echo ${#a[@]} \
    "$(bash --version | head -1 | cut -d, -f1)"')"
is "bash: process substitution" same "$(bash -c \
    'cmp <(seq 9) <(seq 9) && echo same')"

cd / && rm -rf $work
echo "1..$n"
exit $failed
