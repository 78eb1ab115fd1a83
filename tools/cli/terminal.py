# SPDX-License-Identifier: MIT
"""What the verbs share in talking to people: exit codes, messages, colour, option parsers."""

import argparse
import os
import sys

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_SKIPPED = 77
EXIT_TIMEOUT = 124

EXIT_HELP = "Exit status: 0 done, 1 failure, 2 wrong usage"


class UsageError(Exception):
    """The arguments do not fit together."""


class Failure(Exception):
    """The verb cannot go on; the message is for the user."""

    def __init__(self, message, exit_status=EXIT_FAILURE):
        super().__init__(message)
        self.exit_status = exit_status


def say(message):
    """Chatter: standard error, so that standard output carries data only."""
    sys.stdout.flush()
    print(f"tenorite: {message}", file=sys.stderr, flush=True)


def has_colour(stream):
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb":
        return False
    return stream.isatty()


def paint(text, colour, stream):
    codes = {"red": 31, "green": 32, "yellow": 33}
    return f"\033[{codes[colour]}m{text}\033[0m" if has_colour(stream) else text


def child_environment():
    """The environment for CMake, Ninja and CTest: they read CLICOLOR, not NO_COLOR."""
    environment = dict(os.environ)
    if not has_colour(sys.stderr):
        environment.pop("CLICOLOR_FORCE", None)
        environment.update(CLICOLOR="0", NO_COLOR="1")
    return environment


class Parser(argparse.ArgumentParser):
    def error(self, message):
        say(f"{self.prog.split()[-1]}: {message}; see {self.prog} --help")
        sys.exit(EXIT_USAGE)


def make_parser(verb, help_text):
    """`help_text` is the verb module's docstring: a summary, then sections such as Examples."""
    summary, _, rest = help_text.partition("\n\n")
    return Parser(
        prog=f"./tenorite {verb}",
        description=summary,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def whole_number(minimum, maximum):
    """An argparse type: a decimal number within bounds."""

    def parse(text):
        if not text.isascii() or not text.isdigit() or not minimum <= int(text) <= maximum:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {minimum} to {maximum}")
        return int(text)

    return parse
