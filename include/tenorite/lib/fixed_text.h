/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * A text of up to a fixed number of bytes, which it holds itself. It is always well-formed UTF-8, closed by a NUL, and
 * no function leaves part of a character behind. An object of zeros is an empty text.
 *
 *     DEFINE_FIXED_TEXT(label_text, 8);
 *     label_text label = {0};
 *     if (label_text_push(&label, name))
 *         ...
 *     show(label.bytes);
 *
 * defines the type label_text, with the members `length`, in bytes without the NUL, and `bytes`, and
 *
 *     enum fixed_text_error label_text_push(text, more)      all of the text `more`, or nothing
 *     enum fixed_text_error label_text_push_character(text, code_point)
 *     size_t label_text_push_fitting(text, more)             as many whole characters from the start of `more` as fit;
 *                                                            returns how many bytes they are. Stops at bytes that are
 *                                                            no character
 *     uint32_t label_text_pop(text)                          removes and returns the last character; 0 if there is none
 *     void label_text_truncate(text, length)                 keeps the first `length` bytes; panics where that is
 *                                                            beyond the end or inside a character
 *
 * An error changes nothing. The cost is linear in what is added. Any context, but one at a time: a text has no lock.
 * Source: Unicode 15.0, 3.9 "Unicode Encoding Forms", table 3-7 "Well-Formed UTF-8 Byte Sequences".
 */
#define DEFINE_FIXED_TEXT(type, capacity)                                                                            \
    typedef struct {                                                                                                 \
        size_t length;                                                                                               \
        char bytes[(capacity) + 1];                                                                                  \
    } type;                                                                                                          \
    FIXED_TEXT_FUNCTION enum fixed_text_error type##_push(type *text, const char *more)                              \
    {                                                                                                                \
        return fixed_text_push(&text->length, text->bytes, (capacity), more);                                        \
    }                                                                                                                \
    FIXED_TEXT_FUNCTION enum fixed_text_error type##_push_character(type *text, uint32_t code_point)                 \
    {                                                                                                                \
        return fixed_text_push_character(&text->length, text->bytes, (capacity), code_point);                        \
    }                                                                                                                \
    FIXED_TEXT_FUNCTION size_t type##_push_fitting(type *text, const char *more)                                     \
    {                                                                                                                \
        return fixed_text_push_fitting(&text->length, text->bytes, (capacity), more);                                \
    }                                                                                                                \
    FIXED_TEXT_FUNCTION uint32_t type##_pop(type *text)                                                              \
    {                                                                                                                \
        return fixed_text_pop(&text->length, text->bytes);                                                           \
    }                                                                                                                \
    FIXED_TEXT_FUNCTION void type##_truncate(type *text, size_t length)                                              \
    {                                                                                                                \
        fixed_text_truncate(&text->length, text->bytes, length);                                                     \
    }                                                                                                                \
    static_assert((capacity) >= 0, "a capacity")

enum NODISCARD fixed_text_error {
    FIXED_TEXT_OK,
    FIXED_TEXT_FULL,        /* it does not fit */
    FIXED_TEXT_NO_CHARACTER /* the bytes are not well-formed UTF-8; the number is 0, a surrogate or above 0x10ffff */
};

/* The rest of this header serves the macro. */
#define FIXED_TEXT_FUNCTION __attribute__((unused)) ALWAYS_INLINE

enum fixed_text_error fixed_text_push(size_t *length, char *bytes, size_t capacity, const char *more);
enum fixed_text_error fixed_text_push_character(size_t *length, char *bytes, size_t capacity, uint32_t code_point);
size_t fixed_text_push_fitting(size_t *length, char *bytes, size_t capacity, const char *more);
uint32_t fixed_text_pop(size_t *length, char *bytes);
void fixed_text_truncate(size_t *length, char *bytes, size_t kept);
