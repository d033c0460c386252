# SPDX-License-Identifier: BSD-3-Clause
"""Damselfly's kernel and vkernel with something changed in their sources.

A tree of links to final/ in which some files are exchanged; what is compiled
there is what final/ compiles, so ccache has nearly all of it already.
"""

import os
import subprocess

from benchlib.run import claim_folder
from benchlib.words import Refusal, TOP, build_path

from . import report, system

_FROM_FINAL = ("damselfly-cc", "sysroot")


def source(name):
    """The text of a file by its path in the repository."""
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read()


class KernelTree:
    """Both kernels, built with other texts; like prove.Tree."""

    def __init__(self, lab, name):
        """Claim build/labs/NAME/NN and build the repository's final."""
        self.lab = lab
        system.build_final()
        place, self.lock = claim_folder(build_path("labs", name, lab.short))
        self.tree = os.path.join(place, "tree")
        self.runs = os.path.join(place, "run")
        self.now = {}
        built = os.path.join(self.tree, "build", "final")
        os.makedirs(built)
        subprocess.run(["cp", "-rs", os.path.join(TOP, "final"), self.tree],
                       check=True)
        for each in _FROM_FINAL:
            os.symlink(build_path("final", each), os.path.join(built, each))

    def close(self):
        """Let others use the folder."""
        os.close(self.lock)

    def _make(self, platform):
        done = subprocess.run(
            ["make", "-s", "--no-print-directory", "-C", os.path.join(
                self.tree, "final/sys/platform", platform)],
            env=dict(os.environ, CCACHE_DIR=build_path("ccache")), text=True,
            check=False, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise Refusal("it does not compile: " + " | ".join(
                report.compiler(done.stderr.strip())[:3]))

    def variant(self, texts):
        """Build with these texts instead; paths of (kernel, vkernel)."""
        wanted = {name: texts.get(name) or source(name)
                  for name in {*self.now, *texts}}
        for name, text in wanted.items():
            if self.now.get(name) == text:
                continue
            path = os.path.join(self.tree, name)
            if not os.path.isfile(path):
                raise Refusal(f"there is no file {name}.")
            os.unlink(path)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.now = wanted
        for platform in ("pc64", "vkernel64"):
            self._make(platform)
        built = os.path.join(self.tree, "build", "final")
        return (os.path.join(built, "kernel", "kernel"),
                os.path.join(built, "vkernel", "vkernel"))
