# SPDX-License-Identifier: MIT
"""What a finished run means, from what the runner saw; pure functions.

The guest ends itself through isa-debug-exit, which makes QEMU exit with 2 * value + 1: 33 for value 0x10 (tests
passed), 35 for 0x11 (a test failed), 203 for 101 (panic or unhandled exception). Exit status 0 is never a success:
under -no-reboot a triple fault ends QEMU like that, and so does powering off; the SHUTDOWN event tells which.
"""

import re
from dataclasses import dataclass
from typing import Optional

import tap

TESTS_PASSED = 0x10
TESTS_FAILED = 0x11
PANIC = 101

PLAIN_EXPECTATIONS = ("pass", "fail", "panic", "hang", "triple-fault", "powered-off", "reboot")
NUMBERED_EXPECTATIONS = {"exception": 255, "exit": 127}

PANIC_LINE = re.compile(r"panic: (.*)")
# The report normally starts its line. Where it cut into a half-printed line, the panic that follows repeats it; log
# lines, which start with [, may speak of exceptions that were handled.
EXCEPTION_LINES = (re.compile(r"exception (\d+) \(.*"), re.compile(r"[^\[].*?exception (\d+) \(.*"))


@dataclass(frozen=True)
class Verdict:
    """`kind` is an expectation's name or one of
    reset          a triple fault or a reboot: the emulator's log, which tells, is not there
    quit           the runner ended the machine
    did-not-start  QEMU ended before the guest ran
    emulator-died  QEMU ended in a way that no guest can cause
    """

    kind: str
    detail: str = ""
    number: Optional[int] = None
    exit_value: Optional[int] = None

    def name(self):
        return self.kind if self.number is None else f"{self.kind}={self.number}"

    def __str__(self):
        return f"{self.name()} ({self.detail})" if self.detail else self.name()


def parse_expectation(text):
    """(kind, number or None); ValueError says what is allowed."""
    kind, separator, number = text.partition("=")
    if not separator and kind in PLAIN_EXPECTATIONS:
        return kind, None
    limit = NUMBERED_EXPECTATIONS.get(kind)
    if separator and limit is not None and re.fullmatch(r"[0-9]{1,3}", number) and int(number) <= limit:
        return kind, int(number)
    numbered = [f"{name}=0..{limit}" for name, limit in NUMBERED_EXPECTATIONS.items()]
    raise ValueError(f"expectation '{text}'; known are {', '.join([*PLAIN_EXPECTATIONS, *numbered])}")


def matches(expectation, verdict):
    """Whether the verdict is what the expectation, parsed, asked for."""
    kind, number = expectation
    if kind == "exit":
        return verdict.exit_value == number
    if verdict.kind == "reset":
        return kind in ("triple-fault", "reboot")
    return (verdict.kind, verdict.number) == (kind, number)


def judge(exit_code, events, serial, timed_out, emulator_log=None):
    """The verdict on a run.

    exit_code     QEMU's exit status, negative for a signal; None while it still runs
    events        QMP events in order, as dictionaries; RESUME is among them once the guest ran
    serial        all serial output, as text
    timed_out     the runner gave up waiting
    emulator_log  what `-d cpu_reset` wrote; None where it cannot tell a triple fault (KVM)
    """
    if timed_out or exit_code is None:
        return Verdict("hang", "" if serial.strip() else "no serial output at all")
    if not any(event["event"] == "RESUME" for event in events):
        return Verdict("did-not-start", f"QEMU ended with {describe_status(exit_code)}")
    if exit_code < 0 or exit_code > 255:
        return Verdict("emulator-died", f"QEMU ended with {describe_status(exit_code)}")
    if exit_code == 1 and not serial:
        return Verdict("did-not-start", "QEMU ended with status 1 before any serial output")
    if exit_code % 2 == 1:
        return judge_exit_value(exit_code >> 1, serial)
    if exit_code == 0:
        return judge_shutdown(events, emulator_log)
    return Verdict("emulator-died", f"status {exit_code} is none that a guest can cause")


def describe_status(exit_code):
    return f"status {exit_code}" if exit_code >= 0 else f"signal {-exit_code}"


def judge_exit_value(value, serial):
    if value == PANIC:
        return judge_panic(serial)
    if value not in (TESTS_PASSED, TESTS_FAILED):
        return Verdict("exit", number=value, exit_value=value)
    results = tap.parse(serial)
    gap = results.gaps()
    if gap is not None:
        return Verdict("fail", f"incomplete: {gap}", exit_value=value)
    if results.failed:
        names = ", ".join(results.failed)
        return Verdict("fail", f"{len(results.failed)} of {len(results.numbers)} tests: {names}", exit_value=value)
    if value == TESTS_FAILED:
        return Verdict("fail", "the exit says that a test failed, the results do not", exit_value=value)
    return Verdict("pass", f"{len(results.passed)} tests", exit_value=value)


def judge_panic(serial):
    """An exception's report says more than the panic that ends it."""
    lines = tap.lines_of(serial)
    for pattern in EXCEPTION_LINES:
        for line in lines:
            match = pattern.match(line)
            if match:
                return Verdict("exception", match[0], int(match[1]), PANIC)
    for line in lines:
        match = PANIC_LINE.search(line)
        if match:
            return Verdict("panic", match[1], exit_value=PANIC)
    return Verdict("exit", "neither a panic nor an exception was reported", PANIC, PANIC)


def judge_shutdown(events, emulator_log):
    reasons = [event.get("data", {}).get("reason", "") for event in events if event["event"] == "SHUTDOWN"]
    reason = reasons[0] if reasons else ""
    if reason == "guest-reset":
        return judge_reset(emulator_log)
    if reason == "guest-shutdown":
        return Verdict("powered-off")
    if reason == "host-qmp-quit":
        return Verdict("quit")
    return Verdict("emulator-died", f"QEMU ended with status 0 for the reason '{reason or 'not given'}'")


def judge_reset(emulator_log):
    """QEMU gives both a triple fault and a reboot as guest-reset; its log, if it is there, names the first."""
    if emulator_log is None or "CPU Reset" not in emulator_log:
        return Verdict("reset", "a triple fault or a reboot")
    return Verdict("triple-fault") if "Triple fault" in emulator_log else Verdict("reboot")
