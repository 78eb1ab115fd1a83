#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What every linker has to make of a kernel: check_image.py KERNEL LAYOUT_H

Boot loaders find the Multiboot2 header and the PVH note; the segments lie where layout.h says, none is writable and
executable, none shares a page with another; nothing is left to relocate; `hlt` follows `sti` in one place.

Exit status: 0 all true, 1 something is not, and is named.
"""

import re
import struct
import sys
from pathlib import Path

from elf_file import EXECUTABLE, WRITABLE, ElfFile

# Multiboot2 specification 2.0, 3.1 "OS image format".
MULTIBOOT2_MAGIC, MULTIBOOT2_I386 = 0xE85250D6, 0
MULTIBOOT2_SEARCHED_BYTES, MULTIBOOT2_ALIGNMENT = 32768, 8
MULTIBOOT2_END_TAG = struct.pack("<HHI", 0, 0, 8)
# Xen, "x86/HVM direct boot ABI": XEN_ELFNOTE_PHYS32_ENTRY.
PVH_NAME, PVH_KIND = b"Xen\0", 18
# gABI, "Sections" and "Program Header": SHT_RELA, SHT_REL, SHT_RELR; PT_DYNAMIC, PT_INTERP.
RELOCATION_SECTIONS = (4, 9, 19)
DYNAMIC_SEGMENTS = (2, 3)
# The instructions `sti` and `hlt`, a byte each; the label of the `hlt` in interrupt_entry.S.
STI_HLT, IDLE_HALT = b"\xfb\xf4", "idle_halt"


def read_layout(path):
    """The constants of layout.h: numbers, and products of constants."""
    values = {}
    for name, expression in re.findall(r"^#define (\w+) (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        factors = [values.get(word, word) for word in expression.strip("()").split(" * ")]
        try:
            values[name] = 1
            for factor in factors:
                values[name] *= factor if isinstance(factor, int) else int(factor, 0)
        except ValueError:
            del values[name]
    return values


def check_multiboot2_header(elf):
    """The first header in the bytes that a loader searches is whole, and its checksum is right."""
    for position in range(0, MULTIBOOT2_SEARCHED_BYTES, MULTIBOOT2_ALIGNMENT):
        fields = elf.data[position:position + 16]
        if len(fields) < 16 or fields[:4] != struct.pack("<I", MULTIBOOT2_MAGIC):
            continue
        magic, architecture, length, checksum = struct.unpack("<IIII", fields)
        if (magic + architecture + length + checksum) % (1 << 32) != 0:
            yield f"the checksum of the Multiboot2 header at {position:#x} is wrong"
        if architecture != MULTIBOOT2_I386:
            yield f"the Multiboot2 header is for architecture {architecture}"
        if position + length > MULTIBOOT2_SEARCHED_BYTES:
            yield f"the Multiboot2 header ends after the first {MULTIBOOT2_SEARCHED_BYTES} bytes"
        if elf.data[position + length - len(MULTIBOOT2_END_TAG):position + length] != MULTIBOOT2_END_TAG:
            yield "the Multiboot2 header does not end with the end tag"
        return
    yield f"no aligned Multiboot2 header in the first {MULTIBOOT2_SEARCHED_BYTES} bytes"


def check_pvh_note(elf):
    entries = [note.value for note in elf.notes() if (note.name, note.kind) == (PVH_NAME, PVH_KIND)]
    if len(entries) != 1 or len(entries[0]) not in (4, 8):
        yield f"{len(entries)} PVH notes, or one of a wrong size"
    elif int.from_bytes(entries[0], "little") != elf.entry:
        yield f"the PVH note names another entry than {elf.entry:#x}"


def check_permissions(elf, layout):
    page = layout["PAGE_BYTES"]
    owner_of_page = {}
    for number, segment in enumerate(elf.loads()):
        if segment.flags & WRITABLE and segment.flags & EXECUTABLE:
            yield f"segment {number} is writable and executable"
        first, last = segment.virtual // page, (segment.virtual + segment.memory_bytes - 1) // page
        for each in range(first, last + 1):
            if owner_of_page.setdefault(each, number) != number:
                yield f"segments {owner_of_page[each]} and {number} share the page at {each * page:#x}"


def check_load_addresses(elf, layout):
    """The boot code is linked where it is loaded, the rest KERNEL_BASE above."""
    base, start, limit = layout["KERNEL_BASE"], layout["KERNEL_PHYSICAL_START"], layout["BOOT_IMAGE_BYTES"]
    expected_start = start
    for number, segment in enumerate(elf.loads()):
        above = base if segment.virtual >= base else 0
        if segment.virtual != segment.physical + above:
            yield f"segment {number} at {segment.virtual:#x} is loaded at {segment.physical:#x}"
        if segment.physical != expected_start:
            yield f"segment {number} is loaded at {segment.physical:#x}, not at {expected_start:#x}"
        end = segment.physical + segment.memory_bytes
        if end > limit:
            yield f"segment {number} ends at {end:#x}, above what the boot tables map"
        if segment.file_bytes > segment.memory_bytes or segment.offset + segment.file_bytes > len(elf.data):
            yield f"segment {number} has more bytes in the file than in memory, or than there are"
        expected_start = -(-end // layout["PAGE_BYTES"]) * layout["PAGE_BYTES"]
    if not any(segment.flags & EXECUTABLE and start <= elf.entry < segment.physical + segment.file_bytes
               for segment in elf.loads()[:1]):
        yield f"the entry {elf.entry:#x} is not in the first segment"


def check_nothing_to_relocate(elf):
    for section in elf.sections:
        if section.kind in RELOCATION_SECTIONS:
            yield f"relocations are left in {section.name}"
    for number, segment in enumerate(elf.segments):
        if segment.kind in DYNAMIC_SEGMENTS:
            yield f"segment {number} is for a dynamic linker"


def check_one_idle_halt(elf):
    """The common exit of interrupts knows one place in which the CPU may be about to sleep with interrupts on."""
    found = []
    for segment in elf.loads():
        code = elf.data[segment.offset:segment.offset + segment.file_bytes] if segment.flags & EXECUTABLE else b""
        found += [segment.virtual + match.start() + 1 for match in re.finditer(re.escape(STI_HLT), code)]
    if len(found) != 1:
        yield f"{len(found)} places with `sti; hlt`"
    elif elf.addresses_of(IDLE_HALT) != found:
        yield f"the `hlt` after `sti` at {found[0]:#x} is not at {IDLE_HALT}"


def check(data, layout):
    """What is wrong, a line each."""
    elf = ElfFile(data)
    return [*check_multiboot2_header(elf), *check_pvh_note(elf), *check_permissions(elf, layout),
            *check_load_addresses(elf, layout), *check_nothing_to_relocate(elf), *check_one_idle_halt(elf)]


def main():
    kernel, layout = map(Path, sys.argv[1:])
    complaints = check(kernel.read_bytes(), read_layout(layout))
    for complaint in complaints:
        print(f"{kernel}: {complaint}")
    print(f"check_image: {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
