/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper.h>

/* The tables of an address space that comes to its end, and that no CPU uses. */
enum { FIRST_KERNEL_ENTRY = PAGE_TABLE_ENTRIES / 2 };

struct NODISCARD tables_check {
    bool is_sound;
    int level;         /* otherwise: of the table that is not, */
    virt_addr address; /* and where what it stands for begins */
};

/* Whether each table of the lower half, which must show nothing, hangs in one place only and in a frame that was handed
 * out. The tables are written to, and are as they were afterwards. Cost: linear in their number. */
struct tables_check address_space_tables_check(struct mapper *mapper);

/* Gives back the root, and all tables below its entries from `first` to before `end`; they must be sound. */
void address_space_tables_free(struct mapper *mapper, uint64_t first, uint64_t end);
