# SPDX-License-Identifier: MIT
"""Memory maps as no sane firmware writes them, and what each must leave for use.

The oracle does not know how the kernel does it: memory is cut at every page bound that the map or something in use
touches, and each piece is looked at alone.

As a program: hostile_maps.py MAP FILE OUTPUT puts the map into the Multiboot2 information in FILE.
"""

import struct
import sys
from pathlib import Path

PAGE = 4096
MIB = 1 << 20
GIB = 1 << 30
USABLE, RESERVED, RECLAIMABLE, NVS, DEFECTIVE = 1, 2, 3, 4, 5
# What QEMU emulates, whatever the CPU model: TCG_PHYS_ADDR_BITS.
PHYSICAL_END = 1 << 40
# The memory that is really there in a test's default machine, but for what firmware keeps at its end.
REAL_END = 0x3FE0000
LOW = [(0, 0x9FC00, USABLE), (0x9FC00, 0x400, RESERVED), (0xF0000, 0x10000, RESERVED)]
ALL_RAM = (MIB, REAL_END - MIB, USABLE)
MAP_ADDRESS = 32 * MIB  # where the tests write their tables: inside memory that some maps call usable

MAPS = {
    # In no order, with holes between pages and inside them, regions twice, and regions that touch.
    "holes": [(48 * MIB, 8 * MIB, USABLE), (2 * MIB, MIB, USABLE), (3 * MIB, 13 * MIB, USABLE)] + LOW
             + [(17 * MIB + 0x800, 0x2000, USABLE), (20 * MIB + 1, 10 * MIB, USABLE), (2 * MIB, MIB, USABLE),
                (40 * MIB + 0x800, 0x1800, USABLE), (40 * MIB, 0x800, USABLE)],
    # Reserved wins, whichever comes first, even where it is one byte in a page.
    "overlaps": [(24 * MIB, 8 * MIB, RESERVED), ALL_RAM, (8 * MIB, 4 * MIB, RESERVED), (10 * MIB, 4 * MIB, NVS),
                 (16 * MIB, 4 * MIB, USABLE), (18 * MIB, 1, DEFECTIVE), (20 * MIB - 1, 2, RECLAIMABLE)] + LOW,
    # A type that nobody knows is not usable, whether the numbers before and behind it are or not.
    "unknown_types": LOW + [ALL_RAM, (4 * MIB, MIB, 0), (6 * MIB, MIB, 6), (8 * MIB, MIB, 7), (10 * MIB, MIB, 12),
                            (12 * MIB, MIB, 0x80000001), (14 * MIB, MIB, 0xFFFFFFFF), (16 * MIB, MIB, 0x101)],
    # Lengths of 0, and lengths that pass 2^64: not believed where they are to be usable.
    "wraps": LOW + [(4 * MIB, 0, RESERVED), (5 * MIB, 0, USABLE), (6 * MIB, 2**64 - MIB, USABLE),
                    (MIB, 23 * MIB, USABLE), (2**64 - 1, 1, USABLE), (2**64 - 1, 2**64 - 1, USABLE), (2**64 - PAGE, PAGE, RESERVED),
                    (48 * MIB, 2**64 - 1, RESERVED)],
    # More than the CPU can address is out of reach; where a region passes the limit, up to it.
    # The bookkeeping alone, for all below the limit, takes 64 MiB: this one is for a machine with 256.
    "beyond_the_cpu": LOW + [(MIB, 200 * MIB, USABLE), (PHYSICAL_END - 16 * MIB, 32 * MIB, USABLE),
                             (PHYSICAL_END, GIB, USABLE), (1 << 46, GIB, USABLE),
                             ((1 << 52) - PAGE, 2 * PAGE, USABLE), (1 << 52, GIB, USABLE), (1 << 63, 1 << 62, USABLE)],
    # Memory that is not there: believed, as nothing else says so, and not touched while there is lower memory.
    "beyond_ram": LOW + [ALL_RAM, (4 * GIB, GIB, USABLE)],
    # Neither the kernel's own memory nor the loader's tables are in the map, and most of the rest is reserved.
    "kernel_in_a_hole": [(8 * MIB, 8 * MIB, USABLE)],
    "kernel_in_reserved_memory": [(0, 8 * MIB, RESERVED), ALL_RAM],
    # As many regions as can be kept, each of them a hole.
    "most_regions": LOW + [ALL_RAM] + [(2 * MIB + i * 3 * PAGE, 1, RESERVED) for i in range(124)],
    "too_many_regions": LOW + [ALL_RAM] + [(2 * MIB + i * 3 * PAGE, 1, RESERVED) for i in range(125)],
    "nothing_usable": [(0, 4 * GIB, RESERVED)],
    "only_low_memory": LOW,
    "empty": [],
    # Bookkeeping for so much would take more than there is.
    "too_much": LOW + [ALL_RAM, (PHYSICAL_END - 16 * MIB, 16 * MIB, USABLE)],
}


