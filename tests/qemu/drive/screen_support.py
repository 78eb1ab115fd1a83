# SPDX-License-Identifier: MIT
"""What the screen shows at a place in the kernel, also the last one before the machine ends."""

import re

import screen


def screen_at(vm, place, before=()):
    """Lets gdb stop the guest at `place`; what the screen shows there, as rows without the spaces at their ends, and
    its attributes. `before` are gdb commands to run first. The guest runs on."""
    output = vm.gdb([*before, f"hbreak {place}", "continue", f"monitor {screen.read_command()}"],
                    symbols=vm.settings.kernel)
    dump = "\n".join(line for line in output.splitlines() if re.match(r"[0-9a-f]{16}: 0x", line))
    memory = screen.parse_dump(dump)
    return [row.rstrip() for row in screen.text_of(memory)], screen.attributes_of(memory)
