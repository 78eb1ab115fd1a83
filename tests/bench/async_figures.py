#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what tasks cost, beside floor loops and runtimes of Rust's that this computer has.

The release build of src/task runs as a program of this computer (tests/bench/async/), with the flags of the kernel,
optimized as a whole, with one priority and introspection off; in each of its processes ours and floor take turns. Then a
process of each peer runs the same workloads. Every third process runs a build without the hardening that contract K11
asks for: the second table is what the hardening costs.

Exit status: 0 measured, 1 a program failed or gave no figure, 2 wrong usage.
"""

import sys

import async_peers
import figures
from figures import Figure, Samples, run_program, times_as_fast, times_floor

GROUPS = ("yield", "wake", "spawn", "join", "timers")
INSTALLATION = "./tenorite setup --with peers"

FIGURES = (
    Figure("yield", "yield", "yield, 1 000 tasks", "ns", (times_floor(2), times_as_fast("tokio", 4))),
    Figure("yield", "yield_by_hand", "the same, futures by hand", "ns"),
    Figure("yield", "yield_accounts", "yield, statistics on", "ns"),
    Figure("wake", "storm", "wake + poll, storm of 10 000", "ns", (times_floor(2),)),
    Figure("wake", "ping_pong", "ping-pong round trip, wakers", "ns", (times_floor(2),)),
    Figure("wake", "ping_pong_notify", "ping-pong round trip, notify", "ns"),
    Figure("spawn", "spawn_one", "spawn + run + free, one by one", "ns", (times_floor(3), times_as_fast("tokio", 4))),
    Figure("spawn", "spawn_many", "spawn + run + free, a million", "ns", (times_floor(3), times_as_fast("tokio", 4))),
    Figure("join", "join_handles", "join of 1 000 tasks, a child", "ns"),
    Figure("join", "join_array", "join of 1 000 futures, a child", "ns", (times_floor(5),)),
    Figure("timers", "timers_1e6", "timer, within 10^6 ticks", "ns", (times_floor(0.5), times_as_fast("tokio", 10))),
    Figure("timers", "timers_1e9", "timer, within 10^9 ticks", "ns", (times_floor(0.7), times_as_fast("tokio", 10))),
    Figure("timers", "sleeps_1e6", "task that sleeps, 10^6 ticks", "ns"),
    Figure("timers", "sleeps_1e9", "task that sleeps, 10^9 ticks", "ns"),
)


def measure(options, peers):
    """(hardened, without): Samples of both programs; those of the peers are with the first."""
    checked, unchecked = Samples(), Samples()
    speed = ["quick"] if options.quick else []
    for _ in range(options.count):
        for group in options.groups:
            checked.add(run_program(options.checked, [*speed, group]))
            for program in peers.values():
                checked.add(run_program(program, [group]))
            unchecked.add(run_program(options.unchecked, [*speed, "alone", group]))
    return checked, unchecked


def main(arguments):
    parser = figures.argument_parser(__doc__, "bench_async")
    parser.add_argument("--peers", metavar="DIRECTORY", help="build the peers there; without this there are none")
    options = figures.parse(parser, arguments, GROUPS)
    peers, missing = async_peers.build(options.peers) if options.peers else ({}, {})
    print(f"{figures.computer()}; {async_peers.versions()}\nmedians of {options.count} processes; in brackets: ours "
          f"divided by the peer's\n", flush=True)
    checked, unchecked = measure(options, peers)
    measured = figures.in_groups(FIGURES, options.groups)
    print(figures.table(checked, measured, async_peers.PACKAGES))
    for peer, reason in missing.items():
        print(f"not here: {peer} ({async_peers.PACKAGES[peer]}; {INSTALLATION}): {reason}")
    print(f"\nwhat K11 costs: bounds checks, stack protector, initialised locals\n"
          f"{figures.comparison(('hardened', 'without'), measured, checked, unchecked)}")
    return figures.report_absent(checked, measured)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
