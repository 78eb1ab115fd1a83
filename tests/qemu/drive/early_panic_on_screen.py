# SPDX-License-Identifier: MIT
"""Without a serial port, a panic long before memory is up is read on the screen: the boot information is bad."""

MULTIBOOT2_MAGIC, MISALIGNED = 0x36D76289, 0x1004
TEXT_SCREEN, CELLS = 0xFFFFFFFF800B8000, 80 * 25


def drive(vm):
    output = vm.gdb(["hbreak *boot_entry", "continue", f"set $eax = {MULTIBOOT2_MAGIC}", f"set $ebx = {MISALIGNED}",
                     "hbreak power_exit", "continue", f"x/{CELLS}xh {TEXT_SCREEN:#x}"], symbols=vm.settings.kernel)
    cells = [int(word, 16) for line in output.splitlines() if line.startswith("0xffffffff800b") and ":" in line
             for word in line.split(":")[1].split()]
    text = "".join(chr(cell & 0xFF) for cell in cells)
    assert len(cells) == CELLS, output
    assert "panic: bad Multiboot2 boot information at 0x1004" in text, text
    assert vm.serial_log == "", vm.serial_log
