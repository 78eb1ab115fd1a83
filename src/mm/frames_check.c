/* SPDX-License-Identifier: MIT */
/* Verifies the invariants of frames_areas.h from the bitmaps up. */
#include "mm/frames_areas.h"

static uint64_t count_bits(const uint64_t *words, uint64_t word_count)
{
    uint64_t count = 0;
    for (uint64_t word = 0; word < word_count; word++)
        count += bits_count(words[word]);
    return count;
}

static const char *check_frames(const struct frames *frames)
{
    uint64_t words = frames_areas_2m(frames->limit) * WORDS_PER_2M;
    for (uint64_t word = 0; word < words; word++) {
        if ((frames->free[word] & ~frames->managed[word]) != 0)
            return "F1: a frame is free that is not managed";
    }
    uint64_t beyond = words * BITS_PER_WORD;
    if (bits_find_set(frames->managed, frames->limit, beyond) != beyond)
        return "F1: a frame beyond the end of memory is managed";
    if (words != 0 && bits_has(frames->managed, 0))
        return "F1: frame 0 is managed";
    if (count_bits(frames->free, words) != frames->free_count)
        return "F2: the free frames are miscounted";
    if (count_bits(frames->managed, words) != frames->total_count)
        return "F2: the managed frames are miscounted";
    if (frames->lowest_free_count > frames->free_count)
        return "F2: fewer frames are free than ever were";
    if (frames->open > words)
        return "F8: the open word does not exist";
    return frames->free[words] == 0 ? NULL : "F8: the word behind the last is not zero";
}

static const char *check_area_2m(const struct frames *frames, uint64_t area)
{
    uint64_t free_count = 0;
    for (uint64_t word = area * WORDS_PER_2M; word < (area + 1) * WORDS_PER_2M; word++)
        free_count += word == frames->open ? 0 : bits_count(frames->free[word]);
    if (free_count != frames->free_in_2m[area])
        return "F3: an area of 2 MiB miscounts its free frames";
    if (bits_has(frames->partial_2m, area) != (free_count > 0 && free_count < FRAMES_PER_2M))
        return "F4: an area of 2 MiB is wrongly called partial, or not";
    if (bits_has(frames->whole_2m, area) != (free_count == FRAMES_PER_2M))
        return "F4: an area of 2 MiB is wrongly called whole, or not";
    return NULL;
}

static const char *check_area_1g(const struct frames *frames, uint64_t area)
{
    enum { WORDS = AREAS_2M_PER_1G / BITS_PER_WORD };
    struct frames_area_1g counts = frames->areas_1g[area];
    if (count_bits(frames->partial_2m + area * WORDS, WORDS) != counts.partial_count)
        return "F5: an area of 1 GiB miscounts its partial areas";
    if (count_bits(frames->whole_2m + area * WORDS, WORDS) != counts.whole_count)
        return "F5: an area of 1 GiB miscounts its whole areas";
    const bool is_member[FRAMES_SET_COUNT] = {
        [FRAMES_WITH_PARTIAL_2M] = counts.partial_count > 0,
        [FRAMES_WITH_SOME_WHOLE_2M] = counts.whole_count > 0 && counts.whole_count < AREAS_2M_PER_1G,
        [FRAMES_WHOLE_1G] = counts.whole_count == AREAS_2M_PER_1G,
    };
    for (unsigned kind = 0; kind < FRAMES_SET_COUNT; kind++) {
        if (bits_has(frames->sets[kind].levels[0], area) != is_member[kind])
            return "F6: an area of 1 GiB is in a wrong set";
    }
    return NULL;
}

static const char *check_areas(const struct frames *frames)
{
    uint64_t areas_2m = frames_areas_2m(frames->limit), areas_1g = frames_areas_1g(frames->limit);
    uint64_t beyond = areas_1g * AREAS_2M_PER_1G, whole_count = 0;
    const char *error = NULL;
    for (uint64_t area = 0; area < areas_2m && error == NULL; area++)
        error = check_area_2m(frames, area);
    if (error == NULL && (bits_find_set(frames->partial_2m, areas_2m, beyond) != beyond ||
                          bits_find_set(frames->whole_2m, areas_2m, beyond) != beyond))
        error = "F4: an area of 2 MiB beyond the end of memory has free frames";
    for (uint64_t area = 0; area < areas_1g && error == NULL; area++) {
        error = check_area_1g(frames, area);
        whole_count += frames->areas_1g[area].whole_count;
    }
    if (error == NULL && whole_count != frames->whole_2m_count)
        error = "F5: the whole areas of 2 MiB are miscounted";
    return error;
}

static const char *check_set(const struct frames_set *set, uint64_t member_limit)
{
    uint64_t words = (member_limit + BITS_PER_WORD - 1) / BITS_PER_WORD;
    if (count_bits(set->levels[0], words) != set->count)
        return "F7: a set miscounts its members";
    for (unsigned level = 1; level < set->level_count; level++) {
        for (uint64_t word = 0; word < words; word++) {
            if (bits_has(set->levels[level], word) != (set->levels[level - 1][word] != 0))
                return "F7: a set's summary is wrong";
        }
        words = (words + BITS_PER_WORD - 1) / BITS_PER_WORD;
    }
    return NULL;
}

const char *frames_check(const struct frames *frames)
{
    const char *error = check_frames(frames);
    if (error == NULL)
        error = check_areas(frames);
    for (unsigned kind = 0; kind < FRAMES_SET_COUNT && error == NULL; kind++)
        error = check_set(&frames->sets[kind], frames_areas_1g(frames->limit));
    return error;
}
