#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions that the memory operations of a running kernel execute, and compares them with those on record.

The kernel tests/bench/guest/counts.c runs twice in a QEMU whose time stamp counter advances by one an instruction, so
both runs have to give the same counts, whatever else this computer does. tests/bench/guest_counts.json holds, for each
compiler and its flags, what they were; more than its tolerance above that is a failure, and so is a figure that is gone.
For a build without a record nothing is compared. --record puts the counts of this build on record.

Exit status: 0 as on record, or nothing to compare with; 1 more instructions, counts that differ from run to run, or a
kernel that failed; 2 wrong usage.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "vm"))

from errors import GuestEnded, StartFailure, WaitTimeout
from machine import Machine
from settings import Settings

RECORD = Path(__file__).with_suffix(".json")
EXACT = ("-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm")
PASSED = 2 * 0x10 + 1
LIMIT_SECONDS = 60
MEMORY_MIB = 128
BUILD_LINE = re.compile(r"^build (.*)$", re.MULTILINE)
COUNT_LINE = re.compile(r"^count (\w+) (\d+) (\d+)$", re.MULTILINE)


class Failure(Exception):
    """The message is for the user."""


def run(kernel, program):
    """What the kernel printed."""
    settings = Settings(kernel=kernel, program=program, arguments=EXACT, memory_mib=MEMORY_MIB)
    with Machine(settings) as machine:
        machine.start()
        status = machine.wait_end(LIMIT_SECONDS)
        text = machine.serial_log.replace("\r", "")
    if status != PASSED:
        raise Failure(f"the kernel ended with {status}, not {PASSED}; its last output:\n{text[-1500:]}")
    return text


def parse(text):
    """(the build in words, {figure: [instructions, operations]})"""
    build = BUILD_LINE.search(text)
    counts = {name: [int(total), int(operations)] for name, total, operations in COUNT_LINE.findall(text)}
    if build is None or not counts:
        raise Failure(f"the kernel printed no counts:\n{text[-1500:]}")
    return build.group(1), counts


def read_record():
    return json.loads(RECORD.read_text(encoding="utf-8"))


def write_record(build, counts):
    record = read_record()
    record["counts"][build] = counts
    # One figure a line, so that a change can be read.
    text = re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", json.dumps(record, indent=2, sort_keys=True))
    RECORD.write_text(text + "\n", encoding="utf-8")


def each(count):
    """Instructions of one operation."""
    return count[0] / count[1]


def differences(first, second):
    """The figures that two runs do not agree on."""
    return [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]


def compare(counts, expected, tolerance_percent):
    """(rows of a table, names of figures that got worse or are gone, names of those that got better)"""
    rows, worse, better = [], [], []
    for name in [*counts, *(name for name in expected if name not in counts)]:
        if name not in counts:
            rows.append((name, "gone", f"{each(expected[name]):.1f}", ""))
            worse.append(name)
        elif name not in expected:
            rows.append((name, f"{each(counts[name]):.1f}", "", "new"))
        else:
            now, before = each(counts[name]), each(expected[name])
            change = round(100 * (now / before - 1), 3) if before else 0
            worse += [name] if change > tolerance_percent else []
            better += [name] if change < -tolerance_percent else []
            rows.append((name, f"{now:.1f}", f"{before:.1f}", f"{change:+.1f} %"))
    return rows, worse, better


def table(rows):
    rows = [("figure", "instructions", "on record", "change"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="FILE", help="bench_counts, an ELF file")
    parser.add_argument("--optimization", required=True, metavar="FLAGS", help="the compiler's flags, for the record")
    parser.add_argument("--qemu", metavar="PROGRAM", help="the QEMU to run")
    parser.add_argument("--record", action="store_true", help="put the counts on record")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_arguments(arguments)
    try:
        compiler, counts = parse(run(options.kernel, options.qemu))
        _, again = parse(run(options.kernel, options.qemu))
    except (Failure, GuestEnded, StartFailure, WaitTimeout) as error:
        print(f"guest_counts.py: {error}")
        return 1
    build = f"{compiler}, {options.optimization}"
    record = read_record()
    rows, worse, better = compare(counts, record["counts"].get(build, {}), record["tolerance_percent"])
    print(f"{build}\n\n{table(rows)}\n")
    differing = differences(counts, again)
    if differing:
        print(f"not the same in a second run: {', '.join(differing)}")
        return 1
    print("the same in a second run")
    if options.record:
        write_record(build, counts)
        print(f"recorded in {RECORD.relative_to(ROOT)}")
        return 0
    return judge(build, record, worse, better)


def judge(build, record, worse, better):
    if build not in record["counts"]:
        print(f"not compared: there is no record of this build ({', '.join(record['counts'])})")
        return 0
    if better:
        print(f"better than on record: {', '.join(better)}. Keep it so: ./tenorite bench counts --record")
    if worse:
        print(f"more than {record['tolerance_percent']} % above the record, or gone: {', '.join(worse)}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
