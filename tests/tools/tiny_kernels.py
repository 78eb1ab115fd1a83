# SPDX-License-Identifier: MIT
"""Kernels of a few instructions, assembled on the spot, that do to the test runner what kernels can do.

QEMU enters them through their PVH note in 32-bit protected mode with flat segments and interrupts off.
"""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = """
.section .note.pvh, "a", @note
.balign 4
.long 4, 4, 18
.asciz "Xen"
.long start
.text
.code32
.globl start
start:
    mov $stack, %esp
{body}
hang:
    jmp hang

print_byte:                     # al; keeps every register
    push %edx
    push %eax
    mov $0x3fd, %dx
1:  in %dx, %al
    test $0x20, %al
    jz 1b
    pop %eax
    mov $0x3f8, %dx
    out %al, %dx
    pop %edx
    ret

print:                          # the string at esi
    lodsb
    test %al, %al
    jz 1f
    call print_byte
    jmp print
1:  ret

print_hex:                      # al as two digits
    push %eax
    shr $4, %al
    call print_digit
    pop %eax
print_digit:
    and $15, %al
    add $'0', %al
    cmp $'9', %al
    jbe 1f
    add $('a' - '0' - 10), %al
1:  jmp print_byte

read_serial:                    # al
    mov $0x3fd, %dx
1:  in %dx, %al
    test $1, %al
    jz 1b
    mov $0x3f8, %dx
    in %dx, %al
    ret

.data
no_gates: .word 0
    .long 0
.bss
    .skip 4096
stack:
.section .note.GNU-stack, "", @progbits
"""

LINKER_SCRIPT = """
ENTRY(start)
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); note PT_NOTE; }
SECTIONS {
    . = 0x100000;
    .note.pvh : { KEEP(*(.note.pvh)) } :text :note
    .text : { *(.text*) } :text
    .data : { *(.rodata*) *(.data*) *(.bss*) } :data
    /DISCARD/ : { *(.note.gnu*) *(.comment) *(.eh_frame) }
}
"""


def say(text):
    """Prints the text, given with the escapes of an assembler string, and CR LF."""
    return f'.section .rodata\n7: .asciz "{text}\\r\\n"\n.text\nmov $7b, %esi\ncall print\n'


def leave(value):
    """Ends QEMU with status 2 * value + 1, once the UART has sent its last byte: QEMU drops what it still holds, and it
    holds bytes back while its reader lags."""
    return ("mov $0x3fd, %dx\n8: in %dx, %al\ntest $0x40, %al\njz 8b\n"
            f"mov ${value}, %eax\nmov $0xf4, %dx\nout %eax, %dx\n")


TRIPLE_FAULT = """
    lidt no_gates
    int3
"""
REBOOT = """
    mov $0xfe, %al
    out %al, $0x64
"""
POWER_OFF = """
    mov $0x604, %dx
    mov $0x2000, %ax
    out %ax, %dx
"""
PASS = (say("1..2") + say("ok 1 - one") + say("[ 0.1] a log line") + say("ok 2 - two") + say("# 2 passed, 0 failed")
        + leave(0x10))
FAIL = say("1..1") + say("not ok 1 - one") + say("# 0 passed, 1 failed") + leave(0x11)
PANIC = say("1..1") + say("panic: out of luck") + leave(101)
EXCEPTION = (say("exception 14 (#PF page fault), error code 0x2") + say("panic: unhandled exception 14 (#PF)")
             + leave(101))

# Returns what it gets on the serial line until a q, then exits with 3.
ECHO = say("ready") + """
3:  call read_serial
    cmp $'q', %al
    je 4f
    call print_byte
    jmp 3b
4:
""" + leave(3)

# Prints a MiB, 1024 lines of 1022 letters and CR LF, then END.
FLOOD = """
    mov $1024, %ecx
3:  mov $1022, %ebx
    mov $'a', %al
4:  call print_byte
    inc %al
    cmp $('z' + 1), %al
    jne 5f
    mov $'a', %al
5:  dec %ebx
    jnz 4b
    mov $'\\r', %al
    call print_byte
    mov $'\\n', %al
    call print_byte
    dec %ecx
    jnz 3b
""" + say("END") + leave(3)

# Takes SINK_BYTES from the serial line, through the UART's FIFO, and prints their sum, modulo 256. QEMU needs about
# 40 us for each byte, so this is the short direction.
SINK_BYTES = 1 << 16
SINK = say("ready") + f"""
    mov $1, %al
    mov $0x3fa, %dx
    out %al, %dx
    mov ${SINK_BYTES}, %ecx
    xor %ebx, %ebx
3:  call read_serial
    add %al, %bl
    dec %ecx
    jnz 3b
    mov %bl, %al
    call print_hex
""" + say(" sum") + leave(3)

# Prints each byte that the keyboard controller gives, in hexadecimal.
SCAN_CODES = say("ready") + """
3:  in $0x64, %al
    test $1, %al
    jz 3b
    in $0x60, %al
    call print_hex
    mov $' ', %al
    call print_byte
    jmp 3b
"""

# The first two cells AB, white on blue; the last two a full block and Z.
SCREEN = """
    movl $0x1f421f41, 0xb8000
    movl $0x075a07db, (0xb8000 + 25 * 160 - 4)
""" + say("drawn")

GDB = """
    movl $0, %ebx
.globl first
first:
    inc %ebx
.globl second
second:
    inc %ebx
""" + say("after gdb")


def assembler():
    """The command that assembles and links for 32-bit x86: gcc with binutils, or clang with lld; None without either."""
    program = shutil.which(os.environ.get("CC") or "gcc") or shutil.which("clang")
    if program is None:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    if "clang version" in version:
        return [program, "--target=i386-unknown-linux-gnu", "-fuse-ld=lld"]
    return [program, "-m32", "-no-pie"]


class KernelTestCase(unittest.TestCase):
    """Builds kernels in a directory of the class; `directory` is a fresh one for each test."""

    @classmethod
    def setUpClass(cls):
        cls.assembler = assembler()
        if cls.assembler is None or shutil.which("qemu-system-x86_64") is None:
            raise unittest.SkipTest("needs gcc or clang, and QEMU")
        holder = tempfile.TemporaryDirectory(prefix="tenorite-kernels-")
        cls.addClassCleanup(holder.cleanup)
        cls.kernels = Path(holder.name)
        (cls.kernels / "link.ld").write_text(LINKER_SCRIPT, encoding="utf-8")

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="tenorite-vm-test-")
        self.addCleanup(holder.cleanup)
        self.directory = Path(holder.name)

    def build(self, body):
        """The path of a kernel that runs the instructions and then hangs."""
        kernel = self.kernels / f"{abs(hash(body)):x}.elf"
        if not kernel.exists():
            subprocess.run([*self.assembler, "-nostdlib", "-static", "-Wl,--build-id=none",
                            f"-Wl,-T,{self.kernels / 'link.ld'}", "-x", "assembler", "-", "-o", kernel],
                           input=SOURCE.replace("{body}", body), text=True, check=True)
        return kernel
