# SPDX-License-Identifier: MIT
"""Processes that never outlive this one.

Every child leads a session of its own, so that the terminal's Ctrl-C reaches only us and a kill reaches its
children too. Whoever starts one calls kill() in a `finally`; on Linux the kernel does it if we die without
unwinding (SIGKILL). That last net is tied to the thread that started the child: start children from a thread that
outlives them.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start(command, **options):
    """Starts `command`, a list; `options` as for subprocess.Popen."""
    parent = os.getpid()

    def die_with_parent():
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(127)

    return subprocess.Popen(command, preexec_fn=die_with_parent, start_new_session=True, **options)


def kill(process):
    """Ends the process and what it started, and reaps it. Harmless when it has ended."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
