/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm/frames_bits.h"

#include <tenorite/mm/frames.h>

/*
 * The bookkeeping behind the frame allocator.
 *
 * `free` has a bit for each frame of 4 KiB, set if it is free, and `managed` one, set if it belongs to the allocator: they
 * are the truth. All else serves to find free frames quickly. Memory is divided into areas of 2 MiB, which is 8 words
 * of `free`, and those into areas of 1 GiB, 512 each:
 *
 *     area of 2 MiB    how many of its frames are free; hence it is used (none), partial, or whole (all 512)
 *     area of 1 GiB    a row of 512 bits for its partial areas of 2 MiB, one for the whole ones, and how many there are
 *     three sets of areas of 1 GiB: with partial areas of 2 MiB; with whole ones, but not 512; with 512
 *
 * A set is a bitmap under levels of summaries: bit w of level n + 1 is set if word w of level n is not zero, up to a
 * level that is a single word. So a free frame is found by one step for each level of a set, 8 words of a row and 8
 * words of `free`.
 *
 * One word of `free` may be open: frames of 4 KiB are taken from it, and given back to it, with no other change than
 * that of a bit. Whatever else needs the counts closes it first. When it is empty another one is opened. While no word
 * is open, `open` is the number of a word of zeroes behind the last one, where nothing is found either.
 *
 * Invariants, verified by frames_check():
 *   F1  A frame that is free is managed; frame 0 and those from `limit` on are not managed.
 *   F2  free_count is the number of bits set in `free`, total_count that in `managed`, and lowest_free_count is not
 *       above free_count.
 *   F3  free_in_2m is the number of an area's free frames, those in the open word not counted.
 *   F4  An area of 2 MiB has its bit in partial_2m if 0 < free_in_2m < 512, and in whole_2m if free_in_2m = 512; areas
 *       beyond memory have neither.
 *   F5  partial_count and whole_count of an area of 1 GiB are the numbers of bits in its rows, whole_2m_count is that of
 *       all rows.
 *   F6  An area of 1 GiB is in each of the three sets if its counts say so.
 *   F7  A bit of level n + 1 of a set is set exactly if the word of level n that it stands for is not zero; `count` is
 *       the number of members.
 *   F8  `open` is the number of a word of `free` or that of the word behind them, which is zero.
 */
enum { FRAMES_PER_2M = 512, AREAS_2M_PER_1G = 512, FRAMES_PER_1G = FRAMES_PER_2M * AREAS_2M_PER_1G };
enum { WORDS_PER_2M = FRAMES_PER_2M / BITS_PER_WORD };

static inline uint64_t frames_areas_2m(uint64_t frame_limit)
{
    return (frame_limit + FRAMES_PER_2M - 1) / FRAMES_PER_2M;
}

static inline uint64_t frames_areas_1g(uint64_t frame_limit)
{
    return (frame_limit + FRAMES_PER_1G - 1) / FRAMES_PER_1G;
}

static inline bool frames_are_partial(unsigned free_of_512)
{
    return free_of_512 != 0 && free_of_512 != 512;
}

static inline bool frames_are_whole(unsigned free_of_512)
{
    return free_of_512 == 512;
}

/* Which of the sets an area of 1 GiB belongs to, a bit each. */
static inline unsigned frames_sets_of(struct frames_area_1g area)
{
    return (unsigned)(area.partial_count != 0) << FRAMES_WITH_PARTIAL_2M |
           (unsigned)frames_are_partial(area.whole_count) << FRAMES_WITH_SOME_WHOLE_2M |
           (unsigned)frames_are_whole(area.whole_count) << FRAMES_WHOLE_1G;
}

/* Cuts `storage` into the arrays for `frames->limit`. Returns how many words that takes; `storage` may be NULL to
 * learn it. */
size_t frames_areas_place(struct frames *frames, uint64_t *storage);

/* Follows a change of how many frames of an area of 2 MiB are free (F3 to F7). */
void frames_area_set_free(struct frames *frames, uint64_t area_2m, unsigned free_count);

/* Ends the special rule for the open word. */
void frames_close(struct frames *frames);

/* Opens the next word that has free frames. False: there is none. The word open before has none. */
bool frames_open(struct frames *frames);

/* The lowest member of a set that is not empty. */
uint64_t frames_set_lowest(const struct frames_set *set);

/* The lowest area of 2 MiB that the first set that is not empty, from `kind` on, has: a partial one, a whole one out of
 * an area of 1 GiB that is broken, one out of a whole area of 1 GiB. If there is none, the number of areas. */
uint64_t frames_find_area(const struct frames *frames, enum frames_set_kind kind);

/* Frames from `first` up to `end`, all of them free or all in use, become used or free. No word is open. */
void frames_mark_used(struct frames *frames, uint64_t first, uint64_t end);
void frames_mark_free(struct frames *frames, uint64_t first, uint64_t end);

static inline void frames_count_taken(struct frames *frames, uint64_t count)
{
    frames->free_count -= count;
    if (frames->free_count < frames->lowest_free_count)
        frames->lowest_free_count = frames->free_count;
}
