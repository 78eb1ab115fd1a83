# SPDX-License-Identifier: MIT
"""The test runner's command line: every verdict on a real guest, its report, and that no QEMU is left behind."""

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import tiny_kernels
from tiny_kernels import KernelTestCase, leave, say

RUNNER = Path(__file__).resolve().parents[2] / "tools" / "vm" / "run_test.py"


def processes_with(marker):
    """Ids of live processes whose command line contains the marker."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command, state = (entry / "cmdline").read_bytes(), (entry / "stat").read_text(encoding="utf-8")
        except OSError:
            continue
        if marker.encode() in command and state.rpartition(")")[2].split()[0] != "Z":
            found.append(int(entry.name))
    return found


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


class RunnerTestCase(KernelTestCase):
    def command(self, *arguments, name="tiny"):
        return [sys.executable, str(RUNNER), "--name", name, "--log-dir", str(self.directory), *map(str, arguments)]

    def call(self, *arguments, name="tiny", **environment):
        return subprocess.run(self.command(*arguments, name=name), capture_output=True, text=True, timeout=60,
                              check=False, env={**os.environ, **environment})

    def run_kernel(self, body, *arguments, **environment):
        """Without an expectation in the arguments: pass."""
        return self.call("--kernel", self.build(body), *arguments, **environment)

    def script(self, *lines):
        path = self.directory / "script.py"
        path.write_text("import re\ndef drive(vm):\n" + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
        return path

    def drive(self, body, *lines, expect="pass", timeout=15, more=()):
        return self.run_kernel(body, "--input", self.script(*lines), "--expect", expect, "--timeout", timeout, *more)

    def assert_expected(self, finished, verdict):
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        self.assertRegex(finished.stdout, rf"^tiny: {verdict}.*, as expected, in \d+\.\d\d s\n$")

    def assert_unexpected(self, finished, text):
        self.assertEqual(finished.returncode, 1, finished.stdout + finished.stderr)
        self.assertIn(text, finished.stdout)


class VerdictTest(RunnerTestCase):
    def test_each_kernel_gets_its_verdict(self):
        kernels = {
            "pass": tiny_kernels.PASS, "fail": tiny_kernels.FAIL, "panic": tiny_kernels.PANIC,
            "exception=14": tiny_kernels.EXCEPTION, "triple-fault": tiny_kernels.TRIPLE_FAULT,
            "reboot": tiny_kernels.REBOOT, "powered-off": tiny_kernels.POWER_OFF, "exit=3": leave(3),
            "exit=0": say("bye") + leave(0),
        }
        for verdict, body in kernels.items():
            with self.subTest(verdict):
                self.assert_expected(self.run_kernel(body, "--expect", verdict), verdict)

    def test_a_hang_is_told_at_its_timeout(self):
        began = time.monotonic()
        self.assert_expected(self.run_kernel(say("1..1"), "--expect", "hang", "--timeout", "0.5"), "hang")
        self.assertLess(time.monotonic() - began, 8)

    def test_a_success_without_results_is_no_pass(self):
        finished = self.run_kernel(say("hello") + leave(0x10))
        self.assert_unexpected(finished, "tiny: fail (incomplete: no plan line 1..N), expected pass, in ")

    def test_the_timeout_is_scaled_by_the_environment(self):
        began = time.monotonic()
        finished = self.run_kernel("", "--expect", "hang", "--timeout", "0.1", TENORITE_TIMEOUT_SCALE="20")
        self.assert_expected(finished, "hang")
        self.assertGreater(time.monotonic() - began, 2)

    def test_runs_side_by_side_do_not_disturb_each_other(self):
        names = [f"run{number}" for number in range(6)]
        kernel = self.build(tiny_kernels.PASS)
        runs = [subprocess.Popen(self.command("--kernel", kernel, name=name), stdout=subprocess.PIPE, text=True)
                for name in names]
        for name, run in zip(names, runs):
            self.assertIn(f"{name}: pass", run.communicate(timeout=60)[0])
            self.assertIn("ok 2 - two", (self.directory / f"{name}.serial.log").read_text(encoding="ascii"))

    def test_a_machine_without_a_screen_runs(self):
        for arguments in (("--vga", "none"), ("--boot", "microvm")):
            self.assert_expected(self.run_kernel(tiny_kernels.PASS, *arguments), "pass")

    def test_arguments_reach_qemu(self):
        finished = self.run_kernel(tiny_kernels.TRIPLE_FAULT, "--memory", "32", "--cpu", "qemu64", "--append", "a b",
                                   "--qemu-arg=-name", "--qemu-arg=me")
        self.assert_unexpected(finished, "-M pc -cpu qemu64 -m 32 ")
        self.assertRegex(finished.stdout, "-append 'a b' -name me\n")


class ReportTest(RunnerTestCase):
    def test_a_hang_shows_serial_lines_and_registers(self):
        finished = self.run_kernel(say("the last words") + tiny_kernels.SCREEN, "--timeout", "1")
        self.assert_unexpected(finished, "tiny: hang, expected pass")
        for text in ("the last words", "EIP=", "--- screen\nAB", "-serial mon:stdio", f"{self.directory}/tiny.*.log"):
            self.assertIn(text, finished.stdout)
        self.assertNotIn("XMM", finished.stdout)
        self.assertEqual((self.directory / "tiny.serial.log").read_bytes(), b"the last words\r\ndrawn\r\n")
        self.assertIn("RESUME", (self.directory / "tiny.qemu.log").read_text(encoding="utf-8"))

    def test_only_the_last_30_serial_lines_are_shown(self):
        finished = self.run_kernel("".join(say(f"line {number} of many") for number in range(40)) + leave(5))
        self.assert_unexpected(finished, "line 10 of many")
        self.assertNotIn("line 9 of many", finished.stdout)

    def test_a_triple_fault_is_run_again_to_show_its_exceptions(self):
        finished = self.run_kernel(tiny_kernels.TRIPLE_FAULT)
        self.assert_unexpected(finished, "tiny: triple-fault, expected pass")
        self.assertRegex(finished.stdout, r"v=03 .*\n.*v=0d .*\n.*v=08 ")
        self.assertIn("IDT=     00000000 00000000", finished.stdout)

    def test_logs_of_an_earlier_run_are_removed(self):
        self.run_kernel(tiny_kernels.TRIPLE_FAULT)
        self.assertTrue((self.directory / "tiny.trace.log").exists())
        self.run_kernel(tiny_kernels.PASS)
        self.assertEqual([path.name for path in self.directory.glob("tiny.*")], ["tiny.serial.log"])

    def test_a_qemu_that_refuses_its_arguments_did_not_start(self):
        finished = self.run_kernel(tiny_kernels.PASS, "--machine", "no-such-machine")
        self.assert_unexpected(finished, "tiny: did-not-start (")
        self.assertIn("unsupported machine type", finished.stdout)

    def test_a_missing_kernel_did_not_start(self):
        self.assert_unexpected(self.call("--kernel", "/no/such/kernel"), "could not open kernel file")

    def test_a_qemu_named_but_missing_did_not_start(self):
        finished = self.run_kernel(tiny_kernels.PASS, QEMU="/no/such/qemu")
        self.assert_unexpected(finished, "did-not-start (no program /no/such/qemu)")

    def test_without_any_qemu_the_test_is_skipped_with_the_reason(self):
        finished = self.run_kernel(tiny_kernels.PASS, PATH="/nowhere", QEMU="")
        self.assertEqual((finished.returncode, finished.stderr), (77, ""))
        self.assertIn("tiny: skipped: no qemu-system-x86_64 here", finished.stdout)

    def test_firmware_named_but_missing_did_not_start(self):
        finished = self.call("--boot", "uefi", "--iso", "x", OVMF="/no/such/file")
        self.assert_unexpected(finished, "tiny: did-not-start (OVMF=/no/such/file: no such file)")
        self.assertEqual(finished.stderr, "")

    def test_without_firmware_a_uefi_test_is_skipped_with_the_reason(self):
        code = ("import sys; sys.path.insert(0, sys.argv.pop(1)); import uefi_firmware, run_test\n"
                "uefi_firmware.find.__defaults__ = (None, (), ())\nsys.exit(run_test.main(sys.argv[1:]))")
        command = [sys.executable, "-c", code, RUNNER.parent, *self.command("--boot", "uefi", "--iso", "x")[2:]]
        finished = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "OVMF": ""})
        self.assertEqual((finished.returncode, finished.stderr), (77, ""))
        self.assertRegex(finished.stdout, "^tiny: skipped: no UEFI firmware .*apt-get install ovmf")

    def test_wrong_usage_is_told(self):
        kernel = self.build(tiny_kernels.PASS)
        cases = {"expectation 'passed'; known are pass, fail": ("--kernel", kernel, "--expect", "passed"),
                 "--boot pvh needs --kernel": (), "--boot microvm needs --kernel": ("--boot", "microvm"),
                 "--boot bios needs --iso": ("--boot", "bios"), "--boot uefi-usb needs --iso": ("--boot", "uefi-usb"),
                 "a microvm has no display adapter": ("--boot", "microvm", "--kernel", "x", "--vga", "std"),
                 "--append needs --boot pvh": ("--boot", "uefi", "--iso", "x", "--append", "y"),
                 "--boot uefi needs the machine pc or q35": ("--boot", "uefi", "--iso", "x", "--machine", "isapc"),
                 "is not a positive number": ("--kernel", kernel, "--timeout", "0")}
        for text, arguments in cases.items():
            with self.subTest(text):
                finished = self.call(*arguments)
                self.assertEqual(finished.returncode, 2)
                self.assertIn(text, finished.stderr)


class ScriptTest(RunnerTestCase):
    def test_a_script_that_returns_true_ends_the_machine_and_passes(self):
        self.assert_expected(self.drive(tiny_kernels.ECHO, "vm.wait_serial('ready')", "return True"), "pass")

    def test_a_script_that_returns_nothing_leaves_the_verdict_to_the_guest(self):
        lines = ("vm.wait_serial('ready')", "vm.send_serial('q')")
        self.assert_expected(self.drive(tiny_kernels.ECHO, *lines, expect="exit=3"), "exit=3")

    def test_a_guest_that_never_ends_after_its_script_hangs(self):
        finished = self.drive(tiny_kernels.ECHO, "vm.wait_serial('ready')", expect="hang", timeout=1)
        self.assert_expected(finished, "hang")

    def test_a_failed_assertion_gives_its_line_and_text(self):
        finished = self.drive(tiny_kernels.ECHO, "vm.wait_serial('ready')", "assert vm.serial_log == '', 'not empty'")
        self.assert_unexpected(finished, "tiny: fail (script, line 4: not empty), expected pass")
        self.assertIn("EIP=", finished.stdout)

    def test_a_failed_script_is_never_the_expected_panic(self):
        finished = self.drive(tiny_kernels.PANIC, "vm.wait_serial('never')", expect="panic")
        self.assert_unexpected(finished, "the guest: panic (out of luck)")

    def test_an_error_of_the_script_shows_its_traceback(self):
        finished = self.drive(tiny_kernels.ECHO, "return 1 // 0")
        self.assert_unexpected(finished, "ZeroDivisionError")

    def test_a_guest_that_dies_before_the_script_is_done_does_not_pass(self):
        finished = self.drive(tiny_kernels.PANIC, "vm.wait_serial('luck')", "vm.wait_end(10)", "return True")
        self.assert_unexpected(finished, "tiny: panic (out of luck), expected pass")

    def test_a_script_that_never_waits_is_stopped(self):
        began = time.monotonic()
        finished = self.drive(tiny_kernels.ECHO, "while True: pass", timeout=0.5)
        self.assert_unexpected(finished, "the script went on after the run's time was up")
        self.assertLess(time.monotonic() - began, 12)

    def test_waits_end_with_the_run(self):
        finished = self.drive(tiny_kernels.ECHO, "vm.wait_serial('never', timeout=50)", timeout=1)
        self.assert_unexpected(finished, "no 'never' on the serial line")

    def test_a_script_can_skip(self):
        finished = self.drive(tiny_kernels.ECHO, "vm.skip('no firmware here')")
        self.assertEqual((finished.returncode, finished.stdout), (77, "tiny: skipped: no firmware here\n"))

    def test_gdb_starts_before_the_first_instruction(self):
        kernel = self.build(tiny_kernels.GDB)
        lines = (f"out = vm.gdb(['hbreak first', 'continue', 'info symbol $pc'], symbols={str(kernel)!r})",
                 "assert 'first in section' in out, out", "vm.wait_serial('after gdb')", "return True")
        self.assert_expected(self.drive(tiny_kernels.GDB, *lines, more=["--gdb"], timeout=30), "pass")


class LeftoverTest(RunnerTestCase):
    """The marker on QEMU's command line is the kernel's path, which no other test shares."""

    def start_hanging(self, *arguments):
        kernel = self.build(say("running"))
        runner = subprocess.Popen(self.command("--kernel", kernel, "--timeout", "60", *arguments),
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(runner.stdout.close)
        self.addCleanup(runner.wait)
        self.addCleanup(runner.kill)
        marker = f"\0-kernel\0{kernel}"
        log = self.directory / "tiny.serial.log"
        self.assertTrue(wait_until(lambda: log.exists() and b"running" in log.read_bytes()), "the guest did not run")
        self.assertEqual(len(processes_with(marker)), 1)
        return runner, marker

    def assert_ends_with(self, number, status, *arguments):
        runner, marker = self.start_hanging(*arguments)
        runner.send_signal(number)
        self.assertEqual(runner.wait(10), status)
        self.assertTrue(wait_until(lambda: not processes_with(marker)), "QEMU was left behind")

    def test_sigterm_ends_qemu(self):
        self.assert_ends_with(signal.SIGTERM, 128 + signal.SIGTERM)

    def test_sigint_ends_qemu(self):
        self.assert_ends_with(signal.SIGINT, 128 + signal.SIGINT)

    @unittest.skipUnless(sys.platform == "linux", "needs PR_SET_PDEATHSIG")
    def test_sigkill_of_the_runner_ends_qemu(self):
        self.assert_ends_with(signal.SIGKILL, -signal.SIGKILL)

    def test_sigterm_inside_a_script_that_catches_everything_ends_qemu(self):
        lines = ("while True:", "    try: vm.wait_serial('never')", "    except Exception: pass")
        self.assert_ends_with(signal.SIGTERM, 128 + signal.SIGTERM, "--input", self.script(*lines))

    def test_a_timeout_leaves_nothing(self):
        kernel = self.build(say("to be killed"))
        self.call("--kernel", kernel, "--timeout", "0.5")
        self.assertEqual(processes_with(f"\0-kernel\0{kernel}"), [])


if __name__ == "__main__":
    unittest.main()
