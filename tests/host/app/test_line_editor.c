/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/app/line_editor.h>

enum { LONGEST = LINE_EDITOR_CAPACITY - 1 };

static struct line_editor editor;

/* A terminal that understands what the echo may contain: it keeps the line that is visible on it. */
static struct {
    char line[4 * LINE_EDITOR_CAPACITY];
    size_t column, end;
    unsigned newlines;
} terminal;

static void terminal_write(void *context, const char *bytes, size_t length)
{
    assert_ptr_equal(context, &terminal);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            memset(terminal.line, 0, sizeof terminal.line);
            terminal.column = terminal.end = 0;
            terminal.newlines++;
        } else if (bytes[i] == '\b') {
            assert_true(terminal.column > 0); /* it would run into the prompt */
            terminal.column--;
        } else {
            assert_in_range(bytes[i], 0x20, 0x7e);
            assert_true(terminal.column < sizeof terminal.line - 1);
            terminal.line[terminal.column++] = bytes[i];
            if (terminal.column > terminal.end)
                terminal.end = terminal.column;
        }
    }
}

/* What is visible left of the cursor; right of it there may only be blanks. */
static void terminal_shows(const char *expected)
{
    assert_int_equal(terminal.column, strlen(expected));
    assert_memory_equal(terminal.line, expected, terminal.column);
    for (size_t i = terminal.column; i < terminal.end; i++)
        assert_int_equal(terminal.line[i], ' ');
}

static int set_up(void **state)
{
    (void)state;
    memset(&terminal, 0, sizeof terminal);
    line_editor_init(&editor, (struct line_echo){terminal_write, &terminal});
    return 0;
}

/* Feeds bytes that must cause no event. */
static void feed(const char *bytes)
{
    for (; *bytes; bytes++)
        assert_int_equal(line_editor_feed(&editor, (uint8_t)*bytes), LINE_NOTHING);
}

static void completes(uint8_t byte, const char *line)
{
    unsigned newlines = terminal.newlines;
    assert_int_equal(line_editor_feed(&editor, byte), LINE_COMPLETE);
    assert_string_equal(line_editor_text(&editor), line);
    assert_int_equal(terminal.newlines, newlines + 1);
    terminal_shows("");
}

static void a_typed_line_is_echoed_and_completed(void **state)
{
    (void)state;
    assert_string_equal(line_editor_text(&editor), "");
    feed("mem");
    terminal_shows("mem");
    completes('\n', "mem");
    feed("tasks");
    terminal_shows("tasks");
    completes('\n', "tasks");
    completes('\n', "");
}

static void cr_lf_and_crlf_each_end_one_line(void **state)
{
    (void)state;
    feed("a");
    completes('\r', "a");
    feed("b");
    completes('\n', "b");
    feed("c");
    completes('\r', "c");
    assert_int_equal(line_editor_feed(&editor, '\n'), LINE_NOTHING);
    completes('\n', "");
    completes('\r', "");
    completes('\r', "");
    assert_int_equal(line_editor_feed(&editor, '\n'), LINE_NOTHING);
    feed("d");
    completes('\n', "d");
}

static void every_printable_byte_is_taken(void **state)
{
    (void)state;
    char all[0x60] = {0};
    for (unsigned i = 0; i < 0x5f; i++)
        all[i] = (char)(0x20 + i);
    feed(all);
    terminal_shows(all);
    completes('\n', all);
}

static void a_tab_is_a_space(void **state)
{
    (void)state;
    feed("echo\thi");
    completes('\n', "echo hi");
}

static void backspace_and_delete_erase_the_last_character(void **state)
{
    (void)state;
    feed("abcd\b\x7f");
    terminal_shows("ab");
    feed("x");
    completes('\n', "abx");
}

static void backspace_on_an_empty_line_does_nothing(void **state)
{
    (void)state;
    feed("\b\x7f");
    assert_int_equal(terminal.end, 0);
    feed("ab\b\b\b\b");
    terminal_shows("");
    completes('\n', "");
}

