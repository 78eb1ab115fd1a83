/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* What LGDT and LIDT load: SDM vol. 3A, 2.4 "Memory-Management Registers". */
struct PACKED descriptor_table_pointer {
    uint16_t limit; /* of the last byte */
    uint64_t base;
};
static_assert(sizeof(struct descriptor_table_pointer) == 10, "16 + 64 bits");
