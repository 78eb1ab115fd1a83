/* SPDX-License-Identifier: MIT */
#include "mm/frames_areas.h"

/* What frames_areas_place() has cut off so far. */
struct cutting {
    uint64_t *storage; /* NULL: only measured */
    size_t word_count;
};

static uint64_t *cut(struct cutting *cutting, uint64_t word_count)
{
    uint64_t *start = cutting->storage == NULL ? NULL : cutting->storage + cutting->word_count;
    cutting->word_count += word_count;
    return start;
}

static uint64_t words_for(uint64_t things, uint64_t per_word)
{
    return (things + per_word - 1) / per_word;
}

static void place_set(struct frames_set *set, struct cutting *cutting, uint64_t members)
{
    *set = (struct frames_set){};
    do {
        members = words_for(members, BITS_PER_WORD);
        set->levels[set->level_count++] = cut(cutting, members);
    } while (members > 1);
}

size_t frames_areas_place(struct frames *frames, uint64_t *storage)
{
    struct cutting cutting = {storage, 0};
    uint64_t areas_2m = frames_areas_2m(frames->limit), areas_1g = frames_areas_1g(frames->limit);
    frames->open = areas_2m * WORDS_PER_2M;
    frames->free = cut(&cutting, areas_2m * WORDS_PER_2M + 1);
    frames->managed = cut(&cutting, areas_2m * WORDS_PER_2M);
    frames->partial_2m = cut(&cutting, words_for(areas_1g * AREAS_2M_PER_1G, BITS_PER_WORD));
    frames->whole_2m = cut(&cutting, words_for(areas_1g * AREAS_2M_PER_1G, BITS_PER_WORD));
    for (unsigned kind = 0; kind < FRAMES_SET_COUNT; kind++)
        place_set(&frames->sets[kind], &cutting, areas_1g);
    frames->areas_1g = (void *)cut(&cutting, words_for(areas_1g * sizeof(struct frames_area_1g), sizeof(uint64_t)));
    frames->free_in_2m = (void *)cut(&cutting, words_for(areas_2m * sizeof(uint16_t), sizeof(uint64_t)));
    return cutting.word_count;
}

static void set_add(struct frames_set *set, uint64_t number)
{
    set->count++;
    for (unsigned level = 0; level < set->level_count; level++, number /= BITS_PER_WORD) {
        uint64_t *word = &set->levels[level][number / BITS_PER_WORD];
        uint64_t before = *word;
        *word |= bits_one(number);
        if (before != 0)
            return;
    }
}

static void set_remove(struct frames_set *set, uint64_t number)
{
    set->count--;
    for (unsigned level = 0; level < set->level_count; level++, number /= BITS_PER_WORD) {
        uint64_t *word = &set->levels[level][number / BITS_PER_WORD];
        *word &= ~bits_one(number);
        if (*word != 0)
            return;
    }
}

uint64_t frames_set_lowest(const struct frames_set *set)
{
    uint64_t number = 0;
    for (unsigned level = set->level_count; level-- > 0;)
        number = number * BITS_PER_WORD + (uint64_t)__builtin_ctzll(set->levels[level][number]);
    return number;
}

static void update_sets(struct frames *frames, uint64_t area_1g, struct frames_area_1g before)
{
    unsigned now = frames_sets_of(frames->areas_1g[area_1g]);
    for (unsigned changed = now ^ frames_sets_of(before); changed != 0; changed &= changed - 1) {
        unsigned kind = (unsigned)__builtin_ctz(changed);
        if ((now >> kind & 1) != 0)
            set_add(&frames->sets[kind], area_1g);
        else
            set_remove(&frames->sets[kind], area_1g);
    }
}

