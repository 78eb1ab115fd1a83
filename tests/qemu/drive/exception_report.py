# SPDX-License-Identifier: MIT
"""What the kernel reports of each exception that faults/exception.c raises."""

from report_support import Report

NOT_MAPPED = "in kernel mode: no page is mapped there"
REPORTS = {
    "divide": ("exception 0 (#DE divide error), error code 0", []),
    "single_step": ("exception 1 (#DB debug), error code 0", []),
    "invalid_opcode": ("exception 6 (#UD invalid opcode), error code 0", []),
    "overrun_array": ("exception 6 (#UD invalid opcode), error code 0", []),
    "overrun_trailing_array": ("exception 6 (#UD invalid opcode), error code 0", []),
    "absent_segment": ("exception 11 (#NP segment not present), error code 0x28", ["selector index 5 of the GDT"]),
    "absent_stack_segment": ("exception 12 (#SS stack segment fault), error code 0x28",
                             ["selector index 5 of the GDT"]),
    "unknown_segment": ("exception 13 (#GP general protection), error code 0x28", ["selector index 5 of the GDT"]),
    "general_protection": ("exception 13 (#GP general protection), error code 0", []),
    "read_page_0": ("exception 14 (#PF page fault), error code 0", [f"read of 0x8 {NOT_MAPPED}"]),
    "write_low_half": ("exception 14 (#PF page fault), error code 0x2", [f"write to 0x200000 {NOT_MAPPED}"]),
    "machine_check": ("exception 18 (#MC machine check), error code 0", []),
    "unexpected_vector": ("exception 254 (interrupt without a handler), error code 0", []),
}
FAULT_ADDRESSES = {"read_page_0": 0x8, "write_low_half": 0x200000}
LOADED = {"rax": "01", "rbx": "02", "rcx": "03", "rdx": "04", "rsi": "05", "rdi": "06", "r8": "08", "r9": "09",
          "r10": "10", "r11": "11", "r12": "12", "r13": "13", "r14": "14", "r15": "15"}


def drive(vm):
    case = vm.settings.append
    vm.wait_end(10)
    if case == "vector_13_by_software":
        # It pushes no error code: the registers are off by one, but there is a report.
        assert "exception 13 (#GP general protection)" in vm.serial_log, vm.serial_log
        return
    report = Report(vm.serial_log)
    report.check(*REPORTS[case])
    assert report.is_in_text(report.registers["rip"]), report.registers
    if case in FAULT_ADDRESSES:
        assert report.registers["cr2"] == FAULT_ADDRESSES[case], report.registers
    if case == "invalid_opcode":
        assert all(report.registers[name] == int(byte * 8, 16) for name, byte in LOADED.items()), report.registers
