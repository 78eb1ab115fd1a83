# SPDX-License-Identifier: MIT
"""The ways that the kernel names are those in the environment's WAYS, in that order and no others. Before it looks for one
it stops, for gdb's commands in SPOIL where there are any."""

import os
import re

from errors import GuestEnded, WaitTimeout

SEPARATOR = " | "


def drive(vm):
    wanted = os.environ["WAYS"].split(SEPARATOR)
    if spoil := os.environ.get("SPOIL"):
        vm.gdb(["hbreak power_off", "hbreak power_reboot", "continue", *spoil.split(SEPARATOR)],
               symbols=vm.settings.kernel)
    vm.wait_serial(re.compile(r"power: " + re.escape(wanted[-1]) + r"[^\n]*\n"))
    try:
        vm.wait_serial("\n", timeout=2)
    except (GuestEnded, WaitTimeout):
        pass
    said = re.findall(r"\bpower: ([^\r\n;]*)", vm.serial_log)
    assert said == wanted, said
