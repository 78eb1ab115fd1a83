/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/flags.h>
#include <tenorite/lib/format.h>

size_t flags_format(const struct flag_name *names, size_t count, uint64_t bits, char *buffer, size_t capacity)
{
    size_t length = 0;
    if (capacity > 0)
        buffer[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if ((bits & names[i].bits) == 0)
            continue;
        length = format_append(buffer, capacity, length, "%s%s", length > 0 ? " | " : "", names[i].name);
        bits &= ~names[i].bits;
    }
    if (bits != 0) {
        char rest[24];
        format_string(rest, sizeof rest, "%#llx", (unsigned long long)bits);
        length = format_append(buffer, capacity, length, "%s%s", length > 0 ? " | " : "", rest);
    }
    return length;
}
