/* SPDX-License-Identifier: MIT */
#include <tenorite/task/stream_adapters.h>

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* SIZE_MAX, which stands for unknown, stays that. */
static size_t sum(size_t left, size_t right)
{
    size_t result;

    return __builtin_add_overflow(left, right, &result) ? SIZE_MAX : result;
}

static size_t divided_up(size_t count, size_t divisor)
{
    return count / divisor + (count % divisor != 0);
}

struct size_hint size_hint_smaller(struct size_hint left, struct size_hint right)
{
    return (struct size_hint){smaller(left.least, right.least), smaller(left.most, right.most)};
}

struct size_hint size_hint_sum(struct size_hint left, struct size_hint right)
{
    return (struct size_hint){sum(left.least, right.least), sum(left.most, right.most)};
}

struct size_hint size_hint_in_chunks(struct size_hint items, size_t count, size_t capacity)
{
    items = size_hint_sum(items, (struct size_hint){count, count});
    return (struct size_hint){
        .least = divided_up(items.least, capacity),
        .most = items.most == SIZE_MAX ? SIZE_MAX : divided_up(items.most, capacity),
    };
}
