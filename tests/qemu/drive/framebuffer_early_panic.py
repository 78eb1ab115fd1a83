# SPDX-License-Identifier: MIT
"""A panic at a place in the kernel's start, named by the environment's PANIC_PLACE, is read on the screen of pixels: before
and after its pixels move to another address, and between the switch to the new address space and the first word after
it. What is said is the kernel's command line."""

import os

from framebuffer_text import UNREADABLE, framebuffer_text_at

MESSAGE = "panic: struck early"


def drive(vm):
    place = os.environ["PANIC_PLACE"]
    screen = framebuffer_text_at(vm, "power_exit", before=[
        f"hbreak {place}", "continue", "set $rdi = (long)&'start.c'::boot_info.command_line",
        "set $pc = (long)&contract_breach"])
    vm.wait_end(10)
    assert MESSAGE in vm.serial_log, vm.serial_log
    assert MESSAGE in screen.rows, screen.text
    assert UNREADABLE not in screen.text, screen.text
