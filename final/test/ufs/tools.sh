#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Images that random operations have left, read by others: Sleuth Kit and GRUB
# find every file, and its bytes.
#
#     tools.sh TEST_OPS      TAP

ops=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Every path of the list, byte by byte.
compare() {
	fsstat -f ufs1 "$dir/image" >"$dir/fsstat" || return 1
	grep -q 'File System Type: UFS 1' "$dir/fsstat" || return 1
	fls -f ufs1 -r -p -F "$dir/image" >"$dir/fls" || return 1
	while read -r number path; do
		inode=$(awk -F'\t' -v p="${path#/}" '$2 == p {
			sub(/^.* /, "", $1); sub(/:$/, "", $1); print $1
			exit }' "$dir/fls")
		icat -f ufs1 "$dir/image" "$inode" 2>/dev/null |
			cmp -s - "$dir/$number" ||
			{ echo "# icat: $path, inode $inode"; return 1; }
		grub-fstest "$dir/image" cmp "(loop0)$path" "$dir/$number" \
			>/dev/null 2>"$dir/err" ||
			{ echo "# grub-fstest: $path"; sed 's/^/# /' \
				"$dir/err"; return 1; }
	done <"$dir/list"
}

echo "TAP version 13"
echo "1..4"
n=0
status=0
for shape in 0 2 3 7; do
	n=$((n + 1))
	if "$ops" $shape 7 2 "$dir" >"$dir/out" && compare; then
		echo "ok $n - $(wc -l <"$dir/list") files of shape $shape"
	else
		echo "not ok $n - shape $shape"
		status=1
	fi
done
exit $status
