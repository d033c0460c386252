#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Leaves a known tree in /var/tmp/tree and says what it and all of the root are:
# readback.py looks whether others find the same in the image.  The contents
# are made by seq, so that both sides can make them.
set -e
umask 022
mkdir /var/tmp/tree
cd /var/tmp/tree

: > empty
seq 1 3 > small
seq 1 100000 | head -c 8192 > block
seq 1 100000 | head -c 8193 > block1
seq 1 60000 > indirect
echo end | dd of=hole bs=1 seek=300000 2> /dev/null
echo end | dd of=sparse bs=1 seek=17500000 2> /dev/null
echo start | dd of=sparse bs=1 conv=notrunc 2> /dev/null

seq 1 20000 > shrunk
truncate -s 5000 shrunk
seq 1 10 > grown
truncate -s 50000 grown
i=0
while [ $i -lt 100 ]; do
	echo "line $i" >> appended
	i=$((i + 1))
done
seq 1 5000 > patched
printf 'PATCH' | dd of=patched bs=1 seek=9000 conv=notrunc 2> /dev/null

mkdir many
i=0
while [ $i -lt 400 ]; do
	: > many/a_file_with_number_$i
	i=$((i + 1))
done
rm many/*[258]
mv many/a_file_with_number_0 many/zero

mkdir -p a/b/c/d/e/f/g/h moved/x
seq 5 > a/b/c/d/e/f/g/h/five
mv a/b/c moved/c
seq 6 > moved/old
seq 7 > moved/new
mv moved/new moved/old
rmdir moved/x

ln small hard
ln -s small short
long=/$(seq 1 100 | tr -d '\n')
ln -s "$long" long
: > "a name  with blanks"
: > "$(printf 'n%.0s' $(seq 1 255))"
mkfifo pipe
seq 8 > owned
chmod 4751 owned
chown 1000:1000 owned
touch -d @1234567890 owned

# It lives until it is closed, and takes its blocks with it then.
exec 3> gone
rm gone
seq 1 30000 >&3
exec 3>&-
sync

echo "=== stat"
find / -xdev -exec stat -c '%i %f %h %u %g %s %Y %n' {} +
echo "=== sha256"
find / -xdev -type f -exec sha256sum {} +
echo "=== end"
