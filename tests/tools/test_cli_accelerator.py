# SPDX-License-Identifier: MIT
"""`--accel auto`: what becomes of each way in which QEMU can behave under KVM. QEMU is a script."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path[:0] = [str(TOOLS / "cli"), str(TOOLS / "vm")]

import accelerator
import stub_kernel
from workspace import Workspace

RIGHT = f"exit {stub_kernel.EXIT_STATUS}"


class Choice(unittest.TestCase):
    def choose(self, kvm, tcg, machine="pc", has_device=True):
        """The choice, and what was said, with QEMU scripts for either accelerator."""
        holder = tempfile.TemporaryDirectory(prefix="tenorite-accelerator-")
        self.addCleanup(holder.cleanup)
        directory = Path(holder.name)
        device, program, self.log = directory / "kvm", directory / "qemu", directory / "log"
        if has_device:
            device.touch()
        program.write_text(f'#!/bin/sh\necho "$@" >>{self.log}\n'
                           f'case "$*" in\n*"-accel kvm"*) {kvm} ;;\n*) {tcg} ;;\nesac\n', encoding="utf-8")
        program.chmod(0o755)
        said = io.StringIO()
        with mock.patch.dict(os.environ, QEMU=str(program)), mock.patch.object(accelerator, "DEVICE", device), \
                contextlib.redirect_stderr(said):
            chosen = accelerator.choose(machine, "qemu64")
        return chosen, said.getvalue()

    def test_kvm_is_taken_where_it_is_faster(self):
        chosen, said = self.choose(kvm=RIGHT, tcg=f"sleep 0.5; {RIGHT}")
        self.assertEqual(chosen, "kvm")
        self.assertRegex(said, r"accelerator: kvm; .*by kvm 0\.\d\d s, by tcg 0\.\d\d s\n$")

    def test_kvm_is_not_taken_where_it_is_slower(self):
        chosen, said = self.choose(kvm=f"sleep 0.5; {RIGHT}", tcg=RIGHT)
        self.assertEqual(chosen, "tcg")
        self.assertIn("accelerator: tcg; ", said)

    def test_a_kvm_that_hangs_is_given_up_after_a_second(self):
        chosen, said = self.choose(kvm="exec sleep 60", tcg=RIGHT)
        self.assertEqual(chosen, "tcg")
        self.assertIn("by kvm not done within 1 s", said)
        self.assertEqual(self.log.read_text(encoding="utf-8").count("-accel kvm"), 1)

    def test_a_kvm_that_fails_is_not_taken_however_fast(self):
        for script, status in (("exit 1", 1), ("exit 0", 0), ("kill -ABRT $$", -6)):
            with self.subTest(script):
                chosen, said = self.choose(kvm=script, tcg=f"sleep 0.1; {RIGHT}")
                self.assertEqual(chosen, "tcg")
                self.assertIn(f"by kvm QEMU failed with status {status},", said)

    def test_without_the_device_nothing_is_started(self):
        chosen, said = self.choose(kvm=RIGHT, tcg=RIGHT, has_device=False)
        self.assertEqual((chosen, self.log.exists()), ("tcg", False))
        self.assertRegex(said, "accelerator: tcg, because there is no .*/kvm")

    def test_emulation_is_what_is_left_where_nothing_works(self):
        self.assertEqual(self.choose(kvm="exit 1", tcg="exit 1")[0], "tcg")

    def test_the_trial_is_on_the_machine_that_is_wanted(self):
        self.choose(kvm=RIGHT, tcg=RIGHT, machine="microvm,isa-serial=on")
        commands = self.log.read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(commands), 2 * accelerator.STARTS)
        for command in commands:
            self.assertIn(" -machine microvm,isa-serial=on -cpu qemu64 ", command)


class Option(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def test_kvm_is_used_only_on_request(self):
        for arguments, expected in (((), "tcg"), (("--accel", "tcg"), "tcg"), (("--accel", "kvm"), "kvm")):
            result = self.workspace.run("run", "-n", *arguments)
            self.assertIn(f" -accel {expected} ", result.stdout)

    def test_a_dry_run_starts_no_trial(self):
        result = self.workspace.run("run", "-n", "--accel", "auto")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("--accel auto", result.stderr)

    def test_what_the_trial_chose_is_said_and_used(self):
        self.workspace.add_tool("qemu-system-x86_64", f'case "$*" in *stub.elf*) {RIGHT} ;; esac\n'
                                'echo "$@"; exit 1')
        result = self.workspace.run("run", "--accel", "auto", "--boot", "pvh")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, "accelerator: (tcg|kvm)")
        self.assertRegex(result.stdout, "^-accel (tcg|kvm) ")


if __name__ == "__main__":
    unittest.main()
