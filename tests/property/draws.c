/* SPDX-License-Identifier: MIT */
#include "draws.h"

#include <stdarg.h>
#include <stdio.h>

static void begin(struct draws *draws, enum draws_source source)
{
    draws->source = source;
    draws->is_noting = false;
    draws->count = 0;
}

void draws_begin_random(struct draws *draws, uint64_t seed)
{
    begin(draws, DRAWS_RANDOM);
    draws->random_state = seed;
}

void draws_begin_bytes(struct draws *draws, const uint8_t *bytes, size_t length)
{
    begin(draws, DRAWS_BYTES);
    draws->bytes = bytes;
    draws->byte_count = length;
}

void draws_begin_replay(struct draws *draws, size_t count)
{
    begin(draws, DRAWS_REPLAYED);
    draws->given_count = count;
}

/* splitmix64: any seed will do, 0 too. The seeds of neighbouring cases differ by 1, which is far from one step. */
static uint64_t random_bits(struct draws *draws)
{
    uint64_t bits = draws->random_state += 0x9e3779b97f4a7c15;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return bits ^ bits >> 31;
}

/* As few bytes as the limit needs, so that a fuzzer's change of one byte changes one choice. */
static uint64_t next_bytes(struct draws *draws, uint64_t limit)
{
    uint64_t value = 0;
    for (uint64_t rest = limit - 1; rest > 0 && draws->byte_count > 0; rest >>= 8) {
        value = value << 8 | *draws->bytes++;
        draws->byte_count--;
    }
    return value;
}

/* A number below `limit` that is not yet recorded; not for replays. */
static uint64_t fresh_below(struct draws *draws, uint64_t limit)
{
    return (draws->source == DRAWS_BYTES ? next_bytes(draws, limit) : random_bits(draws)) % limit;
}

static bool is_fresh(const struct draws *draws)
{
    return draws->source != DRAWS_REPLAYED;
}

/* Makes and records a choice: `fresh`, or in a replay what was chosen then, as far as the limit allows. */
static uint64_t choose(struct draws *draws, uint64_t limit, uint64_t fresh, bool is_start)
{
    size_t at = draws->count;
    if (at == PROPERTY_MAX_CHOICES)
        return 0;
    if (!is_fresh(draws)) {
        fresh = at < draws->given_count ? draws->values[at] : 0;
        fresh = fresh < limit ? fresh : limit - 1;
    }
    draws->values[at] = fresh;
    draws->is_start[at] = is_start;
    draws->count = at + 1;
    return fresh;
}

uint64_t draw_below(struct draws *draws, uint64_t limit)
{
    return choose(draws, limit, is_fresh(draws) ? fresh_below(draws, limit) : 0, false);
}

/* A fuzzer finds edges by itself. */
static uint64_t fresh_with_edges(struct draws *draws, uint64_t limit)
{
    enum { EDGES = 3 };
    if (draws->source == DRAWS_BYTES || limit <= 2 * EDGES)
        return fresh_below(draws, limit);
    switch (fresh_below(draws, 8)) {
    case 0:
        return fresh_below(draws, EDGES);
    case 1:
        return limit - 1 - fresh_below(draws, EDGES);
    case 2:
    case 3:
        return fresh_below(draws, limit) >> fresh_below(draws, 64);
    default:
        return fresh_below(draws, limit);
    }
}

/* All 2^64 numbers have no limit in 64 bits: the last of them is left out. */
uint64_t draw_between(struct draws *draws, uint64_t low, uint64_t high)
{
    uint64_t limit = high - low == UINT64_MAX ? UINT64_MAX : high - low + 1;
    return low + choose(draws, limit, is_fresh(draws) ? fresh_with_edges(draws, limit) : 0, false);
}

/* The distance from what is nearest to 0, and then the side: so that both shrink. */
int64_t draw_signed(struct draws *draws, int64_t low, int64_t high)
{
    if (low >= 0)
        return (int64_t)draw_between(draws, (uint64_t)low, (uint64_t)high);
    if (high <= 0)
        return (int64_t)-draw_between(draws, -(uint64_t)high, -(uint64_t)low);
    uint64_t above = (uint64_t)high, below = -(uint64_t)low;
    uint64_t distance = draw_between(draws, 0, above > below ? above : below);
    bool is_negative = distance > above || (distance <= below && draw_bool(draws));
    return (int64_t)(is_negative ? -distance : distance);
}

bool draw_bool(struct draws *draws)
{
    return draw_below(draws, 2) == 1;
}

/* Both are recorded as 0 or 1, so that there is one way only to say true. The bytes of a fuzzer that ran out are zeroes,
 * and give false. */
bool draw_rarely(struct draws *draws, unsigned denominator)
{
    uint64_t fresh = is_fresh(draws) && fresh_below(draws, denominator) == denominator - 1;
    return choose(draws, 2, fresh, false) == 1;
}

bool draw_more(struct draws *draws, unsigned average)
{
    uint64_t fresh = is_fresh(draws) && fresh_below(draws, average + 1ull) != 0;
    return choose(draws, 2, fresh, true) == 1;
}

/* Recorded as the index: lowering a number within the weights would change nothing most of the time. */
size_t draw_weighted(struct draws *draws, const unsigned *weights, size_t count)
{
    uint64_t total = 0, fresh = 0;
    for (size_t i = 0; i < count; i++)
        total += weights[i];
    if (is_fresh(draws)) {
        uint64_t at = fresh_below(draws, total);
        while (at >= weights[fresh])
            at -= weights[fresh++];
    }
    return choose(draws, count, fresh, false);
}

void draw_bytes(struct draws *draws, void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)draw_below(draws, 256);
}

bool property_is_noting(const struct draws *draws)
{
    return draws->is_noting;
}

void property_note(struct draws *draws, const char *format, ...)
{
    if (!draws->is_noting)
        return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}
