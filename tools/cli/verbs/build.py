# SPDX-License-Identifier: MIT
"""Builds kernel, ISO and tests, and prints where kernel and ISO are.

Examples:
  ./tenorite build                    preset dev, in build/dev
  ./tenorite build --preset release   without the debug checks
  ./tenorite build --preset clang     by clang and lld

Exit status: 0 built, 1 failure, 2 wrong usage.
"""

import project


def add_arguments(parser):
    project.add_preset_option(parser)


def perform(options, _passed_on):
    project.build(options.preset)
    for path in (project.kernel_path(options.preset), project.iso_path(options.preset)):
        if path.exists():
            print(path)
    return 0
