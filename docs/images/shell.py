# SPDX-License-Identifier: MIT
"""Makes docs/images/shell.png, the README's picture:

    python3 tools/vm/run_test.py --name picture --boot bios --iso build/dev/tenorite.iso --memory 128 \\
        --input docs/images/shell.py
"""

import os
import time


def drive(vm):
    vm.wait_screen("tenorite>")
    for command, answer in (("mem", "heap:"), ("tasks", "shell on screen"), ("spawn 2", "sleeper 2: round 3 of 3"),
                            ("echo Hello!", "\nHello!"), ("uptime", "\nup ")):
        vm.type_keys(command + "\n")
        vm.wait_screen(answer)
        time.sleep(0.3)
    vm.screendump(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shell.png"))
    return True
