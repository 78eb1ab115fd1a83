# SPDX-License-Identifier: MIT
"""A running QEMU: its serial line, keyboard, screen and monitor.

QEMU inherits one end of a socket pair for the serial line and one for QMP, and a pipe for its log: no files, no
ports, nothing that two machines could fight over. It always starts stopped and is let go over QMP, so that no event
is missed and "the guest never ran" is certain.

1. Every wait is bounded, by its own timeout and by `deadline`, the end of the whole run.
2. The serial line is read by a thread at all times; a script's waits look at a copy and consume it in order.
3. After `close`, QEMU and everything it started is dead.

The scripts' interface is described in README.md.
"""

import os
import re
import select
import socket
import subprocess
import time

import child
import gdb
import keys
import screen
from errors import GuestEnded, Skip, StartFailure, WaitTimeout
from qmp import Qmp, QmpError
from stream import Stream

START_SECONDS = 10
END_SECONDS = 5
WAIT_SECONDS = 10
POLL_SECONDS = 0.05
# Limits how often a growing output is searched, so that a flood of single bytes stays cheap.
SEARCH_PAUSE_SECONDS = 0.003
KEY_HOLD_MS = 10
SEND_CHUNK_BYTES = 1 << 12
TAIL_CHARACTERS = 1500


def to_bytes(data):
    return data.encode("utf-8") if isinstance(data, str) else bytes(data)


