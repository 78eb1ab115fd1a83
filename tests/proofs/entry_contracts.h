/* SPDX-License-Identifier: MIT */
#pragma once

/*@ assigns \nothing;
    ensures \result <==> entry % 2 == 1; */
static inline bool entry_is_present(uint64_t entry);

/*@ assigns \nothing;
    ensures \result <==> entry / 128 % 2 == 1; */
static inline bool entry_is_large(uint64_t entry);

/*@ assigns \nothing;
    ensures \result <==> entry / 2 % 2 == 1; */
static inline bool entry_is_writable(uint64_t entry);

/*@ assigns \nothing;
    ensures \result <==> entry / 9223372036854775808 == 1; */
static inline bool entry_is_no_execute(uint64_t entry);

/*@ assigns \nothing;
    ensures \result == entry / 4096 % 1099511627776;
    ensures next: next(entry) != 0 ==> \result == next(entry); */
static inline uint64_t entry_frame(uint64_t entry);

/*@ requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result == (level == 1 ? 1 : level == 2 ? 512 : 262144); */
static inline uint64_t pages_at(int level);

/*@ requires 1 <= level <= 4;
    assigns \nothing;
    ensures \result == index(page, level);
    ensures range: 0 <= \result < 512; */
static inline uint64_t index_at(uint64_t page, int level);

/*@ assigns \nothing;
    ensures \result <==> page >= 34359738368; */
static inline bool is_kernel_half(uint64_t page);

/*@ assigns \nothing;
    ensures \result == (page >= 34359738368 ? 3 : 7); */
static inline uint64_t table_flags_above(uint64_t page);

/*@ requires 0 < table < WINDOW;
    assigns \nothing;
    ensures next(\result) == table; */
static inline uint64_t table_entry(uint64_t table, uint64_t page);

/*@ requires frame < FRAMES && flags_have_form(flags) && 1 <= level <= 3 && whole_frame(frame, level);
    assigns \nothing;
    ensures low: \result % 4096 == (level == 1 ? flags % 4096 : flags % 4096 - flags / 128 % 2 * 128 + 128);
    ensures number: \result / 4096 % 1099511627776 == (level == 1 ? frame : frame + flags / 128 % 2);
    ensures high: \result / 9223372036854775808 == flags / 9223372036854775808;
    ensures large: level > 1 ==> next(\result) == 0;
    ensures state1: level == 1 ==> \forall integer limit; frame < limit ==> state(limit, \result, 1) == MAP_OK;
    ensures state2: level == 2 ==> \forall integer limit; frame + 1 < limit ==>
      state(limit, \result, 2) == MAP_OK;
    ensures state3: level == 3 ==> \forall integer limit; frame + 1 < limit ==>
      state(limit, \result, 3) == MAP_OK;
    ensures frame: leaf_frame_of(\result, level) == frame;
    ensures flags1: level == 1 ==> leaf_flags_of(\result, level) == flags;
    ensures flags2: level > 1 ==> leaf_flags_of(\result, level) == flags; */
static inline uint64_t leaf_entry(uint64_t frame, uint64_t flags, int level);

/*@ requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result == leaf_frame_of(entry, level);
    ensures range: \result < FRAMES;
    ensures whole: whole_frame(\result, level); */
static inline uint64_t leaf_frame(uint64_t entry, int level);

/*@ requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result == leaf_flags_of(entry, level); */
static inline uint64_t leaf_flags(uint64_t entry, int level);

/*@ requires \valid_read(mapper) && 1 <= level <= 3;
    assigns \nothing;
    ensures \result == state(mapper->frame_limit, entry, level); */
static inline enum map_error leaf_state(const struct mapper *mapper, uint64_t entry, int level);

/*@ requires \valid_read(mapper) && mapper->table_limit == WINDOW && 2 <= level <= 4;
    assigns \nothing;
    ensures \result == branch(entry, level); */
static inline enum map_error branch_state(const struct mapper *mapper, uint64_t entry, int level);

/*@ assigns \nothing;
    ensures \result == MAP_OK <==> allowed(page, flags); */
static inline enum map_error check_flags(uint64_t page, uint64_t flags);

/*@ requires \valid_read(mapper) && flags_have_form(flags);
    assigns \nothing;
    ensures \result == usable(mapper->has_no_execute, flags);
    ensures form: flags_have_form(\result); */
static inline uint64_t usable_flags(const struct mapper *mapper, uint64_t flags);
