# SPDX-License-Identifier: MIT
"""Takes the report of an exception apart, and checks what every report has to have."""

import re

REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip rfl cs ss cr0 cr2 cr3 cr4".split()
REGISTER_LINES = len(REGISTERS) // 3
KERNEL_CODE, KERNEL_DATA = 0x08, 0x10


def hexadecimal(value):
    """As the kernel's %#llx prints it."""
    return f"{value:#x}" if value else "0"


class Report:
    """head: the first line; decoded: the lines that explain the error code; registers: by name; backtrace: addresses,
    innermost first; text: the range of the kernel's code; target: the address that was to be touched, or None."""

    def __init__(self, log):
        lines = log.replace("\r", "").split("\n")
        start = next((i for i, line in enumerate(lines) if re.match(r"exception \d+ \(", line)), None)
        assert start is not None, f"no report in\n{log}"
        self.text = [int(word, 16) for word in re.search(r"# text (\w+) (\w+)", log).groups()]
        target = re.search(r"# target (\w+)", log)
        self.target = int(target.group(1), 16) if target else None
        self.head = lines[start]
        self.vector = int(self.head.split()[1])
        first = next(i for i in range(start, len(lines)) if lines[i].startswith("  rax "))
        self.decoded = [line.strip() for line in lines[start + 1:first]]
        words = " ".join(lines[first:first + REGISTER_LINES]).split()
        assert words[::2] == REGISTERS, words
        assert all(re.fullmatch("[0-9a-f]{16}", word) for word in words[1::2]), words
        self.registers = {name: int(value, 16) for name, value in zip(words[::2], words[1::2])}
        rest = "\n".join(lines[first + REGISTER_LINES:])
        match = re.match(r"  backtrace: (\w+)\n((?: +0x\w+\n)*)(panic: .*)\n", rest)
        assert match, rest
        self.backtrace = [int(word, 16) for word in [match.group(1), *match.group(2).split()]]
        self.panic = match.group(3)

    def is_in_text(self, address):
        return self.text[0] <= address < self.text[1]

    def check(self, head, decoded, callers=1):
        """`callers` is how many return addresses the backtrace shows at least; without a frame of its own, what broke
        the rule hides that of kernel_main, and arch_start's remains."""
        assert self.head == head, self.head
        assert self.decoded == decoded, self.decoded
        registers = self.registers
        assert self.panic == f"panic: unhandled {head.split(',')[0]} at {registers['rip']:#x}", self.panic
        assert registers["cs"] == KERNEL_CODE and registers["ss"] in (0, KERNEL_DATA), registers
        assert registers["cr0"] & 0x80010001 == 0x80010001 and registers["rfl"] & 2, registers
        assert self.backtrace[0] == registers["rip"], self.backtrace
        assert len(self.backtrace) >= 1 + callers, self.backtrace
        assert all(map(self.is_in_text, self.backtrace[1:])), (self.text, self.backtrace)
