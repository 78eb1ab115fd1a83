# SPDX-License-Identifier: MIT
"""The shell's maps, compared with the page tables as QEMU walks them for its `info tlb`."""

import re

from shell_support import on_serial, wait_ready

FLAGS_OF_QEMU = {"X": "NO_EXECUTE", "G": "GLOBAL", "C": "NO_CACHE", "T": "WRITE_THROUGH", "U": "USER", "W": "WRITABLE"}
HEADER = "first address    last address          size pg   physical flags"
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def told_by_qemu(vm):
    """(start, end, page size, physical, flags) of each run of pages that belong together; no page of 1 GiB is expected."""
    ranges = []
    for line in vm.monitor("info tlb").replace("\r", "").splitlines():
        match = re.fullmatch(r"(\w{16}): (\w{16}) ([XGPDACTUW-]{9})", line)
        if not match:
            continue
        start, physical = int(match[1], 16), int(match[2], 16)
        size = 2**21 if "P" in match[3] else 2**12
        flags = {name for letter, name in FLAGS_OF_QEMU.items() if letter in match[3]}
        last = ranges[-1] if ranges else None
        if last and (last[1], last[2], last[4]) == (start, size, flags) and last[3] + start - last[0] == physical:
            last[1] = start + size
        else:
            ranges.append([start, start + size, size, physical, flags])
    return ranges


def told_by_kernel(lines):
    ranges = []
    for line in lines:
        first, last, number, unit, page, physical, names = re.fullmatch(
            r"(\w{16}) (\w{16}) +(\d+) (\w+) (\w\w) +(\w+)(?: (.*))?", line).groups()
        start, end = int(first, 16), int(last, 16) + 1
        assert end - start == int(number) * UNITS[unit], line
        flags = set(names.split(" | ")) if names else set()
        ranges.append([start, end, {"4K": 2**12, "2M": 2**21}[page], int(physical, 16), flags])
    return ranges


def drive(vm):
    wait_ready(vm, has_screen=False)
    lines = on_serial(vm, "maps")
    assert lines[0] == HEADER, lines
    told, asked = told_by_kernel(lines[1:]), told_by_qemu(vm)
    assert asked and told == asked, (told, asked)
    pages = [line for page in range(1, len(lines) // 20 + 2) for line in on_serial(vm, f"maps {page}")]
    assert [line for line in pages if line != HEADER and "more: " not in line] == lines[1:], pages
    vm.send_serial("exit 1\r")
