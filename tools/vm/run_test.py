#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one kernel in QEMU and compares what becomes of it with what was expected.

Prints one line with the verdict; when it is not the expected one also the last serial lines, the registers, the
QEMU command and where the full logs are. tools/vm/README.md describes verdicts and input scripts.

Exit status: 0 as expected, 1 not as expected, 2 wrong usage, 77 this machine cannot run it, 128 + N ended by
signal N.
"""

import argparse
import contextlib
import dataclasses
import importlib.util
import os
import shlex
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

import boot_path
import report
import uefi_firmware
import verdict
from errors import FirmwareMissing, Skip, StartFailure
from machine import START_SECONDS, Machine
from settings import Settings

EXIT_EXPECTED, EXIT_UNEXPECTED, EXIT_SKIPPED = 0, 1, 77
TRACE_SECONDS = 5
# After the run's own time: for a script that computes instead of waiting.
SCRIPT_GRACE_SECONDS = 3


class Ended(BaseException):
    """A signal asked the runner to end; no script can catch it by accident."""


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="the test's name, also of its logs")
    parser.add_argument("--kernel", metavar="FILE", help="the kernel, an ELF file")
    parser.add_argument("--iso", metavar="FILE", help="the image that GRUB is on, for the other ways to boot")
    parser.add_argument("--boot", choices=boot_path.PATHS, default="pvh",
                        help="pvh (default), microvm: QEMU loads the kernel; bios, uefi: the ISO as a CD; usb, "
                        "uefi-usb: the ISO as a USB disk")
    parser.add_argument("--expect", type=expectation, default=("pass", None), metavar="VERDICT",
                        help="pass (default), fail, panic, hang, triple-fault, powered-off, reboot, exception=N or "
                        "exit=N")
    parser.add_argument("--timeout", type=positive, default=20, metavar="S",
                        help="seconds (default 20), multiplied by the environment's TENORITE_TIMEOUT_SCALE")
    parser.add_argument("--memory", type=int, default=64, metavar="MIB", help="guest memory (default 64)")
    parser.add_argument("--machine", metavar="M", help="QEMU machine (default pc; uefi, uefi-usb: q35)")
    parser.add_argument("--cpu", default="max", metavar="C", help="QEMU CPU model (default max)")
    parser.add_argument("--accel", choices=("tcg", "kvm"), default="tcg", help="default tcg")
    parser.add_argument("--vga", metavar="V", help="display adapter, or none (default std; microvm: none)")
    parser.add_argument("--screen", choices=("text", "framebuffer"), default="text",
                        help="what the ISO's boot menu asks for (default text)")
    parser.add_argument("--append", metavar="TEXT", help="kernel command line, for --boot pvh and microvm")
    parser.add_argument("--input", metavar="FILE", help="a Python script whose drive(vm) drives the guest")
    parser.add_argument("--gdb", action="store_true",
                        help="leave the guest before its first instruction, for vm.gdb()")
    parser.add_argument("--log-dir", default="vm-logs", metavar="DIR", help="where the logs go (default vm-logs)")
    parser.add_argument("--qemu", metavar="FILE", help="the QEMU to use (the environment's QEMU goes before it)")
    parser.add_argument("--qemu-arg", action="append", default=[], metavar="ARG", help="one more argument for QEMU; "
                        "may be repeated; write --qemu-arg=-option")
    options = parser.parse_args(arguments)
    check_boot(parser, options)
    return options


def check_boot(parser, options):
    needed = "kernel" if boot_path.PATHS[options.boot].medium == "kernel" else "iso"
    if getattr(options, needed) is None:
        parser.error(f"--boot {options.boot} needs --{needed}")
    if options.append is not None and needed == "iso":
        parser.error("--append needs --boot pvh or microvm: an ISO's boot menu holds the command line")
    settings = settings_of(options)
    try:
        boot_path.check_machine(options.boot, settings.machine)
    except ValueError as error:
        parser.error(str(error))
    if boot_path.machine_name(settings.machine) == "microvm" and settings.vga != "none":
        parser.error(f"a microvm has no display adapter, and its firmware waits for ever for --vga {settings.vga}")


def expectation(text):
    try:
        return verdict.parse_expectation(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(text):
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def timeout_scale():
    text = os.environ.get("TENORITE_TIMEOUT_SCALE") or "1"
    try:
        return positive(text)
    except (ValueError, argparse.ArgumentTypeError):
        sys.exit(f"run_test.py: TENORITE_TIMEOUT_SCALE={text} is not a positive number")


def settings_of(options):
    return Settings(kernel=options.kernel, iso=options.iso, boot=options.boot, memory_mib=options.memory,
                    machine=options.machine, cpu=options.cpu, accelerator=options.accel, vga=options.vga,
                    screen=options.screen, append=options.append, arguments=tuple(options.qemu_arg),
                    program=options.qemu, starts_stopped=options.gdb)


def check_platform(options, settings):
    """Skip for what no installation step of a test could mend; what was asked for by name has to exist."""
    if os.name != "posix" or not hasattr(socket, "AF_UNIX"):
        raise Skip("the runner needs a POSIX system")
    if options.accel == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("/dev/kvm cannot be used here")
    is_named = options.qemu or os.environ.get("QEMU")
    if settings.program_path() is None and not is_named:
        raise Skip("no qemu-system-x86_64 here; Debian and Ubuntu: apt-get install qemu-system-x86")
    if boot_path.PATHS[options.boot].is_uefi:
        check_firmware()


def check_firmware():
    try:
        uefi_firmware.find()
    except FirmwareMissing as missing:
        if os.environ.get("OVMF"):
            raise
        raise Skip(str(missing)) from None


def load_drive(path):
    """The script's drive function; modules beside the script can be imported."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    specification = importlib.util.spec_from_file_location("input_script", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.drive


