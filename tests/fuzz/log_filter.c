/* SPDX-License-Identifier: MIT */
/* The value of the option `log`. An input is its text. What is read must be what is written, and read again the same. */
#include <tenorite/lib/log_filter.h>

#include "fuzz.h"

enum { UNTOUCHED = 0xa5 };

static void check_error(const char *text, struct log_filter_result result, const struct log_filter *filter)
{
    for (size_t i = 0; i < sizeof *filter; i++)
        FUZZ_REQUIRE(((const uint8_t *)filter)[i] == UNTOUCHED);
    FUZZ_REQUIRE(result.word >= text && result.word + result.word_length <= text + strlen(text));
    FUZZ_REQUIRE(log_filter_error_text(result.error) != NULL);
}

static void check_same(const struct log_filter *filter, const struct log_filter *again)
{
    FUZZ_REQUIRE(again->default_level == filter->default_level && again->count == filter->count);
    for (unsigned i = 0; i < filter->count; i++) {
        const char *name = filter->modules[i].name;
        FUZZ_REQUIRE(strcmp(again->modules[i].name, name) == 0);
        FUZZ_REQUIRE(again->modules[i].level == filter->modules[i].level);
        FUZZ_REQUIRE(log_filter_level(filter, name) == filter->modules[i].level);
    }
}

/* Each module has the level of the last word that names it; `text` is cut into words. */
static void check_words(char *text, const struct log_filter *filter)
{
    enum log_level level, last = LOG_INFO;
    char *words[LOG_FILTER_MODULES + 1];
    enum log_level levels[LOG_FILTER_MODULES + 1];
    size_t count = 0;
    for (char *word = strtok(text, ","); word != NULL; word = strtok(NULL, ",")) {
        char *colon = strchr(word, ':');
        FUZZ_REQUIRE(log_level_parse(colon == NULL ? word : colon + 1, &level));
        if (colon == NULL) {
            last = level;
            continue;
        }
        *colon = '\0';
        size_t i = 0;
        while (i < count && strcmp(words[i], word) != 0)
            i++;
        count += i == count;
        FUZZ_REQUIRE(count <= LOG_FILTER_MODULES);
        words[i] = word;
        levels[i] = level;
    }
    FUZZ_REQUIRE(filter->default_level == last && filter->count == count);
    for (size_t i = 0; i < count; i++)
        FUZZ_REQUIRE(log_filter_level(filter, words[i]) == levels[i]);
}

static void check_filter(const struct log_filter *filter)
{
    char written[LOG_FILTER_TEXT_BYTES];
    struct log_filter again = {};
    FUZZ_REQUIRE(filter->default_level <= LOG_DEBUG && filter->count <= LOG_FILTER_MODULES);
    for (unsigned i = 0; i < filter->count; i++) {
        FUZZ_REQUIRE(memchr(filter->modules[i].name, 0, LOG_MODULE_BYTES) > (void *)filter->modules[i].name);
        FUZZ_REQUIRE(filter->modules[i].level <= LOG_DEBUG);
    }
    FUZZ_REQUIRE(log_filter_format(filter, written, sizeof written) < sizeof written);
    FUZZ_REQUIRE(log_filter_parse(written, &again).error == LOG_FILTER_OK);
    check_same(filter, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct log_filter filter;
    memset(&filter, UNTOUCHED, sizeof filter);
    char *text = malloc(size + 1);
    FUZZ_REQUIRE(text != NULL);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    text[size] = '\0';
    struct log_filter_result result = log_filter_parse(text, &filter);
    if (result.error != LOG_FILTER_OK) {
        check_error(text, result, &filter);
    } else {
        check_filter(&filter);
        check_words(text, &filter);
    }
    free(text);
    return 0;
}
