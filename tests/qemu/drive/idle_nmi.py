# SPDX-License-Identifier: MIT
"""An NMI strikes between `sti` and `hlt`, while the interrupt that is to end the sleep is pending."""


def drive(vm):
    output = vm.gdb(["hbreak *(cpu_idle + 1)", "continue", "x/i $pc", "monitor nmi"], symbols=vm.settings.kernel)
    assert "\thlt" in output, output
