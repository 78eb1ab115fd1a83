# SPDX-License-Identifier: MIT
"""Fonts written byte by byte here, with glyphs in an order of their own, come out of tools/font/ under their characters;
what is no font, or one that the console cannot draw, is refused with the reason."""

import gzip
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools" / "font"
sys.path.insert(0, str(TOOLS))
import psf  # noqa: E402

PRINTABLE = list(range(0x20, 0x7F))
REPLACEMENT = 0xFFFD


def rows_for(code_point, width, height):
    """Rows that no two characters share."""
    return [(code_point * 3 + row * 7) % (1 << width) for row in range(height)]


def shuffled(code_points, count):
    """Where each character's glyph is: not at its code point, and not in order."""
    return {code_point: (number * 37 + 11) % count for number, code_point in enumerate(code_points)}


def glyph_bytes(places, count, width, height):
    row_bytes = (width + 7) // 8
    glyphs = [bytes(height * row_bytes)] * count
    for code_point, place in places.items():
        rows = rows_for(code_point, width, height)
        glyphs[place] = b"".join((row << (row_bytes * 8 - width)).to_bytes(row_bytes, "big") for row in rows)
    return b"".join(glyphs)


def psf1(code_points, height=16, mode=3, before=b"", after=b"\xff\xff"):
    """`before` and `after` surround each glyph's character in the table."""
    count = 512 if mode & 1 else 256
    places = shuffled(code_points, count)
    characters = {place: code_point for code_point, place in places.items()}
    table = b"".join(before + (struct.pack("<H", characters[place]) if place in characters else b"") + after
                     for place in range(count))
    return bytes([0x36, 0x04, mode, height]) + glyph_bytes(places, count, 8, height) + table


