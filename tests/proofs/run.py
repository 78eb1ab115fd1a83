#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generates the proof goals of one unit with Frama-C and compares the proved ones with what is pinned.

The verdicts that provers once gave are in verdicts.cache, one line each: a hash of everything a goal depends on, then the
verdict. Without further options no prover is started: a goal is proved if its verdict is there, so the result depends
neither on the machine's load nor on its speed. With --record provers get the other goals and their verdicts are written to
the cache, with --functions or --update they are not written; --cold leaves the cache aside.

Making all goals takes a minute or more. --if-changed is content where every file that the unit reads, and the tools, are
those of the last run in which all goals were proved: UNIT.inputs holds a hash of them, which --record writes.
Exits 77 where the tools are missing.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROVERS = ["cvc4", "z3"]
SKIPPED = 77


def unpack(cache, directory):
    if cache.exists():
        for line in cache.read_text().splitlines():
            if not line.startswith("#"):
                name, verdict = line.split(" ", 1)
                (directory / f"{name}.json").write_text(verdict)


def pack(directory, cache):
    lines = []
    for path in sorted(directory.glob("*.json")):
        verdict = json.loads(re.sub(r"(\d\.)(?=\D)", r"\g<1>0", path.read_text()))  # OCaml writes 60.0 as "60."
        if verdict["verdict"] in ("valid", "timeout"):
            lines.append(f"{path.stem} {json.dumps(verdict)}")
    header = "# Written by run.py --record: verdicts of provers, by the hash of the goal."
    cache.write_text("\n".join([header, *lines]) + "\n")


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def preprocessor_options(overlay):
    share = output_of("frama-c", "-print-share-path")
    paths = [*overlay, HERE / "include", HERE, ROOT / "include", ROOT / "src", f"{share}/libc"]
    return ["-nostdinc", "-std=gnu2x", *(f"-I{path}" for path in paths)]


def inputs_of(unit):
    """A hash of the sources that the unit reads, comments included, and of the tools' versions."""
    compiler = shutil.which("cc") or "clang"
    read = output_of(compiler, "-M", "-D__FC_MACHDEP_X86_64", *preprocessor_options([]), str(unit.source))
    files = sorted({path for path in read.replace("\\\n", " ").split(":", 1)[1].split() if path.startswith(str(ROOT))})
    digest = hashlib.sha256(repr((output_of("frama-c", "-version"), PROVERS, unit.skip, sorted(unit.open))).encode())
    for path in files:
        digest.update(os.path.relpath(path, ROOT).encode() + b"\0" + pathlib.Path(path).read_bytes() + b"\0")
    return digest.hexdigest()


def frama_c(unit, options, cache_directory, mode, why3_config):
    preprocessor = " ".join(preprocessor_options(options.overlay))
    command = ["frama-c", f"-cpp-extra-args={preprocessor}", "-wp", "-wp-rte", "-wp-cache-env", "-wp-par",
               str(os.cpu_count() or 1), "-wp-prover", ",".join(PROVERS), "-wp-timeout", str(options.timeout)]
    if options.functions:
        command += ["-wp-fct", options.functions]
    elif unit.skip:
        command += ["-wp-skip-fct", ",".join(unit.skip)]
    if options.smoke:
        command += ["-wp-smoke-tests"]
    environment = dict(os.environ, FRAMAC_WP_CACHE=mode, FRAMAC_WP_CACHEDIR=str(cache_directory),
                       WHY3CONFIG=str(why3_config))
    return subprocess.run([*command, str(unit.source)], cwd=ROOT, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class Unit:
    def __init__(self, name):
        self.name = name
        self.source = HERE / f"{name}_proof.c"
        self.cache = HERE / "verdicts.cache"
        self.inputs = HERE / f"{name}.inputs"
        # The goals that no prover has proved yet: the gap, which docs/verification.md states.
        gap = HERE / f"{name}.open"
        self.open = set(gap.read_text().split()) if gap.exists() else set()
        # What another unit proves.
        text = self.source.read_text()
        self.skip = []
        if "skip: mapper_entry.h" in text:
            entries = (HERE / "entry_contracts.h").read_text()
            self.skip = re.findall(r"^static inline .*?(\w+)\([^()]*\);$", entries, re.MULTILINE)


def result_of(run):
    """How many goals are proved, how many there are, and the names of the others."""
    totals = re.search(r"Proved goals:\s+(\d+) / (\d+)", run.stdout)
    if not totals:
        return None
    return int(totals[1]), int(totals[2]), re.findall(r"\[Failed\] Goal (\w+)", run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unit")
    parser.add_argument("--goals", type=int, help="how many there must be, all proved")
    parser.add_argument("--timeout", type=int, default=60, help="seconds for each goal and prover")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--if-changed", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="also look for contradictory contracts")
    parser.add_argument("--functions", help="only these, separated by commas")
    parser.add_argument("--overlay", action="append", default=[], help="a directory searched before src")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    missing = [tool for tool in ["frama-c", "why3", *PROVERS] if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} missing (Debian: apt-get install frama-c-base why3 z3 cvc4)")
        return SKIPPED
    unit = Unit(options.unit)
    recorded = f"{inputs_of(unit)} {options.goals}"
    if options.if_changed and unit.inputs.exists() and unit.inputs.read_text().strip() == recorded:
        print(f"{unit.name}: {options.goals} goals, proved from just these sources by just these tools")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        cache = work / "cache"
        cache.mkdir()
        why3_config = work / "why3.conf"
        subprocess.run(["why3", "-C", why3_config, "config", "detect"], capture_output=True, check=False)
        if not options.cold:
            unpack(unit.cache, cache)
        asks_provers = options.cold or options.record or options.update or options.functions
        run = frama_c(unit, options, cache, "update" if asks_provers else "offline", why3_config)
        result = result_of(run)
        if options.record:
            pack(cache, unit.cache)
    if options.verbose or not result:
        print(run.stdout)
    if not result:
        print("no result")
        return 1
    proved, goals, failed = result
    for name in failed:
        print(f"not proved{' (known)' if name in unit.open else ''}: {name}")
    closed = set() if options.functions else unit.open - set(failed)
    for name in sorted(closed):
        print(f"proved, but in {unit.name}.open: {name}")
    print(f"{unit.name}: {proved} of {goals} goals proved" + (f", pinned: {options.goals}" if options.goals else ""))
    complete = unit.open.issuperset(failed) and not closed and proved + len(failed) == goals
    good = complete and options.goals in (None, goals)
    if good and options.record:
        unit.inputs.write_text(f"{inputs_of(unit)} {goals}\n")
    return 0 if good else 1


sys.exit(main())
