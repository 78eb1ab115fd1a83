# SPDX-License-Identifier: MIT
"""Removes what was built: all of build/, or one preset's part of it.

Examples:
  ./tenorite clean                all of build/
  ./tenorite clean --preset dev   only build/dev

Exit status: 0 removed (or nothing there), 1 failure, 2 wrong usage.
"""

import shutil

import project
import terminal


def add_arguments(parser):
    parser.add_argument("--preset", metavar="P", help="remove only build/P")


def perform(options, _passed_on):
    directory = project.BUILD
    if options.preset is not None:
        project.check_preset(options.preset)
        directory = project.build_directory(options.preset)
    if directory.exists():
        shutil.rmtree(directory)
        terminal.say(f"removed {directory}")
    else:
        terminal.say(f"nothing to remove: no {directory}")
    return 0
