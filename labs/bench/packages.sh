# SPDX-License-Identifier: BSD-3-Clause
#
# Read by `deps` and `doctor`: what the file `packages` says, against what is
# here.  Needs no more than a POSIX shell, so that it works on a bare Debian.

# is_there MARK: a command on the PATH, or a file if it begins with a slash.
is_there() {
	case $1 in
	/*)	# shellcheck disable=SC2086  # a * in it is meant to be expanded
		set -- $1
		[ -e "$1" ] ;;
	*)	command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# missing FILE: the names of the packages that are not there, on one line.
missing() {
	list=
	while read -r package mark _; do
		case $package in ''|'#'*) continue ;; esac
		is_there "$mark" || list="$list $package"
	done <"$1"
	echo "${list# }"
}
