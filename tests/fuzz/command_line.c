/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line. An input: u8 capacity of the buffer for the value, the key, NUL, the line.
 *
 * The oracle is another way to read the same grammar: it writes the line's words out first, without their quotes.
 */
#include <tenorite/lib/command_line.h>

#include "fuzz.h"

enum { MAX_LINE = 1 << 16 };

struct words {
    char text[MAX_LINE];
    size_t starts[MAX_LINE], lengths[MAX_LINE];
    size_t count;
};

static void split(const char *line, size_t length, struct words *words)
{
    size_t at = 0;
    bool is_in_word = false, is_quoted = false;
    words->count = 0;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] <= ' ' && !is_quoted) {
            is_in_word = false;
            continue;
        }
        if (!is_in_word) {
            words->starts[words->count] = at;
            words->lengths[words->count++] = 0;
            is_in_word = true;
        }
        if (line[i] == '"') {
            is_quoted = !is_quoted;
            continue;
        }
        words->text[at++] = line[i];
        words->lengths[words->count - 1]++;
    }
}

/* The number of the last word that is the name and, in front of `length` more bytes, `=`; words->count if none is. */
static size_t find_value(const struct words *words, const char *name)
{
    size_t name_length = strlen(name);
    for (size_t i = words->count; i-- > 0;) {
        const char *word = words->text + words->starts[i];
        if (words->lengths[i] > name_length && memcmp(word, name, name_length) == 0 && word[name_length] == '=')
            return i;
    }
    return words->count;
}

static bool has_word(const struct words *words, const char *name)
{
    bool is_there = false;
    for (size_t i = 0; i < words->count; i++)
        is_there |=
            words->lengths[i] == strlen(name) && memcmp(words->text + words->starts[i], name, words->lengths[i]) == 0;
    return is_there;
}

static bool is_filled_with(const uint8_t *bytes, size_t length, uint8_t value)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != value)
            return false;
    }
    return true;
}

static void check_value(const struct words *words, const char *line, const char *key, size_t capacity)
{
    uint8_t *value = malloc(capacity);
    size_t word = find_value(words, key);
    if (capacity > 0)
        memset(value, 0xa5, capacity);
    enum command_line_result result = command_line_value(line, key, (char *)value, capacity);
    if (word == words->count) {
        FUZZ_REQUIRE(result == COMMAND_LINE_ABSENT && is_filled_with(value, capacity, 0xa5));
        free(value);
        return;
    }
    const char *expected = words->text + words->starts[word] + strlen(key) + 1;
    size_t length = words->lengths[word] - strlen(key) - 1;
    if (length >= capacity)
        FUZZ_REQUIRE(result == COMMAND_LINE_TOO_LONG && is_filled_with(value, capacity, 0xa5));
    else
        FUZZ_REQUIRE(result == COMMAND_LINE_FOUND && memcmp(value, expected, length) == 0 && value[length] == 0);
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct words words;
    const uint8_t *key_end = size > 1 ? memchr(data + 1, 0, size - 1) : NULL;
    if (key_end == NULL || size > MAX_LINE)
        return 0;
    size_t key_bytes = (size_t)(key_end - data);
    size_t line_length = strnlen((const char *)key_end + 1, size - key_bytes - 1);
    char *key = (char *)fuzz_copy(data + 1, key_bytes);
    char *line = (char *)malloc(line_length + 1);
    memcpy(line, key_end + 1, line_length);
    line[line_length] = '\0';
    split(line, line_length, &words);
    check_value(&words, line, key, data[0]);
    FUZZ_REQUIRE(command_line_has_flag(line, key) == has_word(&words, key));
    free(line);
    free(key);
    return 0;
}
