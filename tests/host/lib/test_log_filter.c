/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tenorite/lib/log_filter.h>

#define FIFTEEN_BYTES "fifteen-bytes-x"
#define EIGHT_MODULES "a:error,b:error,c:error,d:error,e:error,f:error,g:error,h:error"

static void parses(const char *text, const char *normal_form)
{
    struct log_filter filter;
    char buffer[LOG_FILTER_TEXT_BYTES];
    struct log_filter_result result = log_filter_parse(text, &filter);
    assert_int_equal(result.error, LOG_FILTER_OK);
    assert_null(result.word);
    assert_int_equal(log_filter_format(&filter, buffer, sizeof buffer), strlen(normal_form));
    assert_string_equal(buffer, normal_form);
}

static void levels_and_modules_are_read_and_the_later_word_counts(void **state)
{
    (void)state;
    parses("error", "error");
    parses("debug", "debug");
    parses("mm:debug", "info,mm:debug");
    parses("warning,mm:debug,serial:error", "warning,mm:debug,serial:error");
    parses("mm:debug,warning", "warning,mm:debug");
    parses("error,debug,warning", "warning");
    parses("mm:debug,vga:info,mm:error", "info,mm:error,vga:info");
    parses("of-no-module:debug", "info,of-no-module:debug");
}

static void rejects(const char *text, enum log_filter_error error, const char *word)
{
    struct log_filter filter, before;
    memset(&filter, 0x5a, sizeof filter);
    before = filter;
    struct log_filter_result result = log_filter_parse(text, &filter);
    assert_int_equal(result.error, error);
    assert_true(result.word >= text && result.word + result.word_length <= text + strlen(text));
    assert_int_equal(result.word_length, strlen(word));
    assert_memory_equal(result.word, word, strlen(word));
    assert_memory_equal(&filter, &before, sizeof filter);
}

static void a_wrong_word_is_named_and_changes_nothing(void **state)
{
    (void)state;
    rejects("", LOG_FILTER_NO_SUCH_LEVEL, "");
    rejects("loud", LOG_FILTER_NO_SUCH_LEVEL, "loud");
    rejects("Error", LOG_FILTER_NO_SUCH_LEVEL, "Error");
    rejects("errors", LOG_FILTER_NO_SUCH_LEVEL, "errors");
    rejects("err", LOG_FILTER_NO_SUCH_LEVEL, "err");
    rejects("error-error-error-error", LOG_FILTER_NO_SUCH_LEVEL, "error-error-error-error");
    rejects("debug,", LOG_FILTER_NO_SUCH_LEVEL, "");
    rejects(",debug", LOG_FILTER_NO_SUCH_LEVEL, "");
    rejects("debug,mm:,error", LOG_FILTER_NO_SUCH_LEVEL, "mm:");
    rejects("debug,mm:loud,error", LOG_FILTER_NO_SUCH_LEVEL, "mm:loud");
    rejects("mm:debug:error", LOG_FILTER_NO_SUCH_LEVEL, "mm:debug:error");
    rejects("debug, error", LOG_FILTER_NO_SUCH_LEVEL, " error");
    rejects(":", LOG_FILTER_NO_SUCH_LEVEL, ":");
    rejects("error,:debug", LOG_FILTER_EMPTY_MODULE, ":debug");
    rejects("mm:debug," FIFTEEN_BYTES ":info", LOG_FILTER_LONG_MODULE, FIFTEEN_BYTES ":info");
    rejects(EIGHT_MODULES ",i:error", LOG_FILTER_MANY_MODULES, "i:error");
    rejects(EIGHT_MODULES ",a:loud", LOG_FILTER_NO_SUCH_LEVEL, "a:loud");
}

static void eight_modules_of_fourteen_bytes_fit_and_can_be_shown(void **state)
{
    char text[LOG_FILTER_TEXT_BYTES] = "warning";
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        sprintf(text + strlen(text), ",fourteen-byte%u:warning", i);
    assert_int_equal(strlen(text), LOG_FILTER_TEXT_BYTES - 1);
    parses(text, text);
}

static enum log_level level_of(const char *text, const char *module)
{
    struct log_filter filter;
    assert_int_equal(log_filter_parse(text, &filter).error, LOG_FILTER_OK);
    return log_filter_level(&filter, module);
}

static void a_module_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_int_equal(level_of("error,mm:debug,m:warning", "mm"), LOG_DEBUG);
    assert_int_equal(level_of("error,mm:debug,m:warning", "m"), LOG_WARNING);
    assert_int_equal(level_of("error,mm:debug", "mmu"), LOG_ERROR);
    assert_int_equal(level_of("error,mm:debug", "MM"), LOG_ERROR);
    assert_int_equal(level_of("error,mm:debug", ""), LOG_ERROR);
    assert_int_equal(level_of("error,mm:debug", NULL), LOG_ERROR);
    assert_int_equal(level_of("mm:debug", "vga"), LOG_INFO);
    assert_int_equal(level_of("error,fourteen-bytes:debug", "fourteen-bytes"), LOG_DEBUG);
    assert_int_equal(level_of("error,fourteen-bytes:debug", "fourteen-bytes-and-more"), LOG_ERROR);
}

static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = LOG_FILTER_OK; i <= LOG_FILTER_MANY_MODULES; i++)
        for (int j = LOG_FILTER_OK; j < i; j++)
            assert_string_not_equal(log_filter_error_text((enum log_filter_error)i),
                                    log_filter_error_text((enum log_filter_error)j));
}

