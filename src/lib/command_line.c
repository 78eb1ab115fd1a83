/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/command_line.h>

/* Reads a line byte by byte, word by word, without the quotes. */
struct word_reader {
    const char *at;
    bool is_quoted;
};

static bool is_separator(char byte)
{
    return (unsigned char)byte <= ' ';
}

/* Moves to the first byte of the next word; false at the end of the line. */
static bool start_word(struct word_reader *reader)
{
    while (*reader->at != '\0' && is_separator(*reader->at))
        reader->at++;
    return *reader->at != '\0';
}

/* The next byte of the word, or NUL behind its last one, however often it is asked. */
static char next_byte(struct word_reader *reader)
{
    while (*reader->at == '"') {
        reader->is_quoted = !reader->is_quoted;
        reader->at++;
    }
    char byte = *reader->at;
    if (byte == '\0' || (is_separator(byte) && !reader->is_quoted))
        return '\0';
    reader->at++;
    return byte;
}

static void skip_rest_of_word(struct word_reader *reader)
{
    while (next_byte(reader) != '\0')
        ;
}

/* Reads as much of the word as agrees with `name`, and one byte more, which is returned in *following; false if the
 * word is not even as long as the name, or differs. */
static bool read_name(struct word_reader *reader, const char *name, char *following)
{
    for (; *name != '\0'; name++) {
        if (next_byte(reader) != *name)
            return false;
    }
    *following = next_byte(reader);
    return true;
}

static enum command_line_result copy_value(struct word_reader from, char *value, size_t capacity)
{
    struct word_reader measure = from;
    size_t length = 0;
    while (next_byte(&measure) != '\0')
        length++;
    if (length >= capacity)
        return COMMAND_LINE_TOO_LONG;
    for (size_t i = 0; i < length; i++)
        value[i] = next_byte(&from);
    value[length] = '\0';
    return COMMAND_LINE_FOUND;
}

enum command_line_result command_line_value(const char *line, const char *key, char *value, size_t capacity)
{
    struct word_reader reader = {.at = line};
    struct word_reader last_value = {.at = NULL};
    while (start_word(&reader)) {
        char following = '\0';
        if (read_name(&reader, key, &following) && following == '=')
            last_value = reader;
        skip_rest_of_word(&reader);
    }
    return last_value.at == NULL ? COMMAND_LINE_ABSENT : copy_value(last_value, value, capacity);
}

bool command_line_has_flag(const char *line, const char *flag)
{
    struct word_reader reader = {.at = line};
    while (start_word(&reader)) {
        char following = '\0';
        if (read_name(&reader, flag, &following) && following == '\0')
            return true;
        skip_rest_of_word(&reader);
    }
    return false;
}
