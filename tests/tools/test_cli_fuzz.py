# SPDX-License-Identifier: MIT
"""./tenorite fuzz: what it reads out of libFuzzer's words, and when it is content."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/cli"))

from verbs import fuzz  # noqa: E402

CLEAN = """\
INFO: Seed: 1
#23\tINITED cov: 159 ft: 309 corp: 22/7920b exec/s: 0 rss: 31Mb
#65536\tpulse  cov: 201 ft: 700 corp: 90/20Kb lim: 4096 exec/s: 32768 rss: 80Mb
#100000\tDONE   cov: 203 ft: 712 corp: 95/21Kb lim: 4096 exec/s: 33333 rss: 90Mb
Done 100000 runs in 3 second(s)
stat::number_of_executed_units: 100000
stat::average_exec_per_sec:     33333
stat::new_units_added:          90
"""
OVERRUN = """\
#12\tNEW    cov: 66 ft: 127 corp: 11/195b lim: 33 exec/s: 0 rss: 31Mb
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000b51 at pc 0x55 bp 0x7f sp 0x7e
SUMMARY: AddressSanitizer: heap-buffer-overflow src/arch/x86_64/boot/byte_span.h:31:5 in byte_span_number
artifact_prefix='build/fuzz/findings/pvh/'; Test unit written to build/fuzz/findings/pvh/crash-12ab
Base64: AAAA
stat::number_of_executed_units: 812
"""
BROKEN_PROMISE = """\
tests/fuzz/pvh.c:90: does not hold: info->module_count == 3
==7== ERROR: libFuzzer: deadly signal
SUMMARY: libFuzzer: deadly signal
artifact_prefix='f/'; Test unit written to f/crash-0
stat::number_of_executed_units: 5
"""
UNDEFINED = """\
src/mm/region.c:12:3: runtime error: shift exponent 64 is too large
SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior src/mm/region.c:12:3 in
artifact_prefix='f/'; Test unit written to f/crash-1
"""
TIMEOUT = """\
ALARM: working on the last Unit for 10 seconds
SUMMARY: libFuzzer: timeout
artifact_prefix='f/'; Test unit written to f/timeout-1
"""


class Output(unittest.TestCase):
    def test_a_clean_run_gives_its_figures(self):
        outcome = fuzz.parse_output(CLEAN)
        self.assertEqual((outcome.executions, outcome.seconds, outcome.coverage), (100000, 3, 203))
        self.assertEqual((outcome.finding, outcome.input_path), (None, None))

    def test_a_sanitizers_finding_is_told_by_its_summary(self):
        outcome = fuzz.parse_output(OVERRUN)
        self.assertTrue(outcome.finding.startswith("AddressSanitizer: heap-buffer-overflow src/arch"), outcome.finding)
        self.assertEqual(outcome.input_path, "build/fuzz/findings/pvh/crash-12ab")
        self.assertEqual((outcome.executions, outcome.seconds), (812, None))

    def test_a_targets_own_words_say_more_than_the_summary(self):
        self.assertEqual(fuzz.parse_output(BROKEN_PROMISE).finding,
                         "tests/fuzz/pvh.c:90: does not hold: info->module_count == 3")
        self.assertIn("shift exponent 64", fuzz.parse_output(UNDEFINED).finding)

    def test_an_input_that_takes_too_long_is_a_finding(self):
        outcome = fuzz.parse_output(TIMEOUT)
        self.assertEqual((outcome.finding, outcome.input_path), ("libFuzzer: timeout", "f/timeout-1"))

    def test_no_output_is_no_result(self):
        outcome = fuzz.parse_output("")
        self.assertEqual((outcome.executions, outcome.seconds, outcome.finding), (0, None, None))


class Verdict(unittest.TestCase):
    def judge(self, text, status, runs):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            return fuzz.is_clean("pvh", status, fuzz.parse_output(text), runs), printed.getvalue()

    def test_a_run_to_its_end_is_clean(self):
        clean, printed = self.judge(CLEAN, 0, 100000)
        self.assertTrue(clean)
        self.assertEqual(printed, "pvh: 100000 executions in 3 s, no finding, 203 edges\n")

    def test_findings_are_not_clean_whatever_the_status(self):
        for text in (OVERRUN, BROKEN_PROMISE, UNDEFINED, TIMEOUT):
            for status in (0, 1, 77):
                self.assertFalse(self.judge(text, status, 1)[0])

    def test_an_input_that_was_written_is_a_finding_whatever_else_was_said(self):
        clean, printed = self.judge(CLEAN + "Test unit written to f/crash-2\n", 0, 1)
        self.assertFalse(clean)
        self.assertIn("f/crash-2", printed)

    def test_a_run_that_ended_early_is_not_clean(self):
        for text, status, runs in ((CLEAN, 1, 100000), (CLEAN, -9, 1), (CLEAN, 0, 100001), ("", 0, 1)):
            clean, printed = self.judge(text, status, runs)
            self.assertFalse(clean)
            self.assertIn("ended early", printed)


class Run(unittest.TestCase):
    def test_libfuzzer_writes_to_the_build_directory_and_only_reads_the_stored_inputs(self):
        with tempfile.TemporaryDirectory() as name, mock.patch.object(fuzz.project, "BUILD", Path(name)):
            command = fuzz.fuzz_command("pvh", 7)
            # The first directory is the one that new inputs go to.
            self.assertEqual(command[-2:], [f"{name}/fuzz/inputs/pvh", str(fuzz.corpus_directory("pvh"))])
            self.assertIn(f"-artifact_prefix={name}/fuzz/findings/pvh/", command)
        self.assertIn("-runs=7", command)

    def test_one_finding_among_clean_targets_is_a_failure(self):
        for clean, status in (((True, True), 0), ((False, True), 1), ((True, False), 1)):
            results = iter(clean)
            options = SimpleNamespace(targets=["pvh", "multiboot2"], runs=1, keep=False)
            with mock.patch.object(fuzz, "fuzz", lambda *_: next(results)), \
                    mock.patch.object(fuzz.project, "build", lambda *_: None):
                self.assertEqual(fuzz.perform(options, []), status)
            self.assertEqual(list(results), [])


class Targets(unittest.TestCase):
    def test_each_target_has_a_source_and_stored_inputs(self):
        self.assertTrue({"command_line", "multiboot2", "pvh"} <= set(fuzz.targets()))
        for target in fuzz.targets():
            self.assertTrue((fuzz.project.ROOT / f"tests/fuzz/{target}.c").exists(), target)
            self.assertTrue(any(fuzz.corpus_directory(target).iterdir()), target)

    def test_the_stored_inputs_are_few_and_small(self):
        files = [path for target in fuzz.targets() for path in fuzz.corpus_directory(target).iterdir()]
        self.assertLess(len(files), 400)
        self.assertLess(sum(path.stat().st_size for path in files), 1 << 20)


if __name__ == "__main__":
    unittest.main()
