# SPDX-License-Identifier: MIT
"""The smallest kernel, made here byte by byte: it prints a line on the serial port and ends the machine. The time until
then is what any kernel needs on that machine, boot path and accelerator. `stub_kernel.py FILE` writes it to a file.

The file is a 32-bit ELF that QEMU loads by its PVH note and GRUB by its Multiboot2 header; both enter it in protected
mode with flat segments. The header asks for the same screen as Tenorite's (src/arch/x86_64/boot/entry.S).

    file and memory, from LOAD_ADDRESS on    section
    ELF header, 2 program headers            -
    PVH note                                 .note
    Multiboot2 header, code, line            .text    (on an 8-byte boundary)
    names of the sections                    .names   (not loaded)
    4 section headers                        -        (objcopy, which the ISO needs, keeps only what has a section)
"""

import struct
import sys
from pathlib import Path

LINE = b"stub\n"
EXIT_VALUE = 0x2A
# What QEMU ends with.
EXIT_STATUS = 2 * EXIT_VALUE + 1

LOAD_ADDRESS = 0x100000
SERIAL_PORT, DEBUG_EXIT_PORT = 0x3F8, 0xF4
ELF_HEADER, PROGRAM_HEADER, SECTION_HEADER = 52, 32, 40
NAMES = b"\0.note\0.text\0.names\0"


def multiboot2_header():
    """Multiboot2 specification 2.0, 3.1 "OS image format": console flags (text is fine), framebuffer, end."""
    tags = struct.pack("<HHII4x", 4, 1, 12, 2) + struct.pack("<HHIIII4x", 5, 1, 20, 1024, 768, 32)
    tags += struct.pack("<HHI", 0, 0, 8)
    magic, length = 0xE85250D6, 16 + len(tags)
    return struct.pack("<IIII", magic, 0, length, -(magic + length) & 0xFFFFFFFF) + tags


def pvh_note(entry):
    """Xen, "x86/HVM direct boot ABI": ELF note XEN_ELFNOTE_PHYS32_ENTRY."""
    return struct.pack("<III4sI", 4, 4, 18, b"Xen", entry)


def code(line_address):
    return b"".join((
        b"\xfc",                                           # cld
        b"\xbe" + struct.pack("<I", line_address),         # mov $line, %esi
        b"\xb9" + struct.pack("<I", len(LINE)),            # mov $length, %ecx
        b"\xba" + struct.pack("<I", SERIAL_PORT),          # mov $SERIAL_PORT, %edx
        b"\xf3\x6e",                                       # rep outsb
        b"\xba" + struct.pack("<I", DEBUG_EXIT_PORT),      # mov $DEBUG_EXIT_PORT, %edx
        b"\xb8" + struct.pack("<I", EXIT_VALUE),           # mov $EXIT_VALUE, %eax
        b"\xef",                                           # out %eax, %dx
        b"\xf4\xeb\xfd",                                   # 1: hlt; jmp 1b
    ))


def aligned(offset):
    return -(-offset // 8) * 8


def section(name, kind, flags, start, end):
    return struct.pack("<10I", NAMES.index(name), kind, flags, LOAD_ADDRESS + start if flags else 0, start, end - start,
                       0, 0, 4, 0)


def image():
    note = ELF_HEADER + 2 * PROGRAM_HEADER
    text = aligned(note + len(pvh_note(0)))
    entry = text + len(multiboot2_header())
    line = entry + len(code(0))
    names = line + len(LINE)
    headers = aligned(names + len(NAMES))

    # ELF specification 1.2, figures 1-3 "ELF Header" and 2-1 "Program Header".
    result = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    result += struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, LOAD_ADDRESS + entry, ELF_HEADER, headers, 0, ELF_HEADER,
                          PROGRAM_HEADER, 2, SECTION_HEADER, 4, 3)
    result += struct.pack("<8I", 1, 0, LOAD_ADDRESS, LOAD_ADDRESS, names, names, 5, 0x1000)
    result += struct.pack("<8I", 4, note, LOAD_ADDRESS + note, LOAD_ADDRESS + note, text - note, text - note, 4, 4)
    result += pvh_note(LOAD_ADDRESS + entry)
    result = result.ljust(text, b"\0") + multiboot2_header() + code(LOAD_ADDRESS + line) + LINE + NAMES
    result = result.ljust(headers, b"\0") + bytes(SECTION_HEADER)
    result += section(b".note", 7, 2, note, note + len(pvh_note(0))) + section(b".text", 1, 6, text, names)
    return result + section(b".names", 3, 0, names, names + len(NAMES))


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(image())
