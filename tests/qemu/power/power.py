# SPDX-License-Identifier: MIT
"""The last thing the kernel says is the way in the environment's LAST_WORDS: what it names next was not needed."""

import os
import re

from errors import GuestEnded, WaitTimeout


def drive(vm):
    wanted = os.environ["LAST_WORDS"]
    vm.wait_serial(re.compile(r"power: (warning: )?" + re.escape(wanted) + r"[^\n]*\n"))
    try:
        more = vm.wait_serial("\n", timeout=2)
        raise AssertionError(f"behind {wanted!r} the kernel said {more!r}")
    except (GuestEnded, WaitTimeout):
        pass
