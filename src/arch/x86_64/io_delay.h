/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/io.h>

enum { IO_DELAY_PORT = 0x80 };

/* Takes about one microsecond on real machines, less in an emulator: a write to the port of POST codes, which nobody
 * answers. It also leaves 0 on a bus where nothing drives the next read. */
ALWAYS_INLINE void io_delay(void)
{
    io_write8(IO_DELAY_PORT, 0);
}
