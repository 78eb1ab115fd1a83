/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/fixed_text.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

enum { LAST_CODE_POINT = 0x10ffff, FIRST_SURROGATE = 0xd800, LAST_SURROGATE = 0xdfff, LONGEST_CHARACTER = 4 };

/* The first code point that needs this many bytes. */
static const uint32_t first_of_length[LONGEST_CHARACTER + 1] = {0, 1, 0x80, 0x800, 0x10000};

static bool is_character(uint32_t code_point)
{
    return code_point >= 1 && code_point <= LAST_CODE_POINT &&
           (code_point < FIRST_SURROGATE || code_point > LAST_SURROGATE);
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t length_by_first_byte(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xf0)
        return first < 0xf8 ? 4 : 0;
    if (first >= 0xe0)
        return 3;
    return first >= 0xc0 ? 2 : 0;
}

/* The character that `text` starts with, and its length in bytes; 0, with the length 0, at the NUL or at bytes that are
 * no character. Reads nothing behind the NUL: each byte is looked at only if the one before belongs to the character. */
static uint32_t read_character(const char *text, size_t *length)
{
    unsigned char first = (unsigned char)text[0];
    size_t count = length_by_first_byte(first);
    uint32_t code_point = count > 1 ? first & (0x7fu >> count) : first;
    *length = 0;
    if (count == 0)
        return 0;
    for (size_t i = 1; i < count; i++) {
        if (!is_continuation(text[i]))
            return 0;
        code_point = code_point << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (!is_character(code_point) || code_point < first_of_length[count])
        return 0;
    *length = count;
    return code_point;
}

/* How many bytes of `text` are whole characters that fit into `room` bytes. */
static size_t fitting_length(const char *text, size_t room)
{
    size_t fitting = 0;
    for (;;) {
        size_t length;
        if (read_character(text + fitting, &length) == 0 || length > room - fitting)
            return fitting;
        fitting += length;
    }
}

static void append(size_t *length, char *bytes, const char *more, size_t count)
{
    memmove(bytes + *length, more, count);
    *length += count;
    bytes[*length] = '\0';
}

size_t fixed_text_push_fitting(size_t *length, char *bytes, size_t capacity, const char *more)
{
    size_t fitting = fitting_length(more, capacity - *length);
    append(length, bytes, more, fitting);
    return fitting;
}

enum fixed_text_error fixed_text_push(size_t *length, char *bytes, size_t capacity, const char *more)
{
    size_t whole = fitting_length(more, SIZE_MAX);
    if (more[whole] != '\0')
        return FIXED_TEXT_NO_CHARACTER;
    if (whole > capacity - *length)
        return FIXED_TEXT_FULL;
    append(length, bytes, more, whole);
    return FIXED_TEXT_OK;
}

enum fixed_text_error fixed_text_push_character(size_t *length, char *bytes, size_t capacity, uint32_t code_point)
{
    static const unsigned char first_byte_mark[LONGEST_CHARACTER + 1] = {0, 0, 0xc0, 0xe0, 0xf0};
    char encoded[LONGEST_CHARACTER];
    if (!is_character(code_point))
        return FIXED_TEXT_NO_CHARACTER;
    size_t count = LONGEST_CHARACTER;
    while (code_point < first_of_length[count])
        count--;
    if (count > capacity - *length)
        return FIXED_TEXT_FULL;
    for (size_t i = count - 1; i > 0; i--) {
        encoded[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    encoded[0] = (char)(first_byte_mark[count] | code_point);
    append(length, bytes, encoded, count);
    return FIXED_TEXT_OK;
}

uint32_t fixed_text_pop(size_t *length, char *bytes)
{
    size_t start = *length, count;
    if (start == 0)
        return 0;
    do
        start--;
    while (is_continuation(bytes[start]));
    uint32_t code_point = read_character(bytes + start, &count);
    *length = start;
    bytes[start] = '\0';
    return code_point;
}

void fixed_text_truncate(size_t *length, char *bytes, size_t kept)
{
    ASSERT(kept <= *length && !is_continuation(bytes[kept]), "%zu of %zu bytes", kept, *length);
    *length = kept;
    bytes[kept] = '\0';
}
