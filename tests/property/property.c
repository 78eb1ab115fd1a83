/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How gcc says that it compiles for AddressSanitizer; clang has __has_feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 5 };
#else
enum { SLOWER = 1 };
#endif

enum { DEFAULT_SEED = 0x7e40217e, EXIT_USAGE = 2 };

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    char *end;
    if (text == NULL)
        return otherwise;
    uint64_t number = strtoull(text, &end, 0);
    if (end == text || *end != '\0') {
        fprintf(stderr, "%s=%s in the environment is not a number\n", name, text);
        exit(EXIT_USAGE);
    }
    return number;
}

/* Shrinks the case that failed; false if it does not fail when it is run again. */
static bool shrink_failure(struct trial *trial, struct property_result *result)
{
    if (!trial_replay_fails(trial, result->choices_found))
        return false;
    result->choices_left = shrink(trial, &result->attempts);
    return trial_last_replay_fails(trial, result->choices_left);
}

static void examine_failure(struct trial *trial, struct property_result *result)
{
    memcpy(result->complaint, trial->complaint, sizeof trial->complaint);
    result->verdict = PROPERTY_UNSTABLE;
    result->seed = trial->seed + trial->cases + trial->discards;
    result->choices_found = trial->draws.count;
    if (trial->is_complete || !shrink_failure(trial, result))
        return;
    result->verdict = PROPERTY_FAILS;
    memcpy(result->complaint, trial->complaint, sizeof trial->complaint);
}

struct property_result property_try(const struct property *property, uint64_t seed, size_t cases)
{
    struct trial *trial = trial_new(property);
    struct property_result result = {.verdict = PROPERTY_HOLDS, .seed = seed};
    trial->seed = seed;
    trial->wanted_cases = cases;
    bool is_failing = trial_random_cases_fail(trial);
    result.cases = trial->cases;
    result.discards = trial->discards;
    if (is_failing)
        examine_failure(trial, &result);
    else if (result.cases < cases)
        result.verdict = PROPERTY_STARVED;
    trial_delete(trial);
    return result;
}

static void print_result(const struct property *property, const struct property_result *result, uint64_t seed,
                         const char *program)
{
    if (result->verdict == PROPERTY_HOLDS) {
        printf("%s: holds in %zu cases, %zu discarded (TENORITE_SEED=%#" PRIx64 ")\n", property->name, result->cases,
               result->discards, seed);
        return;
    }
    if (result->verdict == PROPERTY_STARVED) {
        printf("%s: FAILED: %zu cases were discarded, %zu were not (TENORITE_SEED=%#" PRIx64 ")\n", property->name,
               result->discards, result->cases, seed);
        return;
    }
    printf("%s: FAILED: %s\n", property->name, result->complaint);
    if (result->verdict == PROPERTY_UNSTABLE)
        printf("  not when it is run again: it depends on what ran before it. To repeat it, with all cases before:\n"
               "  TENORITE_SEED=%#" PRIx64 " TENORITE_CASES=%zu TENORITE_FORK=0 %s %s\n",
               seed, result->cases + 1, program, property->name);
    else
        printf("  after %zu cases; shrunk from %zu choices to %zu in %zu attempts. To repeat it:\n"
               "  TENORITE_SEED=%#" PRIx64 " TENORITE_CASES=1 %s %s\n",
               result->cases, result->choices_found, result->choices_left, result->attempts, result->seed, program,
               property->name);
}

static bool is_chosen(const char *name, int argument_count, char **arguments)
{
    for (int i = 1; i < argument_count; i++) {
        if (strcmp(arguments[i], name) == 0)
            return true;
    }
    return argument_count <= 1;
}

static bool all_arguments_are_known(int argument_count, char **arguments, const struct property *properties,
                                    size_t count)
{
    for (int i = 1; i < argument_count; i++) {
        bool is_known = false;
        for (size_t at = 0; at < count; at++)
            is_known |= strcmp(properties[at].name, arguments[i]) == 0;
        if (!is_known) {
            fprintf(stderr, "%s: no property is called %s\n", arguments[0], arguments[i]);
            return false;
        }
    }
    return true;
}

int property_main(int argument_count, char **arguments, const struct property *properties, size_t count)
{
    uint64_t seed = environment_number("TENORITE_SEED", DEFAULT_SEED);
    bool is_good = true;
    if (!all_arguments_are_known(argument_count, arguments, properties, count))
        return EXIT_USAGE;
    for (size_t i = 0; i < count; i++) {
        if (!is_chosen(properties[i].name, argument_count, arguments))
            continue;
        size_t cases = environment_number("TENORITE_CASES", (properties[i].cases + SLOWER - 1) / SLOWER);
        struct property_result result = property_try(&properties[i], seed, cases);
        print_result(&properties[i], &result, seed, arguments[0]);
        is_good &= result.verdict == PROPERTY_HOLDS;
        fflush(stdout);
    }
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
