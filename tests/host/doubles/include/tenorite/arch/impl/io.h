/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* The host's I/O ports: simulated devices, see tests/host/doubles/io.h. */
uint32_t io_double_read(uint16_t port, unsigned width_bytes);
void io_double_write(uint16_t port, unsigned width_bytes, uint32_t value);

ALWAYS_INLINE uint8_t io_read8(uint16_t port)
{
    return (uint8_t)io_double_read(port, 1);
}

ALWAYS_INLINE uint16_t io_read16(uint16_t port)
{
    return (uint16_t)io_double_read(port, 2);
}

ALWAYS_INLINE uint32_t io_read32(uint16_t port)
{
    return io_double_read(port, 4);
}

ALWAYS_INLINE void io_write8(uint16_t port, uint8_t value)
{
    io_double_write(port, 1, value);
}

ALWAYS_INLINE void io_write16(uint16_t port, uint16_t value)
{
    io_double_write(port, 2, value);
}

ALWAYS_INLINE void io_write32(uint16_t port, uint32_t value)
{
    io_double_write(port, 4, value);
}
