# SPDX-License-Identifier: MIT
"""hwreport by pages on the screen, typed on the keyboard, is the report that the serial line gets in one piece."""

from hwreport import BEGIN, END
from shell_support import end_by_keys, on_screen, on_serial, wait_ready


def without_moment(lines):
    return [line.split(", up ")[0] for line in lines]


def drive(vm):
    wait_ready(vm)
    whole = on_serial(vm, "hwreport")
    assert whole[0] == BEGIN and whole[-1] == END, whole
    pages, shown = (len(whole) + 19) // 20, []
    for page in range(1, pages + 1):
        answer = on_screen(vm, f"hwreport {page}")
        assert answer[-1] == f"(page {page} of {pages})", answer
        shown += answer[:-1]
    assert without_moment(shown) == without_moment(whole), (shown, whole)
    end_by_keys(vm, "exit 42")
