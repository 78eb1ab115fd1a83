/* SPDX-License-Identifier: MIT */
/*
 * Shrinking works on the sequence of choices and knows nothing of what they mean, but for where an element of a list
 * starts. A candidate is taken if it fails as well and is smaller: S1, shorter, or of the same length and lower at the
 * first difference. So it comes to an end; passes are repeated until none makes anything smaller.
 *
 * Reference: D. MacIver, A. Donaldson, "Test-Case Reduction via Test-Case Generation: Insights From the Hypothesis
 * Reducer", ECOOP 2020, section 3 "Internal Test-Case Reduction".
 */
#include "trial.h"

#include <string.h>
#include <time.h>

enum { SHRINK_SECONDS = 60, LONGEST_CHUNK = 8, SHORT_CASE = 100 };

struct shrinker {
    struct trial *trial;
    size_t attempts;
    time_t deadline;
    size_t count; /* the smallest failing case so far */
    uint64_t values[PROPERTY_MAX_CHOICES];
    bool is_start[PROPERTY_MAX_CHOICES];
};

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* S1 */
static bool is_smaller(const struct shrinker *shrinker, const uint64_t *values, size_t count)
{
    if (count != shrinker->count)
        return count < shrinker->count;
    for (size_t i = 0; i < count; i++) {
        if (values[i] != shrinker->values[i])
            return values[i] < shrinker->values[i];
    }
    return false;
}

static void adopt(struct shrinker *shrinker)
{
    const struct draws *draws = &shrinker->trial->draws;
    shrinker->count = draws->count;
    memcpy(shrinker->values, draws->values, draws->count * sizeof draws->values[0]);
    memcpy(shrinker->is_start, draws->is_start, draws->count * sizeof draws->is_start[0]);
}

/* Whether the `count` choices in trial->draws.values, a candidate, fail and are smaller; then they are adopted. What
 * counts is what the property did choose, which a limit may have lowered. */
static bool attempt(struct shrinker *shrinker, size_t count)
{
    struct trial *trial = shrinker->trial;
    if (!is_smaller(shrinker, trial->draws.values, count) || now() > shrinker->deadline)
        return false;
    shrinker->attempts++;
    if (!trial_replay_fails(trial, count) || !is_smaller(shrinker, trial->draws.values, trial->draws.count))
        return false;
    adopt(shrinker);
    return true;
}

/* The smallest case without [from, to), as a candidate; returns its length. */
static size_t cut(struct shrinker *shrinker, size_t from, size_t to)
{
    uint64_t *candidate = shrinker->trial->draws.values;
    memcpy(candidate, shrinker->values, from * sizeof *candidate);
    memcpy(candidate + from, shrinker->values + to, (shrinker->count - to) * sizeof *candidate);
    return shrinker->count - (to - from);
}

/* The start of the element that is `elements` behind the one at `from`, or SIZE_MAX. */
static size_t find_start(const struct shrinker *shrinker, size_t from, size_t elements)
{
    for (size_t at = from + 1; at < shrinker->count; at++) {
        if (shrinker->is_start[at] && --elements == 0)
            return at;
    }
    return SIZE_MAX;
}

/* From the end on: what is done late depends on what was done early, seldom the other way round. */
static bool delete_elements(struct shrinker *shrinker, size_t elements)
{
    bool is_changed = false;
    for (size_t at = shrinker->count; at-- > 0;) {
        if (at >= shrinker->count || !shrinker->is_start[at])
            continue;
        size_t end = find_start(shrinker, at, elements);
        if (end != SIZE_MAX)
            is_changed |= attempt(shrinker, cut(shrinker, at, end));
    }
    return is_changed;
}

static bool delete_runs_of_elements(struct shrinker *shrinker)
{
    bool is_changed = false;
    size_t starts = 0;
    for (size_t i = 0; i < shrinker->count; i++)
        starts += shrinker->is_start[i];
    for (size_t elements = starts; elements > 0; elements /= 2)
        is_changed |= delete_elements(shrinker, elements);
    return is_changed;
}

static bool delete_chunks(struct shrinker *shrinker)
{
    bool is_changed = false;
    for (size_t length = LONGEST_CHUNK; length > 0; length--) {
        for (size_t at = shrinker->count; at-- > 0;) {
            if (at + length <= shrinker->count)
                is_changed |= attempt(shrinker, cut(shrinker, at, at + length));
        }
    }
    return is_changed;
}

/* A candidate in which all choices from `at` on that are as `value` become `lower`. */
static bool lower_all(struct shrinker *shrinker, size_t at, uint64_t value, uint64_t lower)
{
    uint64_t *candidate = shrinker->trial->draws.values;
    size_t count = cut(shrinker, 0, 0);
    for (size_t i = at; i < count; i++)
        candidate[i] = candidate[i] == value ? lower : candidate[i];
    return attempt(shrinker, count);
}

static bool lower_one(struct shrinker *shrinker, size_t at, uint64_t value, uint64_t lower)
{
    (void)value;
    size_t count = cut(shrinker, 0, 0);
    shrinker->trial->draws.values[at] = lower;
    return attempt(shrinker, count);
}

/* The lowest value that fails, by halving; for one choice, or for all of the same value. Where high values fail and low
 * ones do not, this is the least. */
static bool lower_values(struct shrinker *shrinker,
                         bool (*try_lower)(struct shrinker *, size_t at, uint64_t value, uint64_t lower))
{
    bool is_changed = false;
    for (size_t at = 0; at < shrinker->count; at++) {
        uint64_t fails = shrinker->values[at];
        if (fails == 0)
            continue;
        if (try_lower(shrinker, at, fails, 0)) {
            is_changed = true;
            continue;
        }
        for (uint64_t holds = 0; holds + 1 < fails && at < shrinker->count;) {
            uint64_t middle = holds + (fails - holds) / 2;
            bool is_lowered = try_lower(shrinker, at, fails, middle);
            is_changed |= is_lowered;
            *(is_lowered ? &fails : &holds) = middle;
        }
    }
    return is_changed;
}

/* A choice that is lowered may need fewer choices behind it: leaves some out as well. */
static bool lower_and_delete(struct shrinker *shrinker)
{
    bool is_changed = false;
    for (size_t at = 0; at < shrinker->count && shrinker->count <= SHORT_CASE; at++) {
        for (size_t length = 1; length <= LONGEST_CHUNK && at + 1 + length <= shrinker->count; length++) {
            if (shrinker->values[at] == 0)
                break;
            size_t count = cut(shrinker, at + 1, at + 1 + length);
            shrinker->trial->draws.values[at]--;
            is_changed |= attempt(shrinker, count);
        }
    }
    return is_changed;
}

size_t shrink(struct trial *trial, size_t *attempts)
{
    static struct shrinker shrinker;
    bool is_changed = true;
    shrinker.trial = trial;
    shrinker.attempts = 0;
    shrinker.deadline = now() + SHRINK_SECONDS;
    adopt(&shrinker);
    while (is_changed && now() <= shrinker.deadline) {
        is_changed = delete_runs_of_elements(&shrinker);
        is_changed |= delete_chunks(&shrinker);
        is_changed |= lower_values(&shrinker, lower_one);
        is_changed |= lower_values(&shrinker, lower_all);
        is_changed |= lower_and_delete(&shrinker);
    }
    *attempts = shrinker.attempts;
    return cut(&shrinker, 0, 0);
}
