/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/lib/command_line.h>

static void check_value(const char *line, const char *key, const char *expected)
{
    char value[64] = "default";
    assert_int_equal(command_line_value(line, key, value, sizeof value), COMMAND_LINE_FOUND);
    assert_string_equal(value, expected);
}

static void check_absent(const char *line, const char *key)
{
    char value[64] = "default";
    assert_int_equal(command_line_value(line, key, value, sizeof value), COMMAND_LINE_ABSENT);
    assert_string_equal(value, "default");
}

static void a_value_is_found_anywhere_on_the_line(void **state)
{
    (void)state;
    check_value("log=debug", "log", "debug");
    check_value("  log=debug  ", "log", "debug");
    check_value("console=serial log=debug nokaslr", "log", "debug");
    check_value("a=1\tb=2\nc=3\rd=4", "c", "3");
    check_value("url=http://host/?x=y", "url", "http://host/?x=y");
    check_value("log=", "log", "");
    check_value("log==", "log", "=");
}

static void only_the_whole_key_counts(void **state)
{
    (void)state;
    check_absent("", "log");
    check_absent("   ", "log");
    check_absent("log", "log");
    check_absent("dialog=1 logs=2 lo=3 LOG=4 xlog=5", "log");
    check_absent("a=log=1", "log");
    check_absent("\"x log=1\"", "log");
    check_absent("log debug", "log");
}

static void the_last_of_repeated_keys_wins(void **state)
{
    (void)state;
    check_value("log=a log=b", "log", "b");
    check_value("log=a x=1 log=", "log", "");
    check_value("log=a log", "log", "a");
}

static void quotes_keep_spaces_and_disappear(void **state)
{
    (void)state;
    check_value("motd=\"two words\" x=1", "motd", "two words");
    check_value("\"motd=two words\" x=1", "motd", "two words");
    check_value("motd=tw\"o w\"ords", "motd", "two words");
    check_value("motd=\"\" x=1", "motd", "");
    check_value("motd=\"never closed x=1", "motd", "never closed x=1");
    check_value("a=\"\"\"b\" x=1", "x", "1");
    check_value("mo\"td\"=1", "motd", "1");
}

static void a_value_that_does_not_fit_is_refused_whole(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity <= 8; capacity++) {
        char *value = malloc(8);
        memset(value, '#', 8);
        enum command_line_result result = command_line_value("x=1 log=abcde x=2", "log", value, capacity);
        assert_int_equal(result, capacity >= 6 ? COMMAND_LINE_FOUND : COMMAND_LINE_TOO_LONG);
        assert_memory_equal(value, capacity >= 6 ? "abcde\0##" : "########", 8);
        free(value);
    }
    char value[4] = "old";
    assert_int_equal(command_line_value("log=ok log=abcde", "log", value, sizeof value), COMMAND_LINE_TOO_LONG);
    assert_string_equal(value, "old");
}

static void a_flag_is_a_bare_word(void **state)
{
    (void)state;
    assert_true(command_line_has_flag("nokaslr", "nokaslr"));
    assert_true(command_line_has_flag("a=1 nokaslr b=2", "nokaslr"));
    assert_true(command_line_has_flag("nokaslr=0 nokaslr", "nokaslr"));
    assert_true(command_line_has_flag("\"two words\"", "two words"));
    assert_false(command_line_has_flag("", "nokaslr"));
    assert_false(command_line_has_flag("nokaslr=1", "nokaslr"));
    assert_false(command_line_has_flag("nokasl nokaslrx xnokaslr \"x nokaslr\"", "nokaslr"));
}

static void every_byte_is_harmless(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        char line[] = "a=1 ? log=?x b=2";
        line[4] = line[10] = (char)byte;
        char value[16] = "default";
        bool separates = byte <= 32;
        enum command_line_result result = command_line_value(line, "log", value, sizeof value);
        if (byte == '"') {
            assert_int_equal(result, COMMAND_LINE_ABSENT);
            continue;
        }
        assert_int_equal(result, COMMAND_LINE_FOUND);
        char with_byte[] = {(char)byte, 'x', '\0'};
        assert_string_equal(value, separates ? "" : with_byte);
    }
}

/* The oracle: cuts the whole line into words without quotes, then searches them from the back. */
static size_t oracle_words(const char *line, char words[][24])
{
    size_t count = 0, length = 0;
    bool is_quoted = false, is_inside = false;
    for (;; line++) {
        bool ends = *line == '\0' || (!is_quoted && (*line == ' ' || *line == '\t'));
        if (ends && is_inside) {
            words[count++][length] = '\0';
            length = 0;
            is_inside = false;
        }
        if (*line == '\0')
            return count;
        if (ends)
            continue;
        is_inside = true;
        if (*line == '"')
            is_quoted = !is_quoted;
        else
            words[count][length++] = *line;
    }
}

static void check_against_oracle(const char *line)
{
    static char words[24][24];
    size_t count = oracle_words(line, words);
    const char *expected = NULL;
    bool expected_flag = false;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(words[i], "a=", 2) == 0)
            expected = words[i] + 2;
        expected_flag |= strcmp(words[i], "a") == 0;
    }
    char value[32] = "default";
    enum command_line_result result = command_line_value(line, "a", value, sizeof value);
    if (result != (expected != NULL ? COMMAND_LINE_FOUND : COMMAND_LINE_ABSENT) ||
        strcmp(value, expected != NULL ? expected : "default") != 0 ||
        command_line_has_flag(line, "a") != expected_flag)
        fail_msg("[%s]: got [%s], expected [%s]", line, value, expected);
}

static void all_short_lines_agree_with_a_naive_reader(void **state)
{
    (void)state;
    static const char alphabet[] = "ab=\" ";
    for (unsigned length = 0; length <= 7; length++) {
        unsigned total = 1;
        for (unsigned i = 0; i < length; i++)
            total *= 5;
        for (unsigned n = 0; n < total; n++) {
            char *line = malloc(length + 1); /* exact, so that a sanitizer sees every over-read */
            for (unsigned i = 0, rest = n; i < length; i++, rest /= 5)
                line[i] = alphabet[rest % 5];
            line[length] = '\0';
            check_against_oracle(line);
            free(line);
        }
    }
}

static void random_lines_agree_with_a_naive_reader(void **state)
{
    (void)state;
    uint64_t random = 0x7e40217e;
    print_message("seed %#llx\n", (unsigned long long)random);
    for (unsigned round = 0; round < 50000; round++) {
        char line[24];
        size_t length = 0;
        for (; length < sizeof line - 1; length++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            line[length] = "aab==\" \t\xff"[random % 9];
        }
        line[length] = '\0';
        check_against_oracle(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_found_anywhere_on_the_line),
        cmocka_unit_test(only_the_whole_key_counts),
        cmocka_unit_test(the_last_of_repeated_keys_wins),
        cmocka_unit_test(quotes_keep_spaces_and_disappear),
        cmocka_unit_test(a_value_that_does_not_fit_is_refused_whole),
        cmocka_unit_test(a_flag_is_a_bare_word),
        cmocka_unit_test(every_byte_is_harmless),
        cmocka_unit_test(all_short_lines_agree_with_a_naive_reader),
        cmocka_unit_test(random_lines_agree_with_a_naive_reader),
    };
    return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
