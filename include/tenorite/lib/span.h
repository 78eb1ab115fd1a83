/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>
#include <tenorite/lib/panic.h>

/*
 * Contract K11: memory whose length is known only at run time is carried as a span, an address and a count, and
 * accessed with a check. (Arrays whose length the compiler knows are checked by -fsanitize=bounds.)
 *
 *     DEFINE_SPAN(entry_span, struct entry);
 *     SPAN_AT(entries, i)->address      // panics where i >= entries.count
 *
 * A span owns nothing: it must not outlive what it shows. It is two words, passed and returned in registers. Any context.
 */
#define DEFINE_SPAN(name, type)                                                                                      \
    typedef struct {                                                                                                 \
        type *items;                                                                                                 \
        size_t count;                                                                                                \
    } name

DEFINE_SPAN(byte_span, uint8_t);
DEFINE_SPAN(const_byte_span, const uint8_t);

/* The whole array as an initialiser of its span: byte_span span = SPAN_OF_ARRAY(buffer); A pointer is refused. */
#define SPAN_OF_ARRAY(array)                                                                                         \
    {                                                                                                                \
        (array), SPAN_ARRAY_COUNT(array)                                                                             \
    }

/* The address of item `index`, 0 .. count - 1; panics otherwise. `span` is evaluated twice. */
#define SPAN_AT(span, index) (&(span).items[span_check_index((span).count, (index), __FILE__, __LINE__)])

/* The part of `length` items from `start` on; panics where it reaches beyond the span. Empty parts are fine, also at
 * the end. `span` and `length` are evaluated twice. */
#define SPAN_PART(span, start, length)                                                                               \
    ((typeof(span)){(span).items + span_check_part((span).count, (start), (length), __FILE__, __LINE__), (length)})

/* The rest of this header serves the macros. */
#define SPAN_ARRAY_COUNT(array)                                                                                      \
    (COUNT_OF(array) + 0 * sizeof(struct {                                                                           \
                           static_assert(!__builtin_types_compatible_p(typeof(array), typeof(&(array)[0])),          \
                                         "this is no array");                                                        \
                           char checked;                                                                             \
                       }))

ALWAYS_INLINE size_t span_check_index(size_t count, size_t index, const char *file, int line)
{
    if (UNLIKELY(index >= count))
        panic("%s:%d: index %zu in a span of %zu", file, line, index, count);
    return index;
}

ALWAYS_INLINE size_t span_check_part(size_t count, size_t start, size_t length, const char *file, int line)
{
    if (UNLIKELY(start > count || length > count - start))
        panic("%s:%d: %zu items from %zu on in a span of %zu", file, line, length, start, count);
    return start;
}
