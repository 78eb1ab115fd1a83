/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Contract K10: flag sets do not mix. A set is written down once, as a list of names with the bit, or the lowest and
 * the highest bit, that each stands for:
 *
 *     #define DOOR_FLAG_LIST(FLAG) FLAG(DOOR, LOCKED, 0) FLAG(DOOR, ALARMED, 5) FLAG(DOOR, COLOUR, 8, 11)
 *     DEFINE_FLAG_SET(door_flags, DOOR_FLAG_LIST);
 *     #define DOOR_FLAGS(...) ((door_flags){FLAGS_JOIN(DOOR_FLAG_, __VA_ARGS__)})
 *
 * which gives the type door_flags (a struct: another set's flags or an integer do not fit where it is expected), the
 * constants DOOR_FLAG_LOCKED .., the set DOOR_FLAGS(LOCKED, ALARMED) of up to 16 names, and the functions below.
 *
 * A set may hold bits without a name, as hardware has them: what is kept and what is dropped is in the names of the
 * functions. A flag of several bits of which some are set is not contained in a set, but the two intersect.
 *
 *     struct door_flags_result door_flags_from_bits(bits)    invalid, and empty, where a bit has no name
 *     door_flags door_flags_from_bits_truncate(bits)         the bits that have names
 *     bool door_flags_contains(set, part)                    every bit of `part` is in `set`; true for an empty `part`
 *     bool door_flags_intersects(set, part)                  some bit is in both; false for an empty `part`
 *     bool door_flags_is_empty(set), door_flags_is_all(set)  is_all: every flag, whatever else
 *     bool door_flags_are_equal(left, right)
 *     door_flags door_flags_union(left, right), door_flags_intersection(left, right), door_flags_toggle(set, part)
 *     door_flags door_flags_difference(set, without)         keeps bits without a name
 *     door_flags door_flags_complement(set)                  the bits with names that are not in `set`
 *     size_t door_flags_format(set, buffer, capacity)        "LOCKED | 0x40"; see flags_format
 *     size_t door_flags_format_truncate(set, ..)             the same without the bits that have no name
 *     size_t door_flags_format_strict(set, ..)               only the names
 *     struct door_flags_parsed door_flags_parse(text)        reads what _format writes; see flags_parse
 *     struct door_flags_parsed door_flags_parse_truncate(text)   drops bits without a name
 *     struct door_flags_parsed door_flags_parse_strict(text)     refuses numbers
 *
 *     FOR_EACH_FLAG(door_flags, part, set)     the flags that `set` contains in the order of the list, then, once, the
 *         show(part.name, part.flags);         bits that are left, with NULL for a name
 *
 * Costs: formatting, parsing and iterating look at each name once for each flag; the rest is free beyond the
 * arithmetic. Any context.
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
    struct NODISCARD type##_parsed {                                                                                 \
        enum flags_parse_error error;                                                                                \
        type flags; /* empty after an error */                                                                       \
    };                                                                                                               \
    struct type##_walk {                                                                                             \
        const char *name;                                                                                            \
        type flags;                                                                                                  \
        struct flags_walk state;                                                                                     \
    };                                                                                                               \
    FLAGS_FUNCTION struct flag_names type##_names(void)                                                              \
    {                                                                                                                \
        static const struct flag_name names[] = {LIST(FLAGS_NAME)};                                                  \
        return (struct flag_names){names, COUNT_OF(names)};                                                          \
    }                                                                                                                \
    FLAGS_FUNCTION struct type##_result type##_from_bits(uint64_t bits)                                              \
    {                                                                                                                \
        bool is_valid = (bits & ~(uint64_t)type##_all) == 0;                                                         \
        return (struct type##_result){is_valid, {is_valid ? bits : 0}};                                              \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_from_bits_truncate(uint64_t bits)                                                     \
    {                                                                                                                \
        return (type){bits & (uint64_t)type##_all};                                                                  \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_contains(type set, type part)                                                         \
    {                                                                                                                \
        return (set.bits & part.bits) == part.bits;                                                                  \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_intersects(type set, type part)                                                       \
    {                                                                                                                \
        return (set.bits & part.bits) != 0;                                                                          \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_is_empty(type set)                                                                    \
    {                                                                                                                \
        return set.bits == 0;                                                                                        \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_is_all(type set)                                                                      \
    {                                                                                                                \
        return (set.bits & (uint64_t)type##_all) == (uint64_t)type##_all;                                            \
    }                                                                                                                \
    FLAGS_FUNCTION bool type##_are_equal(type left, type right)                                                      \
    {                                                                                                                \
        return left.bits == right.bits;                                                                              \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_union(type left, type right)                                                          \
    {                                                                                                                \
        return (type){left.bits | right.bits};                                                                       \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_intersection(type left, type right)                                                   \
    {                                                                                                                \
        return (type){left.bits & right.bits};                                                                       \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_toggle(type set, type part)                                                           \
    {                                                                                                                \
        return (type){set.bits ^ part.bits};                                                                         \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_difference(type set, type without)                                                    \
    {                                                                                                                \
        return (type){set.bits & ~without.bits};                                                                     \
    }                                                                                                                \
    FLAGS_FUNCTION type type##_complement(type set)                                                                  \
    {                                                                                                                \
        return type##_from_bits_truncate(~set.bits);                                                                 \
    }                                                                                                                \
    FLAGS_FUNCTION size_t type##_format(type set, char *buffer, size_t capacity)                                     \
    {                                                                                                                \
        return flags_format(type##_names(), set.bits, buffer, capacity);                                             \
    }                                                                                                                \
    FLAGS_FUNCTION size_t type##_format_truncate(type set, char *buffer, size_t capacity)                            \
    {                                                                                                                \
        return type##_format(type##_from_bits_truncate(set.bits), buffer, capacity);                                 \
    }                                                                                                                \
    FLAGS_FUNCTION size_t type##_format_strict(type set, char *buffer, size_t capacity)                              \
    {                                                                                                                \
        return flags_format(type##_names(), flags_named(type##_names(), set.bits), buffer, capacity);                \
    }                                                                                                                \
    FLAGS_FUNCTION struct type##_parsed type##_parse(const char *text)                                               \
    {                                                                                                                \
        struct flags_parsed parsed = flags_parse(type##_names(), text, FLAGS_NUMBERS_TAKEN);                         \
        return (struct type##_parsed){parsed.error, {parsed.bits}};                                                  \
    }                                                                                                                \
    FLAGS_FUNCTION struct type##_parsed type##_parse_truncate(const char *text)                                      \
    {                                                                                                                \
        struct flags_parsed parsed = flags_parse(type##_names(), text, FLAGS_NUMBERS_TAKEN);                         \
        return (struct type##_parsed){parsed.error, type##_from_bits_truncate(parsed.bits)};                         \
    }                                                                                                                \
    FLAGS_FUNCTION struct type##_parsed type##_parse_strict(const char *text)                                        \
    {                                                                                                                \
        struct flags_parsed parsed = flags_parse(type##_names(), text, FLAGS_NUMBERS_REFUSED);                       \
        return (struct type##_parsed){parsed.error, {parsed.bits}};                                                  \
    }                                                                                                                \
    FLAGS_FUNCTION void type##_walk_on(struct type##_walk *walk)                                                     \
    {                                                                                                                \
        struct flag_name next = flags_walk_on(type##_names(), &walk->state);                                         \
        walk->name = next.name;                                                                                      \
        walk->flags = (type){next.bits};                                                                             \
    }                                                                                                                \
    FLAGS_FUNCTION struct type##_walk type##_walk_begin(type set)                                                    \
    {                                                                                                                \
        struct type##_walk walk = {.state = {.all = set.bits, .left = set.bits}};                                    \
        type##_walk_on(&walk);                                                                                       \
        return walk;                                                                                                 \
    }                                                                                                                \
    static_assert(sizeof(type) == sizeof(uint64_t), "a flag set costs what its bits cost")

/* FLAGS_JOIN(PREFIX_, A, B) is the value PREFIX_A | PREFIX_B; without names it is 0. */
#define FLAGS_JOIN(prefix, ...) (0ull __VA_OPT__(FLAGS_SCAN(FLAGS_OR(prefix, __VA_ARGS__))))

/* Runs the statement that follows with `part`, a struct of `name` and `flags`, for each part of `set`, evaluated once. */
#define FOR_EACH_FLAG(type, part, set)                                                                               \
    for (struct type##_walk part = type##_walk_begin(set); part.flags.bits != 0; type##_walk_on(&part))

struct flag_name {
    const char *name;
    uint64_t bits;
};

struct flag_names {
    const struct flag_name *items;
    size_t count;
};

enum NODISCARD flags_parse_error {
    FLAGS_PARSE_OK,
    FLAGS_PARSE_NAME_MISSING, /* nothing before, between or behind separators */
    FLAGS_PARSE_NAME_UNKNOWN, /* or a number, where numbers are refused */
    FLAGS_PARSE_BAD_NUMBER    /* behind 0x: other than 1 to 16 hexadecimal digits */
};

enum flags_numbers { FLAGS_NUMBERS_TAKEN, FLAGS_NUMBERS_REFUSED };

struct NODISCARD flags_parsed {
    enum flags_parse_error error;
    uint64_t bits; /* 0 after an error */
};

/* How far an iteration came. */
struct flags_walk {
    uint64_t all, left;
    size_t position;
};

/*
 * Writes the names of the flags in `bits`, in the order of the list and separated by " | ", into `buffer`; what has
 * no name follows as one hexadecimal number; nothing for an empty set. Writes at most `capacity` bytes including the
 * closing NUL; returns the length the whole text has. Any context.
 */
size_t flags_format(struct flag_names names, uint64_t bits, char *buffer, size_t capacity);

/*
 * Reads names separated by `|`, each of which may be a hexadecimal number instead: "PRESENT | 0x1000". Spaces around
 * them do not matter; a text without anything is the empty set. Letter case matters in names. Any context.
 */
struct flags_parsed flags_parse(struct flag_names names, const char *text, enum flags_numbers numbers);

/* The bits of the flags that are set whole. */
uint64_t flags_named(struct flag_names names, uint64_t bits);

/* The next flag; then what is left, without a name; then no bits. A flag of which every bit belongs to flags before it
 * is passed over. */
struct flag_name flags_walk_on(struct flag_names names, struct flags_walk *walk);

/* The rest of this header serves the macros. */
#define FLAGS_FUNCTION __attribute__((unused)) ALWAYS_INLINE
#define FLAGS_CONSTANT(set, name, ...) set##_FLAG_##name = FLAGS_BITS(__VA_ARGS__),
#define FLAGS_OR_MASK(set, name, ...) | FLAGS_BITS(__VA_ARGS__)
#define FLAGS_NAME(set, name, ...) {#name, FLAGS_BITS(__VA_ARGS__)},

/* From the lowest to the highest bit, which are one where only one is given. */
#define FLAGS_BITS(lowest, ...) FLAGS_FIELD(lowest, __VA_ARGS__ __VA_OPT__(, ) lowest, )
#define FLAGS_FIELD(lowest, highest, ...) ((2ull << (highest)) - (1ull << (lowest)))

/* One step joins one name and leaves an unexpanded call for the others; each scan expands the next. */
#define FLAGS_OR(prefix, name, ...) | prefix##name __VA_OPT__(FLAGS_OR_AGAIN FLAGS_PARENTHESES(prefix, __VA_ARGS__))
#define FLAGS_OR_AGAIN() FLAGS_OR
#define FLAGS_PARENTHESES ()
#define FLAGS_SCAN(...) FLAGS_SCAN_4(FLAGS_SCAN_4(FLAGS_SCAN_4(FLAGS_SCAN_4(__VA_ARGS__))))
#define FLAGS_SCAN_4(...) FLAGS_SCAN_1(FLAGS_SCAN_1(FLAGS_SCAN_1(FLAGS_SCAN_1(__VA_ARGS__))))
#define FLAGS_SCAN_1(...) __VA_ARGS__
