# SPDX-License-Identifier: MIT
"""Every command of the shell, its complaints, and the line editor, over the serial line."""

from shell_support import PROMPT, on_serial, wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    help_lines = on_serial(vm, "help")
    for name in ("help mem maps tasks task top stats hwreport uptime dmesg log echo spawn cancel sleep crash reboot poweroff "
                 "exit").split():
        assert any(line.split()[:1] == [name] for line in help_lines), f"{name} is not in {help_lines}"
    assert on_serial(vm, "echo one  two") == ["one  two"]
    assert on_serial(vm, "") == []
    assert on_serial(vm, "   ") == []
    assert on_serial(vm, "frobnicate 1") == ["unknown command: frobnicate (help lists the commands)"]
    assert on_serial(vm, "hel") == ["unknown command: hel (help lists the commands)"]
    for wrong in ("spawn", "spawn -1", "spawn 10001", "spawn 1x", "spawn 99999999999999999999", "spawn 1 x", "spawn 000000000000001234"):
        assert on_serial(vm, wrong) == ["usage: spawn COUNT [SECONDS] (0 to 10000 tasks)"], wrong
    for command in ("task", "cancel"):
        assert on_serial(vm, f"{command} x") == [f"usage: {command} ID (as `tasks` shows it)"]
        assert on_serial(vm, f"{command} 4000000000") == [f"{command}: no task 4000000000"]
    assert on_serial(vm, "stats maybe") == ["usage: stats on|off"]
    assert on_serial(vm, "sleep long") == ["usage: sleep SECONDS (0 to 86400; Ctrl-C ends it)"]
    for wrong in ("exit", "exit 128", "exit x"):
        assert on_serial(vm, wrong) == ["usage: exit CODE (0 to 127)"], wrong
    for wrong in ("hwreport 0", "hwreport x", "hwreport 1001"):
        assert on_serial(vm, wrong) == ["usage: hwreport [PAGE] (from 1 on)"], wrong
    for wrong in ("maps 0", "maps x", "maps 1001"):
        assert on_serial(vm, wrong) == ["usage: maps [PAGE] (from 1 on)"], wrong
    assert on_serial(vm, "crash nothing") == ["usage: crash page|stack|panic|div"]
    uptime = on_serial(vm, "uptime")
    assert len(uptime) == 1 and uptime[0].startswith("up ") and uptime[0].endswith(" s"), uptime
    edit_line(vm)
    spawn_tasks(vm)
    vm.send_serial("exit 127\r")


def edit_line(vm):
    vm.send_serial("ecko\b\bho x\x7fy\r")
    assert "\ny\r\n" in vm.wait_serial("\n" + PROMPT)
    vm.send_serial("echo lost\x15echo kept\r")
    assert "\nkept\r\n" in vm.wait_serial("\n" + PROMPT)
    vm.send_serial("crash panic\x03")
    vm.wait_serial("\n" + PROMPT)
    assert on_serial(vm, "echo alive") == ["alive"]
    vm.send_serial("echo " + "x" * 300 + "\r")
    assert "\n" + "x" * 200 in vm.wait_serial("\n" + PROMPT)


def spawn_tasks(vm):
    before = on_serial(vm, "mem")
    vm.send_serial("spawn 20\r")
    for number in range(1, 21):
        vm.wait_serial(f"sleeper {number}: round 3 of 3\r\n")
    vm.send_serial("\r")
    vm.wait_serial("\n" + PROMPT)
    tasks = on_serial(vm, "tasks")
    assert len(tasks) == 4, tasks
    after = on_serial(vm, "mem")
    assert before[1].split(",")[0].split(" bytes")[1] == after[1].split(",")[0].split(" bytes")[1], (before, after)
