/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Property tests: a property is a function that draws what it needs and says what is wrong with what the code under
 * test makes of it. It is tried on many random cases; the first that fails is made as small as it can be, and printed.
 *
 *     static const char *sorting_keeps_the_sum(struct draws *draws)
 *     {
 *         int numbers[50];
 *         size_t count = 0;
 *         while (count < 50 && draw_more(draws, 10))
 *             numbers[count++] = (int)draw_signed(draws, -1000, 1000);
 *         property_note(draws, "%zu numbers\n", count);
 *         ...
 *         return after == before ? NULL : "another sum";
 *     }
 *
 *     int main(int count, char **arguments)
 *     {
 *         const struct property properties[] = {PROPERTY(sorting_keeps_the_sum, 10000)};
 *         return property_main(count, arguments, properties, 1);
 *     }
 *
 * How it works. Every draw is a number below a limit, and a case is nothing but the sequence of these numbers. It is
 * made smaller by leaving out some and lowering others, and by running the property again on what is left: so whatever
 * is built from draws shrinks, and never to what the property could not have drawn. A sequence that is too short goes
 * on with zeroes: 0 should stand for the simplest choice, and a loop that draws should end on it.
 *
 * Properties run in child processes. So a property may also fail by dying in any way: by abort(), a signal, a
 * sanitizer's finding, a failed assertion of another library, or by using property_hang_seconds of processor time. One
 * process runs many cases: a property must not depend on those before it. One that does is reported as unstable.
 *
 * The environment may say:
 *     TENORITE_SEED=number   another seed; by default one that is the same for every run
 *     TENORITE_CASES=number  how many cases each property is tried on
 *     TENORITE_FORK=0        no child process, for a debugger: the first failure ends the program and is not shrunk
 * Programs take names of properties as arguments, and try these only. A failure prints the line that repeats it.
 */
struct draws;

struct property {
    const char *name;
    /* NULL: it holds; PROPERTY_DISCARDED: the case means nothing; otherwise what is wrong, in words. */
    const char *(*check)(struct draws *draws);
    size_t cases; /* by default; a fifth of it under AddressSanitizer */
};

#define PROPERTY(function, cases)                                                                                    \
    {                                                                                                                \
#function, function, cases                                                                                   \
    }

/* Returned for a case that the property says nothing about. A property that discards more than
 * PROPERTY_DISCARDS_PER_CASE times the cases it is tried on fails: it tests nothing. */
extern const char PROPERTY_DISCARDED[];

enum {
    PROPERTY_DISCARDS_PER_CASE = 10,
    PROPERTY_MAX_CHOICES = 1 << 16, /* further draws of a case give 0 */
};

extern unsigned property_hang_seconds; /* 10, unless a program sets it */

/* A number from 0 to limit - 1, all equally likely; shrinks to 0. `limit` is not 0. */
uint64_t draw_below(struct draws *draws, uint64_t limit);

/* A number from `low` to `high`, both included. One in four is one of the first or last three, one in four small;
 * shrinks to `low`. */
uint64_t draw_between(struct draws *draws, uint64_t low, uint64_t high);

/* The same for signed numbers; shrinks to 0, or to what is nearest to it. */
int64_t draw_signed(struct draws *draws, int64_t low, int64_t high);

/* Shrinks to false. */
bool draw_bool(struct draws *draws);

/* True once in `denominator` times; shrinks to false. */
bool draw_rarely(struct draws *draws, unsigned denominator);

/* An index into `weights`, as often as its weight says; shrinks to 0. None of them is 0. */
size_t draw_weighted(struct draws *draws, const unsigned *weights, size_t count);

/* Whether a list goes on: true `average` times before it is false, on average; shrinks to false. What is drawn between
 * two calls is an element of the list, and shrinking leaves out whole elements: draw lists by this rather than by a
 * length that is drawn first. */
bool draw_more(struct draws *draws, unsigned average);

/* Fills `bytes`; each shrinks to 0. */
void draw_bytes(struct draws *draws, void *bytes, size_t length);

/* One of the values: DRAW_FROM(draws, 512, 4096, 65536). Shrinks to the first. */
#define DRAW_FROM(draws, first, ...)                                                                                 \
    ((const __typeof__(first)[]){                                                                                    \
        first,                                                                                                       \
        __VA_ARGS__}[draw_below(draws, sizeof((const __typeof__(first)[]){first, __VA_ARGS__}) / sizeof(first))])

/* Prints, but only while the smallest failing case is run for the last time: this is how a case is shown. */
void property_note(struct draws *draws, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether notes are printed: for what is costly to put into words. */
bool property_is_noting(const struct draws *draws);

/* Ends the case, and fails the property. */
void property_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define PROPERTY_REQUIRE(condition)                                                                                  \
    do {                                                                                                             \
        if (!(condition))                                                                                            \
            property_fail("%s:%d: does not hold: %s", __FILE__, __LINE__, #condition);                               \
    } while (0)

enum property_verdict {
    PROPERTY_HOLDS,    /* in all cases */
    PROPERTY_FAILS,    /* and the case was shrunk */
    PROPERTY_UNSTABLE, /* a case failed, but not when it was run again */
    PROPERTY_STARVED,  /* too many cases were discarded */
};

struct property_result {
    enum property_verdict verdict;
    size_t cases, discards;                       /* tried and not discarded; discarded */
    uint64_t seed;                                /* of the failing case: it is the first of a run with this seed */
    size_t choices_found, choices_left, attempts; /* of shrinking */
    char complaint[512];                          /* of the smallest case */
};

/* Tries the property, with what is fixed here instead of by the environment. Prints notes and nothing else. */
struct property_result property_try(const struct property *property, uint64_t seed, size_t cases);

/* main() of a property test: tries all properties, or those that the arguments name, and prints what came of it.
 * Returns the exit status: 0 if all hold. */
int property_main(int argument_count, char **arguments, const struct property *properties, size_t count);

/* Runs the property once with its draws taken from `bytes`, and zeroes behind them, in this process: for fuzzers. A
 * property that does not hold ends the program by abort(), with the notes and the complaint on standard error. */
void property_run_bytes(const struct property *property, const uint8_t *bytes, size_t length);
