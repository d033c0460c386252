#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Compile and link C programs for Damselfly:
#
#   damselfly-cc [options of gcc] file.c ... [-o program]
#
# Everything of it lies in the folder sysroot beside this script, so that both
# can be moved together.  Programs are static.  DAMSELFLY_GCC in the
# environment names another gcc.
here=$(dirname "$(readlink -f "$0")")
root=$here/sysroot
gcc=${DAMSELFLY_GCC:-gcc}

# What is asked for: an option that stops before linking, or files.
link=yes
given=
count=$#
while [ "$count" -gt 0 ]; do
	arg=$1
	shift
	count=$((count - 1))
	case $arg in
	-c|-S|-E|-M|-MM|-fsyntax-only) link=no ;;
	# Threads and all else are in the one library.
	-pthread|-lpthread|-lc|-static) continue ;;
	-lm) continue ;;
	-shared|-pie)
		echo "damselfly-cc: there are static programs only, no $arg" >&2
		exit 1 ;;
	# Two words: the second one is no file.
	-o|-I|-D|-U|-include|-isystem|-iquote|-MF|-MT|-MQ|-L|-x|-T)
		if [ "$count" -gt 0 ]; then
			set -- "$@" "$arg"
			arg=$1
			shift
			count=$((count - 1))
		fi ;;
	-) given=yes ;;
	-*) ;;
	*) given=yes ;;
	esac
	set -- "$@" "$arg"
done
if [ -z "$given" ] && [ "$link" = yes ]; then
	case " $* " in
	*" -v "*|*" --version "*|*" -dumpmachine "*|*" -###"*) link=no ;;
	*)	echo "damselfly-cc: which file? (damselfly-cc prog.c -o prog)" >&2
		exit 1 ;;
	esac
fi

set -- -nostdinc -fno-pic -no-pie -fcf-protection=none -fno-stack-protector \
    -fno-asynchronous-unwind-tables \
    -Ulinux -U__linux -U__linux__ -U__gnu_linux__ \
    -D__DragonFly__=6 -D__Damselfly__=1 "$@" -isystem "$root/include" \
    -idirafter "$("$gcc" -print-file-name=include)"
if [ "$link" = no ]; then
	exec "$gcc" "$@"
fi
exec "$gcc" -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none \
    -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 \
    -Wl,-z,noexecstack -Wl,-z,norelro \
    "$root/lib/crt0.o" "$@" -x none "$root/lib/libc.a" -lgcc \
    "$root/lib/libc.a"
