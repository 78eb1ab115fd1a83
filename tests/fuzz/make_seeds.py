#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the named inputs of the fuzz targets' corpora: what real loaders left, and one input for each thing that a
parser looks at. The other files of a corpus were found by libFuzzer.

Usage: make_seeds.py [DIRECTORY]     default: corpus/ beside this file
"""

import re
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CAPTURES = ("boot_captures.h", "acpi/acpi_captures.h")


def capture(name):
    """A byte array of the host tests' captures."""
    text = "".join((HERE.parent / "host/arch" / file).read_text(encoding="utf-8") for file in CAPTURES)
    body = re.search(rf"{name}\[\] = {{(.*?)}};", text, re.DOTALL).group(1)
    return bytes(int(number, 16) for number in re.findall(r"0x[0-9a-f]{2}", body))


def summed(data, at):
    """The bytes with bytes[at] set so that they sum to 0."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data) & 0xFF
    return bytes(data)


OLD_RSDP = summed(b"RSD PTR \0BOCHS \0" + struct.pack("<I", 0x7FE1AD8), 8)
NEW_RSDP = summed(summed(b"RSD PTR \0BOCHS \2" + struct.pack("<I", 0x7FE1AD8), 8)
                  + struct.pack("<IQI", 36, 0x7FE1B00, 0), 32)
REGIONS = [(0, 0x9FC00, 1), (0x9FC00, 0x400, 2), (0x100000, 0x7EE0000, 1), (0x7FE0000, 0x20000, 3),
           (0xFFFC0000, 0x40000, 2)]
HOSTILE_REGIONS = [(0x100000, 0, 1), (0x100000, 2**64 - 1, 1), (0x100000, 2**64 - 1, 2), (2**52, 4096, 1),
                   (2**64 - 1, 1, 5), (0x100000, 0x1000, 4), (0x100000, 0x1000, 4), (0x100800, 0x1000, 0xFFFFFFFF)]


def entries(regions, extra=b""):
    return b"".join(struct.pack("<QQII", *region, 0) + extra for region in regions)


# Multiboot2: u64 address, u8 bytes before the information, 7 ignored, memory.

def tag(kind, contents=b""):
    return struct.pack("<II", kind, 8 + len(contents)) + contents + bytes(-len(contents) % 8)


def memory_map(regions, extra=b""):
    return tag(6, struct.pack("<II", 24 + len(extra), 0) + entries(regions, extra))


def framebuffer(base, pitch, width, height, bits, kind, colours=bytes((16, 8, 8, 8, 0, 8))):
    return tag(8, struct.pack("<QIIIBBH", base, pitch, width, height, bits, kind, 0) + (colours if kind == 1 else b""))


def module(start, end, text):
    return tag(3, struct.pack("<II", start, end) + text + b"\0")


def multiboot2(*tags, address=0x9D000, before=b""):
    chain = b"".join(tags) + tag(0)
    return (struct.pack("<QB7x", address, len(before)) + before + struct.pack("<II", 8 + len(chain), 0) + chain)


MULTIBOOT2 = {
    "grub_capture": struct.pack("<QQ", 0x1000F0, 0) + capture("grub_capture"),
    "no_tags": multiboot2(),
    "texts": multiboot2(tag(1, b"log=debug console=vga\0"), tag(2, b"GRUB 2.06\0")),
    "long_command_line": multiboot2(tag(1, b"x" * 1100 + b"\0")),
    "memory_map": multiboot2(memory_map(REGIONS), tag(14, OLD_RSDP), tag(15, NEW_RSDP)),
    "memory_map_of_wide_entries": multiboot2(memory_map(REGIONS, bytes(8)), memory_map(REGIONS)),
    "memory_map_hostile": multiboot2(memory_map(HOSTILE_REGIONS)),
    "too_many_regions": multiboot2(memory_map([(i << 20, 4096, 1) for i in range(129)])),
    "modules": multiboot2(module(0x200000, 0x300000, b"first"), module(0x300000, 0x300000, b"")),
    "module_backwards": multiboot2(module(0x300000, 0x200000, b"")),
    "too_many_modules": multiboot2(*[module(i << 20, i + 1 << 20, b"") for i in range(17)]),
    "screen_of_pixels": multiboot2(framebuffer(0xFD000000, 4096, 1024, 768, 32, 1), memory_map(REGIONS)),
    "screen_of_16_bits": multiboot2(framebuffer(0xFD000000, 2048, 1024, 768, 16, 1, bytes((11, 5, 5, 6, 0, 5)))),
    "screen_of_24_bits": multiboot2(framebuffer(0xFD000000, 3072, 1024, 768, 24, 1)),
    "screen_of_15_bits": multiboot2(framebuffer(0xFD000000, 2048, 1024, 768, 15, 1, bytes((10, 5, 5, 5, 0, 5)))),
    "screen_of_text": multiboot2(framebuffer(0xB8000, 160, 80, 25, 16, 2)),
    "screen_in_usable_memory": multiboot2(framebuffer(0x200000, 4096, 1024, 768, 32, 1), memory_map(REGIONS)),
    "efi_tags": multiboot2(tag(12, bytes(8)), tag(17, bytes(8)), tag(18), tag(20, bytes(8))),
    "size_0_tag": multiboot2(struct.pack("<II", 1, 0)),
    "size_ffffffff_tag": multiboot2(struct.pack("<II", 1, 0xFFFFFFFF)),
    "two_end_tags": multiboot2(tag(0)),
    "text_without_end": multiboot2(tag(1, b"x" * 8)),
    "address_0": multiboot2(address=0),
    "address_near_the_end": multiboot2(memory_map(REGIONS), address=2**64 - 256),
    "not_at_the_start": multiboot2(memory_map(REGIONS), before=bytes(64)),
}

# PVH: u64 base of memory, u64 address of the start info, memory.
BASE = 0x10000
START_INFO_BYTES = 56


def pvh(version=1, flags=0, modules=(), command_line=None, rsdp=b"", regions=(), base=BASE, start=None):
    """The start info first, then what it points to."""
    memory = bytearray(START_INFO_BYTES)

    def place(data):
        at = base + len(memory)
        memory.extend(data + bytes(-len(data) % 8))
        return at if data else 0

    texts = [place(text) for _, _, text in modules]
    listed = b"".join(struct.pack("<QQQQ", where, size, text, 0) for (where, size, _), text in zip(modules, texts))
    fields = (0x336EC578, version, flags, len(modules), place(listed),
              0 if command_line is None else place(command_line + b"\0"), place(rsdp), place(entries(regions)),
              len(regions), 0)
    memory[:START_INFO_BYTES] = struct.pack("<IIIIQQQQII", *fields)
    return struct.pack("<QQ", base, base if start is None else start) + bytes(memory)


PVH = {
    "qemu_capture": pvh(command_line=capture("pvh_capture_command_line")[:-1], rsdp=capture("pvh_capture_rsdp"),
                        modules=[(0x7FD7000, 13, b"")],
                        regions=[entry[:3] for entry in
                                 struct.iter_unpack("<QQII", capture("pvh_capture_memory_map"))]),
    "version_0": pvh(version=0, command_line=b"log=debug"),
    "version_9": pvh(version=9, regions=REGIONS),
    "nothing": pvh(),
    "memory_map": pvh(regions=REGIONS, rsdp=NEW_RSDP),
    "memory_map_hostile": pvh(regions=HOSTILE_REGIONS),
    "too_many_regions": pvh(regions=[(i << 20, 4096, 1) for i in range(129)]),
    "modules": pvh(modules=[(0x200000, 0x1000, b"first\0"), (0x300000, 0, b"")]),
    "module_beyond_52_bits": pvh(modules=[(2**52 - 1, 2, b"")]),
    "too_many_modules": pvh(modules=[(i << 20, 4096, b"") for i in range(17)]),
    "long_command_line": pvh(command_line=b"y" * 1100),
    "start_info_outside": pvh(start=0x1000),
    "start_info_at_0": pvh(start=0),
    "memory_up_to_the_end": pvh(regions=REGIONS, base=2**64 - START_INFO_BYTES - 24 * len(REGIONS)),
}


# Command line: u8 capacity, key, NUL, line.
def command_line(key, line, capacity=64):
    return bytes((capacity,)) + key + b"\0" + line


COMMAND_LINE = {
    "value": command_line(b"log", b"quiet log=debug console=vga"),
    "repeated": command_line(b"log", b"log=debug log=error"),
    "flag": command_line(b"quiet", b"log=debug quiet"),
    "quotes": command_line(b"key", b'key="a b" "key=c d" k"e"y="e'),
    "empty_value": command_line(b"key", b"key="),
    "empty_key": command_line(b"", b'=value "" ='),
    "key_with_spaces": command_line(b"a b", b'"a b=c" "a b"'),
    "too_long": command_line(b"log", b"log=debug", 5),
    "no_room_at_all": command_line(b"log", b"log=", 0),
    "not_utf_8": command_line(b"\xff", b"\xff=\x80\xc0 \x01\xff"),
    "unclosed_quote": command_line(b"a", b'b="c a=d'),
}

LOG_FILTER = {
    "level": b"debug",
    "modules": b"warning,mm:debug,serial:error",
    "repeated": b"info,mm:debug,debug,mm:error",
    "empty": b"",
    "no_module": b":debug",
    "no_level": b"mm:",
    "long_module": b"abcdefghijklmno:debug",
    "nine_modules": b",".join(b"%d:info" % i for i in range(9)),
    "longest": b"warning," + b",".join(b"abcdefghijklm%d:warning" % i for i in range(8)),
}

# ACPI: u64 base of memory, u64 root pointer, u64 start and u64 length of a usable region, memory.
ACPI_BASE = 0x7FE0000


def table(signature, contents, spoiled=False):
    header = signature + struct.pack("<IBB6s8sI4sI", 36 + len(contents), 1, 0, b"TENORI", b"FUZZ", 1, b"TEST", 1)
    return summed(header + contents, 9)[: -1 if spoiled else None] + (b"\x55" if spoiled else b"")


def fadt(captured, dsdt):
    """A captured FADT that names this DSDT."""
    data = bytearray(captured)
    struct.pack_into("<I", data, 40, dsdt)
    if len(data) >= 148:
        struct.pack_into("<Q", data, 140, dsdt)
    return summed(data, 9)


def acpi(tables, revision=0, base=ACPI_BASE, given=True, usable=(0x1000, 0x9EC00)):
    """Memory with root pointer, root table and tables; a table may be a function of the address of the one behind."""
    root = b"RSD PTR \0TENORI" + bytes((revision,))
    entry_bytes = 8 if revision >= 2 else 4
    addresses, at = [], base + 40 + 40 + entry_bytes * len(tables)
    sizes = [len(item(0) if callable(item) else item) for item in tables]
    for size in sizes:
        addresses.append(at)
        at += size
    contents = [item(address + size) if callable(item) else item
                for item, address, size in zip(tables, addresses, sizes)]
    entries_ = b"".join(address.to_bytes(entry_bytes, "little") for address in addresses)
    root_table = table(b"XSDT" if revision >= 2 else b"RSDT", entries_)
    where = base + 40
    pointer = summed(root + struct.pack("<I", 0 if revision >= 2 else where), 8)
    if revision >= 2:
        pointer = summed(pointer + struct.pack("<IQI", 36, where, 0), 32)
    memory = (pointer.ljust(40, b"\0") + root_table).ljust(80 + entry_bytes * len(tables), b"\0") + b"".join(contents)
    return struct.pack("<QQQQ", base, base if given else 0, *usable) + memory


def with_registers(captured, *registers, flags=0):
    """A captured FADT with generic addresses (offset, space, address) and more flags."""
    data = bytearray(captured)
    for offset, space, address in registers:
        struct.pack_into("<BBBBQ", data, offset, space, 16, 0, 2, address)
    struct.pack_into("<I", data, 112, struct.unpack_from("<I", data, 112)[0] | flags)
    return summed(data, 9)


PM1A, PM1B, SLEEP_CONTROL, HARDWARE_REDUCED = 172, 184, 244, 1 << 20
SOFT_OFF = b"\x08_S5_\x12\x06\x04\x0a\x05\x0a\x05\x00\x00"
DSDT = table(b"DSDT", bytes(5) + SOFT_OFF)
ACPI = {
    "pc": acpi([lambda dsdt: fadt(capture("pc_fadt"), dsdt), DSDT]),
    "q35": acpi([lambda dsdt: fadt(capture("q35_fadt"), dsdt), DSDT], revision=2),
    "microvm": acpi([lambda dsdt: fadt(capture("microvm_fadt"), dsdt), DSDT], revision=2),
    "soft_off_in_ssdt": acpi([capture("pc_fadt"), table(b"SSDT", b"\x08\\_S5_\x12\x0a\x02\x0b\x07\x00\x0c\x01\0\0\0")]),
    "soft_off_wide_numbers": acpi([table(b"SSDT", b"\x08_S5_\x12\x43\x01\x02\x0e\x07" + bytes(7) + b"\x01\x00")]),
    "soft_off_cut": acpi([table(b"SSDT", b"\x08_S5_\x12\x06\x02\x0a")]),
    "wrong_checksum": acpi([table(b"APIC", bytes(8), spoiled=True)]),
    "no_tables": acpi([]),
    "table_in_itself": acpi([lambda _: table(b"FACP", bytes(80))]),
    "many_tables": acpi([table(b"T%03d" % i, b"") for i in range(90)], revision=2),
    "in_the_bios": acpi([DSDT], base=0xE0010, given=False),
    "nothing": struct.pack("<QQQQ", ACPI_BASE, 0, 0, 0) + bytes(64),
    "in_the_ebda": struct.pack("<QQQQ", 0x40E, 0, 0, 0) + struct.pack("<H", 0x42) + bytes(16) + OLD_RSDP,
    "sleep_control_in_pci": acpi([with_registers(capture("microvm_fadt"), (SLEEP_CONTROL, 2, 0x10040),
                                                 flags=HARDWARE_REDUCED)]),
    "pm1a_across_pages": acpi([with_registers(capture("q35_fadt"), (PM1A, 0, ACPI_BASE + 0xFFF))],
                              base=ACPI_BASE + 0xF00),
    "pm1b_across_pages": acpi([with_registers(capture("q35_fadt"), (PM1B, 0, ACPI_BASE + 0xFFF))],
                              base=ACPI_BASE + 0xF00),
    "registers_in_usable_memory": acpi([lambda dsdt: fadt(capture("microvm_fadt"), dsdt), DSDT], revision=2,
                                       usable=(0, 2**40)),
}


def main(arguments):
    directory = Path(arguments[0]) if arguments else HERE / "corpus"
    for target, inputs in (("multiboot2", MULTIBOOT2), ("pvh", PVH), ("command_line", COMMAND_LINE),
                           ("log_filter", LOG_FILTER), ("acpi", ACPI)):
        (directory / target).mkdir(parents=True, exist_ok=True)
        for name, data in inputs.items():
            (directory / target / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
