# SPDX-License-Identifier: MIT
"""What machine to start, and the QEMU command line for it."""

import os
import shutil
from dataclasses import dataclass
from typing import Optional

import boot_path

PROGRAM = "qemu-system-x86_64"
DEBUG_EXIT = "isa-debug-exit,iobase=0xf4,iosize=4"


@dataclass(frozen=True)
class Settings:
    """`kernel` or `iso` is needed, by `boot`, a name in boot_path.PATHS; `machine` is by default that path's. `vga` is
    none, std or another adapter of QEMU's: by default std where the machine has a bus for it. `screen` says what the
    ISO's boot menu asks for, text or framebuffer. `starts_stopped` leaves the guest before its first instruction, for
    gdb.
    """

    kernel: Optional[str] = None
    iso: Optional[str] = None
    boot: str = "pvh"
    memory_mib: int = 64
    machine: Optional[str] = None
    cpu: str = "max"
    accelerator: str = "tcg"
    vga: Optional[str] = None
    screen: str = "text"
    append: Optional[str] = None
    arguments: tuple = ()
    program: Optional[str] = None
    starts_stopped: bool = False

    def __post_init__(self):
        if self.machine is None:
            object.__setattr__(self, "machine", boot_path.PATHS[self.boot].machine)
        if self.vga is None:
            object.__setattr__(self, "vga", "none" if boot_path.machine_name(self.machine) == "microvm" else "std")

    def has_text_screen(self):
        """Whether the kernel finds a screen in VGA text mode; UEFI has pixels only."""
        return self.vga != "none" and self.screen == "text" and not boot_path.PATHS[self.boot].is_uefi

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
        command += boot_path.arguments(self.boot, self.kernel, self.iso, self.append)
        return command + list(self.arguments)

    def command_by_hand(self):
        """The same machine with its serial line on the terminal, for a person to start."""
        return self.command(["-serial", "mon:stdio"])
