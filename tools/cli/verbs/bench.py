# SPDX-License-Identifier: MIT
"""Builds, runs a benchmark, and prints its figures.

async    what tasks, wakes and timers cost as a program of this computer, with the kernel's own flags; beside it floor
         loops, and the runtimes tokio, LocalPool and async-executor where they are installed
boot     time from QEMU's start to the shell's prompt, for each boot path; beside it the floor, a kernel of a few
         instructions on the same path
counts   how many instructions mapper, frames and heap execute in a running kernel: exact, and compared with those on
         record
memory   what mapper, frames and heap cost as a program of this computer, with the kernel's own flags; beside it floor loops,
         and the allocators mimalloc, jemalloc and glibc's where they are installed. docs/benchmarks.md explains each line

Examples:
  ./tenorite bench async                  everything, in nine processes
  ./tenorite bench async -R "yield|spawn" --count 15
  ./tenorite bench boot                   every path, five times
  ./tenorite bench boot -R uefi --count 9
  ./tenorite bench boot -R microvm --accel kvm
  ./tenorite bench counts --record        put this build's counts on record
  ./tenorite bench memory                 everything, in nine processes
  ./tenorite bench memory -R heap --count 15

Exit status: 0 measured, 1 something failed (a boot path whose firmware is not installed is skipped) or more instructions
than on record, 2 wrong usage.
"""

import re
import subprocess
import sys

import boot_path
import children
import project
import qemu
import terminal

ASYNC_GROUPS = ("yield", "wake", "spawn", "join", "timers")
MEMORY_GROUPS = ("mapper", "frames", "heap")
DEFAULT_COUNTS = {"async": 9, "boot": 5, "memory": 9}
BENCHMARKS = ("async", "boot", "memory", "counts")


def add_arguments(parser):
    parser.add_argument("benchmark", choices=BENCHMARKS, help="what to measure")
    project.add_preset_option(parser)
    parser.add_argument("-R", dest="regex", metavar="REGEX",
                        help=f"boot: only the paths that match, of {', '.join(boot_path.PATHS)}; async, memory: only the "
                        f"groups that match, of {', '.join(ASYNC_GROUPS)}; of {', '.join(MEMORY_GROUPS)}")
    parser.add_argument("--count", type=terminal.whole_number(1, 1000), metavar="N",
                        help="how often (default 5 for boot, 9 for async and memory)")
    parser.add_argument("--accel", choices=("tcg", "kvm"), help="boot only (default tcg)")
    parser.add_argument("--record", action="store_true", help="counts only: those of this build are right")


def perform(options, _passed_on):
    check_applicable(options)
    options.count = options.count or DEFAULT_COUNTS.get(options.benchmark)
    options.regex = options.regex or ""
    commands = {"async": async_command, "boot": boot_command, "memory": memory_command, "counts": counts_command}
    command = commands[options.benchmark](options)
    with children.running(command, True, stdin=subprocess.DEVNULL) as child:
        return terminal.EXIT_OK if child.wait() == 0 else terminal.EXIT_FAILURE


def check_applicable(options):
    """UsageError where an option is for another benchmark."""
    for option, value, benchmarks in (("--accel", options.accel, ("boot",)), ("--record", options.record, ("counts",)),
                                      ("--count", options.count, ("async", "boot", "memory")),
                                      ("-R", options.regex, ("async", "boot", "memory"))):
        if value and options.benchmark not in benchmarks:
            raise terminal.UsageError(f"{option} is not for {options.benchmark}, but for {' and '.join(benchmarks)}")


def boot_command(options):
    check_regex(options.regex, "boot path", boot_path.PATHS)
    project.check_iso(options.preset)
    qemu.check_program()
    project.build(options.preset, "bench_boot")
    stub = project.build_directory(options.preset) / "tests/bench/stub"
    return [sys.executable, "-B", str(project.ROOT / "tests/bench/boot_times.py"), "--kernel",
            str(project.kernel_path(options.preset)), "--iso", str(project.iso_path(options.preset)), "--stub",
            f"{stub}.elf", "--stub-iso", f"{stub}.iso", "--count", str(options.count), "-R", options.regex, "--accel",
            options.accel or "tcg"]


def async_command(options):
    check_regex(options.regex, "group", ASYNC_GROUPS)
    peers = project.build_directory(options.preset) / "tests/bench/async/peers"
    return [*program_command(options, "async"), "--peers", str(peers)]


def memory_command(options):
    check_regex(options.regex, "group", MEMORY_GROUPS)
    return program_command(options, "memory")


def program_command(options, subject):
    """For what runs as a program of this computer."""
    if options.preset == "freestanding":
        raise terminal.UsageError("preset 'freestanding' has no programs for this computer: take another")
    project.build(options.preset, f"bench_{subject}")
    program = project.build_directory(options.preset) / f"tests/bench/{subject}/bench_{subject}"
    return [sys.executable, "-B", str(project.ROOT / f"tests/bench/{subject}_figures.py"), "--checked",
            f"{program}_checked", "--unchecked", f"{program}_unchecked", "--count", str(options.count), "-R",
            options.regex]


def counts_command(options):
    qemu.check_program()
    project.build(options.preset, "bench_counts")
    built = project.build_directory(options.preset) / "tests/bench/guest"
    flags = (built / "optimization.txt").read_text(encoding="utf-8").strip()
    return [sys.executable, "-B", str(project.ROOT / "tests/bench/guest_counts.py"), "--kernel",
            str(built / "bench_counts"), f"--optimization={flags}", *(["--record"] if options.record else [])]


def check_regex(regex, kind, names):
    try:
        is_used = any(re.search(regex, name) for name in names)
    except re.error as error:
        raise terminal.UsageError(f"-R {regex}: {error}") from None
    if not is_used:
        raise terminal.UsageError(f"no {kind} matches '{regex}'; there are {', '.join(names)}")
