# SPDX-License-Identifier: BSD-3-Clause
"""Counts a UFS: what is used is marked as used, once, and nothing else is.

It is what fsck does before it mends anything.  Layout: McKusick's FFS as UFS 1
has it; little-endian.
"""

import stat
import struct

FIRST = 8192                    # offset of the super block
MAGIC, CG_MAGIC = 0x011954, 0x090255
INODE = 128                     # bytes
NDADDR = 12
ROOT = 2


class Ufs:
    """A file system in memory; check() returns sentences, [] if it is well."""

    def __init__(self, data):
        self.data = data
        self.wrong = []
        (self.cblkno, self.iblkno, self.dblkno, self.cgoffset,
         self.cgmask) = struct.unpack_from("<5i", data, FIRST + 12)
        (self.size, self.dsize, self.ncg, self.bsize,
         self.fsize, self.frag) = struct.unpack_from("<6i", data, FIRST + 36)
        self.csaddr, self.cssize = struct.unpack_from("<2i", data,
                                                      FIRST + 152)
        self.ipg, self.fpg = struct.unpack_from("<2i", data, FIRST + 184)
        self.total = struct.unpack_from("<4i", data, FIRST + 192)
        self.clean = data[FIRST + 209]
        self.owner = {}         # fragment -> inode
        self.links = {}         # inode -> directory entries that name it

    def say(self, text):
        """Note what is wrong; the first twenty are enough."""
        if len(self.wrong) < 20:
            self.wrong.append(text)

    def cg_start(self, group):
        """First fragment of a group's tables."""
        return self.fpg * group + self.cgoffset * (group & ~self.cgmask)

    def inode(self, number):
        """(mode, links, size, blocks, sectors) of an inode."""
        group, index = divmod(number, self.ipg)
        at = (self.cg_start(group) + self.iblkno) * self.fsize + index * INODE
        mode, links = struct.unpack_from("<Hh", self.data, at)
        size, = struct.unpack_from("<Q", self.data, at + 8)
        blocks = struct.unpack_from("<15i", self.data, at + 40)
        sectors, = struct.unpack_from("<I", self.data, at + 104)
        return mode, links, size, blocks, sectors

    def take(self, number, block, frags):
        """Note that an inode has these fragments."""
        for each in range(block, block + frags):
            if not 0 <= each < self.size:
                self.say(f"inode {number} has fragment {each}, beyond the end")
            elif each in self.owner:
                self.say(f"inodes {self.owner[each]} and {number} both have "
                         f"fragment {each}")
            self.owner[each] = number

    def indirect(self, number, block, level, found):
        """Take a block of pointers and what it points to."""
        per = self.bsize // 4
        if block == 0:
            found += [0] * per ** level
            return 0
        self.take(number, block, self.frag)
        count = self.frag
        for each in struct.unpack_from(f"<{per}i", self.data,
                                       block * self.fsize):
            if level > 1:
                count += self.indirect(number, each, level - 1, found)
            else:
                found.append(each)
        return count

    def file(self, number, size, pointers, sectors):
        """Take a file's blocks; return their numbers, 0 for holes."""
        found = list(pointers[:NDADDR])
        count = 0
        for level, block in enumerate(pointers[NDADDR:], 1):
            if block or level == 1:
                count += self.indirect(number, block, level, found)
            elif any(pointers[NDADDR + level:]):
                found += [0] * (self.bsize // 4) ** level
        blocks = -(-size // self.bsize)
        for index, block in enumerate(found):
            if block == 0:
                continue
            if index >= blocks:
                self.say(f"inode {number} has block {index}, past its end")
            frags = self.frag
            if index == blocks - 1 and index < NDADDR:
                frags = -(-(size - index * self.bsize) // self.fsize)
            self.take(number, block, frags)
            count += frags
        if count * self.fsize // 512 != sectors:
            self.say(f"inode {number} says {sectors} sectors and has "
                     f"{count * self.fsize // 512}")
        return found[:blocks]

    def directory(self, number, size, blocks):
        """Count the names in a directory."""
        data = b"".join(self.data[b * self.fsize:b * self.fsize + self.bsize]
                        for b in blocks)[:size]
        at = 0
        while at < len(data):
            inode, length, _, namelen = struct.unpack_from("<IHBB", data, at)
            if length < 8 + namelen or length % 4 or \
                    at % 512 + length > 512:
                self.say(f"directory {number} has a bad entry at {at}")
                return
            if inode:
                self.links[inode] = self.links.get(inode, 0) + 1
            at += length

    def bitmaps(self, group):
        """(inodes used, fragments free) of a group, and its counts."""
        at = (self.cg_start(group) + self.cblkno) * self.fsize
        if struct.unpack_from("<i", self.data, at + 4)[0] != CG_MAGIC:
            self.say(f"group {group} has no magic number")
        counts = struct.unpack_from("<4i", self.data, at + 24)
        iused, free = struct.unpack_from("<2i", self.data, at + 92)

        def bits(offset, count):
            return [self.data[at + offset + n // 8] >> n % 8 & 1
                    for n in range(count)]
        frags = min(self.fpg, self.size - group * self.fpg)
        return bits(iused, self.ipg), bits(free, frags), counts

    def group(self, group, modes):
        """Compare a group's bitmaps and counts with what was found."""
        used, free, counts = self.bitmaps(group)
        start = self.cg_start(group)
        meta = range(start - group * self.fpg + self.cblkno,
                     start - group * self.fpg + self.dblkno)
        nbfree = nffree = 0
        for n, bit in enumerate(used):
            number = group * self.ipg + n
            if number >= ROOT and bit != (number in modes):
                self.say(f"inode {number} is {'' if bit else 'not '}marked as "
                         "used")
        for n, bit in enumerate(free):
            fragment = group * self.fpg + n
            if bit and (fragment in self.owner or n in meta):
                self.say(f"fragment {fragment} is in use and marked as free")
            if not bit and fragment not in self.owner and n >= self.dblkno \
                    and not self.is_summary(fragment):
                self.say(f"fragment {fragment} is lost")
        for n in range(0, len(free), self.frag):
            if all(free[n:n + self.frag]) and \
                    len(free[n:n + self.frag]) == self.frag:
                nbfree += 1
            else:
                nffree += sum(free[n:n + self.frag])
        ndir = sum(stat.S_ISDIR(modes.get(group * self.ipg + n, 0))
                   for n in range(self.ipg))
        real = ndir, nbfree, used.count(0), nffree
        if counts != real:
            self.say(f"group {group} counts {counts} and has {real}")
        return real

    def is_summary(self, fragment):
        """Whether the table of all groups' counts is there."""
        return self.csaddr <= fragment < \
            self.csaddr + -(-self.cssize // self.fsize)

    def check(self):
        """Count everything; sentences about what is wrong."""
        modes = {}
        counted = {}
        for number in range(ROOT, self.ncg * self.ipg):
            mode, links, size, pointers, sectors = self.inode(number)
            if mode == 0:
                continue
            modes[number], counted[number] = mode, links
            if stat.S_ISLNK(mode) and sectors == 0 or \
                    not stat.S_IFMT(mode) in (stat.S_IFREG, stat.S_IFDIR,
                                              stat.S_IFLNK):
                continue
            blocks = self.file(number, size, pointers, sectors)
            if stat.S_ISDIR(mode):
                self.directory(number, size, blocks)
        for number in set(counted) | set(self.links):
            if counted.get(number) != self.links.get(number):
                self.say(f"inode {number} has {self.links.get(number, 0)} "
                         f"names and says {counted.get(number)}")
        groups = [self.group(group, modes) for group in range(self.ncg)]
        real = tuple(map(sum, zip(*groups)))
        if real != self.total:
            self.say(f"the super block counts {self.total} and there are "
                     f"{real}")
        return self.wrong
