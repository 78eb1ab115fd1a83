#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command in a world without gcc and binutils: without_gcc.py COMMAND...

PATH is one directory, bin, with links to every program of the caller's PATH, except gcc, binutils and whatever links to
them. lib and include beside it lead to the system's, for what is looked for relative to PATH. CMake also looks in
/usr/bin unless it is told -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF.

Exit status: the command's; 2 without a command.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GCC = r"gcc|g\+\+|cc|c\+\+|cpp|c89|c99|gfortran|gcov|gcov-dump|gcov-tool|gcc-ar|gcc-nm|gcc-ranlib|lto-dump"
BINUTILS = (r"addr2line|ar|as|c\+\+filt|dwp|elfedit|gold|gp-[a-z-]+|gprof|gprofng|ld|ld\.bfd|ld\.gold|nm|objcopy|objdump|"
            r"ranlib|readelf|size|strings|strip")
# With a target before it, a kind (c99-gcc), and a version behind it.
FORBIDDEN = re.compile(rf"(\w+-(\w+-)*)?({GCC}|{BINUTILS})(-[0-9.]+)?")
# LLVM's programs are llvm-ar, llvm-nm and so on.
ALLOWED = re.compile(r"(llvm|clang)-.*")


def is_forbidden(name):
    return FORBIDDEN.fullmatch(name) is not None and ALLOWED.fullmatch(name) is None


def link_programs(target):
    for directory in filter(None, os.environ["PATH"].split(os.pathsep)):
        for program in Path(directory).iterdir() if Path(directory).is_dir() else ():
            link = target / program.name
            leads_to = os.path.basename(os.path.realpath(program))
            if not link.is_symlink() and not is_forbidden(program.name) and not is_forbidden(leads_to):
                link.symlink_to(program)


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tenorite-without-gcc-") as name:
        root = Path(name)
        (root / "bin").mkdir()
        link_programs(root / "bin")
        for directory in ("lib", "include"):
            (root / directory).symlink_to(Path("/usr") / directory)
        environment = {key: value for key, value in os.environ.items() if key not in ("CC", "AR", "LD")}
        status = subprocess.run(sys.argv[1:], env={**environment, "PATH": str(root / "bin")}, check=False).returncode
        return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
