# SPDX-License-Identifier: MIT
"""Chooses the second entry of the boot menu, and adds an option to the kernel's command line there."""

from shell_support import PROMPT

# Steps of GRUB's editor: e, then down to the line with the kernel, its end, the option, and Ctrl-X to boot.
KERNEL_LINE = 3


def drive(vm):
    vm.wait_screen("Tenorite, screen of pixels", 30)
    vm.press(["down"])
    vm.press(["e"])
    vm.wait_screen("multiboot2 /boot/tenorite.elf")
    for _ in range(KERNEL_LINE):
        vm.press(["down"])
    vm.press(["end"])
    vm.type_keys(" log=debug")
    vm.wait_screen("multiboot2 /boot/tenorite.elf  log=debug")
    vm.press(["ctrl", "x"])
    log = vm.wait_serial(PROMPT, 30)
    assert "framebuffer: 1024 x 768 pixels" in log, log
    assert "main: command line: log=debug" in log, log
    vm.send_serial("exit 42\r")
