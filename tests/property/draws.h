/* SPDX-License-Identifier: MIT */
#pragma once

#include "property.h"

/* The choices of one case, and where they come from. For the library alone. */
enum draws_source {
    DRAWS_RANDOM,
    DRAWS_BYTES,
    DRAWS_REPLAYED, /* the first `given_count` choices are given, the others are 0 */
};

struct draws {
    enum draws_source source;
    bool is_noting;
    uint64_t random_state;
    const uint8_t *bytes;
    size_t byte_count;
    size_t given_count;
    size_t count;                          /* of the choices made */
    uint64_t values[PROPERTY_MAX_CHOICES]; /* each below the limit of its draw */
    bool is_start[PROPERTY_MAX_CHOICES];   /* made by draw_more */
};

void draws_begin_random(struct draws *draws, uint64_t seed);
void draws_begin_bytes(struct draws *draws, const uint8_t *bytes, size_t length);

/* Replays the first `count` of the values that `draws` holds. */
void draws_begin_replay(struct draws *draws, size_t count);
