# SPDX-License-Identifier: MIT
"""QEMU command lines, and what QEMU's exit status says."""

import argparse
import os
import shutil
import sys
import threading

import boot_path
import project
import terminal
from errors import FirmwareMissing

SMALLEST_TESTED_MIB = min(path.smallest_mib for path in boot_path.PATHS.values())
DEBUG_EXIT = "isa-debug-exit,iobase=0xf4,iosize=4"


def program():
    return os.environ.get("QEMU") or "qemu-system-x86_64"


def memory_size(text):
    """An argparse type. With next to no memory the guest ends before it can say anything."""
    size = terminal.whole_number(1, 1 << 20)(text)
    check_memory(size, SMALLEST_TESTED_MIB, argparse.ArgumentTypeError)
    return size


def check_memory(size, least, error, where=""):
    if size < least:
        raise error(f"{size} MiB are too few: {least} MiB is the least that Tenorite is tested with{where}")


def add_machine_options(parser, default_boot):
    parser.add_argument("--boot", choices=boot_path.PATHS, metavar="PATH",
                        help="bios, uefi: the ISO as a CD; usb, uefi-usb: the ISO as a USB disk, under BIOS or UEFI; "
                        f"pvh, microvm: the kernel by QEMU itself, much faster (default {default_boot}; pvh for a preset "
                        "without an ISO)")
    parser.set_defaults(default_boot=default_boot)
    project.add_preset_option(parser)
    parser.add_argument("--memory", type=memory_size, default=128, metavar="MIB",
                        help=f"guest memory, from {SMALLEST_TESTED_MIB} MiB on (default 128)")
    parser.add_argument("--machine", metavar="M", help="QEMU machine (default pc; q35 with UEFI)")
    parser.add_argument("--cpu", default="max", metavar="C", help="QEMU CPU model (default max)")
    parser.add_argument("--append", metavar="TEXT", help="kernel command line; needs --boot pvh or microvm")
    parser.add_argument("--window", action="store_true", help="show the guest's screen")


def check_options(options):
    """Completes and checks them; UsageError, or Failure where this computer lacks firmware."""
    project.check_preset(options.preset)
    options.boot = options.boot or (options.default_boot if project.makes_iso(options.preset) else "pvh")
    path = boot_path.PATHS[options.boot]
    if path.medium != "kernel":
        project.check_iso(options.preset)
    options.machine = options.machine or path.machine
    if options.append is not None and path.medium != "kernel":
        raise terminal.UsageError("--append needs --boot pvh or microvm: elsewhere the command line is in the ISO's "
                                  "GRUB menu")
    check_memory(options.memory, path.smallest_mib, terminal.UsageError, f" by --boot {options.boot}")
    try:
        boot_path.check_machine(options.boot, options.machine)
    except ValueError as error:
        raise terminal.UsageError(str(error)) from None
    if options.window and boot_path.machine_name(options.machine) == "microvm":
        raise terminal.UsageError("--window shows nothing: a microvm has no screen")


def machine_command(options, serial, accelerator="tcg"):
    """The command as a list, without the caller's own arguments."""
    command = [program(), "-accel", accelerator, "-machine", options.machine, "-cpu", options.cpu]
    command += ["-m", str(options.memory), "-nic", "none", "-device", DEBUG_EXIT, "-serial", serial]
    if not options.window:
        command += ["-display", "none"]
    kernel, iso = project.kernel_path(options.preset), project.iso_path(options.preset)
    try:
        return command + boot_path.arguments(options.boot, kernel, iso, options.append)
    except FirmwareMissing as missing:
        raise terminal.Failure(str(missing)) from None


def build_for(options):
    """Builds what the command line above starts."""
    is_kernel = boot_path.PATHS[options.boot].medium == "kernel"
    project.build(options.preset, project.KERNEL_TARGET if is_kernel else project.ISO_TARGET)


def check_program():
    if shutil.which(program()) is not None:
        return
    if os.environ.get("QEMU"):
        reason = f"the environment variable QEMU names no program: {program()}"
        raise terminal.Failure(f"{reason}. Next: correct or unset it")
    raise terminal.Failure(f"no {program()} here. Next: ./tenorite doctor")


def is_error_line(line):
    """Whether QEMU complains about itself: `qemu-system-x86_64: text`, but no warning."""
    name, separator, text = line.partition(":")
    is_own = bool(separator) and os.path.basename(name) == os.path.basename(program())
    return is_own and not text.strip().startswith(("warning:", "info:"))


def is_farewell_line(line):
    """Whether QEMU says that we, or gdb, ended it."""
    return "qemu" in line and (": terminating on signal " in line or ": QEMU: Terminated via GDBstub" in line)


class Complaints:
    """Passes QEMU's standard error on, except farewells, and notes whether QEMU complained about itself."""

    def __init__(self, stream):
        self.seen = False
        self._thread = threading.Thread(target=self._copy, args=(stream,), daemon=True)
        self._thread.start()

    def _copy(self, stream):
        for line in stream:
            text = line.decode(errors="replace")
            if is_farewell_line(text):
                continue
            self.seen = self.seen or is_error_line(text)
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()

    def finish(self):
        """To be called when QEMU has ended: waits for its last words."""
        self._thread.join(timeout=2)


def guest_exit_status(status, qemu_complained):
    """Translates QEMU's exit status: the guest's `exit CODE` arrives as 2 * CODE + 1, powering off as 0.

    QEMU itself also fails with 1, which is what the guest's `exit 0` looks like: its complaint tells them apart.
    """
    if status == 0:
        return terminal.EXIT_OK
    if status < 0:
        terminal.say(f"QEMU was ended by signal {-status}")
        return terminal.EXIT_FAILURE
    if status % 2 == 0 or status > 255:
        terminal.say(f"QEMU ended with status {status}, which no exit of the guest gives")
        return terminal.EXIT_FAILURE
    if status == 1 and qemu_complained:
        terminal.say("QEMU did not start; see its message above")
        return terminal.EXIT_FAILURE
    return (status - 1) // 2
