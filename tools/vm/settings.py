# SPDX-License-Identifier: MIT
"""What machine to start, and the QEMU command line for it."""

import os
import shutil
from dataclasses import dataclass
from typing import Optional

PROGRAM = "qemu-system-x86_64"
DEBUG_EXIT = "isa-debug-exit,iobase=0xf4,iosize=4"


@dataclass(frozen=True)
class Settings:
    """`kernel` or `iso` is needed, by `boot`. `vga` is none, std or another adapter of QEMU's; without one
    there is no screen to read. `starts_stopped` leaves the guest before its first instruction, for gdb.
    """

    kernel: Optional[str] = None
    iso: Optional[str] = None
    boot: str = "pvh"
    memory_mib: int = 64
    machine: str = "pc"
    cpu: str = "max"
    accelerator: str = "tcg"
    vga: str = "std"
    append: Optional[str] = None
    arguments: tuple = ()
    program: Optional[str] = None
    starts_stopped: bool = False

    def program_path(self):
        """The QEMU to run, None when there is none: the environment's QEMU, else `program`, else the usual name."""
        return shutil.which(os.environ.get("QEMU") or self.program or PROGRAM)

    def command(self, connections):
        """The command as a list; `connections` are the options for serial line and monitor."""
        command = [self.program_path() or PROGRAM, "-accel", self.accelerator, "-M", self.machine, "-cpu", self.cpu,
                   "-m", str(self.memory_mib), "-nodefaults", "-no-reboot", "-display", "none"]
        if self.vga != "none":
            command += ["-vga", self.vga]
        command += connections + ["-device", DEBUG_EXIT]
        if self.boot == "bios":
            command += ["-boot", "d", "-cdrom", str(self.iso)]
        else:
            command += ["-kernel", str(self.kernel)]
        if self.append is not None:
            command += ["-append", self.append]
        return command + list(self.arguments)

    def command_by_hand(self):
        """The same machine with its serial line on the terminal, for a person to start."""
        return self.command(["-serial", "mon:stdio"])