class Machine:
    """Use as a context manager: the block's end closes it."""

    def __init__(self, settings, serial_sink=None, emulator_log=None):
        """`serial_sink`, a binary file, gets all serial output at once. `emulator_log` is a pair of QEMU's log items
        and the file for them; without it they are CPU resets, kept in memory."""
        self.settings = settings
        self.deadline = time.monotonic() + 3600
        self.started_at = None
        self._serial_sink = serial_sink
        self._log_file = emulator_log
        self._consumed = 0
        self._process = None
        self._sockets = []
        self._pipes = []
        self._serial = self._qmp = self._errors = self._log = None

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    # Start and end.

    def start(self, seconds=START_SECONDS):
        """Starts QEMU and, unless it is to stay stopped, the guest. StartFailure with QEMU's own words."""
        if self.settings.program_path() is None:
            raise StartFailure(f"no program {os.environ.get('QEMU') or self.settings.program or 'QEMU'}")
        self._launch()
        try:
            self._qmp.negotiate(seconds)
            self.started_at = time.monotonic()
            if not self.settings.starts_stopped:
                self.cont()
        except (GuestEnded, WaitTimeout) as error:
            if self.events():
                # It ran, and ended before its reply: a run like any other.
                return
            self.wait_end(END_SECONDS)
            raise StartFailure(f"{error}\n{self.emulator_errors()}".rstrip()) from None

    def _launch(self):
        ours_serial, its_serial = socket.socketpair()
        ours_qmp, its_qmp = socket.socketpair()
        errors, its_errors = os.pipe()
        log, its_log = os.pipe()
        self._sockets, self._pipes = [ours_serial, ours_qmp], [errors, log]
        items, path = self._log_file or ("cpu_reset", f"/dev/fd/{its_log}")
        connections = ["-chardev", f"socket,id=serial0,fd={its_serial.fileno()}", "-serial", "chardev:serial0",
                       "-chardev", f"socket,id=qmp0,fd={its_qmp.fileno()}", "-mon", "chardev=qmp0,mode=control",
                       "-d", items, "-D", str(path), "-S"]
        try:
            self._process = child.start(self.settings.command(connections), stdin=subprocess.DEVNULL,
                                        stdout=its_errors, stderr=its_errors,
                                        pass_fds=(its_serial.fileno(), its_qmp.fileno(), its_log))
        finally:
            its_serial.close()
            its_qmp.close()
            os.close(its_errors)
            os.close(its_log)
        self._serial = Stream(ours_serial.fileno(), self._serial_sink)
        self._qmp = Qmp(ours_qmp)
        self._errors, self._log = Stream(errors), Stream(log)

    def cont(self):
        """Lets the guest run."""
        self.qmp("cont")

    def quit(self):
        """Ends QEMU by its monitor. Harmless when it has ended."""
        try:
            self.qmp("quit")
        except (GuestEnded, WaitTimeout):
            pass
        self.wait_end(END_SECONDS)

    def wait_end(self, seconds):
        """Waits until QEMU ended and all it said has been read; its exit status, None if it still runs."""
        if self._process is None or not self._qmp.wait_end(seconds):
            return None
        try:
            status = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        for stream in (self._serial, self._errors, self._log):
            stream.join(END_SECONDS)
        return status

    def close(self):
        """Kills QEMU if it still runs, and frees everything. Harmless when repeated."""
        if self._process is None:
            return
        child.kill(self._process)
        ended = [stream.join(END_SECONDS) for stream in (self._serial, self._errors, self._log) if stream]
        if self._qmp and self._qmp.wait_end(END_SECONDS) and all(ended):
            for ours in self._sockets:
                ours.close()
            for ours in self._pipes:
                os.close(ours)
        self._sockets, self._pipes = [], []

    def process_id(self):
        return self._process.pid

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def events(self):
        return self._qmp.events() if self._qmp else []

    def emulator_errors(self):
        """What QEMU wrote to its standard output and error."""
        return self._errors.text() if self._errors else ""

    def emulator_log(self):
        return self._log.text() if self._log else ""

    # The serial line.

    @property
    def serial_log(self):
        """All serial output so far, as text; lines end in CR LF."""
        return self._serial.text() if self._serial else ""

    def wait_serial(self, wanted, timeout=WAIT_SECONDS):
        """Waits for a string or compiled pattern in serial output that no earlier call consumed; returns that output
        up to and including the match."""
        began, limit, searched = time.monotonic(), self._limit(timeout), self._consumed
        while True:
            has_ended, size = self._serial.has_ended(), self._serial.size()
            end = self._find(wanted, searched)
            if end is not None:
                data = self._serial.bytes(self._consumed, end)
                self._consumed = end
                return data.decode("utf-8", "replace")
            if has_ended or time.monotonic() >= limit:
                raise self._serial_failure(wanted, time.monotonic() - began, has_ended)
            if not isinstance(wanted, re.Pattern):
                searched = max(self._consumed, size - len(to_bytes(wanted)) + 1)
            self._serial.wait_beyond(size, limit - time.monotonic())
            time.sleep(SEARCH_PAUSE_SECONDS)

    def _find(self, wanted, start):
        """The end of the first match, or None."""
        if not isinstance(wanted, re.Pattern):
            index = self._serial.find(to_bytes(wanted), start)
            return None if index < 0 else index + len(to_bytes(wanted))
        data = self._serial.bytes(start)
        if isinstance(wanted.pattern, bytes):
            match = wanted.search(data)
            return start + match.end() if match else None
        # Surrogates stand for bytes that are not UTF-8, so that the way back is exact.
        text = data.decode("utf-8", "surrogateescape")
        match = wanted.search(text)
        return start + len(text[: match.end()].encode("utf-8", "surrogateescape")) if match else None

    def _serial_failure(self, wanted, seconds, has_ended):
        tail = self._serial.bytes(self._consumed).decode("utf-8", "replace")[-TAIL_CHARACTERS:]
        what = wanted.pattern if isinstance(wanted, re.Pattern) else wanted
        if has_ended:
            return GuestEnded(f"the machine ended without printing {what!r}; its last output: {tail!r}")
        return WaitTimeout(f"no {what!r} on the serial line within {seconds:.1f} s; last output: {tail!r}")

    def send_serial(self, data, timeout=WAIT_SECONDS):
        """Sends bytes, or a string as UTF-8, at the pace at which the guest's UART takes them."""
        rest, limit, connection = memoryview(to_bytes(data)), self._limit(timeout), self._sockets[0]
        total = len(rest)
        while rest:
            _, writable, _ = select.select([], [connection], [], max(limit - time.monotonic(), 0))
            if not writable:
                raise WaitTimeout(f"the guest took at most {total - len(rest)} of {total} bytes within {timeout} s")
            try:
                sent = connection.send(rest[:SEND_CHUNK_BYTES], socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            except OSError:
                raise GuestEnded(f"the machine ended after {total - len(rest)} of {total} bytes sent") from None
            rest = rest[sent:]

    # The keyboard.

    def press(self, names, hold_ms=KEY_HOLD_MS):
        """Presses the keys (QKeyCode names) in order, releases them in the opposite order, and waits until both are
        done: with the default that leaves the guest 10 ms for each event, and its i8042 holds 16 bytes."""
        wanted = [{"type": "qcode", "data": name} for name in names]
        self.qmp("send-key", keys=wanted, **{"hold-time": hold_ms})
        time.sleep(2 * len(names) * hold_ms / 1000)

    def type_keys(self, text, hold_ms=KEY_HOLD_MS):
        """Types the text on a US keyboard: \\n is Enter, \\b backspace, \\t Tab, \\x1b Escape."""
        for character in text:
            self.press(keys.keys_for(character), hold_ms)

    # The screen.

    def screen_text(self):
        """25 strings of 80 characters."""
        return screen.text_of(self._screen_memory())

    def screen_attributes(self):
        """25 lists of 80 attribute bytes."""
        return screen.attributes_of(self._screen_memory())

    def _screen_memory(self):
        return screen.parse_dump(self.monitor(screen.read_command()))

    def wait_screen(self, wanted, timeout=WAIT_SECONDS):
        """Waits until the screen shows a string or compiled pattern, looked for in the lines without the spaces at
        their ends, joined by newlines; returns that text."""
        began, limit = time.monotonic(), self._limit(timeout)
        while True:
            text = "\n".join(row.rstrip() for row in self.screen_text())
            if wanted.search(text) if isinstance(wanted, re.Pattern) else wanted in text:
                return text
            if time.monotonic() >= limit:
                what = wanted.pattern if isinstance(wanted, re.Pattern) else wanted
                seconds = time.monotonic() - began
                raise WaitTimeout(f"no {what!r} on the screen within {seconds:.1f} s; it shows:\n{text.rstrip()}")
            time.sleep(POLL_SECONDS)

    def screendump(self, path):
        """Writes what the adapter shows to a PNG file."""
        self.qmp("screendump", filename=str(os.path.abspath(path)), format="png")

    # The monitor and gdb.

    def qmp(self, command, **arguments):
        """A QMP command's return value. QmpError when QEMU refuses it."""
        if self._qmp is None:
            raise GuestEnded("the machine was not started")
        return self._qmp.execute(command, arguments)

    def monitor(self, command):
        """A human monitor command's answer."""
        return self.qmp("human-monitor-command", **{"command-line": command})

    def registers(self):
        """The processor's registers as text, None when the machine does not answer."""
        try:
            return self.monitor("info registers").replace("\r", "").rstrip()
        except (GuestEnded, WaitTimeout, QmpError):
            return None

    def gdb(self, commands, symbols=None, timeout=30):
        """Attaches gdb, runs the commands, detaches (which lets the guest run on), and returns what it printed."""
        return gdb.run(self, commands, symbols, max(self._limit(timeout) - time.monotonic(), 0))

    def skip(self, reason):
        raise Skip(reason)

    def _limit(self, timeout):
        return min(time.monotonic() + timeout, self.deadline)
