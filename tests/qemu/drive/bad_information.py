# SPDX-License-Identifier: MIT
"""A Multiboot2 loader's magic number with a wrong address of its information, which the test's command line names: the
kernel says what is wrong with it."""

MULTIBOOT2_MAGIC = 0x36D76289
REASONS = {
    "0": "the Multiboot2 information is at address 0",
    "0x4": "the Multiboot2 information is not aligned to 8 bytes",
    "0x10000": "the Multiboot2 information claims less than 16 bytes",
    # No memory, but the interrupt controller of the CPU, and the end of the firmware, which is text: its date.
    "0xfee00000": "the Multiboot2 information claims less than 16 bytes",
    "0xfffffff8": "the Multiboot2 information claims more than 1 MiB",
}


def drive(vm):
    address = vm.settings.append
    vm.gdb(["hbreak *boot_entry", "continue", f"set $eax = {MULTIBOOT2_MAGIC}", f"set $ebx = {address}"],
           symbols=vm.settings.kernel)
    vm.wait_end(10)
    message = f"panic: bad Multiboot2 boot information at {address}: {REASONS[address]}\r\n"
    assert message in vm.serial_log, vm.serial_log
