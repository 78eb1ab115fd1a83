# SPDX-License-Identifier: MIT
"""Runs clang-format over the C sources and headers of the repository.

Examples:
  ./tenorite format           rewrite in place
  ./tenorite format --check   list the files that would change

Exit status: 0 all well formatted, 1 --check found differences, 2 wrong usage, 77 --check skipped: it needs
clang-format 14.
"""

import os
import re
import subprocess

import project
import style_tools
import terminal


def add_arguments(parser):
    parser.add_argument("--check", action="store_true", help="change nothing; list the files that would change")


def perform(options, _passed_on):
    files = c_files()
    if options.check:
        return check(style_tools.find_pinned("clang-format"), files)
    program, major = style_tools.find("clang-format")
    if major != style_tools.PINNED_MAJOR:
        terminal.say(f"clang-format {major} may format differently from {style_tools.PINNED_MAJOR}, which decides")
    if subprocess.run([program, "-i", "--style=file", *files], cwd=project.ROOT, check=False).returncode != 0:
        return terminal.EXIT_FAILURE
    terminal.say(f"formatted {len(files)} files")
    return terminal.EXIT_OK


def check(program, files):
    command = [program, "--dry-run", "--style=file", *files]
    result = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=False)
    differing = sorted(set(re.findall(r"^(.+?):\d+:\d+: .*-Wclang-format-violations", result.stderr, re.MULTILINE)))
    for path in differing:
        print(path)
    if result.returncode != 0:
        raise terminal.Failure(f"clang-format failed:\n{result.stderr}")
    if differing:
        terminal.say(f"{len(differing)} of {len(files)} files differ. Next: ./tenorite format")
        return terminal.EXIT_FAILURE
    terminal.say(f"{len(files)} files are well formatted")
    return terminal.EXIT_OK


def c_files():
    """Tracked and new C files; outside a git checkout, all but those under build/."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.c", "*.h"]
    try:
        result = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=True)
        files = [name for name in result.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        files = walk()
    files = sorted({name for name in files if (project.ROOT / name).is_file()})
    if not files:
        raise terminal.Failure("found no C files")
    return files


def walk():
    found = []
    for directory, children, names in os.walk(project.ROOT):
        children[:] = [name for name in children if name != "build" and not name.startswith(".")]
        found += [os.path.relpath(os.path.join(directory, name), project.ROOT) for name in names
                  if name.endswith((".c", ".h"))]
    return found