def psf2(code_points, width=8, height=16, flags=1, header=32, end=b"\xff", count=128, **changes):
    places = shuffled(code_points, count)
    characters = {place: chr(code_point).encode() for code_point, place in places.items()}
    fields = {"version": 0, "header": header, "flags": flags, "count": count,
              "bytes": (width + 7) // 8 * height, "height": height, "width": width, **changes}
    table = b"".join(characters.get(place, b"") + end for place in range(count))
    return b"\x72\xb5\x4a\x86" + struct.pack("<7I", *fields.values()) + bytes(header - 32) + \
        glyph_bytes(places, count, width, height) + table


class Reading(unittest.TestCase):
    def check(self, data, width, height):
        font = psf.parse(data)
        self.assertEqual((font.width, font.height), (width, height))
        for code_point in PRINTABLE + [REPLACEMENT]:
            self.assertEqual(font.glyph(code_point), rows_for(code_point, width, height), hex(code_point))
        self.assertIsNone(font.glyph(0x3B1))

    def test_glyphs_are_found_by_the_unicode_table(self):
        characters = PRINTABLE + [REPLACEMENT]
        for height in (8, 14, 16, 32):
            self.check(psf1(characters, height), 8, height)
        self.check(psf1(characters, mode=2), 8, 16)
        for width, height in ((8, 16), (5, 8), (6, 12), (12, 24), (16, 32)):
            self.check(psf2(characters, width, height), width, height)

    def test_compressed_fonts_are_read(self):
        self.check(gzip.compress(psf1(PRINTABLE + [REPLACEMENT])), 8, 16)

    def test_a_longer_header_is_skipped(self):
        self.check(psf2(PRINTABLE + [REPLACEMENT], header=64), 8, 16)

    def test_sequences_are_no_characters(self):
        font = psf.parse(psf1(PRINTABLE, mode=7, after=b"\xfe\xff\xb1\x03\x01\x03\xff\xff"))
        self.assertEqual(font.glyph(0x41), rows_for(0x41, 8, 16))
        self.assertIsNone(font.glyph(0x3B1))
        font = psf.parse(psf2(PRINTABLE, end="\u03b1\u0301".encode().join((b"\xfe", b"\xff"))))
        self.assertEqual(font.glyph(0x41), rows_for(0x41, 8, 16))
        self.assertIsNone(font.glyph(0x3B1))

    def test_the_first_glyph_of_a_character_counts(self):
        data = bytearray(psf1(PRINTABLE))
        space = shuffled(PRINTABLE, 512)[0x20]
        font = psf.parse(bytes(data[:-2]) + struct.pack("<HH", 0x20, 0xFFFF))
        self.assertEqual(font.index[0x20], space)

    def refused(self, data, reason):
        with self.assertRaisesRegex(psf.FontError, reason):
            psf.parse(data)

    def test_a_font_cut_anywhere_is_refused(self):
        for whole in (psf1(PRINTABLE), psf2(PRINTABLE)):
            for length in list(range(40)) + list(range(40, len(whole), 97)) + [len(whole) - 1]:
                self.refused(whole[:length], ".")
        self.refused(gzip.compress(psf1(PRINTABLE))[:-9], "cannot be uncompressed")

    def test_other_files_are_refused(self):
        self.refused(b"STARTFONT 2.1\n", "neither PSF 1 nor PSF 2")
        self.refused(gzip.compress(b"x" * (psf.MAX_BYTES + 1)), "no console font")

    def test_fonts_without_a_unicode_table_are_refused(self):
        self.refused(psf1(PRINTABLE, mode=1), "no Unicode table")
        self.refused(psf2(PRINTABLE, flags=0), "no Unicode table")
        self.refused(psf1([]), "names no character")

    def test_inconsistent_headers_are_refused(self):
        for changes in ({"version": 1}, {"header": 31}, {"count": 0}, {"count": 1 << 31}, {"bytes": 15}, {"bytes": 17},
                        {"width": 0}, {"height": 0, "bytes": 0}, {"width": 9}):
            font = bytearray(psf2(PRINTABLE))
            names = ["version", "header", "flags", "count", "bytes", "height", "width"]
            for name, value in changes.items():
                struct.pack_into("<I", font, 4 + 4 * names.index(name), value)
            self.refused(bytes(font), "header|version")
        self.refused(psf1(PRINTABLE, height=0), "no rows")

    def test_a_table_that_is_no_utf8_is_refused(self):
        self.refused(psf2(PRINTABLE, end=b"\xc3\xff"), "no UTF-8")


class Writing(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.output = Path(directory.name) / "font.c"
        self.font = Path(directory.name) / "font.psf"

    def make(self, data):
        self.font.write_bytes(data)
        return subprocess.run([sys.executable, "-B", str(TOOLS / "make_font.py"), str(self.font), str(self.output)],
                              capture_output=True, text=True, check=False)

    def written(self):
        text = self.output.read_text(encoding="utf-8")
        glyphs = [[int(row, 16) for row in line.split(", ")] for line in re.findall(r"^ {8}\{(.*)\},$", text, re.M)]
        return int(re.search(r"\.width = (\d+)", text)[1]), int(re.search(r"\.height = (\d+)", text)[1]), glyphs

    def check(self, data, width, height, replacement=REPLACEMENT):
        result = self.make(data)
        self.assertEqual(result.returncode, 0, result.stderr)
        expected = [[row << (8 - width) for row in rows_for(code_point, width, height)]
                    for code_point in PRINTABLE + [replacement]]
        self.assertEqual(self.written(), (width, height, expected))

    def test_the_printable_characters_and_the_replacement_are_written_in_order(self):
        self.check(psf1(PRINTABLE + [REPLACEMENT]), 8, 16)
        self.check(psf2(PRINTABLE + [REPLACEMENT], 5, 8), 5, 8)
        self.check(psf2(PRINTABLE + [REPLACEMENT, 0x25A0], 4, 6), 4, 6, 0x25A0)
        self.check(psf2(PRINTABLE + [0x2588], 8, 32), 8, 32, 0x2588)

    def refused(self, data, reason):
        result = self.make(data)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, reason)
        self.assertFalse(self.output.exists())

    def test_fonts_the_console_cannot_draw_are_refused(self):
        everything = PRINTABLE + [REPLACEMENT]
        for width, height in ((9, 16), (3, 16), (8, 5), (8, 33), (12, 24)):
            self.refused(psf2(everything, width, height), f"glyphs of {width}x{height} pixels; the console takes 4 to 8")
        self.refused(psf1([c for c in everything if c not in (0x41, 0x7E)]), r"no glyph for U\+0041 U\+007E")
        self.refused(psf1(PRINTABLE), "no glyph for unprintable bytes")
        self.refused(b"", "neither PSF 1 nor PSF 2")

    def test_a_file_that_is_not_there_is_named(self):
        result = subprocess.run([sys.executable, "-B", str(TOOLS / "make_font.py"), "/nonexistent", str(self.output)],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nonexistent", result.stderr)


class Configuring(unittest.TestCase):
    def refused(self, reason, **variables):
        with tempfile.TemporaryDirectory() as directory:
            words = [f"-D{name}={value}" for name, value in variables.items()]
            result = subprocess.run(["cmake", "-G", "Ninja", "-S", str(ROOT), "-B", directory, "-DBUILD_TESTING=OFF",
                                     *words],
                                    capture_output=True, text=True, check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(" ".join(result.stderr.split()), reason)

    def test_another_font_needs_its_licence(self):
        self.refused("set TENORITE_FONT_LICENCE to the file with its licence", TENORITE_FONT="/dev/null")

    def test_files_that_are_not_there_are_named(self):
        self.refused("TENORITE_FONT: there is no /nonexistent", TENORITE_FONT="/nonexistent",
                     TENORITE_FONT_LICENCE="/dev/null")
        self.refused("TENORITE_FONT_LICENCE: there is no /nonexistent; it has to travel", TENORITE_FONT="/dev/null",
                     TENORITE_FONT_LICENCE="/nonexistent")


if __name__ == "__main__":
    unittest.main()
