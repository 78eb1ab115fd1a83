# SPDX-License-Identifier: MIT
"""tenorite_add_qemu_test: what it hands to CTest, and which arguments it refuses. Kernels and ISOs are pretended."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MODULE = Path(__file__).resolve().parents[2] / "cmake" / "TenoriteQemuTest.cmake"
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(pretended NONE)
enable_testing()
set(Python3_EXECUTABLE {python})
function(tenorite_add_kernel target)
    add_executable(${{target}} IMPORTED GLOBAL)
    set_target_properties(${{target}} PROPERTIES IMPORTED_LOCATION /kernels/${{target}})
endfunction()
function(tenorite_add_iso target)
    cmake_parse_arguments(iso "DEFAULT" "KERNEL;COMMAND_LINE;SCREEN;PIXELS" "" ${{ARGN}})
    add_custom_target(${{target}})
    set_target_properties(${{target}} PROPERTIES ISO_FILE "/isos/${{target}}")
    message(STATUS "iso ${{target}} of ${{iso_KERNEL}} with '${{iso_COMMAND_LINE}}', ${{iso_SCREEN}} ${{iso_PIXELS}}")
endfunction()
include({module})
{body}
"""


@unittest.skipIf(shutil.which("cmake") is None, "needs cmake")
class CMakeTest(unittest.TestCase):
    def configure(self, body, **environment):
        """The finished configure step; the build directory is self.build."""
        holder = tempfile.TemporaryDirectory(prefix="tenorite-cmake-")
        self.addCleanup(holder.cleanup)
        source = Path(holder.name)
        self.build = source / "build"
        (source / "CMakeLists.txt").write_text(PROJECT.format(module=MODULE, body=body, python=sys.executable), encoding="utf-8")
        (source / "type.py").write_text("def drive(vm):\n    return True\n", encoding="utf-8")
        inherited = {name: value for name, value in os.environ.items() if name != "TENORITE_TIMEOUT_SCALE"}
        return subprocess.run(["cmake", "-G", "Ninja", "-S", source, "-B", self.build], capture_output=True, text=True, check=False,
                              env={**inherited, **environment})

    def only_test(self, body, **environment):
        """The command after the runner's path, and the properties, of the one test that the body adds."""
        finished = self.configure(body, **environment)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        answer = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.build, capture_output=True, text=True,
                                check=True)
        (test,) = json.loads(answer.stdout)["tests"]
        properties = {entry["name"]: entry["value"] for entry in test["properties"]}
        self.assertTrue(test["command"][1].endswith("tools/vm/run_test.py"))
        return test["name"], test["command"][2:], properties, finished.stdout

    def test_defaults(self):
        name, command, properties, _ = self.only_test("tenorite_add_qemu_test(NAME boots SOURCES a.c)")
        self.assertEqual(name, "qemu.boots")
        self.assertEqual(command, ["--name", "boots", "--kernel", "/kernels/qemu_boots", "--boot", "pvh", "--expect",
                                   "pass", "--timeout", "20", "--log-dir", f"{self.build}/vm-logs"])
        self.assertEqual(properties["LABELS"], ["qemu"])
        # CTest leaves out PROCESSORS when it is 1.
        self.assertEqual(properties.get("PROCESSORS", 1), 1)
        self.assertEqual((properties["TIMEOUT"], properties["SKIP_RETURN_CODE"]), (35, 77))

    def test_every_argument_reaches_the_runner(self):
        _, command, properties, _ = self.only_test(
            "tenorite_add_kernel(mine)\nset(QEMU_SYSTEM_X86_64 /opt/qemu)\n"
            "tenorite_add_qemu_test(NAME x KERNEL mine EXPECT exception=14 TIMEOUT 5 MEMORY 128 MACHINE q35\n"
            "    CPU qemu64 VGA none APPEND \"log=debug -a b\" INPUT type.py GDB LABELS slow odd QEMU_ARGS -smp 2)")
        self.assertEqual(command[2:10], ["--kernel", "/kernels/mine", "--boot", "pvh", "--expect", "exception=14",
                                         "--timeout", "5"])
        script = str(self.build.parent / "type.py")
        self.assertEqual(command[12:], ["--qemu", "/opt/qemu", "--memory", "128", "--machine", "q35", "--cpu",
                                        "qemu64", "--vga", "none", "--append=log=debug -a b", "--input", script,
                                        "--gdb", "--qemu-arg=-smp", "--qemu-arg=2"])
        self.assertEqual((properties["LABELS"], properties["TIMEOUT"]), (["odd", "qemu", "slow"], 20))

    def test_bios_boots_an_iso_with_the_command_line_in_it(self):
        _, command, properties, printed = self.only_test(
            "tenorite_add_qemu_test(NAME x SOURCES a.c BOOT bios APPEND \"log=debug\")")
        iso = command[command.index("--iso") + 1]
        self.assertRegex(iso, "^/isos/qemu_x_test_iso_[0-9a-f]{8}$")
        self.assertIn(f"iso {Path(iso).name} of qemu_x with 'log=debug', text", printed)
        self.assertFalse(any(word.startswith("--append") for word in command))
        self.assertEqual(properties["LABELS"], ["boot", "qemu"])

    def test_every_other_path_boots_the_same_iso_and_is_a_boot_test(self):
        for boot, limit in (("uefi", 90), ("usb", 20), ("uefi-usb", 90)):
            with self.subTest(boot):
                _, command, properties, _ = self.only_test(f"tenorite_add_qemu_test(NAME x SOURCES a.c BOOT {boot})")
                self.assertEqual(command[command.index("--iso") + 1], "/isos/qemu_x_test_iso")
                self.assertEqual(command[command.index("--boot") + 1], boot)
                self.assertEqual((properties["LABELS"], properties["TIMEOUT"]), (["boot", "qemu"], limit + 15))

    def test_a_microvm_needs_no_iso(self):
        _, command, properties, printed = self.only_test(
            "tenorite_add_qemu_test(NAME x SOURCES a.c BOOT microvm APPEND a)")
        self.assertEqual(command[4:6] + command[-1:], ["--boot", "microvm", "--append=a"])
        self.assertEqual(properties["LABELS"], ["boot", "qemu"])
        self.assertNotIn("iso qemu_x", printed)

    def test_the_screen_is_the_isos_and_the_runners(self):
        _, command, _, printed = self.only_test(
            "tenorite_add_qemu_test(NAME x SOURCES a.c BOOT bios SCREEN framebuffer)")
        self.assertEqual(command[command.index("--screen") + 1], "framebuffer")
        self.assertIn("iso qemu_x_test_iso_framebuffer of qemu_x with '', framebuffer", printed)

    def test_each_mode_has_an_iso_of_its_own(self):
        finished = self.configure("tenorite_add_kernel(mine)\ntenorite_add_qemu_test(NAME x KERNEL mine BOOT bios)\n"
                                  "tenorite_add_qemu_test(NAME y KERNEL mine BOOT bios PIXELS 800x600x24)\n")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("iso mine_test_iso_800x600x24 of mine with '', text 800x600x24", finished.stdout)

    def test_a_build_without_isos_leaves_out_the_tests_that_boot_one(self):
        name, *_ = self.only_test("set(TENORITE_ISO OFF)\ntenorite_add_qemu_test(NAME x SOURCES a.c BOOT uefi)\n"
                                  "tenorite_add_qemu_test(NAME y SOURCES a.c BOOT microvm)")
        self.assertEqual(name, "qemu.y")

    def test_tests_of_one_kernel_share_its_iso(self):
        finished = self.configure("tenorite_add_kernel(mine)\ntenorite_add_qemu_test(NAME x KERNEL mine BOOT bios)\n"
                                  "tenorite_add_qemu_test(NAME y KERNEL mine BOOT uefi SCREEN text)\n")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(finished.stdout.count("iso mine_test_iso of mine"), 1)

    def test_the_environment_scales_the_limit(self):
        _, command, properties, _ = self.only_test("tenorite_add_qemu_test(NAME x SOURCES a.c TIMEOUT 10)",
                                                   TENORITE_TIMEOUT_SCALE="3")
        self.assertEqual((command[command.index("--timeout") + 1], properties["TIMEOUT"]), ("10", 45))
        finished = self.configure("tenorite_add_qemu_test(NAME x SOURCES a.c)", TENORITE_TIMEOUT_SCALE="fast")
        self.assertIn("TENORITE_TIMEOUT_SCALE=fast", finished.stderr)

    def test_wrong_arguments_are_errors_that_name_them(self):
        cases = {
            "NAME is needed": "SOURCES a.c",
            "unknown arguments: EXPCT;fail": "NAME x EXPCT fail SOURCES a.c",
            "needs either SOURCES or KERNEL": "NAME x",
            "KERNEL nothing is no target": "NAME x KERNEL nothing",
            "no value for EXPECT": "NAME x SOURCES a.c EXPECT",
            "EXPECT passes is none of": "NAME x SOURCES a.c EXPECT passes",
            "BOOT floppy is none of": "NAME x SOURCES a.c BOOT floppy",
            "SCREEN takes text or framebuffer": "NAME x SOURCES a.c BOOT bios SCREEN braille",
            "and a BOOT from the ISO": "NAME x SOURCES a.c SCREEN text",
            "PIXELS needs a BOOT from the ISO": "NAME x SOURCES a.c PIXELS 800x600x32",
            "TIMEOUT 0 is not a positive": "NAME x SOURCES a.c TIMEOUT 0",
            "MEMORY 64M is not a positive": "NAME x SOURCES a.c MEMORY 64M",
            "no INPUT script": "NAME x SOURCES a.c INPUT no.py",
        }
        for text, arguments in cases.items():
            with self.subTest(text):
                finished = self.configure(f"tenorite_add_qemu_test({arguments})")
                self.assertNotEqual(finished.returncode, 0)
                self.assertIn(text, " ".join(finished.stderr.split()))
        finished = self.configure("tenorite_add_qemu_test(NAME x SOURCES a.c KERNEL k)")
        self.assertIn("tenorite_add_qemu_test(x): needs either SOURCES or KERNEL", " ".join(finished.stderr.split()))


if __name__ == "__main__":
    unittest.main()
