# SPDX-License-Identifier: MIT
"""What the kernel reports of each rule that faults/protection.c breaks: the access and the address."""

from report_support import Report, hexadecimal

FORBIDDEN, NOT_MAPPED = "the page does not permit it", "no page is mapped there"
REPORTS = {
    "write_text": (0x3, "write to", FORBIDDEN),
    "write_rodata": (0x3, "write to", FORBIDDEN),
    "execute_data": (0x11, "execution of", FORBIDDEN),
    "execute_stack": (0x11, "execution of", FORBIDDEN),
    "execute_heap": (0x11, "execution of", FORBIDDEN),
    "read_page_0": (0, "read of", NOT_MAPPED),
    "write_boot_code": (0x2, "write to", NOT_MAPPED),
    "write_guard_page": (0x2, "write to", NOT_MAPPED),
}


def drive(vm):
    vm.wait_end(10)
    report = Report(vm.serial_log)
    code, access, reason = REPORTS[vm.settings.append]
    decoded = [f"{access} {hexadecimal(report.target)} in kernel mode: {reason}"]
    if vm.settings.append == "write_guard_page":
        decoded.append(f"stack overflow: {report.target:#x} is in the guard page of the device interrupt stack")
    report.check(f"exception 14 (#PF page fault), error code {hexadecimal(code)}", decoded)
    assert report.registers["cr2"] == report.target, report.registers
    assert (report.registers["rip"] == report.target) == (access == "execution of"), report.registers
