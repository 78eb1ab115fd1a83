# SPDX-License-Identifier: MIT
"""./tenorite's boot paths: the QEMU command for each, what does not fit one, and the benchmark of them."""

import shlex
import shutil
import unittest

from workspace import Workspace


class BootPaths(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self, tools=())

    def command(self, *arguments, **changes):
        result = self.workspace.run("run", "-n", *arguments, **changes)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def start(self, machine):
        return f"qemu-system-x86_64 -accel tcg -machine {machine} -cpu max -m 128 -nic none -device isa-debug-exit," \
               "iobase=0xf4,iosize=4 -serial mon:stdio -display none"

    def iso(self):
        return f"{self.workspace.root}/build/dev/tenorite.iso"

    def test_the_iso_is_booted_from_a_usb_disk(self):
        self.assertEqual(self.command("--boot", "usb"),
                         f"{self.start('pc')} -drive if=none,id=stick,format=raw,readonly=on,file={self.iso()} "
                         "-device qemu-xhci -device usb-storage,drive=stick,bootindex=0\n")

    def test_the_iso_is_booted_under_uefi(self):
        code, variables = (self.workspace.root / f"OVMF_{part}_4M.fd" for part in ("CODE", "VARS"))
        for path in (code, variables):
            path.touch()
        command = self.command("--boot", "uefi", OVMF=str(code))
        self.assertEqual(command, f"{self.start('q35')} -drive if=pflash,"
                         f"unit=0,readonly=on,format=raw,file={code} -drive if=pflash,unit=1,snapshot=on,format=raw,"
                         f"file={variables} -boot d -cdrom {self.iso()}\n")
        words = shlex.split(self.command("--boot", "uefi-usb", "--machine", "pc", OVMF=str(self.workspace.root)))
        self.assertEqual(words[4], "pc")
        self.assertIn(f"file={self.iso()}", words[-5])

    def test_missing_firmware_is_told(self):
        result = self.workspace.run("run", "-n", "--boot", "uefi", OVMF="/nonexistent")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("OVMF=/nonexistent: no such file", result.stderr)

    def test_a_microvm_boots_the_kernel(self):
        self.assertEqual(self.command("--boot", "microvm", "--append", "a b"),
                         f"{self.start('microvm,isa-serial=on')} -kernel "
                         f"{self.workspace.root}/build/dev/tenorite.elf -append 'a b'\n")

    def test_what_does_not_fit_the_path_is_a_usage_error(self):
        cases = {"a machine of its own": ("microvm", "--machine", "q35"), "has no screen": ("microvm", "--window"),
                 "needs the machine pc or q35": ("uefi", "--machine", "isapc"), "takes --boot microvm":
                 ("usb", "--machine", "microvm"),
                 "64 MiB is the least that Tenorite is tested with by --boot uefi;": ("uefi", "--memory", "63"),
                 "--append needs": ("usb", "--append", "x"), "invalid choice": ("floppy",)}
        for text, arguments in cases.items():
            with self.subTest(text):
                result = self.workspace.run("run", "-n", "--boot", *arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(text, result.stderr)


class PipedInput(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def test_piped_input_waits_for_the_prompt_where_firmware_uses_the_serial_line(self):
        for name in ("OVMF_CODE.fd", "OVMF_VARS.fd"):
            (self.workspace.root / name).touch()
        script = """echo firmware; read -t 1 -r line && exit 9
            printf 'ten'; sleep 0.1; printf 'ori'; sleep 0.1; printf 'te> '; read -r line; echo "got $line"; exit 7"""
        self.workspace.add_tool("qemu-system-x86_64", f"exec bash -c {shlex.quote(script)}")
        (self.workspace.bin / "bash").symlink_to(shutil.which("bash"))
        result = self.workspace.run("run", "--boot", "uefi", typed="hello\n", OVMF=str(self.workspace.root))
        self.assertEqual((result.returncode, result.stdout), (3, "firmware\ntenorite> got hello\n"))


class Build(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)
        self.log = self.workspace.root / "log"
        self.workspace.add_tool("cmake", f'[ "$1" = --version ] && echo 99.1 || echo "$@" >>{self.log}')
        self.workspace.add_tool("qemu-system-x86_64", "exit 1")

    def test_only_what_the_path_starts_is_built(self):
        targets = {"pvh": "tenorite_kernel", "microvm": "tenorite_kernel", "bios": "iso", "usb": "iso"}
        for boot, target in targets.items():
            with self.subTest(boot):
                self.log.write_text("", encoding="utf-8")
                self.assertEqual(self.workspace.run("run", "--boot", boot).returncode, 0)
                self.assertTrue(self.log.read_text(encoding="utf-8").endswith(f" --target {target}\n"))

    def test_without_firmware_nothing_is_built(self):
        self.assertEqual(self.workspace.run("run", "--boot", "uefi", OVMF="/nonexistent").returncode, 1)
        self.assertFalse(self.log.exists())


class Bench(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def test_the_script_measures_what_was_built(self):
        script = self.workspace.root / "tests/bench/boot_times.py"
        script.parent.mkdir(parents=True)
        script.write_text("import sys\nprint(sys.argv[1:])\nsys.exit(1 if '9' in sys.argv else 0)\n", encoding="utf-8")
        build = self.workspace.root / "build/release"
        result = self.workspace.run("bench", "boot", "--preset", "release", "-R", "uefi", "--count", "3")
        words = ["--kernel", f"{build}/tenorite.elf", "--iso", f"{build}/tenorite.iso", "--stub",
                 f"{build}/tests/bench/stub.elf", "--stub-iso", f"{build}/tests/bench/stub.iso", "--count", "3", "-R",
                 "uefi", "--accel", "tcg"]
        self.assertEqual((result.returncode, result.stdout), (0, f"{words}\n"))
        self.assertEqual(self.workspace.run("bench", "boot", "--count", "9").returncode, 1)

    def test_programs_of_this_computer_are_measured_with_and_without_hardening(self):
        for subject, more in (("memory", ()), ("async", ("--peers",))):
            script = self.workspace.root / f"tests/bench/{subject}_figures.py"
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text("import sys\nprint(sys.argv[1:])\n", encoding="utf-8")
            directory = self.workspace.root / f"build/dev/tests/bench/{subject}"
            program = directory / f"bench_{subject}"
            group = {"memory": "heap", "async": "wake"}[subject]
            result = self.workspace.run("bench", subject, "-R", group)
            words = ["--checked", f"{program}_checked", "--unchecked", f"{program}_unchecked", "--count", "9", "-R",
                     group, *more, *(str(directory / "peers") for _ in more)]
            with self.subTest(subject):
                self.assertEqual((result.returncode, result.stdout), (0, f"{words}\n"))

    def test_counts_are_those_of_the_preset_and_its_flags(self):
        script = self.workspace.root / "tests/bench/guest_counts.py"
        built = self.workspace.root / "build/release/tests/bench/guest"
        for directory in (script.parent, built):
            directory.mkdir(parents=True)
        script.write_text("import sys\nprint(sys.argv[1:])\n", encoding="utf-8")
        (built / "optimization.txt").write_text("-O2 -g\n", encoding="utf-8")
        result = self.workspace.run("bench", "counts", "--preset", "release", "--record")
        words = ["--kernel", f"{built}/bench_counts", "--optimization=-O2 -g", "--record"]
        self.assertEqual((result.returncode, result.stdout), (0, f"{words}\n"))

    def test_wrong_usage_is_told(self):
        for arguments in ((), ("speed",), ("counts", "-R", "heap"), ("counts", "--count", "2"), ("boot", "--record"),
                          ("memory", "-R", "disk"), ("async", "-R", "heap"), ("memory", "--accel", "tcg"),
                          ("memory", "--preset", "freestanding"), ("boot", "-R", "floppy"), ("boot", "-R", "("), ("boot", "--count", "0"),
                          ("boot", "--preset", "freestanding")):
            with self.subTest(arguments):
                self.assertEqual(self.workspace.run("bench", *arguments).returncode, 2)


if __name__ == "__main__":
    unittest.main()
