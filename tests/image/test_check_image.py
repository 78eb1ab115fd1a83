# SPDX-License-Identifier: MIT
"""check_image.py names what is wrong with a kernel: test_check_image.py KERNEL LAYOUT_H [unittest arguments]"""

import struct
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

import check_image
from elf_file import SECTION, SEGMENT

KERNEL, LAYOUT = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
# Offsets of fields, in bytes (gABI): of the file header (the sections' offset follows), of a program header, of a
# section header.
ENTRY, SEGMENTS_AT = 24, 32
SEGMENT_TYPE, SEGMENT_FLAGS, SEGMENT_VIRTUAL, SEGMENT_PHYSICAL, SEGMENT_MEMORY_BYTES = 0, 4, 16, 24, 40
SECTION_TYPE = 4


class CheckImage(unittest.TestCase):
    def setUp(self):
        self.data = bytearray(KERNEL.read_bytes())
        self.layout = check_image.read_layout(LAYOUT)
        self.header_at = self.data.index(struct.pack("<I", check_image.MULTIBOOT2_MAGIC))
        self.segments_at, self.sections_at = struct.unpack_from("<QQ", self.data, SEGMENTS_AT)

    def expect(self, *complaints):
        found = check_image.check(bytes(self.data), self.layout)
        for complaint in complaints:
            self.assertTrue(any(complaint in line for line in found), f"{complaint!r} is not in {found}")
        if not complaints:
            self.assertEqual(found, [])

    def write(self, layout, position, value):
        struct.pack_into(layout, self.data, position, value)

    def write_segment(self, number, field, layout, value):
        self.write(layout, self.segments_at + number * SEGMENT.size + field, value)

    def test_the_kernel_is_well(self):
        self.expect()

    def test_a_header_off_its_alignment_is_not_found(self):
        header = self.data[self.header_at:self.header_at + 64]
        self.data[self.header_at + 4:self.header_at + 68] = header
        self.write("<I", self.header_at, 0)
        self.expect("no aligned Multiboot2 header")

    def test_a_header_behind_the_searched_bytes_is_not_found(self):
        late = SimpleNamespace(data=bytes(check_image.MULTIBOOT2_SEARCHED_BYTES) + bytes(self.data))
        (complaint,) = check_image.check_multiboot2_header(late)
        self.assertIn("no aligned Multiboot2 header", complaint)

    def test_a_header_across_the_end_of_the_searched_bytes_is_named(self):
        length = struct.unpack_from("<I", self.data, self.header_at + 8)[0]
        header = bytes(self.data[self.header_at:self.header_at + length])
        at = check_image.MULTIBOOT2_SEARCHED_BYTES - length + check_image.MULTIBOOT2_ALIGNMENT
        (complaint,) = check_image.check_multiboot2_header(SimpleNamespace(data=bytes(at) + header))
        self.assertIn("ends after the first", complaint)

    def test_a_header_with_a_wrong_field_is_named(self):
        self.data[self.header_at + 4] ^= 4
        self.expect("checksum of the Multiboot2 header", "for architecture 4")

    def test_a_header_without_its_end_tag_is_named(self):
        length = struct.unpack_from("<I", self.data, self.header_at + 8)[0]
        self.data[self.header_at + length - 8] = 1
        self.expect("does not end with the end tag")

    def test_a_note_of_another_name_is_none(self):
        self.data[self.data.index(b"Xen\0")] = ord("x")
        self.expect("0 PVH notes")

    def test_a_note_for_another_entry_is_named(self):
        entry = struct.unpack_from("<Q", self.data, ENTRY)[0]
        self.write("<Q", ENTRY, entry + 1)
        self.expect("the PVH note names another entry")

    def test_an_entry_outside_the_boot_code_is_named(self):
        self.write("<Q", ENTRY, self.layout["KERNEL_PHYSICAL_START"] + 0x10000)
        self.expect("is not in the first segment")

    def test_a_writable_and_executable_segment_is_named(self):
        for number in range(5):
            with self.subTest(number):
                self.setUp()
                self.write_segment(number, SEGMENT_FLAGS, "<I", 7)
                self.expect(f"segment {number} is writable and executable")

    def test_segments_that_share_a_page_are_named(self):
        self.write_segment(1, SEGMENT_VIRTUAL, "<Q", self.layout["KERNEL_PHYSICAL_START"])
        self.expect("segments 0 and 1 share the page at 0x100000", "segment 1 at 0x100000 is loaded at")

    def test_a_segment_loaded_elsewhere_is_named(self):
        self.write_segment(3, SEGMENT_PHYSICAL, "<Q", 0x300000)
        self.expect("is loaded at 0x300000, not at")

    def test_an_image_that_is_too_large_is_named(self):
        self.write_segment(4, SEGMENT_MEMORY_BYTES, "<Q", self.layout["BOOT_IMAGE_BYTES"])
        self.expect("above what the boot tables map")

    def test_a_segment_that_loses_bytes_of_the_file_is_named(self):
        self.write_segment(2, SEGMENT_MEMORY_BYTES, "<Q", 1)
        self.expect("segment 2 has more bytes in the file than in memory")

    def test_relocations_and_dynamic_segments_are_named(self):
        for kind in (4, 9, 19):
            self.write("<I", self.sections_at + 4 * SECTION.size + SECTION_TYPE, kind)
            self.expect("relocations are left in")
        self.write_segment(5, SEGMENT_TYPE, "<I", 2)
        self.expect("segment 5 is for a dynamic linker")

    def test_a_second_sti_hlt_is_named(self):
        at = self.data.index(check_image.STI_HLT)
        self.data[at + 32:at + 34] = check_image.STI_HLT
        self.expect("2 places with `sti; hlt`")

    def test_an_instruction_between_sti_and_hlt_is_named(self):
        at = self.data.index(check_image.STI_HLT)
        self.data[at:at + 3] = b"\xfb\x90\xf4"
        self.expect("0 places with `sti; hlt`")

    def test_a_sti_hlt_elsewhere_is_named(self):
        at = self.data.index(check_image.STI_HLT)
        self.data[at:at + 2] = b"\x90\x90"
        self.data[at + 32:at + 34] = check_image.STI_HLT
        self.expect("is not at idle_halt")

    def test_what_is_no_executable_is_refused(self):
        self.data[0] = 0
        with self.assertRaises(ValueError):
            check_image.check(bytes(self.data), self.layout)


if __name__ == "__main__":
    unittest.main()
