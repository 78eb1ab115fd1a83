/* SPDX-License-Identifier: MIT */
/* The value of the option `log`. An input is its text. What is read must be what is written, and read again the same. */
#include <tenorite/lib/log_filter.h>

#include "fuzz.h"

static void check_error(const char *text, struct log_filter_result result, const struct log_filter *filter)
{
    static const struct log_filter untouched;
    FUZZ_REQUIRE(memcmp(filter, &untouched, sizeof untouched) == 0);
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
    struct log_filter filter = {};
    char *text = malloc(size + 1);
    FUZZ_REQUIRE(text != NULL);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    text[size] = '\0';
    struct log_filter_result result = log_filter_parse(text, &filter);
    if (result.error != LOG_FILTER_OK)
        check_error(text, result, &filter);
    else
        check_filter(&filter);
    free(text);
    return 0;
}
