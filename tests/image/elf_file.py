# SPDX-License-Identifier: MIT
"""Reads 64-bit little-endian ELF files by itself, so that a test of an image needs no readelf (gABI, "Object Files")."""

import struct
from dataclasses import dataclass

FILE_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
IDENTIFICATION = b"\x7fELF\x02\x01\x01"  # 64-bit, little-endian, version 1
TYPE_EXECUTABLE, MACHINE_X86_64 = 2, 62
SEGMENT_LOAD, SEGMENT_NOTE = 1, 4
SECTION_SYMBOLS = 2
EXECUTABLE, WRITABLE, READABLE = 1, 2, 4


@dataclass(frozen=True)
class Segment:
    kind: int
    flags: int
    offset: int
    virtual: int
    physical: int
    file_bytes: int
    memory_bytes: int


@dataclass(frozen=True)
class Section:
    name: str
    kind: int
    offset: int
    size: int
    link: int


@dataclass(frozen=True)
class Note:
    name: bytes
    kind: int
    value: bytes


class ElfFile:
    """`entry`, `segments` and `sections` of an ELF for x86-64; ValueError if it is none."""

    def __init__(self, data):
        self.data = data
        header = FILE_HEADER.unpack_from(data)
        if not header[0].startswith(IDENTIFICATION) or header[1:3] != (TYPE_EXECUTABLE, MACHINE_X86_64):
            raise ValueError("no 64-bit x86-64 executable")
        self.entry, segments_at, sections_at = header[4:7]
        segment_bytes, segment_count, section_bytes, section_count, names_index = header[9:]
        self.segments = [self._segment(segments_at + i * segment_bytes) for i in range(segment_count)]
        raw = [SECTION.unpack_from(data, sections_at + i * section_bytes) for i in range(section_count)]
        names_at = raw[names_index][4]
        self.sections = [Section(self._text(names_at + entry[0]), entry[1], entry[4], entry[5], entry[6]) for entry in raw]

    def _segment(self, position):
        kind, flags, offset, virtual, physical, file_bytes, memory_bytes, _ = SEGMENT.unpack_from(self.data, position)
        return Segment(kind, flags, offset, virtual, physical, file_bytes, memory_bytes)

    def _text(self, position):
        return self.data[position:self.data.index(b"\0", position)].decode()

    def addresses_of(self, name):
        """Of the symbols of that name, local ones too."""
        found = []
        for section in self.sections:
            if section.kind != SECTION_SYMBOLS:
                continue
            names_at = self.sections[section.link].offset
            for position in range(section.offset, section.offset + section.size, SYMBOL.size):
                name_at, _, _, _, value, _ = SYMBOL.unpack_from(self.data, position)
                if self._text(names_at + name_at) == name:
                    found.append(value)
        return found

    def loads(self):
        return [segment for segment in self.segments if segment.kind == SEGMENT_LOAD]

    def notes(self):
        found = []
        for segment in self.segments:
            if segment.kind == SEGMENT_NOTE:
                found += notes_in(self.data[segment.offset:segment.offset + segment.file_bytes])
        return found


def notes_in(data):
    """The notes of one PT_NOTE segment; names and values are padded to 4 bytes."""
    found, position = [], 0
    while position < len(data):
        name_bytes, value_bytes, kind = struct.unpack_from("<III", data, position)
        name_at = position + 12
        value_at = name_at + (name_bytes + 3) // 4 * 4
        found.append(Note(data[name_at:name_at + name_bytes], kind, data[value_at:value_at + value_bytes]))
        position = value_at + (value_bytes + 3) // 4 * 4
    return found
