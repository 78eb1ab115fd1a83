# SPDX-License-Identifier: MIT
"""Tasks by typed input: a thousand of them, who took the CPU's time, what one waits for, and Ctrl-C."""

import re

from shell_support import PROMPT, on_serial, wait_ready

COUNT = 1000


def tasks_named(vm, name):
    """(id, parent, state, line) of each task of that name."""
    rows = [line.split() for line in on_serial(vm, "tasks")[1:]]
    return [(int(row[0]), int(row[1]), row[-3], int(row[-1])) for row in rows if row[2] == name]


def drive(vm):
    wait_ready(vm, has_screen=False)
    assert on_serial(vm, "top")[-1] == "times of tasks are not counted (stats on)"
    assert on_serial(vm, "stats on") == []
    vm.send_serial(f"spawn {COUNT}\r")
    for number in (1, COUNT // 2, COUNT):
        vm.wait_serial(f"sleeper {number}: round 3 of 3\r\n", timeout=60)
    vm.send_serial("\r")
    vm.wait_serial("\n" + PROMPT)
    show_top(vm, expected_tasks=3)
    assert on_serial(vm, f"spawn {COUNT} 600") == []
    show_top(vm, expected_tasks=COUNT + 3)
    show_one(vm)
    interrupt_sleep(vm)
    assert on_serial(vm, "stats off") == []
    assert on_serial(vm, "top")[-1] == "times of tasks are not counted (stats on)"
    vm.send_serial("exit 6\r")


def show_top(vm, expected_tasks):
    lines = on_serial(vm, "top")
    tasks = int(re.match(r"(\d+) tasks, \d+ polls, the CPU slept \d+ times$", lines[0]).group(1))
    assert tasks == expected_tasks, lines[0]
    times = [int(line.split()[-1]) for line in lines[2:]]
    assert 3 <= len(times) <= 10 and times == sorted(times, reverse=True), lines


def show_one(vm):
    sleepers = tasks_named(vm, "sleeper")
    assert len(sleepers) == COUNT, len(sleepers)
    task, parent, state, line = sleepers[COUNT // 2]
    assert state == "waiting", state
    shown = on_serial(vm, f"task {task}")
    assert shown[0] == f"task {task}, sleeper: waiting, priority 1, spawned by task {parent}", shown
    assert re.match(r"  polls 1, wakes 0, longest poll \d+ us, all polls \d+ us$", shown[1]), shown
    assert shown[2:] == [f"  sleeper, in line {line}", "    sleep"], shown
    assert on_serial(vm, f"cancel {task}") == []
    assert on_serial(vm, f"task {task}") == [f"task: no task {task}"]
    assert on_serial(vm, f"task {parent}")[0].endswith("shell on serial: running, priority 1, spawned by no task")


def interrupt_sleep(vm):
    vm.send_serial("sleep 1000\r")
    vm.wait_serial("sleep 1000\r\n")
    vm.send_serial("lost\x03")
    vm.wait_serial("^C\r\n" + PROMPT)
    assert on_serial(vm, "echo alive") == ["alive"]
