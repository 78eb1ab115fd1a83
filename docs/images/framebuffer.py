# SPDX-License-Identifier: MIT
"""Makes docs/images/framebuffer.png, the shell on a screen of pixels. The image is one made with SCREEN framebuffer, as the
tests have:

    PYTHONPATH=tests/qemu/drive python3 tools/vm/run_test.py --name picture --boot bios --memory 128 \\
        --iso build/dev/tests/qemu/boot/tenorite_kernel_test_iso_framebuffer.iso --input docs/images/framebuffer.py
"""

import os

from framebuffer_text import wait_framebuffer


def drive(vm):
    vm.wait_serial("tenorite>")
    for command, answer in (("help", "help "), ("mem", "heap:"), ("tasks", "shell on screen"),
                            ("spawn 2", "sleeper 2: round 3 of 3"), ("echo Hello!", "\nHello!"), ("uptime", "\nup ")):
        vm.type_keys(command + "\n")
        wait_framebuffer(vm, answer)
    vm.screendump(os.path.join(os.path.dirname(os.path.abspath(__file__)), "framebuffer.png"))
    return True
