/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper_core.h>

#include "entries.h"

/* Physical memory as the mapper sees it. */
struct memory {
    uint64_t entry[TABLES][PAGE_TABLE_ENTRIES];
};
extern struct memory ram;

/*@ ghost extern int table_level[TABLES]; */
/*@ ghost extern uint64_t table_prefix[TABLES]; */

#include "entry_contracts.h"
#include "model.h"

/*@ ghost
  /@ requires 0 < table < WINDOW && table_level[table] == TAKEN && page < PAGES && 1 <= level <= 4;
     assigns table_level[table], table_prefix[table];
     ensures is_table(table, level, page); @/
  void become_table(uint64_t table, uint64_t page, int level); */

/*@ requires 0 < table < WINDOW;
    assigns ram;
    ensures zero: \forall integer i; 0 <= i < 512 ==> ram.entry[table][i] == 0;
    ensures rest: \forall integer t, i; 0 <= t < WINDOW && 0 <= i < 512 && t != table ==>
                  ram.entry[t][i] == \old(ram.entry[t][i]); */
void mapper_table_clear(struct mapper *mapper, uint64_t table);

/*@ requires 0 < table < WINDOW && 0 <= index < 512;
    assigns \nothing;
    ensures \result == ram.entry[table][index]; */
uint64_t mapper_entry_read(const struct mapper *mapper, uint64_t table, uint64_t index);

/*@ requires 0 < table < WINDOW && 0 <= index < 512;
    assigns ram.entry[table][index];
    ensures ram.entry[table][index] == entry; */
void mapper_entry_write(struct mapper *mapper, uint64_t table, uint64_t index, uint64_t entry);

/*@ assigns table_level[..];
    ensures none: \result == 0 ==> same_levels{Pre, Post};
    ensures one: \result != 0 ==> 0 < \result < WINDOW && \old(table_level[\result]) == FREE &&
                 table_level[\result] == TAKEN;
    ensures others: \forall integer t; 0 < t < WINDOW && t != \result ==> table_level[t] == \old(table_level[t]); */
uint64_t mapper_frame_alloc(struct mapper *mapper);

/*@ requires 0 < frame < WINDOW && table_level[frame] == TAKEN;
    assigns table_level[frame];
    ensures table_level[frame] == FREE; */
void mapper_frame_free(struct mapper *mapper, uint64_t frame);
