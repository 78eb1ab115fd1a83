/* SPDX-License-Identifier: MIT */
#pragma once

#include "draws.h"

/* A property and its cases, in memory that is shared with the process that runs them. For the library alone. */
struct trial {
    const struct property *property;
    uint64_t seed;
    size_t wanted_cases;
    size_t cases, discards; /* that came to their end */
    size_t begun;
    bool is_complete;
    char complaint[512];
    struct draws draws; /* of the case that ran last */
};

struct trial *trial_new(const struct property *property);
void trial_delete(struct trial *trial);

/* Whether one of the random cases fails: the one that trial->draws holds then. trial->complaint says how. */
bool trial_random_cases_fail(struct trial *trial);

/* Whether the first `count` values of trial->draws fail, in a process that has run nothing but such trials before; and
 * the same in a process of its own, which shows what it prints, and the notes. */
bool trial_replay_fails(struct trial *trial, size_t count);
bool trial_last_replay_fails(struct trial *trial, size_t count);

/* Makes the failing case in trial->draws as small as it can, in at most a minute. It is in trial->draws.values then;
 * returns the number of choices. Counts attempts in *attempts. */
size_t shrink(struct trial *trial, size_t *attempts);
