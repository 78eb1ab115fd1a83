#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints how long each boot path takes from QEMU's start to the shell's prompt.

Beside it stands the floor: a kernel of a few instructions (tools/vm/stub_kernel.py) on the same path and machine, so
that the ratio says what Tenorite adds to QEMU, firmware and boot loader. Both are timed by what arrives on the serial
line, the stub's line and the prompt. The rounds go through all paths in turn, so that a busy moment of the host does
not meet one path alone.

Exit status: 0 measured, 1 a path that this computer can run did not come to its prompt, 2 wrong usage.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "vm"))

import boot_path
import stub_kernel
from errors import FirmwareMissing, GuestEnded, StartFailure, WaitTimeout
from machine import Machine
from settings import Settings

PROMPT = "tenorite> "
LIMIT_SECONDS = 60
MEMORY_MIB = 128


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="FILE", help="the kernel, an ELF file")
    parser.add_argument("--iso", required=True, metavar="FILE", help="the ISO with that kernel")
    parser.add_argument("--stub", required=True, metavar="FILE", help="the kernel of a few instructions")
    parser.add_argument("--stub-iso", required=True, metavar="FILE", help="the ISO with that one")
    parser.add_argument("--count", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("-R", dest="regex", default="", metavar="REGEX", help="only the paths that match")
    parser.add_argument("--accel", choices=("tcg", "kvm"), default="tcg", help="default tcg")
    options = parser.parse_args(arguments)
    options.paths = [name for name in boot_path.PATHS if re.search(options.regex, name)]
    if not options.paths or options.count < 1:
        parser.error(f"no boot path matches '{options.regex}'" if options.count > 0 else "--count must be at least 1")
    return options


class Subject:
    """One kernel, as ELF and as ISO, and the text on the serial line that ends the measurement."""

    def __init__(self, kernel, iso, text):
        self.kernel, self.iso, self.text = kernel, iso, text

    def seconds(self, path, accelerator):
        """From QEMU's start until the text is there."""
        settings = Settings(kernel=self.kernel, iso=self.iso, boot=path, accelerator=accelerator, memory_mib=MEMORY_MIB)
        began = time.monotonic()
        with Machine(settings) as machine:
            machine.start()
            machine.wait_serial(self.text, timeout=LIMIT_SECONDS)
            return time.monotonic() - began


@dataclass
class Result:
    """Seconds of the kernel and of the stub, one of each a round; or the reason why there are none."""

    kernel: list = field(default_factory=list)
    stub: list = field(default_factory=list)
    problem: str = ""
    has_failed: bool = False


def measure(options, kernel, stub):
    """A Result for each path."""
    results = {path: Result() for path in options.paths}
    for _ in range(options.count):
        for path, result in results.items():
            if not result.problem:
                add_round(result, path, options.accel, kernel, stub)
    return results


def add_round(result, path, accelerator, kernel, stub):
    try:
        result.stub.append(stub.seconds(path, accelerator))
        result.kernel.append(kernel.seconds(path, accelerator))
    except FirmwareMissing as missing:
        # What was asked for by name has to exist.
        result.has_failed = bool(os.environ.get("OVMF"))
        result.problem = f"{'failed' if result.has_failed else 'skipped'}: {missing}"
    except (GuestEnded, StartFailure, WaitTimeout) as error:
        result.problem, result.has_failed = "failed: " + " | ".join(str(error).splitlines()), True


def in_milliseconds(seconds):
    low, middle, high = (round(1000 * value) for value in (min(seconds), statistics.median(seconds), max(seconds)))
    return f"{middle} ms ({low} to {high})"


def table(results):
    rows = [("path", "machine", "prompt", "floor", "ratio")]
    for path, result in results.items():
        figures = ("", "", result.problem)
        if not result.problem:
            ratio = statistics.median(result.kernel) / statistics.median(result.stub)
            figures = (in_milliseconds(result.kernel), in_milliseconds(result.stub), f"{ratio:.2f}")
        rows.append((path, boot_path.PATHS[path].machine, *figures))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths + [0])) for row in rows)


def emulator_version():
    program = Settings().program_path()
    if program is None:
        sys.exit("boot_times.py: no qemu-system-x86_64 here")
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]


def main(arguments):
    options = parse_arguments(arguments)
    print(f"{emulator_version()}\n-accel {options.accel} -cpu {Settings().cpu} -m {MEMORY_MIB}, on "
          f"{os.cpu_count()} CPUs of this computer\nmedian of {options.count} (least to most)\n", flush=True)
    kernel = Subject(options.kernel, options.iso, PROMPT)
    stub = Subject(options.stub, options.stub_iso, stub_kernel.LINE.decode())
    results = measure(options, kernel, stub)
    print(table(results))
    return 1 if any(result.has_failed for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
