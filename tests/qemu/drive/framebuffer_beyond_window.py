# SPDX-License-Identifier: MIT
"""A framebuffer that the boot tables do not show, as one above 4 GiB: here they are said to show 1 GiB. Its text appears
with the kernel's own address space, all of it, and nothing was drawn before."""

from framebuffer_text import framebuffer_text, framebuffer_text_at, wait_framebuffer
from shell_support import PROMPT

WINDOW_BYTES = 1 << 30


def drive(vm):
    before = framebuffer_text_at(vm, "paging_harden", before=[
        "hbreak kernel_main", "continue", f"set var memory_layout::layout.boot_window_bytes = {WINDOW_BYTES}"])
    assert "Tenorite" not in before.text, before.text
    vm.wait_serial(PROMPT)
    screen = wait_framebuffer(vm, lambda screen: screen.rows[-1] == PROMPT.rstrip())
    assert "booted by GRUB" in screen.text and "framebuffer: 1024 x 768" in screen.text, screen.text
    assert framebuffer_text(vm).cursors == [(len(screen.rows) - 1, len(PROMPT))]
    vm.send_serial("exit 42\r")
