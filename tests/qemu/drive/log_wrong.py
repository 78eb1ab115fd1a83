# SPDX-License-Identifier: MIT
"""A log= that means nothing is answered with a warning that shows what is wrong, and changes nothing."""

from shell_support import wait_ready

COMPLAINTS = {
    "log=error,mm:loud": 'no such level (error, warning, info, debug): "mm:loud"',
    "log=error,:debug": 'no module before the colon: ":debug"',
    "log=error,a-module-of-19-byte:info": 'a module\'s name has at most 14 characters: "a-module-of-19-byte:info"',
    "log=a:info,b:info,c:info,d:info,e:info,f:info,g:info,h:info,i:info": 'more than 8 modules: "i:info"',
}


def drive(vm):
    wait_ready(vm)
    complaint = "] warning: main: log= is ignored: " + COMPLAINTS[vm.settings.append] + "\r\n"
    assert complaint in vm.serial_log, vm.serial_log
    assert "] main: Tenorite " in vm.serial_log, vm.serial_log
    assert "main: command line" not in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
