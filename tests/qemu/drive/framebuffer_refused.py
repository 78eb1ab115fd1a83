# SPDX-License-Identifier: MIT
"""A framebuffer that the kernel cannot use, made of a good one by the assignment in the environment's DAMAGE: the log has
the WARNING of the environment, and the shell works on the serial line. Only where the boot loader's word means nothing, and a
BIOS has set the VGA up, a text screen is looked for and found."""

import os

from shell_support import on_serial, wait_ready


def drive(vm):
    damage, warning = os.environ["DAMAGE"], os.environ["WARNING"]
    vm.gdb(["hbreak kernel_main", "continue", f"set var 'start.c'::boot_info.framebuffer.{damage}"],
           symbols=vm.settings.kernel)
    wait_ready(vm, has_screen=False)
    assert f"warning: framebuffer: missing: {warning}\r\n" in vm.serial_log, vm.serial_log
    assert vm.serial_log.count("framebuffer: ") == 1, vm.serial_log
    takes_text = "UNUSABLE" in damage and vm.settings.boot == "bios"
    assert ("keyboard: missing: not looked for, there is no screen to type to" in vm.serial_log) != takes_text, vm.serial_log
    assert ("shell on screen" in "\n".join(on_serial(vm, "tasks"))) == takes_text
    vm.send_serial("exit 42\r")
