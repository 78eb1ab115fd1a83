/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

/* The barrier keeps compilers from recognising the loop and calling strlen() for it. */
size_t strlen(const char *string)
{
    const char *end = string;
    while (*end != '\0') {
        end++;
        __asm__("" : "+r"(end));
    }
    return (size_t)(end - string);
}

/* Bytes compare as unsigned char (ISO/IEC 9899:2018, 7.24.4 "Comparison functions"). */
static int compare(char left, char right)
{
    return (int)(unsigned char)left - (int)(unsigned char)right;
}

int strcmp(const char *left, const char *right)
{
    while (*left == *right && *left != '\0') {
        left++;
        right++;
    }
    return compare(*left, *right);
}

int strncmp(const char *left, const char *right, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (left[i] != right[i] || left[i] == '\0')
            return compare(left[i], right[i]);
    }
    return 0;
}

bool text_copy(char *to, size_t capacity, const char *from, size_t length)
{
    ASSERT(capacity > 0, "no room for the closing NUL; capacity %zu", capacity);
    for (size_t i = 0; i < capacity; i++) {
        if (i == length || from[i] == '\0') {
            to[i] = '\0';
            return false;
        }
        to[i] = from[i];
    }
    to[capacity - 1] = '\0';
    return true;
}

bool text_to_u64(const char *text, uint64_t limit, uint64_t *value)
{
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (digit > limit || number > (limit - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}
