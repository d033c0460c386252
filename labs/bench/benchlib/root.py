# SPDX-License-Identifier: BSD-3-Clause
"""The root of Damselfly: a tree of files, and a disk image of it.

The tree is described first (Tree), then made: files are copied below a
folder, and a list in mtree's format says what each is in the image (owner,
rights, time), whoever builds it.  makefs makes a UFS of both, and a BSD
disklabel goes before it.  Times are fixed, names are sorted, so that equal
inputs give equal images on a machine.

Files whose first line is only their licence lose it: passwd has no comments.
"""

import contextlib
import os
import shutil
import stat
import struct
import subprocess
import tempfile

from . import spoil
from .compiler import add_compiler
from .disklabel import FIRST, LABEL_SECTOR, SECTOR, make_label
from .words import Refusal, TOP, build_path, shown

#: Where the root image of a vkernel is in its host's root.
VKERNEL_ROOT = "var/vkernel/root.img"
TIME = 1000000000               # of everything in the image
#: For what a run writes: bytes, and files.
FREE = 8 << 20, 2048
SMALL_FREE = 1 << 20, 256       # the same of a small tree
SUPER_BLOCK = 8192              # offset of the first super block of a UFS
SUPER_MAGIC = 0x011954
DENSITY = 4096                  # bytes of the file system for each inode
LICENCE = b"# SPDX-License-Identifier: BSD-3-Clause\n"
SBIN = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
#: Applets that are not what they are called here, or programs of ours.
NOT_APPLETS = {"busybox", "init", "linuxrc", "reboot", "halt", "poweroff",
               "sysctl", "bash", "klogd", "syslogd"}
FOLDERS = ("bin", "sbin", "etc", "dev", "proc", "root", "home", "home/user",
           "mnt", "tmp", "usr", "usr/bin", "usr/sbin", "usr/test",
           "usr/src", "usr/src/test", "usr/src/test/vmm",
           "var", "var/run", "var/tmp", "var/vkernel")
MODES = {"root": 0o700, "tmp": 0o1777, "var/tmp": 0o1777}
#: Programs from Debian's packages: path of the image, names, package.
DEBIAN = (("bin/busybox", ("/bin/busybox", "/usr/bin/busybox"),
           "busybox-static"),
          ("bin/bash", ("/bin/bash-static", "/usr/bin/bash-static"),
           "bash-static"))
#: What ADD knows by name: files that belong together.
SETS = {"compiler": add_compiler}


def tool(name):
    """The path of a tool that a user's PATH may lack."""
    found = shutil.which(name) or shutil.which(name, path=":".join(SBIN))
    if not found:
        raise Refusal(f"{name} is missing; `make deps` installs it.")
    return found


class Tree:
    """What the image has: path without leading slash -> entry."""

    def __init__(self):
        self.entries = {}       # path -> (kind, mode, source, bytes or link)

    def folder(self, path, mode=0o755):
        """A folder, and those that it is in."""
        path = path.strip("/")
        above = os.path.dirname(path)
        if path and path not in self.entries:
            self.folder(above)
            self.entries[path] = ("dir", mode, None)

    def file(self, path, source, mode=None):
        """A file with the contents of another one."""
        if mode is None:
            mode = 0o755 if os.stat(source).st_mode & 0o111 else 0o644
        self._put(path, ("file", mode, source))

    def text(self, path, data, mode=0o644):
        """A file with these bytes."""
        self._put(path, ("text", mode, data))

    def link(self, path, target):
        """A symbolic link."""
        self._put(path, ("link", 0o777, target))

    def is_folder(self, path):
        """Whether there is a folder of that name."""
        path = path.strip("/")
        return not path or self.entries.get(path, ("",))[0] == "dir"

    def _put(self, path, entry):
        path = path.strip("/")
        above = os.path.dirname(path)
        self.folder(above)
        if not self.is_folder(above):
            raise Refusal(f"/{above} is no folder, so /{path} cannot be put "
                          "into it.")
        if self.is_folder(path):
            raise Refusal(f"/{path} is a folder already.")
        self.entries[path] = entry

    def size(self):
        """Bytes that the file system needs for it, with room to spare."""
        total = 0
        for kind, _, what in self.entries.values():
            if kind == "file":
                size = os.path.getsize(what)
                total += size + size // 1000 + 8192
            elif kind == "text":
                total += len(what) + 1024
            elif kind == "dir":
                total += 8192
        return total

    def write(self, folder):
        """Make the tree's files below a folder; return mtree's list."""
        lines = ["#mtree", ". type=dir " + _keywords(0o755, "root")]
        for path in sorted(self.entries, key=lambda path: path.split("/")):
            kind, mode, what = self.entries[path]
            place = os.path.join(folder, path)
            owner = "user" if path == "home/user" else "root"
            more = _keywords(mode, owner)
            name = "./" + "".join(
                c if c.isalnum() or c in "/._-+,:@" else f"\\{ord(c):03o}"
                for c in path)
            if kind == "dir":
                os.makedirs(place, exist_ok=True)
            elif kind == "link":
                os.symlink(what, place)
                more += f" link={what}"
            elif kind == "file":
                shutil.copyfile(what, place)
            else:
                with open(place, "wb") as file:
                    file.write(what)
            word = "file" if kind == "text" else kind
            lines.append(f"{name} type={word} {more}")
        return "\n".join(lines) + "\n"


