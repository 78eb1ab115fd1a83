/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenorite/lib/compiler.h>

/*
 * A fuzz target: one input, as libFuzzer calls it and as replay_main.c does. Returns 0; a finding ends the program, by
 * a sanitizer or by FUZZ_REQUIRE.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where what must hold does not. */
#define FUZZ_REQUIRE(condition)                                                                                      \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                           \
            abort();                                                                                                 \
        }                                                                                                            \
    } while (0)

/* Little-endian numbers; the caller knows that they are there. */
static inline uint64_t fuzz_number(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static inline void fuzz_put_number(uint8_t *bytes, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* The sum that checksums are about. */
static inline uint8_t fuzz_sum(const uint8_t *bytes, size_t length)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum;
}

/* A copy in a block of its own and of exactly that size, so that AddressSanitizer sees every read beyond it. */
static inline uint8_t *fuzz_copy(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length);
    FUZZ_REQUIRE(copy != NULL || length == 0);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