@contextlib.contextmanager
def alarm_at(deadline):
    """Raises in the main thread some time after the deadline, for code that does not look at it."""

    def too_long(_number, _frame):
        raise AssertionError("the script went on after the run's time was up")

    previous = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0) + SCRIPT_GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def drive_guest(machine, path):
    """Runs the script; what went wrong, None when nothing did. A true return value asks to end the machine."""
    try:
        with alarm_at(machine.deadline):
            wants_end = load_drive(path)(machine)
    except Skip:
        raise
    except AssertionError as error:
        return f"script, line {script_line(error, path)}: {error or 'assertion failed'}"
    except Exception:
        return f"script: {traceback.format_exc().rstrip()}"
    if wants_end:
        machine.quit()
    return None


def script_line(error, path):
    """The innermost line of the script itself."""
    numbers = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
               if os.path.abspath(frame.filename) == os.path.abspath(path)]
    return numbers[-1] if numbers else "?"


def observe(options, machine, seconds):
    """Starts the guest, drives it, waits for its end; the verdict. The machine may still run afterwards."""
    try:
        machine.start(START_SECONDS * timeout_scale())
    except StartFailure as failure:
        return verdict.Verdict("did-not-start", str(failure))
    machine.deadline = time.monotonic() + seconds
    problem = drive_guest(machine, options.input) if options.input else None
    if problem is not None:
        status = machine.wait_end(0)
        own = "" if status is None else f"; the guest: {judge(options, machine, status)}"
        return verdict.Verdict("fail", problem + own)
    result = judge(options, machine, machine.wait_end(machine.deadline - time.monotonic()))
    if options.input and result.kind == "quit":
        return verdict.Verdict("pass", "the script saw all it wanted")
    return result


def judge(options, machine, status):
    log = machine.emulator_log() if options.accel == "tcg" else None
    return verdict.judge(status, machine.events(), machine.serial_log, status is None, log)


def explain(options, machine, result, logs):
    """The report on a run that ended otherwise than expected; ends the machine."""
    registers, screen_text = machine.registers(), report.shown_screen(machine)
    machine.close()
    text = report.section("last serial lines", report.last_serial_lines(machine.serial_log))
    if screen_text:
        logs.write("screen", screen_text + "\n")
        text += report.section("screen", screen_text)
    may_be_traced = options.accel == "tcg" and not options.input
    if registers is None and result.kind in ("triple-fault", "reset") and may_be_traced:
        registers, exceptions = trace_again(options, machine, logs)
        text += report.section("last exceptions before the end, from a second run", exceptions)
    if registers is not None:
        text += report.section("registers", report.general_registers(registers))
    if machine.emulator_errors().strip():
        text += report.section("QEMU's own output", machine.emulator_errors().rstrip())
    text += report.section("QEMU command, with the serial line on the terminal",
                           shlex.join(machine.settings.command_by_hand()))
    logs.write("qemu", report.emulator_record(machine) + report.section("registers", registers))
    return text + f"--- full logs: {logs}"


def trace_again(options, first, logs):
    """Runs the guest once more with every exception logged, and paused where it would have ended: (registers, last
    exceptions)."""
    arguments = (*options.qemu_arg, "-action", "shutdown=pause")
    settings = dataclasses.replace(first.settings, arguments=arguments, starts_stopped=False)
    with Machine(settings, emulator_log=("int,cpu_reset", logs.path("trace"))) as machine:
        try:
            machine.start()
        except StartFailure:
            return None, ""
        limit = time.monotonic() + TRACE_SECONDS
        while time.monotonic() < limit and not any(event["event"] == "SHUTDOWN" for event in machine.events()):
            machine.wait_end(0.05)
        registers = machine.registers()
    return registers, report.exceptions_of(logs.path("trace"))


def run(options):
    settings = settings_of(options)
    check_platform(options, settings)
    logs = report.Logs(options.log_dir, options.name)
    began = time.monotonic()
    with open(logs.path("serial"), "wb", buffering=0) as sink, Machine(settings, serial_sink=sink) as machine:
        result = observe(options, machine, options.timeout * timeout_scale())
        seconds = time.monotonic() - began
        if verdict.matches(options.expect, result):
            print(f"{options.name}: {result}, as expected, in {seconds:.2f} s")
            return EXIT_EXPECTED
        wanted = verdict.Verdict(options.expect[0], number=options.expect[1])
        print(f"{options.name}: {result}, expected {wanted}, in {seconds:.2f} s", flush=True)
        print(explain(options, machine, result, logs))
        return EXIT_UNEXPECTED


def end_with_signals():
    def raise_ended(number, _frame):
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_ended)


def main(arguments):
    options = parse_arguments(arguments)
    end_with_signals()
    try:
        return run(options)
    except Skip as skip:
        print(f"{options.name}: skipped: {skip}")
        return EXIT_SKIPPED
    except FirmwareMissing as missing:
        print(f"{options.name}: {verdict.Verdict('did-not-start', str(missing))}")
        return EXIT_UNEXPECTED
    except Ended as ended:
        print(f"{options.name}: ended by {signal.Signals(ended.args[0]).name}")
        return 128 + ended.args[0]


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
