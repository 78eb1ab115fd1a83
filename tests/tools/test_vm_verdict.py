# SPDX-License-Identifier: MIT
"""How a run is judged, from recorded runs; and the parsers below it: results, expectations, keys, screen."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "vm"))

import keys
import screen
import tap
from verdict import judge, matches, parse_expectation

RESUME = {"event": "RESUME"}
LOG = "CPU Reset (CPU 0)\nEAX=00000000\n"
PASSING = "1..2\r\nok 1 - one\r\nok 2 - two\r\n# 2 passed, 0 failed\r\n"
FAILING = "1..2\r\nok 1 - one\r\nnot ok 2 - two\r\n# 1 passed, 1 failed\r\n"
EVERY_EXPECTATION = ("pass", "fail", "panic", "hang", "triple-fault", "powered-off", "reboot", "exception=14",
                     "exception=8", "exit=3", "exit=16", "exit=17", "exit=101")


def shutdown(reason):
    return {"event": "SHUTDOWN", "data": {"guest": reason.startswith("guest"), "reason": reason}}


def ended(status, serial="", events=(), log=LOG):
    return judge(status, [RESUME, *events], serial, False, log)


class VerdictTest(unittest.TestCase):
    def expect(self, verdict, name, detail="", expectations=None):
        """The verdict has that name and detail, and satisfies the named expectations and no other."""
        self.assertEqual(verdict.name(), name)
        self.assertIn(detail, verdict.detail)
        met = [text for text in EVERY_EXPECTATION if matches(parse_expectation(text), verdict)]
        self.assertEqual(met, [name] if expectations is None else expectations)

    def test_exit_33_with_whole_results_passes(self):
        self.expect(ended(33, PASSING), "pass", "2 tests", ["pass", "exit=16"])

    def test_log_lines_between_results_are_ignored(self):
        serial = PASSING.replace("ok 2", "[ 0.120] info timer: ok 7 - not a result\r\n# one: a note\r\nok 2")
        self.expect(ended(33, serial + "[ 0.2] last words\r\n"), "pass", "", ["pass", "exit=16"])

    def test_escape_sequences_of_a_boot_loader_are_ignored(self):
        self.expect(ended(33, "\x1b[2J\x1b[01;01H" + PASSING), "pass", "", ["pass", "exit=16"])

    def test_exit_33_without_whole_results_is_a_failure(self):
        cases = {
            "no plan": PASSING.replace("1..2\r\n", ""), "1 results, 2 planned": PASSING.replace("ok 1 - one\r\n", ""),
            "2 results, 3 planned": PASSING.replace("1..2", "1..3"),
            "a plan of no tests": "1..0\r\n# 0 passed, 0 failed\r\n",
            "no last line": PASSING.replace("# 2 passed, 0 failed\r\n", ""), "2 plan lines": "1..2\r\n" + PASSING,
            "the last line says": PASSING.replace("# 2", "# 3"), "out of order": PASSING.replace("ok 2", "ok 1"),
            "results after": "1..2\r\nok 1 - one\r\n# 2 passed, 0 failed\r\nok 2 - two\r\n",
        }
        for gap, serial in {"no plan line": "", **cases}.items():
            with self.subTest(gap):
                self.expect(ended(33, serial), "fail", gap, ["fail", "exit=16"])
                self.assertTrue(ended(33, serial).detail.startswith("incomplete: "))

    def test_a_failed_test_is_named(self):
        self.expect(ended(35, FAILING), "fail", "1 of 2 tests: two", ["fail", "exit=17"])

    def test_exit_33_does_not_hide_a_failed_test(self):
        self.expect(ended(33, FAILING), "fail", "two", ["fail", "exit=16"])

    def test_exit_35_is_a_failure_even_when_all_results_are_ok(self):
        self.expect(ended(35, PASSING), "fail", "the results do not", ["fail", "exit=17"])

    def test_a_panic_shows_its_message(self):
        self.expect(ended(203, "1..2\r\npanic: out of frames\r\n"), "panic", "out of frames", ["panic", "exit=101"])

    def test_a_panic_inside_a_half_printed_line_counts(self):
        self.expect(ended(203, "[ 0.1] info: helpanic: again\r\n"), "panic", "again", ["panic", "exit=101"])

    def test_an_exception_is_told_by_its_vector(self):
        serial = "exception 14 (#PF page fault), error code 0x2\r\npanic: unhandled exception 14 (#PF) at 0x1\r\n"
        self.expect(ended(203, serial), "exception=14", "#PF", ["exception=14", "exit=101"])

    def test_an_exception_inside_a_half_printed_line_is_told_by_its_panic(self):
        serial = "[ 0.1] info: helexception 14 (#PF page\r\npanic: unhandled exception 14 (#PF) at 0x1\r\n"
        self.expect(ended(203, serial), "exception=14", "", ["exception=14", "exit=101"])

    def test_a_handled_exception_in_the_log_does_not_explain_a_panic(self):
        serial = "[ 0.1] info cpu: exception 3 (#BP breakpoint) returned\r\npanic: later\r\n"
        self.expect(ended(203, serial), "panic", "later", ["panic", "exit=101"])

    def test_exit_203_without_a_report_is_neither_panic_nor_exception(self):
        self.expect(ended(203, "hello\r\n"), "exit=101", "neither")

    def test_panic_words_without_exit_203_are_no_panic(self):
        self.expect(ended(33, "panic: said a test\r\n" + PASSING), "pass", "", ["pass", "exit=16"])

    def test_other_exit_values_are_the_guests_own(self):
        self.expect(ended(7, "bye\r\n"), "exit=3")
        self.expect(ended(1, "bye\r\n"), "exit=0", "", [])
        self.assertTrue(matches(parse_expectation("exit=0"), ended(1, "bye\r\n")))

    def test_status_0_is_a_triple_fault_when_the_emulator_logged_one(self):
        self.expect(ended(0, PASSING, [shutdown("guest-reset")], LOG + "Triple fault\n"), "triple-fault")

    def test_status_0_is_a_reboot_when_the_emulator_logged_no_triple_fault(self):
        self.expect(ended(0, "", [shutdown("guest-reset")]), "reboot")

    def test_a_reset_without_the_emulators_log_may_be_either(self):
        for log in (None, ""):
            self.expect(ended(0, "", [shutdown("guest-reset")], log), "reset", "", ["triple-fault", "reboot"])

    def test_status_0_after_a_guest_shutdown_is_powered_off(self):
        self.expect(ended(0, PASSING, [shutdown("guest-shutdown")]), "powered-off")

    def test_status_0_after_the_runners_quit_is_quit(self):
        self.expect(ended(0, "", [shutdown("host-qmp-quit")]), "quit", "", [])

    def test_status_0_for_any_other_reason_is_an_accident(self):
        self.expect(ended(0, "", [shutdown("host-signal")]), "emulator-died", "host-signal", [])
        self.expect(ended(0, PASSING), "emulator-died", "not given", [])

    def test_an_emulator_that_crashed_is_no_verdict_on_the_guest(self):
        self.expect(ended(-11, PASSING), "emulator-died", "signal 11", [])
        self.expect(ended(2, PASSING), "emulator-died", "status 2", [])

    def test_a_timeout_is_a_hang_whatever_was_printed(self):
        for status, serial, detail in ((None, PASSING, ""), (-9, "", "no serial output")):
            self.expect(judge(status, [RESUME], serial, True, LOG), "hang", detail)

    def test_an_emulator_that_ended_before_the_guest_ran_did_not_start(self):
        for status in (1, 0, 33, -6):
            self.expect(judge(status, [], "", False, LOG), "did-not-start", str(abs(status)), [])

    def test_status_1_without_a_serial_byte_did_not_start(self):
        self.expect(ended(1), "did-not-start", "before any serial output", [])


class ExpectationTest(unittest.TestCase):
    def test_known_expectations_are_parsed(self):
        self.assertEqual(parse_expectation("triple-fault"), ("triple-fault", None))
        self.assertEqual(parse_expectation("exception=255"), ("exception", 255))
        self.assertEqual(parse_expectation("exit=0"), ("exit", 0))

    def test_unknown_expectations_are_refused_with_the_known_ones(self):
        for text in ("", "passed", "pass=1", "exception", "exception=", "exception=256", "exit=128", "exit=-1"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "powered-off.*exception=0..255"):
                parse_expectation(text)


class TapTest(unittest.TestCase):
    def test_results_are_collected_in_order(self):
        results = tap.parse(FAILING)
        self.assertEqual((results.plans, results.passed, results.failed), ([2], ["one"], ["two"]))
        self.assertIsNone(results.gaps())

    def test_a_result_without_a_name_goes_by_its_number(self):
        self.assertEqual(tap.parse("not ok 3\r\n").failed, ["3"])

    def test_what_firmware_prints_before_the_kernel_does_not_hide_its_lines(self):
        noise = "\x1b[2J\x1b[01;01H\x1b[=3h\x1b[0m\x1b[30m\x1b[47m"
        self.assertEqual(tap.lines_of(noise + "1..2\r\nok 1 - one\x1b[0m\r\n"), ["1..2", "ok 1 - one"])

    def test_look_alikes_are_no_results(self):
        results = tap.parse("1..2 tests\r\nok\r\nokay 1 - x\r\n> ok 1 - x\r\n# 1 passed\r\n")
        self.assertEqual((results.plans, results.numbers, results.summary), ([], [], None))


class KeyTest(unittest.TestCase):
    def test_characters_map_to_us_keys(self):
        pairs = {"a": ["a"], "A": ["shift", "a"], "7": ["7"], "&": ["shift", "7"], "\n": ["ret"], "\b": ["backspace"],
                 "_": ["shift", "minus"], '"': ["shift", "apostrophe"], "~": ["shift", "grave_accent"], " ": ["spc"]}
        self.assertEqual({character: keys.keys_for(character) for character in pairs}, pairs)

    def test_each_printable_character_has_keys_of_its_own(self):
        combinations = {tuple(keys.keys_for(chr(code))) for code in range(0x20, 0x7F)}
        self.assertEqual(len(combinations), 0x7F - 0x20)

    def test_other_characters_are_refused(self):
        for character in "é\x00\x7f٣":
            with self.assertRaises(ValueError):
                keys.keys_for(character)


class ScreenTest(unittest.TestCase):
    def dump(self, memory):
        words = [int.from_bytes(memory[i : i + 4], "little") for i in range(0, len(memory), 4)]
        lines = [" ".join(f"0x{word:08x}" for word in words[i : i + 4]) for i in range(0, len(words), 4)]
        return "".join(f"{0xb8000 + 16 * i:016x}: {line}\r\n" for i, line in enumerate(lines))

    def test_a_dump_gives_rows_and_attributes(self):
        memory = bytearray(b" \x07" * 2000)
        memory[160:164] = b"\xfe\x4f\x03\x1e"
        parsed = screen.parse_dump(self.dump(memory))
        self.assertEqual(parsed, memory)
        self.assertEqual(screen.text_of(parsed)[1], "■♥".ljust(80))
        self.assertEqual(screen.attributes_of(parsed)[1][:3], [0x4F, 0x1E, 7])

    def test_every_code_has_one_glyph(self):
        glyphs = [screen.glyph(code) for code in range(256)]
        self.assertTrue(all(len(glyph) == 1 and glyph.isprintable() or glyph == "\xa0" for glyph in glyphs))

    def test_a_cut_dump_is_refused(self):
        with self.assertRaisesRegex(AssertionError, "bytes of screen memory"):
            screen.parse_dump("b8000: 0x07200720\r\n")


if __name__ == "__main__":
    unittest.main()
