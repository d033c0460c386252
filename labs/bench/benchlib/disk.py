# SPDX-License-Identifier: BSD-3-Clause
"""The boot disk: GRUB, one FAT partition, the kernel and its modules.

    sector 0      GRUB's boot.img with a partition table
    sector 1..    GRUB's core image; boot.img loads it from there
    sector 2048   FAT partition: /kernel, /module0, /module1, ...,
                  /boot/grub/i386-pc/*.mod

The core image holds only what it takes to read a FAT file from a BIOS disk: it
is compressed, and decompressing it costs the emulated processor a hundred
instructions for each byte.  The rest of GRUB, which a multiboot2 kernel needs,
lies on the partition as it is, below /boot/grub.  There is no menu, no
time-out and no command interpreter; the few commands that are run are built
into the core image, hence there is one per command line.  They are kept in
build/bench/core under a name made from what they were made of.  A disk by
`grub-mkrescue` needs 400 million instructions from reset to the kernel, this
one 27.

GRUB takes 14 instructions for each byte of a module.  One that ends in many
zeros is put on the disk without them, and with a second word size=BYTES, from
which Damselfly makes them again.

mtools fills the partition, so no root and no loop device is needed.  Serial
number and time stamps are fixed: equal inputs give equal images.
"""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import struct
import subprocess

from .words import Refusal, build_path, shown

GRUB = "/usr/lib/grub/i386-pc"
MODULES = ("biosdisk", "part_msdos", "fat")     # in the core image
LOADER = "multiboot2"                           # loaded from the partition
PREFIX = "/boot/grub"
SECTOR = 512
PARTITION = 2048                # first sector of the FAT partition
FAT_MIN = 16384                 # sectors: 8 MB, the least that FAT16 takes
FAT_MAX = 4 << 20               # sectors: 2 GB, the most that FAT16 takes
SPARE = 2048                    # sectors for the FATs and the directory
SPAN = 65536                    # bytes looked at at a time
ZEROS = 1 << 20                 # bytes: fewer zeros stay where they are


def _run(command, **more):
    """Run a tool of the boot-disk kit; its failure becomes a Refusal."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, **more)
    except FileNotFoundError:
        raise Refusal(f"{command[0]} is missing; `make deps` installs it."
                      ) from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        last = said[-1] if said else f"status {done.returncode}"
        if "No space left" in last or "Disk full" in last:
            last = "the disk is full"
        raise Refusal(f"{command[0]} failed while making the boot disk: "
                      f"{last.rstrip('.')}.")


def _quoted(words):
    """Words for GRUB's command line, so that none is taken for its syntax."""
    for word in words:
        if not re.fullmatch(r"[ -&(-~]+", word):
            raise Refusal(f"APPEND: the word {word!r} has a quote or a "
                          "character that is not printable ASCII.")
    return "".join(f" '{word}'" for word in words)


def _no_grub():
    return Refusal("GRUB for BIOS machines (package grub-pc-bin) is missing; "
                   "`make deps` installs it.")


def commands(modules, append):
    """What GRUB is told to do, as the text of its built-in configuration."""
    lines = ["set root=hd0,msdos1", f"insmod {LOADER}",
             "multiboot2 /kernel" + _quoted(append)]
    for number, (source, name) in enumerate(modules):
        words = [name]
        if _length(source) != os.path.getsize(source):
            words.append(f"size={os.path.getsize(source)}")
        lines.append(f"module2 /module{number}" + _quoted(words))
    return "\n".join(lines + ["boot", ""])


@functools.cache
def _loader():
    """The files of LOADER and of what it needs that the core image lacks."""
    try:
        with open(f"{GRUB}/moddep.lst", encoding="ascii") as file:
            needs = {name: rest.split() for name, _, rest in
                     (line.partition(":") for line in file)}
    except FileNotFoundError:
        raise _no_grub() from None

    def closure(names):
        found, rest = set(), list(names)
        while rest:
            name = rest.pop()
            if name not in found:
                found.add(name)
                rest += needs.get(name, ())
        return found

    return [f"{GRUB}/{name}.mod"
            for name in sorted(closure((LOADER,)) - closure(MODULES))]


