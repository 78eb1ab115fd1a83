# SPDX-License-Identifier: MIT
"""Builds, runs a benchmark, and prints its figures.

boot   time from QEMU's start to the shell's prompt, for each boot path; beside it the floor, a kernel of a few
       instructions on the same path

Examples:
  ./tenorite bench boot                   every path, five times
  ./tenorite bench boot -R uefi --count 9
  ./tenorite bench boot -R microvm --accel kvm

Exit status: 0 measured, 1 a path failed (one whose firmware is not installed is skipped), 2 wrong usage.
"""

import re
import subprocess
import sys

import boot_path
import children
import project
import qemu
import terminal

BENCH_TARGET = "bench_boot"
SCRIPT = project.ROOT / "tests/bench/boot_times.py"


def add_arguments(parser):
    parser.add_argument("benchmark", choices=("boot",), help="what to measure")
    project.add_preset_option(parser)
    parser.add_argument("-R", dest="regex", default="", metavar="REGEX",
                        help=f"only the paths that match, of {', '.join(boot_path.PATHS)}")
    parser.add_argument("--count", type=terminal.whole_number(1, 1000), default=5, metavar="N",
                        help="how often (default 5)")
    parser.add_argument("--accel", choices=("tcg", "kvm"), default="tcg", help="default tcg")


def perform(options, _passed_on):
    check_regex(options.regex)
    project.check_iso(options.preset)
    qemu.check_program()
    project.build(options.preset, BENCH_TARGET)
    stub = project.build_directory(options.preset) / "tests/bench/stub"
    command = [sys.executable, "-B", str(SCRIPT), "--kernel", str(project.kernel_path(options.preset)), "--iso",
               str(project.iso_path(options.preset)), "--stub", f"{stub}.elf", "--stub-iso", f"{stub}.iso", "--count",
               str(options.count), "-R", options.regex, "--accel", options.accel]
    with children.running(command, True, stdin=subprocess.DEVNULL) as child:
        return terminal.EXIT_OK if child.wait() == 0 else terminal.EXIT_FAILURE


def check_regex(regex):
    try:
        is_used = any(re.search(regex, name) for name in boot_path.PATHS)
    except re.error as error:
        raise terminal.UsageError(f"-R {regex}: {error}") from None
    if not is_used:
        raise terminal.UsageError(f"no boot path matches '{regex}'; there are {', '.join(boot_path.PATHS)}")