def _keywords(mode, owner):
    number = 1000 if owner == "user" else 0
    return f"uid={number} gid={number} mode={mode:04o} time={TIME}.0"


def _applets(busybox):
    """Names of busybox's applets; it says them itself."""
    done = subprocess.run([busybox, "--list"], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Refusal(f"{busybox} does not list its applets.")
    return sorted(set(done.stdout.split()) - NOT_APPLETS)


def _from_debian(names, package):
    for name in names:
        if os.path.isfile(name):
            return name
    raise Refusal(f"there is no {names[0]}; `make deps` installs the package "
                  f"{package}.")


def usual_tree():
    """The tree of a usual run, of what has been built."""
    tree = Tree()
    for path in FOLDERS:
        tree.folder(path, MODES.get(path, 0o755))
    for path, names, package in DEBIAN:
        tree.file(path, _from_debian(names, package), 0o755)
    busybox = tree.entries["bin/busybox"][2]
    for name in _applets(busybox):
        tree.link(f"bin/{name}", "busybox")
    programs = build_path("final", "programs")
    for place in ("sbin", "usr/bin", "usr/test", "usr/src/test/vmm"):
        folder = os.path.join(programs, place)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) \
                else ():
            tree.file(f"{place}/{name}", os.path.join(folder, name))
    if not tree.entries.get("sbin/init"):
        raise Refusal("build/final/programs/sbin/init has not been built.")
    tree.file("usr/sbin/vkernel", build_path("final", "vkernel", "vkernel"))
    tree.link("sbin/halt", "reboot")
    tree.link("sbin/poweroff", "reboot")
    etc = os.path.join(TOP, "final", "etc")
    for name in sorted(os.listdir(etc)):
        with open(os.path.join(etc, name), "rb") as file:
            tree.text(f"etc/{name}", file.read().removeprefix(LICENCE))
    return tree


def add(tree, words):
    """Put files of the user's into a tree: words FILE:/PATH, or of SETS.

    A path that ends with a slash, or is a folder, is where the file goes
    under its own name.  A folder is put there with all that is in it.
    """
    for word in words:
        if word in SETS:
            SETS[word](tree)
            continue
        source, colon, path = word.rpartition(":")
        if not colon or not source or not path:
            raise Refusal(f"ADD={word} is not FILE:/PATH, such as "
                          f"prog:/root/prog, and not {' or '.join(SETS)}.")
        if not path.startswith("/"):
            raise Refusal(f"ADD={word}: the path {path} does not begin with "
                          "a slash.")
        if ".." in path.split("/"):
            raise Refusal(f"ADD={word}: the path {path} has a .. in it.")
        if not os.path.exists(source):
            raise Refusal(f"ADD={word}: there is no file {source}.")
        path = os.path.normpath(path) + "/" * path.endswith("/")
        if os.path.isdir(source):
            _add_folder(tree, source, path)
            continue
        if path.endswith("/") or tree.is_folder(path):
            path = os.path.join(path, os.path.basename(source))
        _add_file(tree, source, path)


def _add_file(tree, source, path):
    if not stat.S_ISREG(os.stat(source).st_mode):
        raise Refusal(f"ADD: {source} is no file that can be copied.")
    if not os.access(source, os.R_OK):
        raise Refusal(f"ADD: {source} cannot be read.")
    tree.file(path, source)


def _add_folder(tree, source, path):
    for folder, names, files in os.walk(source):
        names.sort()
        below = os.path.normpath(
            os.path.join(path, os.path.relpath(folder, source)))
        tree.folder(below)
        for name in sorted(files):
            _add_file(tree, os.path.join(folder, name),
                      os.path.join(below, name))


