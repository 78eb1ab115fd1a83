# SPDX-License-Identifier: MIT
"""A thousand keys typed while no task runs: the queue between handler and shell overflows, and afterwards the shell
works. For that time the executor is replaced by a jump to itself, with interrupts on."""

import re

from shell_support import PROMPT, on_screen

# No modifiers: QEMU's own queue may lose a release, and then rightly everything is shifted.
KEYS = ("a", "up", "b", "f1", "c", "ret", "d", "backspace", "e", "tab")
JUMP_TO_ITSELF = 0xFEEB
QUEUE_BYTES = 256
QUIET_NS = 300 * 1000 * 1000


class Variables:
    """Variables of the running kernel."""

    def __init__(self, vm, **expressions):
        self.vm = vm
        output = vm.gdb([f"print/x &{expression}" for expression in expressions.values()], symbols=vm.settings.kernel)
        self.addresses = dict(zip(expressions, re.findall(r"\$\d+ = (\w+)", output)))

    def read(self, name, size="w"):
        return int(self.vm.monitor(f"x /1{size}x {self.addresses[name]}").split(":")[1], 16)


def wait_until_typed(variables):
    """QEMU hands out keys one by one, by the guest's time: waits until none has come for a while of it."""
    seen, since = None, 0
    while True:
        now, count = variables.read("clock", "g"), variables.read("dropped")
        if count != seen:
            seen, since = count, now
        elif now - since > QUIET_NS:
            return


def drive(vm):
    symbols = vm.settings.kernel
    output = vm.gdb(["hbreak executor_run", "continue", "print/x *(unsigned short *)$pc", "print/x (long)$pc",
                     f"set var *(unsigned short *)$pc = {JUMP_TO_ITSELF}"], symbols=symbols)
    original, place = re.search(r"\$1 = (\w+)\n\$2 = (\w+)", output).groups()
    queue = "screen_terminal.queue"
    variables = Variables(vm, written=f"{queue}.written", read=f"{queue}.read", dropped=f"{queue}.dropped",
                          clock="'pit.c'::now_ns")
    for i in range(1000):
        vm.qmp("send-key", keys=[{"type": "qcode", "data": KEYS[i % len(KEYS)]}], **{"hold-time": 1})
    wait_until_typed(variables)
    assert variables.read("written") == QUEUE_BYTES and variables.read("read") == 0, "the executor has run"
    assert variables.read("dropped") > QUEUE_BYTES, variables.read("dropped")

    vm.gdb([f"set var *(unsigned short *){place} = {original}"], symbols=symbols)
    vm.wait_serial(PROMPT)
    vm.wait_screen("unknown command: abc")
    while variables.read("read") != variables.read("written"):
        pass
    vm.press(["ctrl", "c"])
    assert on_screen(vm, "echo typed") == ["typed"]
    vm.send_serial("exit 8\r")
