/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/text.h>

#include "lib/word_list.h"

struct word word_list_first(const char *list)
{
    struct word word = {list, 0};
    while (list[word.length] != '\0' && list[word.length] != ',')
        word.length++;
    return word;
}

struct word word_list_next(struct word word)
{
    const char *end = word.start + word.length;
    return *end == ',' ? word_list_first(end + 1) : (struct word){NULL, 0};
}

bool word_is(struct word word, const char *name)
{
    return strlen(name) == word.length && strncmp(name, word.start, word.length) == 0;
}
