# SPDX-License-Identifier: MIT
"""Builds, then boots the ISO in QEMU with the serial line on this terminal.

Ctrl-C belongs to the guest; Ctrl-A X quits, Ctrl-A C switches to QEMU's monitor and back. Keyboard and screen exist
also without a window. Input that is piped in reaches the serial line once the guest has started; at its end the
guest runs on. Arguments after -- go to QEMU.

Examples:
  ./tenorite run                                    the ISO, by GRUB under BIOS
  ./tenorite run --window                           with the guest's screen
  ./tenorite run --boot uefi                        the ISO, by GRUB under UEFI; as a USB disk: usb, uefi-usb
  ./tenorite run --boot pvh --append 'log=debug'    without GRUB, with a kernel command line
  ./tenorite run --boot microvm --accel auto        by KVM, if a trial shows that it is faster here
  ./tenorite run --memory 64 --cpu qemu64           a smaller machine
  ./tenorite run -n                                 only print the QEMU command
  printf 'mem\\nexit 0\\n' | ./tenorite run           a session without a keyboard
  ./tenorite run -- -display vnc=:0                 the screen over VNC
  ./tenorite run -- -d int -D interrupts.log        what QEMU itself can log

Exit status: CODE after the guest's `exit CODE` (0-127; a panic gives 101), 0 after poweroff or Ctrl-A X, 1 when
building or QEMU failed, 2 wrong usage. Environment: QEMU names another qemu-system-x86_64; OVMF names the UEFI
firmware, the file with its code or a directory.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import threading
import time

import accelerator
import boot_path
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
SILENT_UEFI_GUEST_SECONDS = 60
PROMPT = b"tenorite> "
LINE_PAUSE_SECONDS = 0.05


def add_arguments(parser):
    qemu.add_machine_options(parser, "bios")
    accelerator.add_option(parser)
    parser.add_argument("-n", "--dry-run", action="store_true", help="print the QEMU command, start nothing")


def perform(options, passed_on):
    qemu.check_options(options)
    if options.dry_run:
        if options.accel == "auto":
            raise terminal.UsageError("--accel auto tries QEMU, a dry run starts nothing")
        print(shlex.join(qemu.machine_command(options, "mon:stdio", options.accel) + passed_on))
        return terminal.EXIT_OK
    check_display(options)
    qemu.check_program()
    chosen = accelerator.choose(options.machine, options.cpu) if options.accel == "auto" else options.accel
    command = qemu.machine_command(options, "mon:stdio", chosen) + passed_on
    qemu.build_for(options)
    terminal.say("Ctrl-A X quits, Ctrl-C goes to the guest" + ("" if options.window else "; its screen: --window"))
    return boot(command, boot_path.PATHS[options.boot].is_uefi)


def check_display(options):
    has_display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform != "linux"
    if options.window and not has_display:
        raise terminal.Failure("--window needs a graphical session; or try: ./tenorite run -- -display vnc=:0")


def boot(command, is_uefi):
    is_interactive = sys.stdin is not None and sys.stdin.isatty()
    pipes = {} if is_interactive else {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    machine = children.running(command, not is_interactive, stderr=subprocess.PIPE, **pipes)
    with restored_terminal(), machine as child:
        complaints = qemu.Complaints(child.stderr)
        if not is_interactive:
            Conversation(child, is_uefi).relay()
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
    firmware, or into the serial driver's self-test. UEFI firmware and the boot loader on it use the serial line
    themselves, so there it waits for the prompt. Lines arrive one at a time, as typed: a guest may drop what overfills
    its queue.
    """

    def __init__(self, child, is_uefi):
        self._child = child
        self._awaited = PROMPT if is_uefi else b""
        self._silence_seconds = SILENT_UEFI_GUEST_SECONDS if is_uefi else SILENT_GUEST_SECONDS
        self._printed = threading.Event()
        self._activity = threading.Event()

    def relay(self):
        threading.Thread(target=self._feed, daemon=True).start()
        tail = b""
        while data := os.read(self._child.stdout.fileno(), 65536):
            if self._awaited in tail + data:
                self._printed.set()
            tail = (tail + data)[-len(PROMPT):]
            self._activity.set()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()

    def _feed(self):
        if sys.stdin is None:
            return
        if self._printed.wait(self._silence_seconds):
            while self._activity.wait(QUIET_SECONDS):
                self._activity.clear()
        with contextlib.suppress(OSError):
            while data := os.read(sys.stdin.fileno(), 4096):
                for line in data.splitlines(keepends=True):
                    self._child.stdin.write(line)
                    self._child.stdin.flush()
                    time.sleep(LINE_PAUSE_SECONDS)
