#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks one contract case with one compiler: the misuse must not compile, and what remains without it must.

Usage: check.py --compiler gcc|clang PATH --case FILE.c --flags FLAG...

The case says on top what the compiler has to say, in one or more comments of one line, each a regular expression that
must be found in one of the compiler's errors:

    /* gcc: too few arguments to function */
    /* clang: too few arguments to function call */
    /* clang: none: why this compiler cannot refuse it */

The misuse stands between `#ifdef MISUSE` and `#else` or `#endif`. Without MISUSE the file must compile without any
diagnostic; with it the compile must fail. Code is generated both times: some contracts are decided by the optimizer.

Where the compiler is declared unable to refuse the misuse (`none`), only the proper use is checked.

Exit status: 0 kept, 1 broken, 2 wrong usage, 77 skipped because PATH is no program.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

KEPT, BROKEN, SKIPPED = 0, 1, 77
EXPECTATION = re.compile(r"^/\* (gcc|clang): (.+) \*/$")
MISUSE = re.compile(r"^\s*#\s*(ifdef|ifndef)\s+MISUSE\b", re.MULTILINE)
ERROR = re.compile(r": (?:fatal )?error: (.*)")
NONE = "none: "
TIMEOUT_S = 60


class Broken(Exception):
    """The contract does not hold; the text says how."""


def read_expectations(source, family):
    """The patterns for the compiler; the reason instead where it cannot refuse."""
    found = [match.groups() for match in map(EXPECTATION.match, source.splitlines()) if match]
    patterns = [pattern for name, pattern in found if name == family]
    if not patterns:
        raise Broken(f"the case has no line /* {family}: what the compiler says */")
    if not MISUSE.search(source):
        raise Broken("the case has no #ifdef MISUSE")
    if patterns[0].startswith(NONE):
        if len(patterns) > 1:
            raise Broken(f"`{family}: none` stands beside other expectations")
        return [], patterns[0][len(NONE):]
    return patterns, None


def compile_case(compiler, case, flags):
    command = [compiler, *flags, "-c", str(case), "-o", os.devnull]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=TIMEOUT_S, check=False,
                            env={**os.environ, "LC_ALL": "C"})
    return result.returncode, result.stderr + result.stdout


def check_proper_use(compiler, case, flags):
    status, output = compile_case(compiler, case, flags)
    if status != 0:
        raise Broken(f"the proper use does not compile:\n{output}")
    if output:
        raise Broken(f"the proper use compiles with diagnostics:\n{output}")


def check_misuse(compiler, case, flags, patterns):
    status, output = compile_case(compiler, case, [*flags, "-DMISUSE"])
    if status == 0:
        raise Broken(f"the misuse compiles\n{output}".rstrip())
    errors = ERROR.findall(output)
    for pattern in patterns:
        if not any(re.search(pattern, error) for error in errors):
            raise Broken(f"no error matches `{pattern}`:\n{output}")


def check(family, compiler, case, flags):
    """Says what was found; raises Broken where the contract is not kept."""
    patterns, reason = read_expectations(case.read_text(encoding="utf-8"), family)
    check_proper_use(compiler, case, flags)
    if reason is not None:
        return f"{case.name}: {family} cannot refuse this: {reason}"
    check_misuse(compiler, case, flags, patterns)
    return f"{case.name}: {family} refuses the misuse: {'; '.join(patterns)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--compiler", nargs=2, metavar=("gcc|clang", "PATH"), required=True)
    parser.add_argument("--case", type=Path, required=True)
    parser.add_argument("--flags", nargs=argparse.REMAINDER, default=[])
    arguments = parser.parse_args()
    family, compiler = arguments.compiler
    if family not in ("gcc", "clang"):
        parser.error(f"unknown compiler family {family!r}")
    if shutil.which(compiler) is None:
        print(f"skipped: no {family} here")
        return SKIPPED
    try:
        print(check(family, compiler, arguments.case, arguments.flags))
        return KEPT
    except Broken as broken:
        print(f"{arguments.case}: {family}: {broken}", file=sys.stderr)
    except subprocess.TimeoutExpired:
        print(f"{arguments.case}: {family}: the compiler took more than {TIMEOUT_S} s", file=sys.stderr)
    return BROKEN


if __name__ == "__main__":
    sys.exit(main())
