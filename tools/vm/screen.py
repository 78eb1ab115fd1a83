# SPDX-License-Identifier: MIT
"""VGA text memory: 25 rows of 80 cells at physical address 0xb8000, each a character
(code page 437) and an attribute.

Nothing here sees a framebuffer: what that shows is pixels (Machine.screendump).
The first cell shown is taken to be the first in memory; nothing here follows a moved CRTC start address.
"""

ADDRESS = 0xB8000
ROWS = 25
COLUMNS = 80
CELL_BYTES = 2
SIZE_BYTES = ROWS * COLUMNS * CELL_BYTES

# What the adapter shows for the codes that Python's cp437 leaves as control characters.
CONTROL_GLYPHS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def glyph(code):
    if code < len(CONTROL_GLYPHS):
        return CONTROL_GLYPHS[code]
    return "⌂" if code == 0x7F else bytes([code]).decode("cp437")


def read_command():
    """The monitor command whose answer parse_dump() reads: whole words, because each needs a line's share of text."""
    return f"xp /{SIZE_BYTES // 4}xw {ADDRESS:#x}"


def parse_dump(answer):
    """The bytes that the monitor printed as `address: 0xWORD 0xWORD ...` lines."""
    words = [int(word, 16) for line in answer.splitlines() for word in line.partition(":")[2].split()]
    memory = b"".join(word.to_bytes(4, "little") for word in words)
    if len(memory) != SIZE_BYTES:
        raise AssertionError(f"the monitor gave {len(memory)} bytes of screen memory: {answer[:200]!r}")
    return memory


def rows_of(memory, offset):
    """25 rows of 80 bytes: the characters (offset 0) or the attributes (offset 1)."""
    row_bytes = COLUMNS * CELL_BYTES
    return [memory[start + offset : start + row_bytes : CELL_BYTES] for start in range(0, SIZE_BYTES, row_bytes)]


def text_of(memory):
    return ["".join(map(glyph, row)) for row in rows_of(memory, 0)]


def attributes_of(memory):
    return [list(row) for row in rows_of(memory, 1)]
