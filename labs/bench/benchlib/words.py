# SPDX-License-Identifier: BSD-3-Clause
"""How the bench speaks: one sentence for a refusal, and where things are.

Everything a user can get wrong ends in a Refusal whose text is one whole
sentence; the command line prints it after "bench: " and exits with status 2.
A Python traceback therefore always means a bug of the bench itself.
"""

import difflib
import errno
import os
import sys

#: The top of the repository; every other path is made relative to it.
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))))


class Refusal(Exception):
    """Something the user can mend; str() is the sentence to print."""


class Interrupted(Exception):
    """A signal asked the bench to stop; `signum` says which."""

    def __init__(self, signum):
        super().__init__(f"signal {signum}")
        self.signum = signum


def build_path(*parts):
    """A path under build/, where everything that is made goes."""
    return os.path.join(TOP, "build", *parts)


def shown(path):
    """A path as it is shown to people: relative to the top if it is in it."""
    relative = os.path.relpath(path, TOP)
    return path if relative.startswith("..") else relative


def say(text):
    """Print one line for a person, past whatever the guest printed."""
    print(f"bench: {text}", flush=True)


def warn(text):
    """Print one line for a person on standard error."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def os_refusal(error):
    """The Refusal for an OSError: full disk and read-only tree in words."""
    name = shown(error.filename) if error.filename else "a file"
    if error.errno == errno.ENOSPC:
        return Refusal(f"the disk is full: {name} could not be written; free "
                       "some space and try again.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Refusal(f"{name} cannot be written; everything that is built "
                       "goes under build/, which must be writable.")
    return Refusal(f"{name}: {(error.strerror or str(error)).lower()}.")


def nearest(word, choices):
    """' (did you mean X?)' if one of the choices is close, else ''."""
    close = difflib.get_close_matches(word, choices, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def scaled(seconds):
    """A time limit in seconds times BENCH_TIMEOUT_SCALE."""
    text = os.environ.get("BENCH_TIMEOUT_SCALE") or "1"
    try:
        scale = float(text)
        if not 0 < scale < 1e6:
            raise ValueError
    except ValueError:
        raise Refusal(f"BENCH_TIMEOUT_SCALE={text} is not a positive number."
                      ) from None
    return seconds * scale
