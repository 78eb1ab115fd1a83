# SPDX-License-Identifier: MIT
"""Bytes that arrive from a file descriptor, collected by a thread so that the writer never has to wait for us.

The thread reads until the other side closes; data is only ever appended, so an index into it stays valid. `sink`, a
binary file, gets every byte at once: it is complete even when this process is killed.
"""

import os
import threading

CHUNK_BYTES = 1 << 16


class Stream:
    def __init__(self, descriptor, sink=None):
        """Reads `descriptor`, which the caller keeps open until `join` has returned."""
        self._descriptor = descriptor
        self._sink = sink
        self._data = bytearray()
        self._changed = threading.Condition()
        self._has_ended = False
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        while True:
            try:
                chunk = os.read(self._descriptor, CHUNK_BYTES)
            except OSError:
                # The other side closed with data of ours unread.
                chunk = b""
            if chunk and self._sink is not None:
                self._sink.write(chunk)
            with self._changed:
                self._data += chunk
                self._has_ended = not chunk
                self._changed.notify_all()
            if not chunk:
                return

    def bytes(self, start=0, end=None):
        with self._changed:
            return bytes(self._data[start:end])

    def text(self):
        return self.bytes().decode("utf-8", "replace")

    def find(self, needle, start):
        """The index of the bytes `needle` at or after `start`, or -1."""
        with self._changed:
            return self._data.find(needle, start)

    def size(self):
        with self._changed:
            return len(self._data)

    def has_ended(self):
        with self._changed:
            return self._has_ended

    def wait_beyond(self, size, seconds):
        """Waits until there are more than `size` bytes, the end was reached, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._data) > size or self._has_ended, max(seconds, 0))

    def join(self, seconds):
        """Waits for the end; True when it came."""
        self._thread.join(max(seconds, 0))
        return not self._thread.is_alive()
