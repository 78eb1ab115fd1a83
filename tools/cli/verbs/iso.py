# SPDX-License-Identifier: MIT
"""Builds the bootable ISO and prints its path and size.

Examples:
  ./tenorite iso                                 build/dev/tenorite.iso
  ./tenorite iso --preset release                the one to give away
  ./tenorite iso | cut -f1                       only the path

Exit status: 0 built, 1 failure, 2 wrong usage.
"""

import project


def add_arguments(parser):
    project.add_preset_option(parser)


def perform(options, _passed_on):
    project.check_iso(options.preset)
    project.build(options.preset, project.ISO_TARGET)
    path = project.iso_path(options.preset)
    print(f"{path}\t{path.stat().st_size / 1e6:.1f} MB")
    return 0
