# SPDX-License-Identifier: MIT
"""Emulation (tcg) or KVM, for `./tenorite run`.

That /dev/kvm exists says little: inside a virtual machine KVM may refuse the CPU model, run 16-bit firmware a hundred
times slower than emulation does, or hang. So `auto` starts a kernel of a few instructions, on the same machine and CPU,
both ways, and looks at the clock.
"""

import math
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import children
import qemu
import stub_kernel
import terminal

DEVICE = Path("/dev/kvm")
KVM_SECONDS = 1.0
TCG_SECONDS = 10.0
# The first start also reads QEMU from the disk.
STARTS = 2


def add_option(parser):
    parser.add_argument("--accel", choices=("tcg", "kvm", "auto"), default="tcg",
                        help="tcg: emulation (default); kvm; auto: kvm if a trial shows that it is faster here")


def choose(machine, cpu):
    """`kvm` or `tcg`; says why."""
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        terminal.say(f"accelerator: tcg, because there is no {DEVICE} that may be used")
        return "tcg"
    with tempfile.TemporaryDirectory(prefix="tenorite-") as directory:
        kernel = Path(directory) / "stub.elf"
        kernel.write_bytes(stub_kernel.image())
        tcg, kvm = (fastest_start(name, machine, cpu, kernel, limit)
                    for name, limit in (("tcg", TCG_SECONDS), ("kvm", KVM_SECONDS)))
    chosen = "kvm" if kvm.seconds < tcg.seconds else "tcg"
    terminal.say(f"accelerator: {chosen}; a kernel of a few instructions: by kvm {kvm.words}, by tcg {tcg.words}")
    return chosen


@dataclass(frozen=True)
class Trial:
    """`seconds` is infinite where the kernel did not run as it should."""

    words: str
    seconds: float = math.inf


def fastest_start(accelerator, machine, cpu, kernel, limit):
    """The fastest of STARTS, or the first that fails or takes longer than `limit` seconds."""
    best = None
    for _ in range(STARTS):
        trial = start(accelerator, machine, cpu, kernel, limit)
        if math.isinf(trial.seconds):
            return trial
        best = trial if best is None or trial.seconds < best.seconds else best
    return best


def start(accelerator, machine, cpu, kernel, limit):
    command = [qemu.program(), "-accel", accelerator, "-machine", machine, "-cpu", cpu, "-m", "32", "-nodefaults",
               "-no-reboot", "-display", "none", "-serial", "null", "-device", qemu.DEBUG_EXIT, "-kernel", str(kernel)]
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    began = time.monotonic()
    with children.running(command, True, **silent) as child:
        try:
            status = child.wait(limit)
        except subprocess.TimeoutExpired:
            return Trial(f"not done within {limit:.0f} s")
    seconds = time.monotonic() - began
    if status != stub_kernel.EXIT_STATUS:
        return Trial(f"QEMU failed with status {status}")
    return Trial(f"{seconds:.2f} s", seconds)
