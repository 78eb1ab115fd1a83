# SPDX-License-Identifier: MIT
"""The pixels of a PNG as QEMU's screendump writes it: 8 bits a channel, RGB, not interlaced."""

import struct
import zlib

CHANNELS = 3


def chunks(data):
    position = 8
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        yield kind, data[position + 8:position + 8 + length]
        position += length + 12


def undo_filter(kind, line, above):
    """One line of bytes from its filtered form: PNG specification, 9.2 "Filter types for filter method 0"."""
    result = bytearray(line)
    for i, value in enumerate(line):
        left = result[i - CHANNELS] if i >= CHANNELS else 0
        corner = above[i - CHANNELS] if i >= CHANNELS else 0
        estimate = left + above[i] - corner
        paeth = min((left, above[i], corner), key=lambda candidate: abs(estimate - candidate))
        result[i] = (value + (0, left, above[i], (left + above[i]) // 2, paeth)[kind]) & 0xFF
    return result


def rows(path):
    """Lists of (red, green, blue)."""
    with open(path, "rb") as file:
        data = file.read()
    parts = list(chunks(data))
    header = dict(parts)[b"IHDR"]
    width, height, depth, colour = struct.unpack(">IIBB", header[:10])
    assert data.startswith(b"\x89PNG\r\n\x1a\n") and (depth, colour) == (8, 2), header
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    stride, line, result = 1 + width * CHANNELS, bytearray(width * CHANNELS), []
    for y in range(height):
        line = undo_filter(raw[y * stride], raw[y * stride + 1:(y + 1) * stride], line)
        result.append([tuple(line[x:x + CHANNELS]) for x in range(0, len(line), CHANNELS)])
    return result
