# SPDX-License-Identifier: MIT
"""Reads PC screen fonts, PSF 1 and PSF 2, plain or compressed by gzip, as in the Linux kbd project's "PC Screen Fonts".

Both have a header, glyphs of one size row by row (each row starts a byte, the leftmost pixel is the highest bit), and,
behind them, an optional table that says for each glyph which characters it stands for. Without the table a glyph's
number means nothing that is agreed on, so a font without one is refused.
"""

import gzip
import io
import struct
import zlib
from dataclasses import dataclass

GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 1 << 20
MAX_GLYPHS = 1 << 16

PSF1_MAGIC = b"\x36\x04"
PSF1_512_GLYPHS, PSF1_HAS_TABLE, PSF1_HAS_SEQUENCES = 1, 2, 4
PSF1_SEQUENCE, PSF1_END = 0xFFFE, 0xFFFF

PSF2_MAGIC = b"\x72\xb5\x4a\x86"
PSF2_HEADER = struct.Struct("<4x7I")
PSF2_HAS_TABLE = 1
PSF2_SEQUENCE, PSF2_END = b"\xfe", b"\xff"


class FontError(Exception):
    """The file is no font that can be used; the text says why."""


@dataclass(frozen=True)
class Font:
    """`glyphs`: the rows of each, as whole numbers whose lowest bit is the rightmost pixel; `index`: the glyph of each
    character, by code point."""

    width: int
    height: int
    glyphs: list
    index: dict

    def glyph(self, code_point):
        """The rows of the character's glyph, None if the font has none for it."""
        number = self.index.get(code_point)
        return None if number is None else self.glyphs[number]


def uncompressed(data):
    if data.startswith(GZIP_MAGIC):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FontError(f"cannot be uncompressed: {error}") from None
    if len(data) > MAX_BYTES:
        raise FontError(f"more than {MAX_BYTES} bytes: no console font")
    return data


def cut_glyphs(data, start, count, width, height):
    """The glyphs, and where the table begins."""
    row_bytes = (width + 7) // 8
    end = start + count * height * row_bytes
    if end > len(data):
        raise FontError(f"ends inside its glyphs: {count} of {width}x{height} pixels need {end} bytes")
    rows = [int.from_bytes(data[at:at + row_bytes], "big") >> (row_bytes * 8 - width)
            for at in range(start, end, row_bytes)]
    return [rows[first:first + height] for first in range(0, len(rows), height)], end


def index_of(entries, count):
    """From (glyph, code point) pairs; the first glyph of a character counts."""
    index = {}
    for glyph, code_point in entries:
        index.setdefault(code_point, glyph)
    if not index:
        raise FontError(f"the Unicode table of {count} glyphs names no character")
    return index


def psf1_entries(table, count):
    """Sequences, characters that share a glyph only together, come behind the single characters of a glyph."""
    if len(table) % 2:
        raise FontError("the Unicode table ends inside a character")
    glyph, is_single = 0, True
    for (code_point,) in struct.iter_unpack("<H", table):
        if glyph == count:
            return
        if code_point == PSF1_END:
            glyph, is_single = glyph + 1, True
        elif code_point == PSF1_SEQUENCE:
            is_single = False
        elif is_single:
            yield glyph, code_point
    if glyph != count:
        raise FontError(f"the Unicode table ends at glyph {glyph} of {count}")


def psf2_entries(table, count):
    parts = table.split(PSF2_END)
    if len(parts) <= count:
        raise FontError(f"the Unicode table ends at glyph {len(parts) - 1} of {count}")
    for glyph, part in enumerate(parts[:count]):
        try:
            characters = part.split(PSF2_SEQUENCE)[0].decode("utf-8")
        except UnicodeDecodeError:
            raise FontError(f"the Unicode table's entry of glyph {glyph} is no UTF-8") from None
        for character in characters:
            yield glyph, ord(character)


def parse_psf1(data):
    if len(data) < 4:
        raise FontError("ends inside its header")
    mode, height = data[2], data[3]
    if height == 0:
        raise FontError("its glyphs have no rows")
    if not mode & (PSF1_HAS_TABLE | PSF1_HAS_SEQUENCES):
        raise FontError("no Unicode table: which glyph is which character is not known")
    count = 512 if mode & PSF1_512_GLYPHS else 256
    glyphs, table = cut_glyphs(data, 4, count, 8, height)
    return Font(8, height, glyphs, index_of(psf1_entries(data[table:], count), count))


def parse_psf2(data):
    if len(data) < PSF2_HEADER.size:
        raise FontError("ends inside its header")
    version, header_bytes, flags, count, glyph_bytes, height, width = PSF2_HEADER.unpack_from(data)
    if version != 0:
        raise FontError(f"PSF 2 of version {version}, which is not known")
    if header_bytes < PSF2_HEADER.size or not 0 < count <= MAX_GLYPHS or width == 0 or height == 0 or \
            glyph_bytes != height * ((width + 7) // 8):
        raise FontError(f"inconsistent header: {count} glyphs of {width}x{height} pixels in {glyph_bytes} bytes each")
    if not flags & PSF2_HAS_TABLE:
        raise FontError("no Unicode table: which glyph is which character is not known")
    glyphs, table = cut_glyphs(data, header_bytes, count, width, height)
    return Font(width, height, glyphs, index_of(psf2_entries(data[table:], count), count))


def parse(data):
    data = uncompressed(data)
    if data.startswith(PSF1_MAGIC):
        return parse_psf1(data)
    if data.startswith(PSF2_MAGIC):
        return parse_psf2(data)
    raise FontError("neither PSF 1 nor PSF 2")


def read(path):
    """The font in the file; FontError where it is none, OSError where it cannot be read."""
    with open(path, "rb") as file:
        return parse(file.read(MAX_BYTES + 1))
