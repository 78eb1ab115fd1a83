#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks every property of one Promela model with spin, all states and all fair paths.

Without further options all properties must hold, and the search must visit as many states as --states pins. A model
whose --define breaks it must violate a property (--violates); which one is printed, and spin's trail with --verbose.
Exits 77 where spin or a C compiler is missing.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
DEPTH_LIMIT = 1000000


class Checked:
    """What the checker says about one property."""

    def __init__(self, text):
        states = re.search(r"(\d+) states, stored", text)
        errors = re.search(r"errors: (\d+)", text)
        complaint = re.search(r"^pan:\d+: (.*)", text, re.MULTILINE)
        self.states = int(states[1]) if states else 0
        self.complaint = complaint[1] if complaint else ""
        self.is_complete = bool(errors) and "max search depth too small" not in text
        self.holds = self.is_complete and errors[1] == "0" and not complaint


def run(command, directory):
    return subprocess.run([str(word) for word in command], cwd=directory, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)


def build(options, directory):
    defines = [f"-D{name}" for name in options.define]
    source = directory / "model.pml"
    source.write_text((HERE / f"{options.model}.pml").read_text())
    made = run(["spin", *defines, "-a", source.name], directory)
    compiled = run([options.compiler, "-O0" if options.violates else "-O1", "-w", "-o", "pan", "pan.c"], directory)
    if not (directory / "pan").exists():
        sys.exit(f"spin: {made.stdout}\n{compiled.stdout}")
    return re.findall(r"^ltl (\w+)", source.read_text(), re.MULTILINE)


def check(options, directory):
    """The number of states of all properties together, and the first complaint."""
    total = 0
    for name in build(options, directory):
        text = run(["./pan", "-a", "-f", f"-m{DEPTH_LIMIT}", "-N", name], directory).stdout
        checked = Checked(text)
        if not checked.is_complete:
            sys.exit(f"{name}: no result\n{text}")
        total += checked.states
        print(f"{name}: {'holds' if checked.holds else checked.complaint}, {checked.states} states", flush=True)
        if not checked.holds:
            if options.verbose:
                print(run(["spin", *(f"-D{define}" for define in options.define), "-t", "-g", "-p", "model.pml"],
                          directory).stdout)
            return total, name
    return total, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--define", action="append", default=[])
    parser.add_argument("--states", type=int, help="how many there must be, over all properties")
    parser.add_argument("--violates", action="store_true", help="a property must be violated")
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    missing = [tool for tool in ("spin", options.compiler, "gcc") if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} missing (Debian: apt-get install spin gcc)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as directory:
        states, violated = check(options, pathlib.Path(directory))
    if options.violates:
        print(f"{options.model}: " + (f"{violated} is violated, as it must be" if violated else "NOT found out"))
        return 0 if violated else 1
    print(f"{options.model}: {states} states" + (f", pinned: {options.states}" if options.states else ""))
    return 0 if not violated and options.states in (None, states) else 1


sys.exit(main())
