/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Words separated by commas, which may be empty: "a,,b" has three. A word is a part of the text. Any context. */
struct word {
    const char *start; /* NULL: behind the last one */
    size_t length;
};

struct word word_list_first(const char *list);
struct word word_list_next(struct word word);
bool word_is(struct word word, const char *name);
