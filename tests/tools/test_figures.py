# SPDX-License-Identifier: MIT
"""What `./tenorite bench memory` and `bench async` make of the samples that their programs print."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import async_figures
import async_peers
import figures
import memory_figures
from figures import Samples

FIGURES = (*memory_figures.FIGURES, *async_figures.FIGURES)
PEERS = (*memory_figures.PACKAGES, *async_peers.PACKAGES)


def figure(name):
    return next(each for each in FIGURES if each.name == name)


def row(name, text):
    samples = Samples()
    samples.add(text)
    return figures.row_of(figure(name), samples, PEERS)


class Figures(unittest.TestCase):
    def test_a_figure_is_the_median_and_least_compares_the_least(self):
        lines = "map_to ours 30 10\nmap_to ours 20 10\nmap_to ours 90 10\nmap_to floor 40 10\nmap_to floor 10 10\n"
        title, ours, floor, ratio, least, _, reached, _ = row("map_to", lines)
        self.assertEqual((title, ours, floor), (figure("map_to").title, "3.00 ns", "2.50 ns"))
        self.assertEqual((ratio, least, reached), ("1.20", "2.00", "yes"))

    def test_each_kind_of_goal_is_judged(self):
        cases = (("map_to", "ours 14 10\nmap_to floor 10 10", "NO"),
                 ("map_to", "ours 13 10\nmap_to floor 10 10", "yes"),
                 ("heap_trace_16_512", "ours 9 1\nheap_trace_16_512 mimalloc 10 1\nheap_trace_16_512 jemalloc 9 1", "NO"),
                 ("heap_trace_16_512", "ours 8 1\nheap_trace_16_512 mimalloc 10 1\nheap_trace_16_512 jemalloc 9 1", "yes"),
                 ("heap_worst", "ours 11 1\nheap_worst jemalloc 40 1", "NO"),
                 ("heap_worst", "ours 10 1\nheap_worst jemalloc 40 1", "yes"),
                 ("heap_resident_16_512", "ours 121 100", "NO"),
                 ("heap_resident_16_512", "ours 120 100", "yes"))
        for name, text, reached in cases:
            with self.subTest(name, reached=reached):
                self.assertEqual(row(name, f"{name} {text}")[6], reached)

    def test_a_peer_that_is_missing_leaves_the_goal_open(self):
        samples = Samples()
        samples.add("missing jemalloc libjemalloc.so.2: no such file\nheap_worst ours 9 1\n")
        self.assertEqual(samples.missing, {"jemalloc": "libjemalloc.so.2: no such file"})
        self.assertEqual(figures.row_of(figure("heap_worst"), samples, PEERS)[6], "unknown: no jemalloc")

    def test_of_several_goals_one_that_is_missed_decides(self):
        cases = (("ours 21 10\nyield floor 10 10", "NO"), ("ours 20 10\nyield floor 10 10", "unknown: no tokio"),
                 ("ours 20 10\nyield floor 10 10\nyield tokio 80 10", "yes"),
                 ("ours 20 10\nyield floor 10 10\nyield tokio 79 10", "NO"), ("ours 20 10\nyield tokio 79 10", "NO"))
        for text, reached in cases:
            with self.subTest(text):
                self.assertEqual(row("yield", f"yield {text}")[6], reached)

    def test_peers_stand_beside_our_figure(self):
        name = "heap_pair_64"
        peers = row(name, f"{name} ours 10 1\n{name} floor 5 1\n{name} glibc 20 1\n{name} mimalloc 8 1")[7]
        self.assertEqual(peers, "mimalloc 8.00 ns (1.25), glibc 20.00 ns (0.50)")

    def test_a_figure_that_no_program_gave_is_in_the_table(self):
        expected = figures.in_groups(FIGURES, ["frames"])
        lines = figures.table(Samples(), expected, PEERS).splitlines()
        self.assertEqual(len(lines), 1 + len(expected))
        self.assertIn("not measured", lines[1])

    def test_hardening_is_compared_where_time_is_measured(self):
        checked, unchecked = Samples(), Samples()
        for samples, sum_ns in ((checked, 12), (unchecked, 10)):
            samples.add(f"heap_pair_64 ours {sum_ns} 1\nheap_resident_16_512 ours 1 1\n")
        measured = figures.in_groups(FIGURES, ["heap"])
        lines = figures.comparison(("hardened", "without"), measured, checked, unchecked).splitlines()
        self.assertEqual(len(lines), 2)
        self.assertTrue(lines[1].endswith("12.00 ns  10.00 ns  1.20"), lines[1])


if __name__ == "__main__":
    unittest.main()
