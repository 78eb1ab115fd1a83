#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what mapper, frames and heap cost, beside floors and the allocators that this computer has.

The release build of src/mm runs as a program of this computer (tests/bench/memory/), with the flags of the kernel, in
one process after the other; in each, ours, floor and peers take turns. A figure is the median of all samples; `least`
is the ratio of the least ones. Every second process runs a build without the hardening that contract K11 asks for: the
second table is what the hardening costs.

Exit status: 0 measured, 1 a program failed or gave no figure, 2 wrong usage.
"""

import sys

import figures
from figures import Figure, Samples, ahead_of, at_most, run_program, share_of, times_floor

GROUPS = ("mapper", "frames", "heap")
PACKAGES = {"mimalloc": "libmimalloc2.0", "jemalloc": "libjemalloc2", "glibc": "libc6"}
INSTALLATION = "./tenorite setup --with bench"
# jemalloc keeps more in static thread-local storage than the loader has to spare for libraries that come later.
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.rtld.optional_static_tls=16384"}

FIGURES = (
    Figure("mapper", "map_range", "map_range, 1 GiB, a page", "ns", (times_floor(1.5),)),
    Figure("mapper", "unmap_range", "unmap_range, 1 GiB, a page", "ns"),
    Figure("mapper", "map_to", "map_to, 4 KiB pages in order", "ns", (times_floor(1.3),)),
    Figure("mapper", "unmap", "unmap, 4 KiB pages in order", "ns", (times_floor(1.2),)),
    Figure("mapper", "translate", "translate, at random in 1 GiB", "ns", (times_floor(1.3),)),
    Figure("frames", "frame_4k_pair", "frame of 4 KiB, alloc + free", "ns", (times_floor(3),)),
    Figure("frames", "frame_2m_pair", "frame of 2 MiB, alloc + free", "ns", (times_floor(20),)),
    Figure("frames", "frame_4k_worst_alloc", "frame of 4 KiB, worst alloc", "ticks"),
    Figure("frames", "frame_4k_worst_free", "frame of 4 KiB, worst free", "ticks"),
    Figure("frames", "frame_2m_worst_alloc", "frame of 2 MiB, worst alloc", "ticks"),
    Figure("frames", "frame_2m_worst_free", "frame of 2 MiB, worst free", "ticks"),
    Figure("heap", "heap_pair_64", "64 B, alloc + free", "ns", (times_floor(2),)),
    Figure("heap", "heap_trace_16_4096", "16-4096 B, 10 000 live", "ns", (ahead_of("mimalloc", "jemalloc"),)),
    Figure("heap", "heap_trace_16_512", "16-512 B, 100 000 live", "ns", (ahead_of("mimalloc", "jemalloc"),)),
    Figure("heap", "heap_worst", "fragmenting, worst operation", "ticks", (share_of("jemalloc", 0.25),)),
    Figure("heap", "heap_worst_6th", "fragmenting, 6th worst", "ticks"),
    Figure("heap", "heap_worst_fresh", "same, peers in a new process", "ticks"),
    Figure("heap", "heap_resident_16_4096", "taken/live, 16-4096 B", "", (at_most(1.20),)),
    Figure("heap", "heap_resident_16_512", "taken/live, 16-512 B", "", (at_most(1.20),)),
    Figure("heap", "heap_resident_fragmenting", "taken/live, fragmenting", "", (at_most(1.34),)),
)


def measure(options):
    """(hardened, without): Samples of both programs, run in turn."""
    checked, unchecked = Samples(), Samples()
    speed = ["quick"] if options.quick else []
    for _ in range(options.count):
        for group in options.groups:
            checked.add(run_program(options.checked, [*speed, group], ENVIRONMENT))
            unchecked.add(run_program(options.unchecked, [*speed, "alone", group], ENVIRONMENT))
    return checked, unchecked


def main(arguments):
    options = figures.parse(figures.argument_parser(__doc__, "bench_memory"), arguments, GROUPS)
    print(f"{figures.computer()}; medians of {options.count} processes; in brackets: ours divided by the peer's\n",
          flush=True)
    checked, unchecked = measure(options)
    measured = figures.in_groups(FIGURES, options.groups)
    print(figures.table(checked, measured, PACKAGES))
    for peer, reason in checked.missing.items():
        print(f"not installed: {peer} ({PACKAGES[peer]}; {INSTALLATION}): {reason}")
    print(f"\nwhat K11 costs: bounds checks, stack protector, initialised locals\n"
          f"{figures.comparison(('hardened', 'without'), measured, checked, unchecked)}")
    return figures.report_absent(checked, measured)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
