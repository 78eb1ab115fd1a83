# SPDX-License-Identifier: MIT
"""A framebuffer that the kernel cannot use, made of a good one by the assignment in the environment's DAMAGE: the log has
the WARNING of the environment, and the shell works on the serial line. Only where the boot loader's word means nothing a
text screen is looked for, and a VGA found."""

import os

from shell_support import on_serial, wait_ready


def drive(vm):
    damage, warning = os.environ["DAMAGE"], os.environ["WARNING"]
    vm.gdb(["hbreak kernel_main", "continue", f"set var 'start.c'::boot_info.framebuffer.{damage}"],
           symbols=vm.settings.kernel)
    wait_ready(vm, has_screen=False)
    assert f"warning: framebuffer: missing: {warning}\r\n" in vm.serial_log, vm.serial_log
    takes_text = "UNUSABLE" in damage
    assert ("keyboard: missing: not looked for, there is no screen to type to" in vm.serial_log) != takes_text, vm.serial_log
    assert ("shell on screen" in "\n".join(on_serial(vm, "tasks"))) == takes_text
    vm.send_serial("exit 42\r")
