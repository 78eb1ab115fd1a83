# SPDX-License-Identifier: MIT
"""What a person needs after a run that did not go as expected: printed, and kept in the log directory."""

import re
import shlex
from pathlib import Path

import tap

SERIAL_LINES = 30
TRACE_LINES = 6
TRACE_TAIL_BYTES = 1 << 17
EXCEPTION_RECORD = re.compile(r"^ *\d+: v=.*")
# Floating point and vector state, which says nothing about a kernel that uses neither.
WIDE_REGISTERS = re.compile(r"^(FCW|FPR|XMM|YMM|ZMM|Opmask)")


class Logs:
    """The files DIR/NAME.*.log of one run; those of an earlier run of that name are removed first."""

    def __init__(self, directory, name):
        self.directory = Path(directory).absolute()
        self.name = name
        self.directory.mkdir(parents=True, exist_ok=True)
        for kind in ("serial", "qemu", "screen", "trace"):
            self.path(kind).unlink(missing_ok=True)

    def path(self, kind):
        return self.directory / f"{self.name}.{kind}.log"

    def write(self, kind, text):
        self.path(kind).write_text(text, encoding="utf-8", errors="replace")

    def __str__(self):
        return str(self.directory / f"{self.name}.*.log")


def section(title, text):
    return f"--- {title}\n{text}\n" if text else f"--- {title}: none\n"


def last_serial_lines(serial):
    return "\n".join(tap.lines_of(serial)[-SERIAL_LINES:])


def general_registers(text):
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip() and not WIDE_REGISTERS.match(line))


def shown_screen(machine):
    """The screen's text without the empty lines at its end; None where it cannot be read."""
    if not machine.settings.has_text_screen() or not machine.is_running():
        return None
    try:
        return "\n".join(row.rstrip() for row in machine.screen_text()).rstrip()
    except AssertionError:
        return None


def emulator_record(machine):
    """What there is to know about QEMU itself, for the log."""
    events = "\n".join(str(event) for event in machine.events())
    return (section("command", shlex.join(machine.settings.command_by_hand()))
            + section("QEMU's own output", machine.emulator_errors().rstrip()) + section("QMP events", events)
            + section("QEMU log", machine.emulator_log().rstrip()))


def exceptions_of(path):
    """The last exceptions that `-d int` recorded, a line each."""
    with open(path, "rb") as trace:
        trace.seek(0, 2)
        trace.seek(max(trace.tell() - TRACE_TAIL_BYTES, 0))
        lines = trace.read().decode("utf-8", "replace").splitlines()
    return "\n".join([line.strip() for line in lines if EXCEPTION_RECORD.match(line)][-TRACE_LINES:])
