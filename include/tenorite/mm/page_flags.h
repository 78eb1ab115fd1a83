/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/flags.h>

/*
 * What a mapping allows and how it is cached; names and positions are those of an entry that maps a 4 KiB page (Intel
 * SDM vol. 3A, Table 4-20 "Format of a Page-Table Entry that Maps a 4-KByte Page"). The mapper moves PAT to
 * where an entry for a larger page has it, and sets the bit that makes an entry large: that bit is never a flag.
 */
#define PAGE_FLAG_LIST(FLAG)                                                                                         \
    FLAG(PAGE, PRESENT, 0)                                                                                           \
    FLAG(PAGE, WRITABLE, 1)                                                                                          \
    FLAG(PAGE, USER, 2)                                                                                              \
    FLAG(PAGE, WRITE_THROUGH, 3)                                                                                     \
    FLAG(PAGE, NO_CACHE, 4)                                                                                          \
    FLAG(PAGE, ACCESSED, 5)                                                                                          \
    FLAG(PAGE, DIRTY, 6)                                                                                             \
    FLAG(PAGE, PAT, 7)                                                                                               \
    FLAG(PAGE, GLOBAL, 8)                                                                                            \
    FLAG(PAGE, SOFTWARE_1, 9)                                                                                        \
    FLAG(PAGE, SOFTWARE_2, 10)                                                                                       \
    FLAG(PAGE, SOFTWARE_3, 11)                                                                                       \
    FLAG(PAGE, NO_EXECUTE, 63)
DEFINE_FLAG_SET(page_flags, PAGE_FLAG_LIST);

/* PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE) */
#define PAGE_FLAGS(...) ((page_flags){FLAGS_JOIN(PAGE_FLAG_, __VA_ARGS__)})

/* What an entry that points to a lower table carries (Intel SDM vol. 3A, Table 4-19). */
#define TABLE_FLAG_LIST(FLAG)                                                                                        \
    FLAG(TABLE, PRESENT, 0)                                                                                          \
    FLAG(TABLE, WRITABLE, 1)                                                                                         \
    FLAG(TABLE, USER, 2)
DEFINE_FLAG_SET(table_flags, TABLE_FLAG_LIST);

/* TABLE_FLAGS(PRESENT, WRITABLE) */
#define TABLE_FLAGS(...) ((table_flags){FLAGS_JOIN(TABLE_FLAG_, __VA_ARGS__)})