def _core(config):
    """The path of a core image with these commands, made if it is not there.

    Two runs may make the same one at the same time: each writes a file of its
    own and renames it.
    """
    if not os.path.exists(f"{GRUB}/boot.img"):
        raise _no_grub()
    stamp = os.stat(f"{GRUB}/kernel.img")
    key = f"{config}{MODULES}{PREFIX}{stamp.st_size}{stamp.st_mtime_ns}"
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    path = build_path("bench", "core", f"{name}.img")
    if os.path.exists(path):
        return path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    own = f"{path}.{os.getpid()}.{id(config)}"
    try:
        with open(own + ".cfg", "w", encoding="ascii") as file:
            file.write(config)
        _run(["grub-mkimage", "-O", "i386-pc", "-o", own,
              "-p", f"(hd0,msdos1){PREFIX}",
              "-c", own + ".cfg", *MODULES])
        os.rename(own, path)
    finally:
        for rest in (own, own + ".cfg"):
            if os.path.exists(rest):
                os.unlink(rest)
    return path


def _master_boot_record(sectors):
    """boot.img with one active FAT16 partition of `sectors` sectors."""
    with open(f"{GRUB}/boot.img", "rb") as file:
        record = bytearray(file.read(SECTOR))
    nowhere = b"\xfe\xff\xff"           # cylinder/head/sector: "use the LBA"
    record[446:510] = bytes(64)
    record[446:462] = struct.pack("<B3sB3sII", 0x80, nowhere, 0x06, nowhere,
                                  PARTITION, sectors)
    record[510:512] = b"\x55\xaa"
    return bytes(record)


def _check_kernel(kernel):
    if not os.path.isfile(kernel):
        raise Refusal(f"there is no kernel {shown(kernel)}; build it first.")
    with open(kernel, "rb") as file:
        head = file.read(32768)
    if struct.pack("<I", 0xe85250d6) not in head:
        raise Refusal(f"{shown(kernel)} is not a multiboot2 kernel: it has no "
                      "such header in its first 32 KB.")


def _length(source):
    """Bytes of a module that are put on the disk.

    If that is not all of it, whole sectors, and one at least.
    """
    size = length = os.path.getsize(source)
    with open(source, "rb") as file:
        while length > 0:
            start = (length - 1) // SPAN * SPAN
            file.seek(start)
            used = len(file.read(length - start).rstrip(b"\0"))
            if used:
                length = start + -(-used // SECTOR) * SECTOR
                break
            length = start
    return max(length, SECTOR) if size - length >= ZEROS else size


@contextlib.contextmanager
def _cut(source, path):
    """A module as it is put on the disk: itself, or a file at `path`."""
    length = _length(source)
    if length == os.path.getsize(source):
        yield source
        return
    try:
        shutil.copyfile(source, path)
        os.truncate(path, length)
        yield path
    finally:
        if os.path.exists(path):
            os.unlink(path)


def make_disk(path, kernel, modules=(), append=()):
    """Write a bootable disk image to `path`.

    kernel   path of a multiboot2 kernel
    modules  (path, name) pairs: files that the kernel is given as modules
    append   words of the kernel's command line, as a rule name=value
    """
    _check_kernel(kernel)
    files = [(kernel, "kernel")]
    for number, (source, _) in enumerate(modules):
        if not os.path.isfile(source):
            raise Refusal(f"there is no module {shown(source)}.")
        files.append((source, f"module{number}"))
    core = _core(commands(modules, append))
    data = sum(_length(source) // SECTOR + 64 for source in
               [*_loader(), *(source for source, _ in files)])
    sectors = max(FAT_MIN, data + data // 64 + SPARE)
    if sectors > FAT_MAX:
        raise Refusal("kernel and modules are more than the 2 GB that the "
                      "boot disk takes.")
    with open(path, "wb") as file:
        file.write(_master_boot_record(sectors))
        with open(core, "rb") as source:
            shutil.copyfileobj(source, file)
        if file.tell() > PARTITION * SECTOR:
            raise Refusal("GRUB's core image does not fit before the "
                          "partition.")
        file.truncate((PARTITION + sectors) * SECTOR)
    where = f"{path}@@{PARTITION * SECTOR}"
    fixed = dict(os.environ, SOURCE_DATE_EPOCH="1000000000", TZ="UTC",
                 MTOOLS_SKIP_CHECK="1", MTOOLSRC="/dev/null")
    _run(["mformat", "-i", where, "-T", str(sectors), "-h", "16", "-s", "63",
          "-N", "42454e43", "::"], env=fixed)
    _run(["mmd", "-i", where, "::/boot", f"::{PREFIX}", f"::{PREFIX}/i386-pc"],
         env=fixed)
    _run(["mcopy", "-i", where, *_loader(), f"::{PREFIX}/i386-pc/"], env=fixed)
    for source, name in files:
        with _cut(source, f"{path}.{name}") as cut:
            _run(["mcopy", "-i", where, cut, f"::/{name}"], env=fixed)
