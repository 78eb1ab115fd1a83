# SPDX-License-Identifier: MIT
"""Types the command in the environment's SHELL_COMMAND; what comes of it is the test's expectation."""

import os

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    vm.send_serial(os.environ["SHELL_COMMAND"] + "\r")
