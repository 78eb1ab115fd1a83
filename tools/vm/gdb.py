# SPDX-License-Identifier: MIT
"""gdb in batch mode on a running machine, over a socket in a directory of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import child
from errors import GuestEnded, Skip, WaitTimeout

FINISHED = "every command was run"


def script_lines(socket_path, commands):
    """A script stops at its first error, so the last line proves that there was none."""
    return ["set pagination off", "set confirm off", "set width 0", "set architecture i386:x86-64",
            f"target remote {socket_path}", *commands, f"echo \\n{FINISHED}\\n", "detach"]


def run(machine, commands, symbols, seconds):
    """Runs the commands and returns gdb's output; AssertionError with that output when a command failed."""
    program = shutil.which(os.environ.get("GDB") or "gdb")
    if program is None:
        raise Skip("no gdb here; Debian and Ubuntu: apt-get install gdb")
    with tempfile.TemporaryDirectory(prefix="tenorite-gdb-") as directory:
        socket_path, script = Path(directory) / "socket", Path(directory) / "script.gdb"
        script.write_text("\n".join(script_lines(socket_path, commands)) + "\n", encoding="utf-8")
        machine.monitor(f"gdbserver unix:{socket_path},server=on,wait=off")
        command = [program, "-batch", "-nx", "-x", str(script)]
        if symbols is not None:
            command.append(str(symbols))
        try:
            output = run_bounded(command, seconds)
        finally:
            stop_server(machine)
    if FINISHED not in output:
        raise AssertionError(f"gdb stopped at an error:\n{output}")
    return output.replace(FINISHED, "").strip()


def run_bounded(command, seconds):
    environment = {name: value for name, value in os.environ.items() if name != "DEBUGINFOD_URLS"}
    process = child.start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment, text=True, errors="replace")
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        child.kill(process)
        output = process.communicate()[0]
        raise WaitTimeout(f"gdb was not done within {seconds:.0f} s; its output:\n{output}") from None
    finally:
        child.kill(process)
        process.stdout.close()


def stop_server(machine):
    try:
        machine.monitor("gdbserver none")
    except (GuestEnded, WaitTimeout):
        # The guest may have ended under gdb.
        pass
