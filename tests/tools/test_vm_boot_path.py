# SPDX-License-Identifier: MIT
"""The boot paths: QEMU's arguments for each, the machines they fit, and where UEFI firmware is looked for."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "vm"))

import boot_path
import stub_kernel
import uefi_firmware
from errors import FirmwareMissing
from settings import Settings


class Directory(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="tenorite-firmware-")
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)

    def touch(self, *names):
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return self.root / names[0]


class ArgumentsTest(Directory):
    FIRMWARE = ["-drive", "if=pflash,unit=0,readonly=on,format=raw,file={root}/OVMF_CODE_4M.fd",
                "-drive", "if=pflash,unit=1,snapshot=on,format=raw,file={root}/OVMF_VARS_4M.fd"]
    CD = ["-boot", "d", "-cdrom", "k.iso"]
    STICK = ["-drive", "if=none,id=stick,format=raw,readonly=on,file=k.iso", "-device", "qemu-xhci",
             "-device", "usb-storage,drive=stick,bootindex=0"]

    def arguments(self, name, *rest, iso="k.iso"):
        self.touch("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")
        with mock.patch.dict(os.environ, OVMF=str(self.root)):
            return boot_path.arguments(name, "k.elf", iso, *rest)

    def test_each_path_has_its_arguments(self):
        firmware = [word.format(root=self.root) for word in self.FIRMWARE]
        expected = {"pvh": ["-kernel", "k.elf"], "microvm": ["-kernel", "k.elf"], "bios": self.CD, "usb": self.STICK,
                    "uefi": firmware + self.CD, "uefi-usb": firmware + self.STICK}
        self.assertEqual({name: self.arguments(name) for name in boot_path.PATHS}, expected)

    def test_the_command_line_goes_to_qemu_where_it_loads_the_kernel(self):
        for name in ("pvh", "microvm"):
            self.assertEqual(self.arguments(name, "a b")[-2:], ["-append", "a b"])
            self.assertEqual(self.arguments(name, "")[-2:], ["-append", ""])

    def test_a_comma_in_a_files_name_stays_one(self):
        self.assertIn("file=a,,b.iso", self.arguments("usb", iso="a,b.iso")[1])
        firmware = uefi_firmware.Firmware("c,d", "v,w")
        with mock.patch.object(uefi_firmware, "find", lambda: firmware):
            words = boot_path.arguments("uefi", "k.elf", "k.iso")
        self.assertTrue(words[1].endswith(",file=c,,d") and words[3].endswith(",file=v,,w"), words)

    def test_machines_that_do_not_fit_are_refused(self):
        for name, machine in (("microvm", "pc"), ("microvm", "q35,smm=off"), ("bios", "microvm"), ("usb", "microvm"),
                              ("uefi", "microvm,isa-serial=on"), ("uefi", "isapc"), ("uefi-usb", "none")):
            with self.subTest(name, machine=machine), self.assertRaisesRegex(ValueError, f"--boot {name} "):
                boot_path.check_machine(name, machine)

    def test_machines_that_fit_are_taken(self):
        for name, path in boot_path.PATHS.items():
            boot_path.check_machine(name, path.machine)
        for name, machine in (("pvh", "microvm"), ("pvh", "q35"), ("microvm", "microvm,pit=off"), ("bios", "q35"),
                              ("uefi", "pc-q35-7.2"), ("uefi-usb", "pc,i8042=off"), ("bios", "isapc")):
            boot_path.check_machine(name, machine)


class SettingsTest(unittest.TestCase):
    def test_the_machine_is_the_paths_unless_named(self):
        machines = {name: Settings(boot=name).machine for name in boot_path.PATHS}
        self.assertEqual(machines, {"pvh": "pc", "bios": "pc", "usb": "pc", "uefi": "q35", "uefi-usb": "q35",
                                    "microvm": "microvm,isa-serial=on"})
        self.assertEqual(Settings(boot="uefi", machine="pc").machine, "pc")

    def test_a_microvm_has_no_display_adapter(self):
        self.assertNotIn("-vga", Settings(kernel="k", boot="microvm").command([]))
        self.assertIn("-vga", Settings(kernel="k", boot="pvh").command([]))

    def test_a_text_screen_is_vgas(self):
        self.assertTrue(Settings(boot="bios").has_text_screen())
        for changes in ({"boot": "uefi"}, {"screen": "framebuffer"}, {"vga": "none"}, {"boot": "microvm"}):
            self.assertFalse(Settings(**{"boot": "bios", **changes}).has_text_screen(), changes)


class FirmwareTest(Directory):
    def found(self, **arguments):
        firmware = uefi_firmware.find(**{"named": "", "directories": (), "descriptors": (), **arguments})
        return [os.path.relpath(path, self.root) for path in (firmware.code, firmware.variables)]

    def test_4_mib_builds_come_first_wherever_they_are(self):
        self.touch("a/OVMF_CODE.fd", "a/OVMF_VARS.fd", "b/OVMF_CODE_4M.fd", "b/OVMF_VARS_4M.fd")
        places = {"directories": (self.root / "a", self.root / "b", self.root / "c")}
        self.assertEqual(self.found(**places), ["b/OVMF_CODE_4M.fd", "b/OVMF_VARS_4M.fd"])
        (self.root / "b/OVMF_VARS_4M.fd").unlink()
        self.assertEqual(self.found(**places), ["a/OVMF_CODE.fd", "a/OVMF_VARS.fd"])

    def test_code_without_variables_is_passed_over(self):
        self.touch("OVMF_CODE_4M.fd")
        with self.assertRaisesRegex(FirmwareMissing, "apt-get install ovmf"):
            self.found(directories=(self.root,))

    def test_qcow2_is_read_as_qcow2(self):
        self.touch("OVMF_CODE_4M.qcow2", "OVMF_VARS_4M.qcow2")
        firmware = uefi_firmware.find("", (self.root,), ())
        self.assertEqual((firmware.code_format, firmware.variables_format), ("qcow2", "qcow2"))

    def test_the_environment_names_a_file_or_a_directory(self):
        code = self.touch("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.secboot.fd")
        self.assertEqual(self.found(named=str(code)), ["OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.secboot.fd"])
        code = self.touch("edk2-x86_64-code.fd", "edk2-i386-vars.fd")
        for named in (code, self.root):
            self.assertEqual(self.found(named=str(named)), ["edk2-x86_64-code.fd", "edk2-i386-vars.fd"])
        with mock.patch.dict(os.environ, OVMF=str(code)):
            self.assertEqual(uefi_firmware.find().code, str(code))

    def test_what_the_environment_names_is_the_same_from_every_directory(self):
        code = self.touch("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")
        for named in (code, self.root):
            firmware = uefi_firmware.find(os.path.relpath(named))
            self.assertTrue(os.path.isabs(firmware.code) and os.path.isabs(firmware.variables), firmware)

    def test_what_the_environment_names_wrongly_is_not_replaced(self):
        self.touch("good/OVMF_CODE.fd", "good/OVMF_VARS.fd", "alone/OVMF_CODE.fd", "other/firmware.fd")
        good = {"directories": (self.root / "good",)}
        for named, text in (("nowhere", "no such file"), ("alone", "none of OVMF_CODE_4M.fd"),
                            ("alone/OVMF_CODE.fd", "no file of variables"),
                            ("other/firmware.fd", "no file of variables")):
            with self.subTest(named), self.assertRaisesRegex(FirmwareMissing, f"^OVMF={self.root}/{named}: {text}"):
                self.found(named=str(self.root / named), **good)

    def describe(self, name, **changes):
        code = {"filename": f"{self.root}/{name}.code", "format": "raw"}
        variables = {"filename": f"{self.root}/{name}.vars", "format": "qcow2"}
        descriptor = {"interface-types": ["uefi"], "features": ["acpi-s3"],
                      "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}],
                      "mapping": {"device": "flash", "executable": code, "nvram-template": variables}}
        self.touch(f"{name}.code", f"{name}.vars")
        (self.root / f"{name}.json").write_text(json.dumps({**descriptor, **changes}), encoding="utf-8")

    def test_descriptors_are_read_in_order_and_only_those_that_fit(self):
        for number, feature in enumerate(("secure-boot", "requires-smm", "enrolled-keys")):
            self.describe(f"0{number}", features=[feature])
        self.describe("11", targets=[{"architecture": "aarch64", "machines": ["virt-*"]}])
        self.describe("12", mapping={"device": "memory", "filename": "x"})
        self.describe("13", **{"interface-types": ["bios"]})
        (self.root / "14.json").write_text("{", encoding="utf-8")
        (self.root / "15.json").write_text('{"targets": 1}', encoding="utf-8")
        self.describe("15a", mapping={"device": "flash", "executable": {"filename": 1, "format": "raw"},
                                      "nvram-template": {"filename": 2, "format": "raw"}})
        self.describe("16")
        (self.root / "16.vars").unlink()
        self.describe("18")
        self.describe("17")
        self.assertEqual(self.found(descriptors=(self.root,)), ["17.code", "17.vars"])
        self.assertEqual(uefi_firmware.find("", (), (self.root,)).variables_format, "qcow2")
        self.touch("known/OVMF_CODE.fd", "known/OVMF_VARS.fd")
        found = self.found(directories=(self.root / "known",), descriptors=(self.root,))
        self.assertEqual(found, ["known/OVMF_CODE.fd", "known/OVMF_VARS.fd"])


@unittest.skipIf(shutil.which("qemu-system-x86_64") is None, "needs QEMU")
class StubKernelTest(Directory):
    def run_stub(self, kernel, machine):
        command = ["qemu-system-x86_64", "-machine", machine, "-nodefaults", "-display", "none", "-no-reboot",
                   "-serial", "stdio", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", kernel]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)

    def test_it_says_its_line_and_ends_the_machine(self):
        kernel = self.root / "stub.elf"
        kernel.write_bytes(stub_kernel.image())
        for machine in ("pc", "q35", "microvm,isa-serial=on"):
            with self.subTest(machine):
                finished = self.run_stub(kernel, machine)
                self.assertEqual((finished.returncode, finished.stdout), (stub_kernel.EXIT_STATUS, stub_kernel.LINE))

    @unittest.skipUnless(shutil.which("objcopy") and shutil.which("grub-file"), "needs objcopy and grub-file")
    def test_it_is_whole_after_what_the_iso_does_to_a_kernel(self):
        kernel, stripped = self.root / "stub.elf", self.root / "stripped.elf"
        kernel.write_bytes(stub_kernel.image())
        subprocess.run(["objcopy", "--strip-debug", kernel, stripped], check=True)
        self.assertEqual(subprocess.run(["grub-file", "--is-x86-multiboot2", stripped], check=False).returncode, 0)
        self.assertEqual(self.run_stub(stripped, "pc").returncode, stub_kernel.EXIT_STATUS)


if __name__ == "__main__":
    unittest.main()
