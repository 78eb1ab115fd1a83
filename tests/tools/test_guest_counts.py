# SPDX-License-Identifier: MIT
"""What `./tenorite bench counts` makes of the counts that a kernel prints."""

import io
import json
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import guest_counts

OUTPUT = "build gcc 12, TENORITE_DEBUG=1\ncount map_to {} 10\ncount unmap 500 10\n"
BUILD = "gcc 12, TENORITE_DEBUG=1, -O2"


class GuestCounts(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.record = Path(directory.name) / "tests/record.json"
        self.record.parent.mkdir()
        self.write_record({BUILD: {"map_to": [1000, 10], "unmap": [500, 10]}})
        for name, value in (("RECORD", self.record), ("ROOT", Path(directory.name))):
            patch = mock.patch.object(guest_counts, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def write_record(self, counts):
        self.record.write_text(json.dumps({"tolerance_percent": 3, "counts": counts}), encoding="utf-8")

    def run_script(self, *outputs, arguments=()):
        """(exit status, printed text) where the kernel's runs print `outputs`."""
        printed = io.StringIO()
        with mock.patch.object(guest_counts, "run", side_effect=outputs), redirect_stdout(printed):
            status = guest_counts.main(["--kernel", "k", "--optimization=-O2", *arguments])
        return status, printed.getvalue()

    def run_twice(self, map_to, arguments=()):
        return self.run_script(OUTPUT.format(map_to), OUTPUT.format(map_to), arguments=arguments)

    def test_counts_within_the_tolerance_pass(self):
        for map_to in (1000, 1030, 970):
            self.assertEqual(self.run_twice(map_to)[0], 0)

    def test_more_instructions_fail_and_are_named(self):
        status, text = self.run_twice(1031)
        self.assertEqual(status, 1)
        self.assertIn("above the record, or gone: map_to\n", text)

    def test_fewer_instructions_pass_and_ask_for_a_new_record(self):
        status, text = self.run_twice(900)
        self.assertEqual(status, 0)
        self.assertIn("better than on record: map_to.", text)

    def test_a_figure_that_is_gone_fails(self):
        only_map = OUTPUT.format(1000).replace("count unmap 500 10\n", "")
        status, text = self.run_script(only_map, only_map)
        self.assertEqual(status, 1)
        self.assertIn("gone: unmap\n", text)

    def test_runs_that_differ_fail(self):
        status, text = self.run_script(OUTPUT.format(1000), OUTPUT.format(1001))
        self.assertEqual(status, 1)
        self.assertIn("not the same in a second run: map_to\n", text)

    def test_a_build_without_a_record_is_not_compared(self):
        self.write_record({"gcc 99": {"map_to": [1, 10]}})
        status, text = self.run_twice(1000)
        self.assertEqual(status, 0)
        self.assertIn("not compared: there is no record of this build (gcc 99)", text)

    def test_recording_replaces_the_counts_of_this_build_alone(self):
        self.write_record({"gcc 99": {"map_to": [1, 10]}, BUILD: {"map_to": [1, 10]}})
        self.assertEqual(self.run_twice(2000, ["--record"])[0], 0)
        record = json.loads(self.record.read_text(encoding="utf-8"))
        self.assertEqual(record["tolerance_percent"], 3)
        self.assertEqual(record["counts"], {"gcc 99": {"map_to": [1, 10]},
                                            BUILD: {"map_to": [2000, 10], "unmap": [500, 10]}})

    def test_a_kernel_that_says_nothing_fails(self):
        self.assertEqual(self.run_script("panic: no memory\n")[0], 1)


if __name__ == "__main__":
    unittest.main()
