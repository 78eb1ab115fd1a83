# SPDX-License-Identifier: MIT
"""What can go wrong while a machine is started or a script drives it. AssertionErrors fail the test."""


class WaitTimeout(AssertionError):
    """Something that was waited for did not come in time."""


class GuestEnded(AssertionError):
    """The machine ended while a script still needed it."""


class StartFailure(Exception):
    """QEMU did not come up; the text says why."""


class Skip(Exception):
    """This machine cannot run the test; the text says what is missing."""


class FirmwareMissing(Exception):
    """There is no UEFI firmware to start a machine with; the text says what to do."""