static void a_filter_that_does_not_fit_is_cut_and_its_length_told(void **state)
{
    struct log_filter filter;
    char buffer[16];
    (void)state;
    assert_int_equal(log_filter_parse("error,mm:debug", &filter).error, LOG_FILTER_OK);
    assert_int_equal(log_filter_format(&filter, NULL, 0), 14);
    for (size_t capacity = 1; capacity <= sizeof buffer; capacity++) {
        memset(buffer, 'x', sizeof buffer);
        assert_int_equal(log_filter_format(&filter, buffer, capacity), 14);
        assert_int_equal(strlen(buffer), capacity - 1 < 14 ? capacity - 1 : 14);
        assert_memory_equal(buffer, "error,mm:debug", strlen(buffer));
        for (size_t i = capacity; i < sizeof buffer; i++)
            assert_int_equal(buffer[i], 'x');
    }
}

/* The same rules once more, by other means: the C library's splitting, and a list without a limit that grows. */
struct oracle {
    enum log_filter_error error;
    unsigned count;
    char names[64][64];
    int levels[64], default_level;
};

static int oracle_level(const char *name)
{
    static const char names[] = " error warning info debug ";
    char padded[64];
    snprintf(padded, sizeof padded, " %s ", name);
    const char *found = strchr(name, ' ') || *name == '\0' ? NULL : strstr(names, padded);
    return found == NULL ? -1 : found < names + 6 ? 0 : found < names + 14 ? 1 : found < names + 19 ? 2 : 3;
}

static enum log_filter_error oracle_word(struct oracle *oracle, char *word)
{
    char *name = word, *level = strchr(word, ':');
    if (level != NULL)
        *level++ = '\0';
    if (oracle_level(level ? level : word) < 0)
        return LOG_FILTER_NO_SUCH_LEVEL;
    if (level == NULL) {
        oracle->default_level = oracle_level(word);
        return LOG_FILTER_OK;
    }
    if (strlen(name) == 0 || strlen(name) > 14)
        return strlen(name) == 0 ? LOG_FILTER_EMPTY_MODULE : LOG_FILTER_LONG_MODULE;
    unsigned i = oracle->count;
    while (i > 0 && strcmp(oracle->names[i - 1], name) != 0)
        i--;
    if (i == 0)
        i = ++oracle->count;
    strcpy(oracle->names[i - 1], name);
    oracle->levels[i - 1] = oracle_level(level);
    return oracle->count > 8 ? LOG_FILTER_MANY_MODULES : LOG_FILTER_OK;
}

static struct oracle oracle_parse(const char *text)
{
    static char copy[256];
    struct oracle oracle = {.default_level = 2};
    char *rest = copy, *word;
    snprintf(copy, sizeof copy, "%s", text);
    while (oracle.error == LOG_FILTER_OK && (word = strsep(&rest, ",")) != NULL)
        oracle.error = oracle_word(&oracle, word);
    return oracle;
}

/* In memory of its exact size, so that a sanitizer sees a read beyond it. */
static void agrees_with_oracle(const char *text)
{
    char *exact = strdup(text);
    struct oracle oracle = oracle_parse(text);
    struct log_filter filter;
    assert_non_null(exact);
    struct log_filter_result result = log_filter_parse(exact, &filter);
    assert_int_equal(result.error, oracle.error);
    if (result.error == LOG_FILTER_OK) {
        assert_int_equal(filter.count, oracle.count);
        assert_int_equal(log_filter_level(&filter, NULL), oracle.default_level);
        for (unsigned i = 0; i < oracle.count; i++)
            assert_int_equal(log_filter_level(&filter, oracle.names[i]), oracle.levels[i]);
    } else {
        assert_true(result.word >= exact && result.word + result.word_length <= exact + strlen(exact));
    }
    free(exact);
}

static void every_text_of_up_to_two_bytes_is_judged_right(void **state)
{
    (void)state;
    agrees_with_oracle("");
    for (int first = 1; first < 256; first++) {
        for (int second = 0; second < 256; second++)
            agrees_with_oracle((char[]){(char)first, (char)second, '\0'});
    }
}

static void every_sequence_of_up_to_six_parts_is_judged_right(void **state)
{
    static const char *const parts[] = {"error", "debug", "mm", ",", ":", FIFTEEN_BYTES, " "};
    enum { PARTS = 7, LONGEST = 6 };
    (void)state;
    unsigned long sequences = 1;
    for (unsigned length = 1; length <= LONGEST; length++) {
        sequences *= PARTS;
        for (unsigned long sequence = 0; sequence < sequences; sequence++) {
            char text[LONGEST * sizeof FIFTEEN_BYTES] = "";
            unsigned long rest = sequence;
            for (unsigned i = 0; i < length; i++, rest /= PARTS)
                strcat(text, parts[rest % PARTS]);
            agrees_with_oracle(text);
        }
    }
}

static void long_lists_are_judged_right(void **state)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    (void)state;
    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        char text[256] = "info";
        int words = rand() % 16;
        for (int i = 0; i < words; i++)
            sprintf(text + strlen(text), ",%c:%s", 'a' + rand() % 11, levels[rand() % 4]);
        agrees_with_oracle(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_modules_are_read_and_the_later_word_counts),
        cmocka_unit_test(a_wrong_word_is_named_and_changes_nothing),
        cmocka_unit_test(eight_modules_of_fourteen_bytes_fit_and_can_be_shown),
        cmocka_unit_test(a_module_is_found_by_its_whole_name),
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(a_filter_that_does_not_fit_is_cut_and_its_length_told),
        cmocka_unit_test(every_text_of_up_to_two_bytes_is_judged_right),
        cmocka_unit_test(every_sequence_of_up_to_six_parts_is_judged_right),
        cmocka_unit_test(long_lists_are_judged_right),
    };
    return cmocka_run_group_tests_name("log_filter", tests, NULL, NULL);
}