def page_floor(address):
    return address // PAGE * PAGE


def page_ceiling(address):
    return -(-address // PAGE) * PAGE


def is_believed(region):
    base, length, kind = region
    return kind != USABLE or base + length < 2**64


def covers(regions, start, end):
    """Whether every byte of [start, end) lies in one of the regions."""
    at = start
    while at < end:
        reach = max((base + length for base, length, _ in regions if base <= at < base + length), default=at)
        if reach == at:
            return False
        at = reach
    return True


def meets(base, length, start, end):
    return length > 0 and base < end and start < base + length


def free_pieces(regions, in_use):
    """The runs of whole pages that are left, as (start, end)."""
    regions = [region for region in regions if is_believed(region)]
    usable = [region for region in regions if region[2] == USABLE]
    taken = [region[:2] for region in regions if region[2] != USABLE] + in_use
    bounds = {0, PHYSICAL_END}
    for base, length in [region[:2] for region in usable] + taken:
        bounds |= {page_floor(base), page_ceiling(base), page_floor(base + length), page_ceiling(base + length)}
    bounds = sorted(bound for bound in bounds if bound <= PHYSICAL_END)
    return [(start, end) for start, end in zip(bounds, bounds[1:])
            if covers(usable, start, end) and not any(meets(*range_, start, end) for range_ in taken)]


def words_for(things, things_per_word):
    return -(-things // things_per_word)


def set_words(members):
    """A bit for each member, one for each word of those, and so on up to a single word."""
    total = members = words_for(members, 64)
    while members > 1:
        members = words_for(members, 64)
        total += members
    return total


def bookkeeping_bytes(end):
    """Words of 64 bits for each 2 MiB: 8 in each of two maps of frames, one more word, and 2 bytes; for each GiB: 8 in
    each of two rows, a member of each of three sets, and 4 bytes; in whole pages."""
    areas_2m, areas_1g = words_for(end, 2 * MIB), words_for(end, 1024 * MIB)
    total = 2 * 8 * areas_2m + 1 + words_for(areas_2m, 4)
    total += 2 * 8 * areas_1g + 3 * set_words(areas_1g) + words_for(areas_1g, 2)
    return page_ceiling(8 * total)


def owned_kib(regions, in_use):
    """What the frame allocator ends up with."""
    pieces = free_pieces(regions, in_use + [(0, MIB)])
    return (sum(end - start for start, end in pieces) - bookkeeping_bytes(pieces[-1][1])) // 1024


def entries(regions):
    return b"".join(struct.pack("<QQII", *region, 0) for region in regions)


def with_memory_map(information, regions):
    """Multiboot2 information whose memory map is replaced, at its end; all other tags stay."""
    tags, at = b"", 8
    while True:
        kind, size = struct.unpack_from("<II", information, at)
        end = at + -(-size // 8) * 8
        if kind == 0:
            break
        tags += information[at:end] if kind != 6 else b""
        at = end
    tags += struct.pack("<IIII", 6, 16 + 24 * len(regions), 24, 0) + entries(regions) + struct.pack("<II", 0, 8)
    return struct.pack("<II", 8 + len(tags), 0) + tags


if __name__ == "__main__":
    name, source, target = sys.argv[1:]
    Path(target).write_bytes(with_memory_map(Path(source).read_bytes(), MAPS[name]))
