# SPDX-License-Identifier: MIT
"""console=vga on a screen of pixels: nobody would see the text, so there is no such console, and the log goes where it would
without the option."""

from framebuffer_text import framebuffer_text, wait_framebuffer
from shell_support import PROMPT, wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    warning = "warning: main: console=vga names a console that this machine does not have"
    assert warning in vm.serial_log, vm.serial_log
    wait_framebuffer(vm, PROMPT.rstrip())
    assert warning in framebuffer_text(vm).text, framebuffer_text(vm).text
    vm.send_serial("exit 42\r")