static void control_u_erases_the_line(void **state)
{
    (void)state;
    feed("\x15rm everything\x15");
    terminal_shows("");
    feed("ls");
    completes('\n', "ls");
}

static void control_c_abandons_the_line(void **state)
{
    (void)state;
    feed("half a li");
    assert_int_equal(line_editor_feed(&editor, 0x03), LINE_INTERRUPTED);
    assert_string_equal(line_editor_text(&editor), "");
    terminal_shows("");
    assert_int_equal(terminal.newlines, 1);
    feed("x");
    completes('\n', "x");
}

static void control_d_ends_the_input_on_an_empty_line_only(void **state)
{
    (void)state;
    feed("a\x04");
    completes('\n', "a");
    assert_int_equal(line_editor_feed(&editor, 0x04), LINE_END);
    feed("b");
    assert_int_equal(line_editor_feed(&editor, 0x04), LINE_NOTHING);
    completes('\n', "b");
}

static void a_full_line_takes_no_more_and_can_be_edited(void **state)
{
    (void)state;
    char line[LONGEST + 1] = {0};
    memset(line, 'x', LONGEST);
    feed(line);
    feed("yyy\t");
    terminal_shows(line);
    feed("\bz");
    line[LONGEST - 1] = 'z';
    terminal_shows(line);
    completes('\n', line);
}

static void escape_sequences_are_swallowed(void **state)
{
    (void)state;
    static const char *const sequences[] = {"\x1b[A",    "\x1b[D",     "\x1bOP",       "\x1bOA",    "\x1b[3~",
                                            "\x1b[1;5C", "\x1b[H",     "\x1b[24~",     "\x1b[200~", "\x1b[?25h",
                                            "\x1b[ q",   "\x1b\x1b[A", "\x1b[12\x1b[A"};
    for (size_t i = 0; i < COUNT_OF(sequences); i++) {
        feed("a");
        feed(sequences[i]);
        feed("b");
        terminal_shows("ab");
        completes('\n', "ab");
    }
}

static void a_lone_escape_swallows_nothing(void **state)
{
    (void)state;
    feed("a\x1b");
    feed("help");
    completes('\n', "ahelp");
    feed("\x1b\x7f");
    feed("x");
    completes('\n', "x");
}

static void a_truncated_escape_sequence_does_not_swallow_control_bytes(void **state)
{
    (void)state;
    static const char *const truncated[] = {"\x1b", "\x1b[", "\x1b[1;", "\x1bO"};
    for (size_t i = 0; i < COUNT_OF(truncated); i++) {
        feed("a");
        feed(truncated[i]);
        completes('\n', "a");
        feed(truncated[i]);
        assert_int_equal(line_editor_feed(&editor, 0x03), LINE_INTERRUPTED);
    }
}

static void an_escape_sequence_without_end_is_given_up(void **state)
{
    (void)state;
    feed("\x1b[");
    for (unsigned i = 0; i < 100; i++)
        feed("1");
    feed("x");
    size_t length = terminal.column;
    assert_in_range(length, 50, 100);
    assert_int_equal(line_editor_feed(&editor, '\n'), LINE_COMPLETE);
    assert_int_equal(line_editor_text(&editor)[length - 1], 'x');
}

static void bytes_beyond_ascii_and_other_control_bytes_are_ignored(void **state)
{
    (void)state;
    feed("na\xc3\xafve \xf0\x9f\x99\x82 \xff");
    for (unsigned byte = 0; byte < 256; byte++) {
        bool has_meaning = (byte >= 0x20 && byte <= 0x7f) || byte == 0x03 || byte == 0x04 || byte == 0x08 ||
                           byte == 0x09 || byte == 0x0a || byte == 0x0d || byte == 0x15 || byte == 0x1b;
        if (!has_meaning)
            assert_int_equal(line_editor_feed(&editor, (uint8_t)byte), LINE_NOTHING);
    }
    terminal_shows("nave  ");
    completes('\n', "nave  ");
}

