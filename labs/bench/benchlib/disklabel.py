# SPDX-License-Identifier: BSD-3-Clause
"""BSD disklabels, as in final/sys/sys/disklabel.h, for disks without slices.

    sector 0      nothing
    sector 1      the label
    sector 64..   partition a: the file system

Partition c is by custom the whole disk.
"""

import struct

SECTOR = 512
LABEL_SECTOR = 1
FIRST = 64                      # first sector of partition a
MAGIC = 0x82564557
PARTITIONS = 16
DTYPE_FILE = 15
FS_UNUSED, FS_BSDFFS = 0, 7
TRACK, TRACKS = 32, 16          # sectors of a track, tracks of a cylinder
_PARTITION = struct.Struct("<IIIBBH")
_CHECKSUM = 136                 # offset of d_checksum


def checksum(label):
    """d_checksum: the XOR of all 16-bit words of the label."""
    total = 0
    for (each,) in struct.iter_unpack("<H", label):
        total ^= each
    return total


def make_label(sectors, fragment=1024, block=8192):
    """The label of a disk of `sectors` sectors, as bytes.

    fragment, block   sizes of the file system in a, in bytes
    """
    if not FIRST < sectors < 1 << 32:
        raise ValueError(f"a disk of {sectors} sectors")
    cylinder = TRACK * TRACKS
    label = bytearray(struct.pack(
        "<IHH16s16sIIIIII", MAGIC, DTYPE_FILE, 0, b"file", b"damselfly",
        SECTOR, TRACK, TRACKS, max(1, sectors // cylinder), cylinder, sectors))
    # spares, alternate cylinders; speed, interleave, skews; times, flags
    label += struct.pack("<HHIHHHHIII", 0, 0, 0, 3600, 1, 0, 0, 0, 0, 0)
    label += bytes(4 * 5) + bytes(4 * 5)        # of the drive, spare
    label += struct.pack("<IHHII", MAGIC, 0, PARTITIONS, 8192, 8192)
    table = [(0, 0, 0, FS_UNUSED, 0, 0)] * PARTITIONS
    table[0] = (sectors - FIRST, FIRST, fragment, FS_BSDFFS,
                block // fragment, 16)
    table[2] = (sectors, 0, 0, FS_UNUSED, 0, 0)
    for each in table:
        label += _PARTITION.pack(*each)
    struct.pack_into("<H", label, _CHECKSUM, checksum(label))
    return bytes(label)
