# SPDX-License-Identifier: MIT
"""Entered by something that is neither Multiboot2 nor PVH, the boot code says so, on both consoles, and stops."""

MESSAGE = "Tenorite cannot start: the loader speaks neither Multiboot2 nor PVH."
WHITE_ON_RED = 0x4F


def drive(vm):
    output = vm.gdb(["hbreak *boot_entry", "continue", "set $eax = 0", "set $ebx = 0", "hbreak *boot_failed",
                     "continue", f"x/{len(MESSAGE)}xh 0xb8000"], symbols=vm.settings.kernel)
    vm.wait_serial(MESSAGE + "\r\n")
    cells = [int(word, 16) for line in output.splitlines() if line.startswith("0xb8") for word in line.split()[1:]]
    assert cells == [WHITE_ON_RED << 8 | ord(character) for character in MESSAGE], output