/* The model: the line as a string, for bytes other than escape sequences. */
static void random_typing_shows_what_a_plain_string_would_hold(void **state)
{
    (void)state;
    srand(7);
    char model[LINE_EDITOR_CAPACITY] = "";
    size_t length = 0;
    for (unsigned i = 0; i < 200000; i++) {
        static const uint8_t special[] = {0x03, 0x08, 0x7f, 0x15, '\n', '\t', 0x00, 0x80, 0xff};
        uint8_t byte = rand() % 16 ? (uint8_t)(0x20 + rand() % 0x5f) : special[(size_t)rand() % sizeof special];
        if (rand() % 4 == 0 && (byte == '\n' || byte == 0x03 || byte == 0x15))
            byte = 'q'; /* so that lines get long */
        enum line_event event = line_editor_feed(&editor, byte);
        if (byte == '\n') {
            assert_int_equal(event, LINE_COMPLETE);
            assert_string_equal(line_editor_text(&editor), model);
        } else {
            assert_int_equal(event, byte == 0x03 ? LINE_INTERRUPTED : LINE_NOTHING);
        }
        if (byte == '\n' || byte == 0x03 || byte == 0x15)
            length = 0;
        else if ((byte == 0x08 || byte == 0x7f) && length > 0)
            length--;
        else if (((byte >= 0x20 && byte < 0x7f) || byte == '\t') && length < LONGEST)
            model[length++] = byte == '\t' ? ' ' : (char)byte;
        model[length] = '\0';
        terminal_shows(model);
    }
}

static void any_bytes_keep_the_line_printable_and_closed(void **state)
{
    (void)state;
    srand(11);
    for (unsigned i = 0; i < 200000; i++) {
        (void)line_editor_feed(&editor, rand() % 8 ? (uint8_t)rand() : 0x1b);
        const char *text = line_editor_text(&editor);
        size_t length = strnlen(text, LINE_EDITOR_CAPACITY);
        assert_in_range(length, 0, LONGEST);
        for (size_t j = 0; j < length; j++)
            assert_in_range(text[j], 0x20, 0x7e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_typed_line_is_echoed_and_completed, set_up),
        cmocka_unit_test_setup(cr_lf_and_crlf_each_end_one_line, set_up),
        cmocka_unit_test_setup(every_printable_byte_is_taken, set_up),
        cmocka_unit_test_setup(a_tab_is_a_space, set_up),
        cmocka_unit_test_setup(backspace_and_delete_erase_the_last_character, set_up),
        cmocka_unit_test_setup(backspace_on_an_empty_line_does_nothing, set_up),
        cmocka_unit_test_setup(control_u_erases_the_line, set_up),
        cmocka_unit_test_setup(control_c_abandons_the_line, set_up),
        cmocka_unit_test_setup(control_d_ends_the_input_on_an_empty_line_only, set_up),
        cmocka_unit_test_setup(a_full_line_takes_no_more_and_can_be_edited, set_up),
        cmocka_unit_test_setup(escape_sequences_are_swallowed, set_up),
        cmocka_unit_test_setup(a_lone_escape_swallows_nothing, set_up),
        cmocka_unit_test_setup(a_truncated_escape_sequence_does_not_swallow_control_bytes, set_up),
        cmocka_unit_test_setup(an_escape_sequence_without_end_is_given_up, set_up),
        cmocka_unit_test_setup(bytes_beyond_ascii_and_other_control_bytes_are_ignored, set_up),
        cmocka_unit_test_setup(random_typing_shows_what_a_plain_string_would_hold, set_up),
        cmocka_unit_test_setup(any_bytes_keep_the_line_printable_and_closed, set_up),
    };
    return cmocka_run_group_tests_name("line_editor", tests, NULL, NULL);
}
