# SPDX-License-Identifier: MIT
"""./tenorite test --coverage: what counts as reached, and what is asked of gcovr."""

import contextlib
import io
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/cli"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/vm"))

import coverage  # noqa: E402
import terminal  # noqa: E402
from verbs import test as test_verb  # noqa: E402

PART = coverage.Part("memory", ("src/mm/",), 95, 90)


def table(everything, covered):
    return f"src/mm/region.c   102   102   100%\n------\nTOTAL    {everything}   {covered}   99%\n------\n"


def quietly(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(output):
        return function(*arguments), output.getvalue()


class Share(unittest.TestCase):
    def test_the_limit_itself_is_enough_and_one_line_less_is_not(self):
        self.assertEqual(quietly(coverage.share_is_reached, PART, "lines", 95, table(200, 190)),
                         (True, "coverage of memory: 95.0 % of 200 lines (95 % reached)\n"))
        reached, said = quietly(coverage.share_is_reached, PART, "lines", 95, table(200, 189))
        self.assertFalse(reached)
        self.assertIn("94.5 % of 200 lines (95 % NOT reached)", said)

    def test_a_table_without_figures_is_not_enough(self):
        for text in ("", table(0, 0)):
            with self.subTest(text):
                self.assertFalse(quietly(coverage.share_is_reached, PART, "lines", 95, text)[0])


class Report(unittest.TestCase):
    def report(self, lines, branches, status=0):
        def run(command, **_options):
            self.commands.append(command)
            figures = branches if "--branches" in command else lines
            return SimpleNamespace(returncode=status, stdout=table(*figures), stderr="broken")

        self.commands = []
        with mock.patch.object(coverage.subprocess, "run", run), \
                mock.patch.object(coverage.shutil, "which", lambda name: f"/bin/{name}"):
            return quietly(coverage.report)

    def test_lines_and_branches_both_have_to_reach_their_share(self):
        self.assertTrue(self.report((100, 95), (100, 90))[0])
        self.assertFalse(self.report((100, 94), (100, 90))[0])
        self.assertFalse(self.report((100, 95), (100, 89))[0])

    def test_assertion_arms_are_left_out_and_nothing_else_of_the_sources_is(self):
        self.report((100, 95), (100, 90))
        for command in self.commands:
            self.assertEqual(("src/mm/" in command) + ("src/task/" in command), 1)
            self.assertIn(f"--exclude-branches-by-pattern={coverage.ASSERTION}", command)
            self.assertFalse([word for word in command if word in ("-e", "--exclude")])
        self.assertRegex("    ASSERT(a && b, \"%d\", a);", coverage.ASSERTION)
        self.assertNotRegex("    if (a && b)", coverage.ASSERTION)

    def test_a_gcovr_that_fails_is_no_report(self):
        with self.assertRaisesRegex(terminal.Failure, "broken"):
            self.report((100, 100), (100, 100), status=1)

    def test_without_gcovr_it_says_what_to_install(self):
        with mock.patch.object(coverage.shutil, "which", lambda _name: None), \
                self.assertRaisesRegex(terminal.Failure, "setup --preset coverage"):
            coverage.report()


class Verb(unittest.TestCase):
    def perform(self, status, is_covered, preset="dev"):
        options = SimpleNamespace(coverage=True, preset=preset)
        with mock.patch.object(test_verb, "run_tests", lambda _options, _passed_on: status), \
                mock.patch.object(coverage, "forget_counts"), \
                mock.patch.object(coverage, "report", lambda: is_covered):
            return test_verb.perform(options, []), options.preset

    def test_too_little_coverage_and_a_failed_test_are_failures(self):
        self.assertEqual(self.perform(0, True), (0, "coverage"))
        self.assertEqual(self.perform(0, False), (1, "coverage"))
        self.assertEqual(self.perform(1, True), (1, "coverage"))

    def test_another_preset_cannot_be_asked_for(self):
        with self.assertRaises(terminal.UsageError):
            self.perform(0, True, "asan")


if __name__ == "__main__":
    unittest.main()