void frames_area_set_free(struct frames *frames, uint64_t area_2m, unsigned free_count)
{
    unsigned count_before = frames->free_in_2m[area_2m];
    int partial_change = frames_are_partial(free_count) - frames_are_partial(count_before);
    int whole_change = frames_are_whole(free_count) - frames_are_whole(count_before);
    frames->free_in_2m[area_2m] = (uint16_t)free_count;
    if (LIKELY(partial_change == 0 && whole_change == 0))
        return;
    struct frames_area_1g *area_1g = &frames->areas_1g[area_2m / AREAS_2M_PER_1G];
    struct frames_area_1g before = *area_1g;
    if (partial_change != 0)
        frames->partial_2m[area_2m / BITS_PER_WORD] ^= bits_one(area_2m);
    if (whole_change != 0)
        frames->whole_2m[area_2m / BITS_PER_WORD] ^= bits_one(area_2m);
    area_1g->partial_count = (uint16_t)(before.partial_count + partial_change);
    area_1g->whole_count = (uint16_t)(before.whole_count + whole_change);
    frames->whole_2m_count += (uint64_t)(int64_t)whole_change;
    update_sets(frames, area_2m / AREAS_2M_PER_1G, before);
}

void frames_close(struct frames *frames)
{
    uint64_t open = frames->open, area = open / WORDS_PER_2M;
    frames->open = frames_areas_2m(frames->limit) * WORDS_PER_2M;
    if (frames->free[open] != 0)
        frames_area_set_free(frames, area, frames->free_in_2m[area] + bits_count(frames->free[open]));
}

uint64_t frames_find_area(const struct frames *frames, enum frames_set_kind kind)
{
    for (; kind < FRAMES_SET_COUNT; kind++) {
        if (frames->sets[kind].count == 0)
            continue;
        const uint64_t *rows = kind == FRAMES_WITH_PARTIAL_2M ? frames->partial_2m : frames->whole_2m;
        uint64_t first = frames_set_lowest(&frames->sets[kind]) * AREAS_2M_PER_1G;
        return bits_find_set(rows, first, first + AREAS_2M_PER_1G);
    }
    return frames_areas_2m(frames->limit);
}

bool frames_open(struct frames *frames)
{
    uint64_t area = frames_find_area(frames, FRAMES_WITH_PARTIAL_2M);
    if (area == frames_areas_2m(frames->limit))
        return false;
    uint64_t first = area * FRAMES_PER_2M;
    frames->open = bits_find_set(frames->free, first, first + FRAMES_PER_2M) / BITS_PER_WORD;
    frames_area_set_free(frames, area, frames->free_in_2m[area] - bits_count(frames->free[frames->open]));
    return true;
}

/* All frames of an area of 2 MiB, which were the opposite, become free (all bits set) or used (none). */
static NO_INLINE void fill_area(struct frames *frames, uint64_t area, uint64_t bits)
{
    uint64_t *words = &frames->free[area * WORDS_PER_2M];
    for (unsigned word = 0; word < WORDS_PER_2M; word++)
        words[word] = bits;
    frames_area_set_free(frames, area, bits == 0 ? 0 : FRAMES_PER_2M);
}

static uint64_t area_end(uint64_t frame, uint64_t end)
{
    uint64_t next = (frame / FRAMES_PER_2M + 1) * FRAMES_PER_2M;
    return next < end ? next : end;
}

void frames_mark_used(struct frames *frames, uint64_t first, uint64_t end)
{
    frames_count_taken(frames, end - first);
    for (uint64_t next; first < end; first = next) {
        uint64_t area = first / FRAMES_PER_2M;
        next = area_end(first, end);
        if (next - first == FRAMES_PER_2M) {
            fill_area(frames, area, 0);
            continue;
        }
        bits_clear(frames->free, first, next);
        frames_area_set_free(frames, area, frames->free_in_2m[area] - (unsigned)(next - first));
    }
}

void frames_mark_free(struct frames *frames, uint64_t first, uint64_t end)
{
    frames->free_count += end - first;
    for (uint64_t next; first < end; first = next) {
        uint64_t area = first / FRAMES_PER_2M;
        next = area_end(first, end);
        if (next - first == FRAMES_PER_2M) {
            fill_area(frames, area, ~0ull);
            continue;
        }
        bits_set(frames->free, first, next);
        frames_area_set_free(frames, area, frames->free_in_2m[area] + (unsigned)(next - first));
    }
}
