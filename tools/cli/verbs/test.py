# SPDX-License-Identifier: MIT
"""Builds, then runs every test: on the host, contracts, and kernels in QEMU.

Arguments after -- go to ctest.

Examples:
  ./tenorite test                           everything
  ./tenorite test -L host                   builds and runs only what needs no kernel: seconds
  ./tenorite test -L contracts              only the tests with that label (contracts, qemu, boot, tools ...)
  ./tenorite test -R 'heap|frames' -j 1     by name, one at a time
  ./tenorite test --preset asan             host tests under AddressSanitizer and UBSan
  ./tenorite test --preset msan             host tests of tasks under MemorySanitizer
  ./tenorite test --coverage                host tests, and which lines and branches of src/mm they ran
  ./tenorite test -- --rerun-failed         what failed last time
  ./tenorite test -- --repeat until-fail:50 hunt for a flake

Results in JUnit form: build/PRESET/junit.xml.
Exit status: 0 all passed, 1 a failure (with --coverage also: too little is covered), 2 wrong usage.
"""

import os
import sys
from xml.etree import ElementTree

import children
import coverage
import project
import terminal

PASSES_ARGUMENTS_ON = True
HOST_TESTS_TARGET = "tests/host/all"


def add_arguments(parser):
    project.add_preset_option(parser)
    parser.add_argument("--coverage", action="store_true",
                        help=f"take the preset {coverage.PRESET} and report what the host tests cover")
    parser.add_argument("-L", dest="label", metavar="LABEL", help="only tests whose label matches this expression")
    parser.add_argument("-R", dest="regex", metavar="REGEX", help="only tests whose name matches this expression")
    parser.add_argument("-j", dest="jobs", type=terminal.whole_number(1, 1024), default=(os.cpu_count() or 1) + 1,
                        metavar="N", help="tests at the same time (default: one more than there are CPUs; many wait)")


def ctest_command(options, junit, passed_on):
    command = ["ctest", "--preset", options.preset, "--output-on-failure", "--no-tests=error"]
    command += ["-j", str(options.jobs), "--output-junit", str(junit)]
    if options.label:
        command += ["-L", options.label]
    if options.regex:
        command += ["-R", options.regex]
    return command + passed_on


def target_of(options):
    """What to build: everything, but for host tests only these (by the target that Ninja has for each folder)."""
    project.configure(options.preset)
    has_folder_targets = (project.build_directory(options.preset) / "build.ninja").exists()
    return HOST_TESTS_TARGET if options.label == "host" and has_folder_targets else None


def count_results(junit):
    """(passed, failed, skipped) of a JUnit file that ctest wrote."""
    suite = ElementTree.parse(junit).getroot()
    keys = ("tests", "failures", "skipped", "disabled")
    total, failed, skipped, disabled = (int(suite.get(key, "0")) for key in keys)
    return total - failed - skipped - disabled, failed, skipped + disabled


def perform(options, passed_on):
    if not options.coverage:
        return run_tests(options, passed_on)
    if options.preset not in (coverage.PRESET, project.DEFAULT_PRESET):
        raise terminal.UsageError(f"--coverage has a preset of its own, {coverage.PRESET}")
    options.preset = coverage.PRESET
    coverage.forget_counts()
    status = run_tests(options, passed_on)
    is_covered = coverage.report()
    return status if is_covered else terminal.EXIT_FAILURE


def run_tests(options, passed_on):
    project.build(options.preset, target_of(options))
    junit = project.build_directory(options.preset) / "junit.xml"
    junit.unlink(missing_ok=True)
    status = children.call(ctest_command(options, junit, passed_on), project.ROOT)
    passed, failed, skipped = count_results(junit) if junit.exists() else (0, 0, 0)
    if junit.exists():
        report(passed, failed, skipped)
    if status == 0:
        return terminal.EXIT_OK
    if failed == 0:
        raise terminal.Failure("ctest failed without a failed test; does any test match? See above")
    preset = "" if options.preset == project.DEFAULT_PRESET else f"--preset {options.preset} "
    terminal.say(f"Next: ./tenorite test {preset}-- --rerun-failed    (results: {junit})")
    return terminal.EXIT_FAILURE


def report(passed, failed, skipped):
    text = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    print(terminal.paint(text, "red" if failed else "green", sys.stdout), flush=True)
