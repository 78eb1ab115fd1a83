# SPDX-License-Identifier: MIT
"""What faults/panic_contexts.c and faults/should_panic.c print at their end."""

import re

from report_support import Report

MESSAGES = {
    "at_once": r"at once",
    "interrupt": r"in an interrupt handler: yes",
    "printk": r"inside printk",
    "stack_smashed": r"stack smashed: the canary of the function at (0xffffffff8\w+) was overwritten",
    None: r"\S*should_panic\.c:\d+: assertion `index < 3` failed: index 7, limit 3",
}


def drive(vm):
    vm.wait_end(10)
    case = vm.settings.append
    if case == "fault_in_printk":
        Report(vm.serial_log).check("exception 14 (#PF page fault), error code 0",
                                    ["read of 0xdead0000 in kernel mode: no page is mapped there"])
        return
    lines = [line for line in vm.serial_log.replace("\r", "").split("\n") if "panic" in line and line[0] != "["]
    assert len(lines) == 1 and re.fullmatch("panic: " + MESSAGES[case], lines[0]), vm.serial_log
