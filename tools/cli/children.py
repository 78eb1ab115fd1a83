# SPDX-License-Identifier: MIT
"""Child processes that never outlive ./tenorite.

Three nets, because QEMU left behind is the classic nuisance: signals that end us become the exception Ended, which
unwinds through `finally` clauses; helpers (CMake, CTest, gdb's QEMU) get a process group of their own that is
killed as a whole; and on Linux the kernel kills a direct child whose parent died without unwinding.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys

import terminal

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 3
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Ended(Exception):
    """A signal asked this process to end."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def end_with_signals():
    """From now on SIGINT, SIGTERM and SIGHUP raise Ended."""

    def raise_ended(number, _frame):
        raise Ended(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_ended)


def _die_with_parent(parent, own_group):
    """Returns what the child runs between fork and exec."""

    def prepare():
        if own_group:
            os.setpgid(0, 0)
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(127)

    return prepare


def start(command, own_group, **options):
    """Starts a child; `own_group` keeps the terminal's Ctrl-C and its keyboard away from it."""
    if shutil.which(command[0]) is None:
        raise terminal.Failure(f"cannot start {command[0]}: not found. Next: ./tenorite doctor")
    return subprocess.Popen(command, preexec_fn=_die_with_parent(os.getpid(), own_group), **options)


@contextlib.contextmanager
def running(command, own_group, **options):
    """A child for the length of a `with` block; it is dead at the block's end, however that comes."""
    child = start(command, own_group, **options)
    try:
        yield child
    finally:
        stop(child, own_group)


def stop(child, own_group):
    """Ends the child (and its group): asks first, kills after GRACE_SECONDS. A second Ctrl-C changes nothing."""
    if child.poll() is not None:
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            if own_group:
                os.killpg(child.pid, number)
            else:
                child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    end_with_signals()


def call(command, directory, quiet=False):
    """Runs a helper to its end and returns its exit status. All it prints is chatter: standard error."""
    output = subprocess.PIPE if quiet else sys.stderr
    options = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT if quiet else None}
    with running(command, True, cwd=directory, env=terminal.child_environment(), **options) as child:
        if quiet:
            text = child.communicate()[0]
            if child.returncode != 0:
                sys.stderr.buffer.write(text)
        return child.wait()