def make_image(path, tree, folder=None, free=FREE):
    """Write the disk image of a tree.

    folder   where the files are put first, and stay; None: nowhere
    free     bytes and files for what a run writes
    """
    size = tree.size() + free[0]
    size += size // DENSITY * 128 + (size >> 5) + (1 << 20)
    size = -(-size // (1 << 20)) * (1 << 20)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with contextlib.ExitStack() as stack:
        work = stack.enter_context(tempfile.TemporaryDirectory(
            prefix="root.", dir=os.path.dirname(path)))
        if folder is None:
            folder = os.path.join(work, "tree")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        spec = os.path.join(work, "spec")
        with open(spec, "w", encoding="ascii") as file:
            file.write(tree.write(folder))
        partition = os.path.join(work, "ufs")
        done = subprocess.run(
            [tool("makefs"), "-t", "ffs", "-B", "le", "-S", str(SECTOR),
             "-T", str(TIME), "-s", str(size), "-f", str(free[1]), "-F",
             spec, "-x", "-o", f"version=1,bsize=8192,fsize=1024,"
             f"density={DENSITY},minfree=0,optimization=time", partition,
             folder],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Refusal("makefs failed while making the root image: "
                          f"{said[-1] if said else 'nothing said'}.")
        _forget_addresses(partition)
        _join(path, partition)


def _forget_addresses(partition):
    """Clear what makefs has left of its own memory in the file system.

    It tries the last sector by writing something there, which may stay: there
    is always free space at the end.
    Two pointers at offset 832 mean something to a running file system only,
    which sets them itself; here they differ from run to run.
    """
    def number(offset):
        return struct.unpack_from("<i", block, offset)[0]
    with open(partition, "r+b") as file:
        file.seek(SUPER_BLOCK)
        block = file.read(1376)
        if number(1372) != SUPER_MAGIC:
            raise Refusal("makefs made something that is no UFS.")
        places = [SUPER_BLOCK]
        for group in range(number(44)):
            start = group * number(188) + number(24) * (group & ~number(28))
            places.append((start + number(8)) * number(52))
        for place in places:
            file.seek(place + 832)
            file.write(bytes(16))
        file.seek(-SECTOR, os.SEEK_END)
        file.write(bytes(SECTOR))


def _join(path, partition):
    """Disklabel and file system in one file, which then gets its name."""
    sectors = FIRST + -(-os.path.getsize(partition) // SECTOR)
    own = f"{path}.{os.getpid()}"
    try:
        with open(own, "wb") as file, open(partition, "rb") as source:
            file.seek(LABEL_SECTOR * SECTOR)
            file.write(make_label(sectors))
            file.seek(FIRST * SECTOR)
            shutil.copyfileobj(source, file)
            file.truncate(sectors * SECTOR)
        os.rename(own, path)
    finally:
        if os.path.exists(own):
            os.unlink(own)


@contextlib.contextmanager
def image_for(command, added, spoilt="", vkernel=""):
    """The image for one run, as a context: its path.

    command   what is run instead of a shell, or '' for the shell
    added     words of ADD
    spoilt    what is wrong with it, one of spoil.WAYS, or ''
    vkernel   options: all of that is for the root of a vkernel, which the host
              runs with them; without a command the host's shell follows

    A run that changes nothing of the tree gets the image that was built.
    """
    if not vkernel:
        with _one_image(command, added, spoilt) as path:
            yield path
        return
    with _one_image(command, added, spoilt) as inner:
        start = f"vkernel {vkernel} -r /{VKERNEL_ROOT}\n".encode()
        tree = usual_tree()
        tree.file(VKERNEL_ROOT, inner)
        tree.text("etc/exec" if command else "etc/rc.local", start)
        with _made(tree) as path:
            yield path


@contextlib.contextmanager
def _one_image(command, added, spoilt):
    usual = build_path("final", "root.img")
    if not os.path.isfile(usual):
        raise Refusal(f"there is no {shown(usual)}; build final first.")
    if not command and not added and not spoilt:
        yield usual
        return
    if "\0" in command:
        raise Refusal("EXEC: the command has a NUL in it.")
    tree = usual_tree()
    add(tree, added)
    if command:
        tree.text("etc/exec", command.encode() + b"\n")
    if spoilt in spoil.TREES:
        spoil.TREES[spoilt](tree)
    with _made(tree) as path:
        if spoilt in spoil.IMAGES:
            spoil.IMAGES[spoilt](path)
        yield path


def small_tree(keep):
    """The usual tree without bash and programs of /usr that nobody asks for.

    A boot takes the longer the larger its root is.

    keep   names in /usr/test that stay
    """
    tree = usual_tree()
    for path, entry in list(tree.entries.items()):
        folder, name = os.path.split(path)
        if entry[0] != "dir" and (path == "bin/bash" or path.startswith(
                "usr/") and not (folder == "usr/test" and name in keep)):
            del tree.entries[path]
    return tree


@contextlib.contextmanager
def small_image(command, files, vkernel="", keep=(), program=None,
                before=""):
    """The image of a small root for one command, as a context: its path.

    files     path in the root -> file
    vkernel   options: the command is one of a vkernel's, as in image_for()
    keep      names in /usr/test that stay
    program   the vkernel, another one than was built
    before    a command of the host before the vkernel
    """
    tree = small_tree(keep)
    for path, source in files.items():
        tree.file(path, source, 0o755)
    tree.text("etc/exec", command.encode() + b"\n")
    with _made(tree, SMALL_FREE) as inner:
        if not vkernel:
            yield inner
            return
        tree = small_tree(keep)
        tree.file(VKERNEL_ROOT, inner)
        tree.file("usr/sbin/vkernel",
                  program or build_path("final", "vkernel", "vkernel"))
        tree.text("etc/exec",
                  f"{before}\nvkernel {vkernel} -r /{VKERNEL_ROOT}\n"
                  .encode())
        with _made(tree, SMALL_FREE) as path:
            yield path


@contextlib.contextmanager
def _made(tree, free=FREE):
    """An image of a tree, gone afterwards."""
    os.makedirs(build_path("bench", "root"), exist_ok=True)
    with tempfile.TemporaryDirectory(
            prefix="run.", dir=build_path("bench", "root")) as place:
        path = os.path.join(place, "root.img")
        make_image(path, tree, free=free)
        yield path
