# SPDX-License-Identifier: MIT
"""What the host tests cover: gcovr's report over the files that have a promise to keep."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

import project
import terminal

PRESET = "coverage"


@dataclass(frozen=True)
class Part:
    """A set of files and the least share of their lines and branches, in percent, that tests have to run."""

    name: str
    filters: tuple
    lines: int
    branches: int


PARTS = (Part("memory", ("src/mm/", "include/tenorite/mm/", "include/tenorite/arch/address"), 95, 90),
         Part("tasks", ("src/task/", "include/tenorite/task/"), 95, 90))

# Left out, once and by rule: the arm of an assertion that is not taken while its caller keeps the contract (the tests that
# break it run the arm all the same), and what the compiler was told cannot be reached.
ASSERTION = r".*\b(ASSERT|panic)\(.*"
UNREACHABLE = r".*__builtin_unreachable\(\).*"


def forget_counts():
    """Counts add up over runs; a figure is that of one run."""
    for path in project.build_directory(PRESET).rglob("*.gcda"):
        path.unlink()


def command_of(part, program):
    build = project.build_directory(PRESET)
    command = [program, "--root", str(project.ROOT), "-j", str(os.cpu_count() or 1), "--sort-percentage",
               f"--exclude-branches-by-pattern={ASSERTION}", f"--exclude-lines-by-pattern={UNREACHABLE}"]
    for path in part.filters:
        command += ["--filter", path]
    return command + [str(build / "src"), str(build / "tests")]


def totals(table):
    """(covered, all) of the line TOTAL of one of gcovr's tables; None where there is none."""
    match = re.search(r"^TOTAL\s+(\d+)\s+(\d+)\s+\S+$", table, re.MULTILINE)
    return (int(match.group(2)), int(match.group(1))) if match else None


def share_is_reached(part, kind, wanted, table):
    found = totals(table)
    if not found or found[1] == 0:
        terminal.say(f"coverage of {part.name}: gcovr reports no {kind}")
        return False
    covered, everything = found
    reached = covered * 100 >= wanted * everything
    print(f"coverage of {part.name}: {covered * 100 / everything:.1f} % of {everything} {kind} "
          f"({wanted} % {'reached' if reached else 'NOT reached'})", flush=True)
    return reached


def report():
    """Prints the tables, and whether each part has what it needs; true if all have."""
    program = shutil.which("gcovr")
    if not program:
        raise terminal.Failure("gcovr is missing; ./tenorite setup --preset coverage installs it")
    good = True
    for part in PARTS:
        for kind, wanted, options in (("lines", part.lines, []), ("branches", part.branches, ["--branches"])):
            result = subprocess.run(command_of(part, program) + options, cwd=project.ROOT, capture_output=True, text=True,
                                    check=False)
            if result.returncode != 0:
                raise terminal.Failure(f"gcovr failed:\n{result.stderr}")
            print(result.stdout, flush=True)
            good &= share_is_reached(part, kind, wanted, result.stdout)
    return good
