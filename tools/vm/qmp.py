# SPDX-License-Identifier: MIT
"""A client of the QEMU Machine Protocol (QEMU documentation, "QEMU Machine Protocol Specification").

One thread reads: replies go to whoever asked, events into a list in the order of their arrival. Commands may be sent
from several threads; each waits for the reply that carries its id.
"""

import itertools
import json
import threading

from errors import GuestEnded, WaitTimeout

REPLY_SECONDS = 10


class QmpError(AssertionError):
    """QEMU refused a command."""


class Qmp:
    def __init__(self, connection):
        """Talks over `connection`, a connected socket that the caller closes after `join`."""
        self._connection = connection
        self._changed = threading.Condition()
        self._send_lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._replies = {}
        self._events = []
        self._has_greeted = False
        self._has_ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            with self._connection.makefile("rb") as lines:
                for line in lines:
                    self._accept(json.loads(line))
        except (OSError, ValueError):
            # Reset, or cut in the middle of a line: QEMU has ended.
            pass
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def _accept(self, message):
        with self._changed:
            if "QMP" in message:
                self._has_greeted = True
            elif "event" in message:
                self._events.append(message)
            else:
                self._replies[message.get("id")] = message
            self._changed.notify_all()

    def _wait(self, condition, seconds, what):
        with self._changed:
            self._changed.wait_for(lambda: condition() or self._has_ended, seconds)
            if condition():
                return
            if self._has_ended:
                raise GuestEnded(f"QEMU ended before {what}")
            raise WaitTimeout(f"QEMU gave no {what} within {seconds:.0f} s")

    def negotiate(self, seconds):
        self._wait(lambda: self._has_greeted, seconds, "greeting")
        self.execute("qmp_capabilities", {}, seconds)

    def execute(self, command, arguments, seconds=REPLY_SECONDS):
        """The command's return value. QmpError when QEMU refuses, GuestEnded or WaitTimeout when no answer comes."""
        number = next(self._numbers)
        request = {"execute": command, "arguments": arguments, "id": number}
        try:
            with self._send_lock:
                self._connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise GuestEnded(f"QEMU ended before the command {command}") from None
        self._wait(lambda: number in self._replies, seconds, f"reply to {command}")
        with self._changed:
            reply = self._replies.pop(number)
        if "error" in reply:
            raise QmpError(f"{command}: {reply['error'].get('desc', reply['error'])}")
        return reply["return"]

    def events(self):
        with self._changed:
            return list(self._events)

    def has_ended(self):
        with self._changed:
            return self._has_ended

    def wait_end(self, seconds):
        """Waits until QEMU closed the connection, which it does when it ends; True when it did."""
        with self._changed:
            return self._changed.wait_for(lambda: self._has_ended, max(seconds, 0))
