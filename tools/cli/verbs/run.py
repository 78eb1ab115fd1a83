# SPDX-License-Identifier: MIT
"""Builds, then boots the ISO in QEMU with the serial line on this terminal.

Ctrl-C belongs to the guest; Ctrl-A X quits, Ctrl-A C switches to QEMU's monitor and back. Keyboard and screen exist
also without a window. Input that is piped in reaches the serial line once the guest has started; at its end the
guest runs on. Arguments after -- go to QEMU.

Examples:
  ./tenorite run                                    the ISO, by GRUB under BIOS
  ./tenorite run --window                           with the guest's screen
  ./tenorite run --boot pvh --append 'log=debug'    without GRUB, with a kernel command line
  ./tenorite run --memory 64 --cpu qemu64           a smaller machine
  ./tenorite run -n                                 only print the QEMU command
  printf 'mem\\nexit 0\\n' | ./tenorite run           a session without a keyboard
  ./tenorite run -- -display vnc=:0                 the screen over VNC
  ./tenorite run -- -d int -D interrupts.log        what QEMU itself can log

Exit status: CODE after the guest's `exit CODE` (0-127; a panic gives 101), 0 after poweroff or Ctrl-A X, 1 when
building or QEMU failed, 2 wrong usage. Environment: QEMU names another qemu-system-x86_64.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import threading
import time

import children
import qemu
import terminal

try:
    import termios
except ImportError:
    termios = None

PASSES_ARGUMENTS_ON = True
QUIET_SECONDS = 0.3
SILENT_GUEST_SECONDS = 15
LINE_PAUSE_SECONDS = 0.05


def add_arguments(parser):
    qemu.add_machine_options(parser, "bios")
    parser.add_argument("-n", "--dry-run", action="store_true", help="print the QEMU command, start nothing")


def perform(options, passed_on):
    qemu.check_options(options)
    command = qemu.machine_command(options, "mon:stdio") + passed_on
    if options.dry_run:
        print(shlex.join(command))
        return terminal.EXIT_OK
    check_display(options)
    qemu.check_program()
    qemu.build_for(options)
    terminal.say("Ctrl-A X quits, Ctrl-C goes to the guest" + ("" if options.window else "; its screen: --window"))
    return boot(command)


def check_display(options):
    has_display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform != "linux"
    if options.window and not has_display:
        raise terminal.Failure("--window needs a graphical session; or try: ./tenorite run -- -display vnc=:0")


def boot(command):
    is_interactive = sys.stdin is not None and sys.stdin.isatty()
    pipes = {} if is_interactive else {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    machine = children.running(command, not is_interactive, stderr=subprocess.PIPE, **pipes)
    with restored_terminal(), machine as child:
        complaints = qemu.Complaints(child.stderr)
        if not is_interactive:
            Conversation(child).relay()
        status = child.wait()
        complaints.finish()
    return qemu.guest_exit_status(status, complaints.seen)


@contextlib.contextmanager
def restored_terminal():
    """A QEMU that was killed cannot undo the terminal's raw mode."""
    if termios is None or sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    settings = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, settings)


class Conversation:
    """Carries bytes between our standard streams and the guest's serial line when we are not on a terminal.

    Input waits until the guest has printed something and then paused: bytes that arrive earlier would fall into the
    firmware, or into the serial driver's self-test. Lines arrive one at a time, as typed: a guest may drop what
    overfills its queue.
    """

    def __init__(self, child):
        self._child = child
        self._printed = threading.Event()
        self._activity = threading.Event()

    def relay(self):
        threading.Thread(target=self._feed, daemon=True).start()
        while data := os.read(self._child.stdout.fileno(), 65536):
            self._printed.set()
            self._activity.set()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()

    def _feed(self):
        if sys.stdin is None:
            return
        if self._printed.wait(SILENT_GUEST_SECONDS):
            while self._activity.wait(QUIET_SECONDS):
                self._activity.clear()
        with contextlib.suppress(OSError):
            while data := os.read(sys.stdin.fileno(), 4096):
                for line in data.splitlines(keepends=True):
                    self._child.stdin.write(line)
                    self._child.stdin.flush()
                    time.sleep(LINE_PAUSE_SECONDS)
