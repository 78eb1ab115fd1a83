/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Access to I/O ports (Intel SDM vol. 1, chapter 19 "Input/Output"). Never elided or reordered among each other.
 * Safe in the sense of contract K4 for the ports of a driver's own device. (arch/impl/io.h) */
ALWAYS_INLINE uint8_t io_read8(uint16_t port);
ALWAYS_INLINE uint16_t io_read16(uint16_t port);
ALWAYS_INLINE uint32_t io_read32(uint16_t port);
ALWAYS_INLINE void io_write8(uint16_t port, uint8_t value);
ALWAYS_INLINE void io_write16(uint16_t port, uint16_t value);
ALWAYS_INLINE void io_write32(uint16_t port, uint32_t value);

#include <tenorite/arch/impl/io.h>
