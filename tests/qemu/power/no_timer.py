# SPDX-License-Identifier: MIT
"""Without a timer the clock stands still, and the shell works: keys and serial bytes still interrupt."""


def drive(vm):
    log = vm.wait_serial("tenorite> ")
    assert "no programmable interval timer (8254) is counting: the clock stands still" in log, log
    assert "irq: missing" not in log, log
    vm.send_serial("uptime\r")
    vm.wait_serial("up 0")
    vm.send_serial("exit 9\r")
