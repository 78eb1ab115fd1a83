# SPDX-License-Identifier: MIT
"""The real kernel under a memory map that HOSTILE_MAP names: the loader's tables are rewritten before the kernel reads
them. It comes up, answers, and has exactly the memory that the map leaves; or it says what is wrong with the map."""

import os
import re
import sys
import tempfile
from pathlib import Path

import hostile_maps
from hostile_maps import MAP_ADDRESS, MAPS
from shell_support import on_serial, wait_ready

MULTIBOOT2_MAGIC = 0x36D76289
START_INFO_BYTES = 56
# Page tables, heap and tasks of a kernel that has just come up.
MOST_USED_KIB = 1024
COMPLAINTS = {
    "too_many_regions": "the PVH memory map has more regions than the kernel can keep",
    "nothing_usable": "panic: memory: the boot loader reported no free memory",
    "only_low_memory": "panic: memory: the boot loader reported no free memory",
    "empty": "panic: memory: the boot loader reported no free memory",
    "too_much": "panic: memory: too little memory for page tables and bookkeeping",
}


def rewrite_pvh(name, directory):
    """gdb's commands, entered as by PVH. The start info has the map's address at 40 and its length at 48."""
    table = directory / "map"
    table.write_bytes(hostile_maps.entries(MAPS[name]))
    restore = [f"restore {table} binary {MAP_ADDRESS}"] if MAPS[name] else []
    return ["hbreak *boot_entry", "continue", *restore, f"set {{unsigned long}}($ebx + 40) = {MAP_ADDRESS}",
            f"set {{unsigned int}}($ebx + 48) = {len(MAPS[name])}"]


def rewrite_multiboot2(name, directory):
    """gdb's commands, entered by GRUB, whose own code passes the kernel's address before it is loaded."""
    old, new = directory / "old", directory / "new"
    patch = f"{sys.executable} -B {hostile_maps.__file__} {name} {old} {new}"
    return [f"hbreak *boot_entry if $eax == {MULTIBOOT2_MAGIC}", "continue",
            f"dump binary memory {old} $ebx ($ebx + *(unsigned int *)$ebx)", f"shell {patch}",
            f"restore {new} binary {MAP_ADDRESS}", f"set $ebx = {MAP_ADDRESS}"]


def drive(vm):
    name = os.environ["HOSTILE_MAP"]
    with tempfile.TemporaryDirectory(prefix="tenorite-map-") as directory:
        directory = Path(directory)
        rewrite = rewrite_multiboot2 if vm.settings.boot == "bios" else rewrite_pvh
        output = vm.gdb([*rewrite(name, directory), "print $ebx", "print/x &image_physical_start_symbol",
                         "print/x &image_physical_end_symbol"], symbols=vm.settings.kernel)
        information, start, end = (int(value, 0) for value in re.findall(r"^\$\d+ = (\w+)$", output, re.MULTILINE))
        length = (directory / "new").stat().st_size if vm.settings.boot == "bios" else START_INFO_BYTES
    if name in COMPLAINTS:
        vm.wait_serial(COMPLAINTS[name])
        vm.wait_end(10)
        return
    wait_ready(vm)
    assert on_serial(vm, "echo alive") == ["alive"]
    frames = on_serial(vm, "mem")[0]
    free, owned = (int(number) for number in re.fullmatch(r"frames: (\d+) KiB free of (\d+) KiB", frames).groups())
    expected = hostile_maps.owned_kib(MAPS[name], [(start, end - start), (information, length)])
    assert owned == expected, f"{frames}, expected {expected}"
    assert owned - MOST_USED_KIB < free < owned, frames
    vm.send_serial("exit 42\r")
