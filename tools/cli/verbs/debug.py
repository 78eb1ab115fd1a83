# SPDX-License-Identifier: MIT
"""Builds, boots in QEMU with gdb attached, and stops at the first line of C.

The guest's serial output goes to build/PRESET/debug-serial.log. QEMU ends together with gdb, and never uses KVM, which
misses breakpoints. Arguments after -- go to QEMU.

Examples:
  ./tenorite debug                               an interactive session
  ./tenorite debug --boot bios --window          the ISO, with its screen; under UEFI: --boot uefi
  ./tenorite debug --ex 'break kernel_main'      gdb commands to run after the stop
  ./tenorite debug --batch script.gdb            run a script after the stop, then quit
  ./tenorite debug --batch --ex backtrace        the same with single commands

Exit status: gdb's (0 or 1), 2 wrong usage, 124 when a batch took longer than --timeout.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import children
import gdb_relay
import project
import qemu
import terminal

PASSES_ARGUMENTS_ON = True
FIRST_C_FUNCTION = "arch_start"
START_SECONDS = 10


def add_arguments(parser):
    qemu.add_machine_options(parser, "pvh")
    parser.add_argument("--batch", nargs="?", const="", metavar="FILE",
                        help="no questions: stop, run the gdb script FILE (if given) and the --ex commands, quit")
    parser.add_argument("--ex", action="append", default=[], metavar="COMMAND",
                        help="a gdb command to run after the stop; may be repeated")
    parser.add_argument("--timeout", type=terminal.whole_number(1, 86400), default=60, metavar="S",
                        help="seconds a batch may take (default 60)")


def perform(options, passed_on):
    qemu.check_options(options)
    if options.batch and not Path(options.batch).is_file():
        raise terminal.UsageError(f"--batch: no file {options.batch}")
    qemu.check_program()
    qemu.build_for(options)
    log = project.build_directory(options.preset) / "debug-serial.log"
    with tempfile.TemporaryDirectory(prefix="tenorite-") as directory:
        # Sockets in the file system: no port that another session may hold.
        socket, gdb_socket = Path(directory) / "qemu.sock", Path(directory) / "gdb.sock"
        script = Path(directory) / "start.gdb"
        script.write_text(gdb_script(options, gdb_socket), encoding="utf-8")
        command = qemu.machine_command(options, f"file:{log}")
        command += ["-S", "-gdb", f"unix:{socket},server=on,wait=off"] + passed_on
        machine = children.running(command, True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with machine as child:
            wait_for_socket(child, socket, qemu.Complaints(child.stderr))
            gdb_relay.start(gdb_socket, socket)
            terminal.say(f"serial output: {log}")
            return run_gdb(options, script)


def gdb_script(options, socket):
    """An error in a script ends it, so that a batch that never stopped cannot look like a success.

    A batch lets go of the guest, where there still is one, and leaves QEMU to our caller: gdb's `kill` fails where
    QEMU is gone before gdb has said all it wants to say.
    """
    lines = ["set confirm off", "set pagination off", "set breakpoint pending off", f"directory {project.ROOT}",
             "set architecture i386:x86-64", f"target remote {socket}", f"hbreak {FIRST_C_FUNCTION}", "continue"]
    if options.batch:
        lines.append(f"source {Path(options.batch).resolve()}")
    last = [] if options.batch is None else ["if $_thread", "disconnect", "end"]
    return "\n".join(lines + options.ex + last) + "\n"


def wait_for_socket(machine, socket, complaints):
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        if machine.poll() is not None or time.monotonic() > deadline:
            complaints.finish()
            raise terminal.Failure("QEMU did not start; see its message above")
        time.sleep(0.02)


def run_gdb(options, script):
    style = "on" if terminal.has_colour(sys.stdout) else "off"
    command = ["gdb", "-q", "-iex", f"set style enabled {style}", "-x", str(script),
               str(project.kernel_path(options.preset))]
    if options.batch is None:
        # Ctrl-C stops the guest and is gdb's; a handler, unlike ignoring, is not inherited by gdb.
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
        with children.running(command, False) as debugger:
            return terminal.EXIT_OK if debugger.wait() == 0 else terminal.EXIT_FAILURE
    with children.running(command[:1] + ["-nx", "-batch"] + command[1:], True, stdin=subprocess.DEVNULL) as debugger:
        try:
            return terminal.EXIT_OK if debugger.wait(options.timeout) == 0 else terminal.EXIT_FAILURE
        except subprocess.TimeoutExpired as error:
            os.killpg(debugger.pid, signal.SIGKILL)  # asked to end, gdb would complain about the running guest
            raise terminal.Failure(f"gdb took longer than {options.timeout} s", terminal.EXIT_TIMEOUT) from error
