# SPDX-License-Identifier: MIT
"""Carries gdb's conversation with QEMU, so that a guest may end at any time.

A QEMU that ends says so to gdb and is gone. gdb acknowledges the news, and finds a closed socket: depending on who is
faster the session ends in `exited normally` or in `Broken pipe`. Behind the relay it is always the former: gdb hears
all that QEMU said, then the end, and what it still says is taken and dropped.
"""

import contextlib
import socket
import threading


def start(address, machine_address):
    """Listens at one path in the file system for one gdb, and takes it to the QEMU that listens at the other."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(1)
    threading.Thread(target=_relay, args=(listener, str(machine_address)), daemon=True).start()


def _relay(listener, machine_address):
    with listener:
        debugger = listener.accept()[0]
    with debugger, socket.socket(socket.AF_UNIX) as machine, contextlib.suppress(OSError):
        machine.connect(machine_address)
        answers = threading.Thread(target=_copy, args=(machine, debugger), daemon=True)
        answers.start()
        _copy(debugger, machine)
        answers.join()


def _copy(source, sink):
    """Copies until the source's end and passes that on; reads on when the sink is gone."""
    is_open = True
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            try:
                if is_open:
                    sink.sendall(data)
            except OSError:
                is_open = False
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
