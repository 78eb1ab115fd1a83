/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Ranges of bits in arrays of 64-bit words: a step for each word. Ranges end before `end`. */
enum { BITS_PER_WORD = 64 };

static inline uint64_t bits_one(uint64_t number)
{
    return 1ull << number % BITS_PER_WORD;
}

static inline bool bits_has(const uint64_t *words, uint64_t number)
{
    return (words[number / BITS_PER_WORD] & bits_one(number)) != 0;
}

/* The bits from `start` up, and those up to `last`, of a word that has both. */
static inline uint64_t bits_from(uint64_t start)
{
    return ~0ull << start % BITS_PER_WORD;
}

static inline uint64_t bits_up_to(uint64_t last)
{
    return ~0ull >> (BITS_PER_WORD - 1 - last % BITS_PER_WORD);
}

/* start < end. */
static inline void bits_set(uint64_t *words, uint64_t start, uint64_t end)
{
    uint64_t first = start / BITS_PER_WORD, last = (end - 1) / BITS_PER_WORD;
    uint64_t head = bits_from(start), tail = bits_up_to(end - 1);
    words[first] |= first == last ? head & tail : head;
    for (uint64_t word = first + 1; word < last; word++)
        words[word] = ~0ull;
    words[last] |= first == last ? head & tail : tail;
}

/* start < end. */
static inline void bits_clear(uint64_t *words, uint64_t start, uint64_t end)
{
    uint64_t first = start / BITS_PER_WORD, last = (end - 1) / BITS_PER_WORD;
    uint64_t head = bits_from(start), tail = bits_up_to(end - 1);
    words[first] &= ~(first == last ? head & tail : head);
    for (uint64_t word = first + 1; word < last; word++)
        words[word] = 0;
    words[last] &= ~(first == last ? head & tail : tail);
}

/* The first bit from `start` on that is 1 after `flip` is applied to its word, or `end`. */
static inline uint64_t bits_find(const uint64_t *words, uint64_t flip, uint64_t start, uint64_t end)
{
    if (start >= end)
        return end;
    uint64_t word = start / BITS_PER_WORD, last = (end - 1) / BITS_PER_WORD;
    uint64_t found = (words[word] ^ flip) & bits_from(start);
    while (found == 0 && word < last)
        found = words[++word] ^ flip;
    if (found == 0)
        return end;
    uint64_t number = word * BITS_PER_WORD + (uint64_t)__builtin_ctzll(found);
    return number < end ? number : end;
}

static inline uint64_t bits_find_set(const uint64_t *words, uint64_t start, uint64_t end)
{
    return bits_find(words, 0, start, end);
}

static inline uint64_t bits_find_clear(const uint64_t *words, uint64_t start, uint64_t end)
{
    return bits_find(words, ~0ull, start, end);
}

/* How many bits of `word` are set: sums of neighbours, in fields that double in width. (The compiler's own function is
 * in a library that a kernel does not link.) */
static inline unsigned bits_count(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (unsigned)(word * 0x0101010101010101 >> 56);
}
