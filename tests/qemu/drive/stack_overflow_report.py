# SPDX-License-Identifier: MIT
"""A stack overflow is reported as one, with the name of the stack and the chain of calls that led there."""

from report_support import Report


def drive(vm):
    vm.wait_end(10)
    report = Report(vm.serial_log)
    address = report.registers["cr2"]
    report.check("exception 8 (#DF double fault), error code 0",
                 [f"stack overflow: {address:#x} is in the guard page of the main stack"], callers=16)
    assert address < report.registers["rsp"] + 4096, report.registers
    assert len(set(report.backtrace[2:])) == 1, report.backtrace
