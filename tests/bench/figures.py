# SPDX-License-Identifier: MIT
"""Samples that programs of tests/bench/ print, the goals of figures, and tables of both.

A program prints lines FIGURE SUBJECT SUM COUNT (tests/bench/common/bench.h), or `missing PEER REASON`. The subjects of a
figure are `ours`, `floor`, and peers by name. A figure is the median of all samples; `least` is the ratio of the least.
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
from typing import Callable


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


def times_as_fast(peer, factor):
    return Goal(f"{factor} x as fast as {peer}", (peer,), lambda ours, others: factor * ours <= others[peer])


@dataclass(frozen=True)
class Figure:
    group: str
    name: str
    title: str
    unit: str
    goals: tuple = ()


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


def in_groups(figures, groups):
    return [figure for figure in figures if figure.group in groups]


def shown(value, unit):
    text = f"{value:.0f}" if unit == "ticks" else f"{value:.2f}" if value < 100 else f"{value:.0f}"
    return f"{text} {unit}".rstrip()


def ratio(ours, other):
    return f"{ours / other:.2f}" if other else "-"


def verdict(goals, ours, others):
    """One goal that is known to be missed decides; then one that cannot be judged."""
    judged = [goal for goal in goals if all(peer in others for peer in goal.needs)]
    if not all(goal.is_reached(ours, others) for goal in judged):
        return "NO"
    absent = sorted({peer for goal in goals for peer in goal.needs if peer not in others})
    if absent:
        return "unknown: " + ", ".join(f"no {peer}" for peer in absent)
    return "yes" if goals else ""


def row_of(figure, samples, peers):
    goal = ", ".join(goal.text for goal in figure.goals)
    others = samples.medians(figure.name)
    least = samples.least(figure.name)
    ours = others.pop("ours", None)
    if ours is None:
        return (figure.title, "not measured", "", "", "", goal, "NO", "")
    floor = others.get("floor")
    beside = [f"{peer} {shown(others[peer], figure.unit)} ({ratio(ours, others[peer])})"
              for peer in peers if peer in others]
    return (figure.title, shown(ours, figure.unit), shown(floor, figure.unit) if floor else "",
            ratio(ours, floor) if floor else "", ratio(least["ours"], least["floor"]) if floor else "",
            goal, verdict(figure.goals, ours, others), ", ".join(beside))


def table(samples, figures, peers):
    rows = [("figure", "ours", "floor", "ratio", "least", "goal", "reached", "peers (ours : peer)")]
    return aligned(rows + [row_of(figure, samples, peers) for figure in figures])


def comparison(headings, figures, left, right):
    """Our figures of two programs beside each other; `headings` are those of the two."""
    rows = [("figure", *headings, "ratio")]
    for figure in figures:
        first, second = left.medians(figure.name).get("ours"), right.medians(figure.name).get("ours")
        if figure.unit and first is not None and second is not None:
            rows.append((figure.title, shown(first, figure.unit), shown(second, figure.unit), ratio(first, second)))
    return aligned(rows)


def aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def run_program(program, words, environment=None):
    """What the program printed; a program that fails ends this one."""
    result = subprocess.run([program, *words], capture_output=True, text=True, check=False,
                            env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        sys.exit(f"{program} {' '.join(words)} ended with {result.returncode}\n{result.stderr}")
    return result.stdout


def computer():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE).group(1)
    except (OSError, AttributeError):
        pass
    return f"{name}, {os.cpu_count()} CPUs"


def argument_parser(description, program):
    """The options that all have: two builds of the program, how often, what, and whether in earnest."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checked", required=True, metavar="FILE", help=f"{program}_checked")
    parser.add_argument("--unchecked", required=True, metavar="FILE", help=f"{program}_unchecked")
    parser.add_argument("--count", type=int, default=9, metavar="N", help="processes of each (default 9)")
    parser.add_argument("-R", dest="regex", default="", metavar="REGEX", help="only groups that match")
    parser.add_argument("--quick", action="store_true", help="only show that everything works: the figures mean nothing")
    return parser


def parse(parser, arguments, groups):
    options = parser.parse_args(arguments)
    options.groups = [group for group in groups if re.search(options.regex, group)]
    if not options.groups or options.count < 1:
        parser.error(f"no group matches '{options.regex}'" if options.count > 0 else "--count must be at least 1")
    return options


def report_absent(samples, figures):
    """The exit status: 1 where a figure was not measured."""
    absent = [figure.name for figure in figures if "ours" not in samples.values[figure.name]]
    if absent:
        print(f"no figure for {', '.join(absent)}", file=sys.stderr)
    return 1 if absent else 0
