# SPDX-License-Identifier: MIT
"""What faults/wrong_frees.c panics with."""

import re

MESSAGES = {
    "twice": r"frame (0x\w+00000) is free already",
    "part_is_free": r"512 frames at (0x\w+)00000: (?:\1)01000 is free already",
    "frame_0": r"frame 0 is foreign",
    "kernel": r"frame 0x[1-9a-f]\w*000 is foreign",
    "no_memory": r"512 frames at 0x10000000000: foreign from 0x\w+ on",
}


def drive(vm):
    vm.wait_end(10)
    message = MESSAGES[vm.settings.append]
    assert re.search(r"^panic: \S*frames\w*\.c:\d+: assertion `.*` failed: " + message + "\r?$", vm.serial_log,
                     re.MULTILINE), vm.serial_log
