# SPDX-License-Identifier: MIT
"""Runs one verb of ./tenorite. Start it through ./tenorite, which sees to what a verb needs."""

import os
import signal
import sys
from pathlib import Path

# What ./tenorite and the test runner share: the boot paths.
sys.path.append(str(Path(__file__).resolve().parents[1] / "vm"))

import children
import terminal
from verbs import bench, build, debug, format as format_sources, fuzz, iso, lint, run, test

VERBS = {
    "build": build,
    "run": run,
    "test": test,
    "fuzz": fuzz,
    "debug": debug,
    "bench": bench,
    "iso": iso,
    "format": format_sources,
    "lint": lint,
}


def split_at_dashes(words):
    """The words before the first `--`, and those behind it."""
    if "--" not in words:
        return words, []
    position = words.index("--")
    return words[:position], words[position + 1:]


def main(arguments):
    if not arguments or arguments[0] not in VERBS:
        terminal.say(f"main.py takes one of these verbs first: {' '.join(VERBS)}")
        return terminal.EXIT_USAGE
    verb = VERBS[arguments[0]]
    own, passed_on = split_at_dashes(arguments[1:])
    parser = terminal.make_parser(arguments[0], verb.__doc__)
    verb.add_arguments(parser)
    options = parser.parse_args(own)
    if passed_on and not getattr(verb, "PASSES_ARGUMENTS_ON", False):
        parser.error("takes no arguments after --")
    children.end_with_signals()
    try:
        return verb.perform(options, passed_on)
    except terminal.UsageError as error:
        parser.error(str(error))
    except terminal.Failure as error:
        terminal.say(str(error))
        return error.exit_status
    except children.Ended as ended:
        return 128 + ended.number
    except BrokenPipeError:
        # Who read our output is gone, and the interpreter would say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
