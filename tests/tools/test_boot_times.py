# SPDX-License-Identifier: MIT
"""What `./tenorite bench boot` makes of machines that come to their prompt, and of those that do not."""

import os
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import boot_times
from errors import FirmwareMissing, GuestEnded, StartFailure, WaitTimeout


class Figures:
    """Stands in for a Subject: gives one figure after the other, or raises it."""

    def __init__(self, *figures):
        self.figures = list(figures)
        self.paths = []

    def seconds(self, path, _accelerator):
        self.paths.append(path)
        figure = self.figures.pop(0)
        if isinstance(figure, Exception):
            raise figure
        return figure


class BootTimes(unittest.TestCase):
    def measure(self, kernel, stub, paths=("pvh",), count=1):
        options = SimpleNamespace(paths=paths, count=count, accel="tcg")
        return boot_times.measure(options, kernel, stub)

    def test_the_table_has_medians_extremes_and_their_ratio(self):
        results = self.measure(Figures(0.3, 0.1, 0.2), Figures(0.1, 0.1, 0.4), count=3)
        row = boot_times.table(results).splitlines()[1]
        self.assertEqual(row.split(), "pvh pc 200 ms (100 to 300) 100 ms (100 to 400) 2.00".split())

    def test_rounds_go_through_all_paths_in_turn(self):
        kernel = Figures(1, 1, 1, 1)
        self.measure(kernel, Figures(1, 1, 1, 1), paths=("pvh", "bios"), count=2)
        self.assertEqual(kernel.paths, ["pvh", "bios", "pvh", "bios"])

    def test_a_path_that_fails_is_told_and_not_tried_again(self):
        for error in (GuestEnded("no\nprompt"), StartFailure("no\nprompt"), WaitTimeout("no\nprompt")):
            stub = Figures(1, 1)
            results = self.measure(Figures(error), stub, count=2)
            self.assertTrue(results["pvh"].has_failed)
            self.assertEqual(len(stub.paths), 1)
            self.assertIn("failed: no | prompt", boot_times.table(results))

    def test_firmware_that_is_not_installed_is_no_failure_but_one_that_was_named_is(self):
        for environment, word in (({"OVMF": ""}, "skipped"), ({"OVMF": "/nonexistent"}, "failed")):
            with self.subTest(word), mock.patch.dict(os.environ, environment):
                result = self.measure(Figures(), Figures(FirmwareMissing("no firmware")))["pvh"]
                self.assertEqual((result.problem, result.has_failed), (f"{word}: no firmware", word == "failed"))


if __name__ == "__main__":
    unittest.main()
