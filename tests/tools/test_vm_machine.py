# SPDX-License-Identifier: MIT
"""A machine as scripts see it: serial line, keyboard, screen, monitor, gdb. Real QEMU, tiny kernels."""

import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import tiny_kernels
from tiny_kernels import KernelTestCase, leave, say

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "vm"))

import child
from errors import GuestEnded, StartFailure, WaitTimeout
from machine import Machine
from qmp import QmpError
from settings import Settings

FLOOD_LINE = ("abcdefghijklmnopqrstuvwxyz" * 40)[:1022]


class MachineTest(KernelTestCase):
    def start(self, body, **settings):
        machine = Machine(Settings(kernel=str(self.build(body)), **settings))
        self.addCleanup(machine.close)
        machine.start()
        return machine

    def test_waits_consume_output_in_order(self):
        vm = self.start(say("one two") + say("three 3") + leave(3))
        self.assertEqual(vm.wait_serial("one"), "one")
        self.assertEqual(vm.wait_serial(re.compile(r"three (\d)")), " two\r\nthree 3")
        with self.assertRaisesRegex(GuestEnded, "one"):
            vm.wait_serial("one")
        self.assertEqual(vm.wait_end(10), 7)
        self.assertEqual(vm.serial_log, "one two\r\nthree 3\r\n")

    def test_a_wait_that_times_out_shows_the_last_output(self):
        vm = self.start(say("something else"))
        began = time.monotonic()
        with self.assertRaisesRegex(WaitTimeout, "no 'prompt'.*something else"):
            vm.wait_serial("prompt", timeout=0.5)
        self.assertLess(time.monotonic() - began, 3)

    def test_the_deadline_bounds_every_wait(self):
        vm = self.start(say("x"))
        vm.deadline = time.monotonic() + 0.3
        with self.assertRaisesRegex(WaitTimeout, r"no 'never' on the serial line within \d\.\d s"):
            vm.wait_serial("never", timeout=60)

    def test_serial_input_is_echoed(self):
        vm = self.start(tiny_kernels.ECHO)
        vm.wait_serial("ready\r\n")
        vm.send_serial("grüße\n")
        self.assertEqual(vm.wait_serial("\n"), "grüße\n")
        vm.send_serial(b"q")
        self.assertEqual(vm.wait_end(10), 7)

    def test_a_flood_from_the_guest_arrives_whole(self):
        vm = self.start(tiny_kernels.FLOOD)
        vm.wait_serial("END\r\n", timeout=60)
        lines = vm.serial_log.split("\r\n")
        self.assertEqual(len(lines), 1024 + 2)
        self.assertEqual(set(lines[:1024]), {FLOOD_LINE})

    def test_a_pattern_is_found_behind_a_flood(self):
        vm = self.start(tiny_kernels.FLOOD)
        self.assertTrue(vm.wait_serial(re.compile("E[N]D"), timeout=60).endswith("\r\nEND"))

    def test_a_flood_into_the_guest_arrives_whole(self):
        vm = self.start(tiny_kernels.SINK)
        vm.wait_serial("ready")
        data = (bytes(range(251)) * 4200)[: tiny_kernels.SINK_BYTES]
        vm.send_serial(data, timeout=60)
        self.assertEqual(vm.wait_serial("sum", timeout=60), f"\r\n{sum(data) % 256:02x} sum")

    def test_sending_to_a_guest_that_does_not_read_is_bounded(self):
        vm = self.start(say("deaf"))
        vm.wait_serial("deaf")
        with self.assertRaisesRegex(WaitTimeout, "of 4194304 bytes"):
            vm.send_serial(bytes(1 << 22), timeout=0.5)

    def scan_codes(self, vm, last):
        return vm.wait_serial(f"{last} ").split()

    def test_keys_arrive_as_make_and_break_codes(self):
        vm = self.start(tiny_kernels.SCAN_CODES)
        vm.wait_serial("ready\r\n")
        vm.type_keys("aA?")
        vm.press(["caps_lock"])
        vm.press(["ctrl", "c"])
        vm.type_keys("\b\n")
        expected = "1e 9e 2a 1e 9e aa 2a 35 b5 aa 3a ba 1d 2e ae 9d 0e 8e 1c 9c".split()
        self.assertEqual(self.scan_codes(vm, "9c"), expected)

    def test_every_printable_character_can_be_typed(self):
        vm = self.start(tiny_kernels.SCAN_CODES)
        vm.wait_serial("ready\r\n")
        printable = "".join(map(chr, range(0x20, 0x7F)))
        vm.type_keys(printable + "\n")
        codes = self.scan_codes(vm, "9c")
        shifted = sum(character.isupper() or character in '~!@#$%^&*()_+{}|:"<>?' for character in printable)
        self.assertEqual(len(codes), 2 * (len(printable) + 1) + 2 * shifted)
        with self.assertRaises(ValueError):
            vm.type_keys("é")

    def test_the_screen_is_read_from_its_memory(self):
        vm = self.start(tiny_kernels.SCREEN)
        vm.wait_serial("drawn")
        rows, attributes = vm.screen_text(), vm.screen_attributes()
        self.assertEqual([len(row) for row in rows], [80] * 25)
        self.assertEqual((rows[0][:2], rows[24][78:]), ("AB", "█Z"))
        self.assertEqual((attributes[0][:2], attributes[24][78:]), ([0x1F, 0x1F], [7, 7]))
        self.assertIn("AB", vm.wait_screen("AB", timeout=1))
        with self.assertRaisesRegex(WaitTimeout, "(?s)no 'CD' on the screen.*AB"):
            vm.wait_screen("CD", timeout=0.2)

    def test_a_screendump_is_a_png(self):
        vm = self.start(tiny_kernels.SCREEN)
        vm.wait_serial("drawn")
        vm.screendump(self.directory / "screen.png")
        self.assertEqual((self.directory / "screen.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")

    def test_monitors_answer_and_refuse(self):
        vm = self.start("")
        self.assertTrue(vm.qmp("query-status")["running"])
        self.assertIn("EIP=", vm.registers())
        with self.assertRaisesRegex(QmpError, "no-such"):
            vm.qmp("no-such-command")

    def test_gdb_stops_at_a_symbol_of_a_stopped_machine(self):
        kernel = self.build(tiny_kernels.GDB)
        vm = self.start(tiny_kernels.GDB, starts_stopped=True)
        self.assertFalse(vm.qmp("query-status")["running"])
        commands = ["hbreak second", "continue", 'printf "ebx is %d\\n", $ebx', "info symbol $pc"]
        output = vm.gdb(commands, symbols=kernel)
        self.assertIn("ebx is 1", output)
        self.assertIn("second in section", output)
        vm.wait_serial("after gdb")

    def test_gdb_attaches_twice_and_reports_errors(self):
        vm = self.start(tiny_kernels.GDB)
        vm.wait_serial("after gdb")
        self.assertIn("hang", vm.gdb(["info symbol $pc"], symbols=self.build(tiny_kernels.GDB)))
        with self.assertRaisesRegex(AssertionError, "No symbol"):
            vm.gdb(["print no_such_symbol"])

    def test_gdb_is_bounded(self):
        vm = self.start(tiny_kernels.GDB)
        began = time.monotonic()
        with self.assertRaisesRegex(WaitTimeout, "gdb was not done"):
            vm.gdb(["continue"], timeout=2)
        self.assertLess(time.monotonic() - began, 8)

    def test_a_kernel_that_qemu_cannot_load_is_a_start_failure(self):
        path = self.directory / "empty.elf"
        path.write_bytes(b"\x7fELF" + bytes(60))
        machine = Machine(Settings(kernel=str(path)))
        self.addCleanup(machine.close)
        with self.assertRaisesRegex(StartFailure, "qemu-system-x86_64"):
            machine.start()

    def test_a_missing_program_is_a_start_failure(self):
        machine = Machine(Settings(kernel="k", program="/no/such/qemu"))
        with self.assertRaisesRegex(StartFailure, "/no/such/qemu"):
            machine.start()

    def test_quit_and_close_may_be_repeated(self):
        vm = self.start("")
        vm.quit()
        vm.quit()
        self.assertEqual(vm.wait_end(5), 0)
        vm.close()
        vm.close()
        self.assertFalse(vm.is_running())

    def test_machines_run_side_by_side(self):
        machines = [self.start(tiny_kernels.ECHO) for _ in range(3)]
        for number, vm in enumerate(machines):
            vm.wait_serial("ready\r\n")
            vm.send_serial(f"machine {number};")
        threads = [threading.Thread(target=vm.send_serial, args=(b"q",)) for vm in machines]
        for number, vm in enumerate(machines):
            self.assertEqual(vm.wait_serial(";"), f"machine {number};")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([vm.wait_end(10) for vm in machines], [7, 7, 7])


class ChildTest(unittest.TestCase):
    def test_killing_a_child_kills_what_it_started(self):
        process = child.start(["sh", "-c", "sleep 100 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
        grandchild = process.stdout.readline().strip()
        child.kill(process)
        process.stdout.close()
        deadline = time.monotonic() + 5
        while Path(f"/proc/{grandchild}/stat").exists() and time.monotonic() < deadline:
            if Path(f"/proc/{grandchild}/stat").read_text(encoding="ascii").split()[2] == "Z":
                break
            time.sleep(0.05)
        else:
            self.assertLess(time.monotonic(), deadline, "the grandchild lives on")


if __name__ == "__main__":
    unittest.main()
