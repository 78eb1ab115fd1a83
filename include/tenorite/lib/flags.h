/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Contract K10: flag sets do not mix. A set is written down once, as a list:
 *
 *     #define DOOR_FLAG_LIST(FLAG) FLAG(DOOR, LOCKED, 0) FLAG(DOOR, ALARMED, 5)
 *     DEFINE_FLAG_SET(door_flags, DOOR_FLAG_LIST)
 *     #define DOOR_FLAGS(...) ((door_flags){FLAGS_JOIN(DOOR_FLAG_, __VA_ARGS__)})
 *
 * which gives the type door_flags (a struct: another set's flags or an integer do not fit where it is expected), the
 * constants DOOR_FLAG_LOCKED .., the set DOOR_FLAGS(LOCKED, ALARMED) of up to 16 names, and the functions
 * door_flags_from_bits, _from_bits_truncate, _contains, _union, _difference, _is_empty, _are_equal and _format.
 */
#define DEFINE_FLAG_SET(type, LIST)                                                                                  \
    typedef struct {                                                                                                 \
        uint64_t bits;                                                                                               \
    } type;                                                                                                          \
    enum { LIST(FLAGS_CONSTANT) };                                                                                   \
    enum { type##_all = 0ull LIST(FLAGS_OR_MASK) };                                                                  \
    struct NODISCARD type##_result {                                                                                 \
        bool is_valid; /* false: a bit without a name was set */                                                     \
        type flags;                                                                                                  \
    };                                                                                                               \
    /* The set that `bits` spells; invalid, and empty, where a bit has no name. */                                   \
    FLAGS_FUNCTION struct type##_result type##_from_bits(uint64_t bits)                                              \
    {                                                                                                                \
        bool is_valid = (bits & ~(uint64_t)type##_all) == 0;                                                         \
        return (struct type##_result){is_valid, {is_valid ? bits : 0}};                                              \
    }                                                                                                                \
    /* The named bits of `bits`. */                                                                                  \
    FLAGS_FUNCTION type type##_from_bits_truncate(uint64_t bits)                                                     \
    {                                                                                                                \
        return (type){bits & (uint64_t)type##_all};                                                                  \
    }                                                                                                                \
    /* Whether every flag of `part` is in `set`; true for an empty `part`. */                                        \
    FLAGS_FUNCTION bool type##_contains(type set, type part)                                                         \
    {                                                                                                                \
        return (set.bits & part.bits) == part.bits;                                                                  \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_union(type left, type right)                                                          \
    {                                                                                                                \
        return (type){left.bits | right.bits};                                                                       \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_difference(type set, type without)                                                    \
    {                                                                                                                \
        return (type){set.bits & ~without.bits};                                                                     \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_is_empty(type set)                                                                    \
    {                                                                                                                \
        return set.bits == 0;                                                                                        \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_are_equal(type left, type right)                                                      \
    {                                                                                                                \
        return left.bits == right.bits;                                                                              \
    }                                                                                                                \
    /* Writes "A | B" into `buffer` (see flags_format). */                                                           \
    FLAGS_FUNCTION size_t type##_format(type set, char *buffer, size_t capacity)                                     \
    {                                                                                                                \
        static const struct flag_name names[] = {LIST(FLAGS_NAME)};                                                  \
        return flags_format(names, COUNT_OF(names), set.bits, buffer, capacity);                                     \
    }                                                                                                                \
    static_assert(sizeof(type) == sizeof(uint64_t), "a flag set costs what its bits cost")

/* FLAGS_JOIN(PREFIX_, A, B) is the value PREFIX_A | PREFIX_B; without names it is 0. */
#define FLAGS_JOIN(prefix, ...) (0ull __VA_OPT__(FLAGS_SCAN(FLAGS_OR(prefix, __VA_ARGS__))))

struct flag_name {
    const char *name;
    uint64_t bits;
};

/*
 * Writes the names of the flags in `bits`, in the order of the list and separated by " | ", into `buffer`; what has
 * no name follows as one hexadecimal number; nothing for an empty set. Writes at most `capacity` bytes including the
 * closing NUL; returns the length the whole text has. Any context.
 */
size_t flags_format(const struct flag_name *names, size_t count, uint64_t bits, char *buffer, size_t capacity);

/* The rest of this header serves the macros. */
#define FLAGS_FUNCTION __attribute__((unused)) ALWAYS_INLINE
#define FLAGS_CONSTANT(set, name, bit) set##_FLAG_##name = 1ull << (bit),
#define FLAGS_OR_MASK(set, name, bit) | 1ull << (bit)
#define FLAGS_NAME(set, name, bit) {#name, 1ull << (bit)},

/* One step joins one name and leaves an unexpanded call for the others; each scan expands the next. */
#define FLAGS_OR(prefix, name, ...) | prefix##name __VA_OPT__(FLAGS_OR_AGAIN FLAGS_PARENTHESES(prefix, __VA_ARGS__))
#define FLAGS_OR_AGAIN() FLAGS_OR
#define FLAGS_PARENTHESES ()
#define FLAGS_SCAN(...) FLAGS_SCAN_4(FLAGS_SCAN_4(FLAGS_SCAN_4(FLAGS_SCAN_4(__VA_ARGS__))))
#define FLAGS_SCAN_4(...) FLAGS_SCAN_1(FLAGS_SCAN_1(FLAGS_SCAN_1(FLAGS_SCAN_1(__VA_ARGS__))))
#define FLAGS_SCAN_1(...) __VA_ARGS__
