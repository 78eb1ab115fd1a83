# SPDX-License-Identifier: MIT
"""The programs that judge style, pinned to one version: another one would judge the same text differently."""

import re
import shutil
import subprocess

import terminal

PINNED_MAJOR = 14


def find(name):
    """(program, major version): the pinned version where it is installed, else what is there."""
    for candidate in (f"{name}-{PINNED_MAJOR}", name):
        if shutil.which(candidate):
            text = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout
            match = re.search(r"version (\d+)", text)
            return candidate, int(match.group(1)) if match else 0
    raise terminal.Failure(f"no {name} here. Next: ./tenorite doctor")


def find_pinned(name):
    """The program in the version that decides, or a skip."""
    program, major = find(name)
    if major != PINNED_MAJOR:
        reason = f"this is {name} {major}, and version {PINNED_MAJOR} decides"
        raise terminal.Failure(f"skipped: {reason} (apt-get install {name}-{PINNED_MAJOR})", terminal.EXIT_SKIPPED)
    return program
