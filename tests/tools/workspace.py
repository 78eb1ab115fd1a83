# SPDX-License-Identifier: MIT
"""A copy of the command line front end in a directory of its own, with tools that are scripts written by the test."""

import os
import pty
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVERY_TOOL = ("gcc", "ld", "cmake", "ninja", "grub-mkrescue", "xorriso", "mformat", "qemu-system-x86_64", "gdb",
              "clang", "ld.lld", "llvm-objcopy", "gcovr", "clang-format", "clang-tidy")
BASE_SYSTEM = ("cat", "awk", "sh", "sleep", "env", "mkdir", "touch", "chmod")


class Workspace:
    """Starts ./tenorite with a PATH that holds the base system, Python and `tools`, each answering `--version`."""

    def __init__(self, test_case, tools=EVERY_TOOL, has_python=True):
        directory = tempfile.TemporaryDirectory(prefix="tenorite-test-")
        test_case.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for name in ("tenorite", "CMakeLists.txt", "CMakePresets.json"):
            shutil.copy(ROOT / name, self.root / name)
        shutil.copytree(ROOT / "tools", self.root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        for name in BASE_SYSTEM:
            (self.bin / name).symlink_to(shutil.which(name))
        if has_python:
            self.add_tool("python3", f'exec {shlex.quote(sys.executable)} "$@"')
        for name in tools:
            self.add_tool(name, "echo 99.1")
        if "clang" in tools:
            (self.root / "runtime.a").touch()
            self.add_tool("clang", f'[ "$1" = --version ] && echo 99.1 || echo {self.root}/runtime.a')

    def add_tool(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def environment(self, **changes):
        return {"PATH": str(self.bin), "TERM": "xterm", "LC_ALL": "C", **changes}

    def start(self, *arguments, **changes):
        return subprocess.Popen([str(self.root / "tenorite"), *arguments], env=self.environment(**changes),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, typed="", **changes):
        """A finished process with returncode, stdout, stderr; nothing it does is on a terminal."""
        return subprocess.run([str(self.root / "tenorite"), *arguments], env=self.environment(**changes), input=typed,
                              capture_output=True, text=True, timeout=60, check=False)

    def run_on_terminal(self, *arguments, typed="", **changes):
        """(exit status, everything printed); all three standard streams are a terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(self.root / "tenorite"), *arguments], env=self.environment(**changes),
                                   stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        os.write(ours, typed.encode())
        printed, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    data = os.read(ours, 4096)
                except OSError:
                    break
                if not data:
                    break
                printed += data
        os.close(ours)
        return process.wait(10), printed.decode()
