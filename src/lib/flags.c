/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/flags.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/text.h>

struct flag_name flags_walk_on(struct flag_names names, struct flags_walk *walk)
{
    while (walk->position < names.count) {
        struct flag_name flag = names.items[walk->position++];
        if ((walk->all & flag.bits) == flag.bits && (walk->left & flag.bits) != 0) {
            walk->left &= ~flag.bits;
            return flag;
        }
    }
    struct flag_name rest = {NULL, walk->left};
    walk->left = 0;
    return rest;
}

size_t flags_format(struct flag_names names, uint64_t bits, char *buffer, size_t capacity)
{
    size_t length = 0;
    if (capacity > 0)
        buffer[0] = '\0';
    struct flags_walk walk = {.all = bits, .left = bits};
    for (;;) {
        struct flag_name part = flags_walk_on(names, &walk);
        if (part.bits == 0)
            return length;
        const char *separator = length > 0 ? " | " : "";
        length = part.name
                     ? format_append(buffer, capacity, length, "%s%s", separator, part.name)
                     : format_append(buffer, capacity, length, "%s%#llx", separator, (unsigned long long)part.bits);
    }
}

uint64_t flags_named(struct flag_names names, uint64_t bits)
{
    uint64_t named = 0;
    for (size_t i = 0; i < names.count; i++) {
        if ((bits & names.items[i].bits) == names.items[i].bits)
            named |= names.items[i].bits;
    }
    return named;
}

static struct flags_parsed parse_name(struct flag_names names, const char *text, size_t length)
{
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i].name;
        if (strlen(name) == length && memcmp(name, text, length) == 0)
            return (struct flags_parsed){FLAGS_PARSE_OK, names.items[i].bits};
    }
    return (struct flags_parsed){FLAGS_PARSE_NAME_UNKNOWN, 0};
}

/* The value of a hexadecimal digit; 16 for what is none. */
static uint64_t digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (uint64_t)(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return (uint64_t)(digit - 'a') + 10;
    return digit >= 'A' && digit <= 'F' ? (uint64_t)(digit - 'A') + 10 : 16;
}

static struct flags_parsed parse_number(const char *digits, size_t length)
{
    uint64_t bits = 0;
    if (length < 1 || length > 16)
        return (struct flags_parsed){FLAGS_PARSE_BAD_NUMBER, 0};
    for (size_t i = 0; i < length; i++) {
        if (digit_value(digits[i]) == 16)
            return (struct flags_parsed){FLAGS_PARSE_BAD_NUMBER, 0};
        bits = bits << 4 | digit_value(digits[i]);
    }
    return (struct flags_parsed){FLAGS_PARSE_OK, bits};
}

static struct flags_parsed parse_part(struct flag_names names, const char *text, size_t length,
                                      enum flags_numbers numbers)
{
    if (length == 0)
        return (struct flags_parsed){FLAGS_PARSE_NAME_MISSING, 0};
    if (numbers == FLAGS_NUMBERS_TAKEN && text[0] == '0' && text[1] == 'x')
        return parse_number(text + 2, length - 2);
    return parse_name(names, text, length);
}

struct flags_parsed flags_parse(struct flag_names names, const char *text, enum flags_numbers numbers)
{
    uint64_t bits = 0;
    while (*text == ' ')
        text++;
    if (*text == '\0')
        return (struct flags_parsed){FLAGS_PARSE_OK, 0};
    for (;;) {
        while (*text == ' ')
            text++;
        size_t end = 0, length = 0;
        for (; text[end] != '\0' && text[end] != '|'; end++) {
            if (text[end] != ' ')
                length = end + 1;
        }
        struct flags_parsed part = parse_part(names, text, length, numbers);
        if (part.error)
            return part;
        bits |= part.bits;
        if (text[end] == '\0')
            return (struct flags_parsed){FLAGS_PARSE_OK, bits};
        text += end + 1;
    }
}
