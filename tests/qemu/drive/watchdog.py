# SPDX-License-Identifier: MIT
"""The watchdog names a task that keeps the CPU, once, with the place where it is; and nobody else."""

import re

REPORT = r"watchdog: task (\d+) \((\w+)\) has kept the CPU for (\d+) ms, since line (\d+)\n"
FUNCTION_BYTES = 1024


def drive(vm):
    vm.wait_end(20)
    log = vm.serial_log.replace("\r", "")
    line, poll = re.search(r"line (\d+), polled by (\w+)", log).groups()
    first, rest = log.split("test: behaves")
    behaving, rest = rest.split("test: is not watched")
    unwatched, second = rest.split("test: spins again")
    for part in (first, second):
        reports = re.findall(REPORT, part)
        assert len(reports) == 1, part
        task, name, milliseconds, _ = reports[0]
        assert (task, name) == ("1", "greedy") and 100 <= int(milliseconds) <= 300, reports
        places = [int(place, 16) for place in re.findall(r"watchdog: (?:at|called from) (\w+)\n", part)]
        start = int(poll, 16)
        assert any(start <= place < start + FUNCTION_BYTES for place in places[:4]) and len(places) > 3, part
    assert re.search(REPORT, first).group(4) == line, first
    assert "watchdog:" not in behaving and "watchdog:" not in unwatched, log
