# SPDX-License-Identifier: MIT
"""The log's colours on the VGA screen: stamps, information, a warning; an exception's report and its panic."""

from screen_support import screen_at
from shell_support import PROMPT, wait_ready

BROWN, LIGHT_CYAN, LIGHT_RED, YELLOW = 0x06, 0x0B, 0x0C, 0x0E  # on black
STAMP = "[    0.000000] "


def colours_of(rows, attributes, start):
    """The row that starts so, without the spaces at its end, and the colours of its letters and of the rest."""
    row = next(i for i, text in enumerate(rows) if text.startswith(start))
    text = rows[row].rstrip()
    return attributes[row][:len(text)], set(attributes[row][len(text):])


def check_log(rows, attributes):
    warning, _ = colours_of(rows, attributes, STAMP + "warning: main: log= is ignored")
    assert warning == [BROWN] * len(STAMP) + [LIGHT_CYAN] * (80 - len(STAMP)), warning
    rest, behind = colours_of(rows, attributes, 'fo, debug): "loud"')
    assert set(rest) == {LIGHT_CYAN} and behind == {YELLOW}, (rest, behind)
    info, _ = colours_of(rows, attributes, STAMP + "mm: ")
    assert info[:len(STAMP)] == [BROWN] * len(STAMP) and set(info[len(STAMP):]) == {YELLOW}, info
    prompt, behind = colours_of(rows, attributes, PROMPT)
    assert set(prompt) == behind == {YELLOW}, (prompt, behind)


def drive(vm):
    wait_ready(vm)
    check_log(vm.screen_text(), vm.screen_attributes())
    vm.qmp("stop")  # so that gdb is there before the command is obeyed
    vm.send_serial("crash page\r")
    rows, attributes = screen_at(vm, "power_exit")
    for start in ("exception 14 ", "  write to 0xdead0000", "  rax ", "  backtrace: ", "panic: "):
        letters, behind = colours_of(rows, attributes, start)
        assert set(letters) == {LIGHT_RED}, (start, letters)
    assert set(attributes[-1]) == {YELLOW}, attributes[-1]
