# SPDX-License-Identifier: MIT
"""What can go wrong while a script drives a guest. All but Skip are AssertionErrors: they fail the test."""


class WaitTimeout(AssertionError):
    """Something that was waited for did not come in time."""


class GuestEnded(AssertionError):
    """The machine ended while a script still needed it."""


class StartFailure(Exception):
    """QEMU did not come up; the text says why."""


class Skip(Exception):
    """This machine cannot run the test; the text says what is missing."""
