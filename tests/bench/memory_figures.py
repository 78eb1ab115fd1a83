#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what mapper, frames and heap cost, beside floors and the allocators that this computer has.

The release build of src/mm runs as a program of this computer (tests/bench/memory/), with the flags of the kernel, in
one process after the other; in each, ours, floor and peers take turns. A figure is the median of all samples; `least`
is the ratio of the least ones. Every second process runs a build without the hardening that contract K11 asks for: the
second table is what the hardening costs.

Exit status: 0 measured, 1 a program failed or gave no figure, 2 wrong usage.
"""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Callable, Optional

GROUPS = ("mapper", "frames", "heap")
PACKAGES = {"mimalloc": "libmimalloc2.0", "jemalloc": "libjemalloc2", "glibc": "libc6"}
INSTALLATION = "./tenorite setup --with bench"
# jemalloc keeps more in static thread-local storage than the loader has to spare for libraries that come later.
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.rtld.optional_static_tls=16384"}


@dataclass(frozen=True)
class Goal:
    """`is_reached` takes our figure and a dictionary of the others; it is not asked where one of `needs` is missing."""

    text: str
    needs: tuple = ()
    is_reached: Callable = lambda ours, others: True


def times_floor(limit):
    return Goal(f"<= {limit} x floor", ("floor",), lambda ours, others: ours <= limit * others["floor"])


def share_of(peer, share):
    return Goal(f"<= {share} x {peer}", (peer,), lambda ours, others: ours <= share * others[peer])


def at_most(limit):
    return Goal(f"<= {limit}", (), lambda ours, others: ours <= limit)


def ahead_of(*peers):
    return Goal("< " + ", ".join(peers), peers, lambda ours, others: all(ours < others[peer] for peer in peers))


NO_GOAL = Goal("")


@dataclass(frozen=True)
class Figure:
    group: str
    name: str
    title: str
    unit: str
    goal: Goal


FIGURES = (
    Figure("mapper", "map_range", "map_range, 1 GiB, a page", "ns", times_floor(1.5)),
    Figure("mapper", "unmap_range", "unmap_range, 1 GiB, a page", "ns", NO_GOAL),
    Figure("mapper", "map_to", "map_to, 4 KiB pages in order", "ns", times_floor(1.3)),
    Figure("mapper", "unmap", "unmap, 4 KiB pages in order", "ns", times_floor(1.2)),
    Figure("mapper", "translate", "translate, at random in 1 GiB", "ns", times_floor(1.3)),
    Figure("frames", "frame_4k_pair", "frame of 4 KiB, alloc + free", "ns", times_floor(3)),
    Figure("frames", "frame_2m_pair", "frame of 2 MiB, alloc + free", "ns", times_floor(20)),
    Figure("frames", "frame_4k_worst_alloc", "frame of 4 KiB, worst alloc", "ticks", NO_GOAL),
    Figure("frames", "frame_4k_worst_free", "frame of 4 KiB, worst free", "ticks", NO_GOAL),
    Figure("frames", "frame_2m_worst_alloc", "frame of 2 MiB, worst alloc", "ticks", NO_GOAL),
    Figure("frames", "frame_2m_worst_free", "frame of 2 MiB, worst free", "ticks", NO_GOAL),
    Figure("heap", "heap_pair_64", "64 B, alloc + free", "ns", times_floor(2)),
    Figure("heap", "heap_trace_16_4096", "16-4096 B, 10 000 live", "ns", ahead_of("mimalloc", "jemalloc")),
    Figure("heap", "heap_trace_16_512", "16-512 B, 100 000 live", "ns", ahead_of("mimalloc", "jemalloc")),
    Figure("heap", "heap_worst", "fragmenting, worst operation", "ticks", share_of("jemalloc", 0.25)),
    Figure("heap", "heap_worst_6th", "fragmenting, 6th worst", "ticks", NO_GOAL),
    Figure("heap", "heap_worst_fresh", "same, peers in a new process", "ticks", NO_GOAL),
    Figure("heap", "heap_resident_16_4096", "taken/live, 16-4096 B", "", at_most(1.20)),
    Figure("heap", "heap_resident_16_512", "taken/live, 16-512 B", "", at_most(1.20)),
    Figure("heap", "heap_resident_fragmenting", "taken/live, fragmenting", "", at_most(1.34)),
)


class Samples:
    """What one program printed in all its runs: figures by name and subject, and the peers that are not here."""

    def __init__(self):
        self.values = defaultdict(lambda: defaultdict(list))
        self.missing = {}

    def add(self, text):
        for line in text.splitlines():
            words = line.split(maxsplit=3)
            if words and words[0] == "missing":
                self.missing[words[1]] = " ".join(words[2:])
            else:
                name, subject, total, count = words
                self.values[name][subject].append(int(total) / int(count))

    def medians(self, name):
        return {subject: statistics.median(values) for subject, values in self.values[name].items()}

    def least(self, name):
        return {subject: min(values) for subject, values in self.values[name].items()}


def figures_of(groups):
    return [figure for figure in FIGURES if figure.group in groups]


def shown(value, unit):
    text = f"{value:.0f}" if unit == "ticks" else f"{value:.2f}" if value < 100 else f"{value:.0f}"
    return f"{text} {unit}".rstrip()


def ratio(ours, other):
    return f"{ours / other:.2f}" if other else "-"


def verdict(goal, ours, others, missing):
    if not goal.text:
        return ""
    absent = [peer for peer in goal.needs if peer not in others]
    if absent:
        return "unknown: " + ", ".join(f"no {peer}" for peer in absent)
    return "yes" if goal.is_reached(ours, others) else "NO"


def row_of(figure, samples):
    others = samples.medians(figure.name)
    least = samples.least(figure.name)
    ours = others.pop("ours", None)
    if ours is None:
        return None
    floor = others.get("floor")
    peers = [f"{peer} {shown(others[peer], figure.unit)} ({ratio(ours, others[peer])})"
             for peer in PACKAGES if peer in others]
    return (figure.title, shown(ours, figure.unit), shown(floor, figure.unit) if floor else "",
            ratio(ours, floor) if floor else "", ratio(least["ours"], least["floor"]) if floor else "",
            figure.goal.text, verdict(figure.goal, ours, others, samples.missing), ", ".join(peers))


def table(samples, groups):
    rows = [("figure", "ours", "floor", "ratio", "least", "goal", "reached", "peers (ours : peer)")]
    rows += [row_of(figure, samples) or (figure.title, "not measured", "", "", "", figure.goal.text, "NO", "")
             for figure in figures_of(groups)]
    return aligned(rows)


def hardening_table(checked, unchecked, groups):
    """The same figures of ours without bounds checks, stack protector and initialised locals."""
    rows = [("figure", "hardened", "without", "ratio")]
    for figure in figures_of(groups):
        ours, bare = checked.medians(figure.name).get("ours"), unchecked.medians(figure.name).get("ours")
        if figure.unit and ours is not None and bare is not None:
            rows.append((figure.title, shown(ours, figure.unit), shown(bare, figure.unit), ratio(ours, bare)))
    return aligned(rows)


def aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def run_program(program, words):
    result = subprocess.run([program, *words], capture_output=True, text=True, check=False,
                            env={**os.environ, **ENVIRONMENT}, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        sys.exit(f"memory_figures.py: {program} {' '.join(words)} ended with {result.returncode}\n{result.stderr}")
    return result.stdout


def measure(options):
    """(hardened, without): Samples of both programs, run in turn."""
    checked, unchecked = Samples(), Samples()
    speed = ["quick"] if options.quick else []
    for _ in range(options.count):
        for group in options.groups:
            checked.add(run_program(options.checked, [*speed, group]))
            unchecked.add(run_program(options.unchecked, [*speed, "alone", group]))
    return checked, unchecked


def computer():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE).group(1)
    except (OSError, AttributeError):
        pass
    return f"{name}, {os.cpu_count()} CPUs"


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checked", required=True, metavar="FILE", help="bench_memory_checked")
    parser.add_argument("--unchecked", required=True, metavar="FILE", help="bench_memory_unchecked")
    parser.add_argument("--count", type=int, default=9, metavar="N", help="processes of each (default 9)")
    parser.add_argument("-R", dest="regex", default="", metavar="REGEX", help=f"only groups of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="only show that everything works: the figures mean nothing")
    options = parser.parse_args(arguments)
    options.groups = [group for group in GROUPS if re.search(options.regex, group)]
    if not options.groups or options.count < 1:
        parser.error(f"no group matches '{options.regex}'" if options.count > 0 else "--count must be at least 1")
    return options


def main(arguments):
    options = parse_arguments(arguments)
    print(f"{computer()}; medians of {options.count} processes; in brackets: ours divided by the peer's\n", flush=True)
    checked, unchecked = measure(options)
    print(table(checked, options.groups))
    for peer, reason in checked.missing.items():
        print(f"not installed: {peer} ({PACKAGES[peer]}; {INSTALLATION}): {reason}")
    print(f"\nwhat K11 costs: bounds checks, stack protector, initialised locals\n"
          f"{hardening_table(checked, unchecked, options.groups)}")
    absent = [figure.name for figure in figures_of(options.groups) if "ours" not in checked.values[figure.name]]
    if absent:
        print(f"memory_figures.py: no figure for {', '.join(absent)}", file=sys.stderr)
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
