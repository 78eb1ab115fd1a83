# SPDX-License-Identifier: MIT
"""From the shell, where tasks write the log: what the command SHELL_COMMAND does last is on the serial line all the same."""

import os

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    vm.send_serial(os.environ["SHELL_COMMAND"] + "\r")
    vm.wait_serial(f"power: {os.environ['LAST_WORDS']}\r\n")
