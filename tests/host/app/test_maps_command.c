/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

#include <stdio.h>
#include <string.h>

#include "app/maps_command.h"

static char output[1 << 18];
static size_t output_length;

static void append(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    assert_true(output_length + length < sizeof output);
    memcpy(output + output_length, bytes, length);
    output_length += length;
    output[output_length] = '\0';
}

static struct console console = {.name = "memory", .write = append};
static struct address_space space;
static const struct command_environment environment = {.space = &space};

static void run(const char *arguments)
{
    struct command_rest rest = {.print = NULL};
    output_length = 0;
    output[0] = '\0';
    begin_maps(&environment, &console, arguments, &rest);
    while (rest.print != NULL && rest.print(&rest, &console))
        continue;
}

/* `count` ranges of one page, with a gap behind each. */
static void map_pages(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        page_4k page = page_4k_at(virt_addr_new(0x1000 + i * 0x2000));
        frame_4k frame = frame_4k_at(phys_addr_new(0x1000));
        assert_int_equal(ignore(map_to(&fixture_mapper, page, frame, PAGE_FLAGS(PRESENT, NO_EXECUTE))), MAP_OK);
    }
    space.mapper = fixture_mapper;
}

static unsigned count_lines(void)
{
    unsigned lines = 0;
    for (const char *at = output; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static const char *line_of(unsigned number, char *text)
{
    sprintf(text, "\n%016x %016x     4 KiB 4K       1000 NO_EXECUTE\n", number * 0x2000 + 0x1000,
            number * 0x2000 + 0x1fff);
    return text;
}

static void all_ranges_are_printed(void **state)
{
    char text[100];
    (void)state;
    map_pages(50);
    run("");
    assert_int_equal(count_lines(), 1 + 50);
    assert_memory_equal(output, "first address    last address          size pg   physical flags\n", 64);
    for (unsigned i = 0; i < 50; i++)
        assert_non_null(strstr(output, line_of(i, text)));
}

static void a_page_is_a_screen_of_them(void **state)
{
    char text[100];
    (void)state;
    map_pages(50);
    run("2");
    assert_int_equal(count_lines(), 1 + MAPS_PAGE_RANGES + 1);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(strstr(output, line_of(i, text)) != NULL, i >= 20 && i < 40);
    assert_non_null(strstr(output, "\n(more: maps 3)\n"));
    run("3");
    assert_int_equal(count_lines(), 1 + 10);
    assert_null(strstr(output, "more"));
    run("4");
    assert_int_equal(count_lines(), 0);
    run("1000");
    assert_int_equal(count_lines(), 0);
}

static void a_last_page_that_is_full_promises_no_other(void **state)
{
    (void)state;
    map_pages(40);
    run("2");
    assert_int_equal(count_lines(), 1 + 20);
}

static void more_than_anybody_reads_is_cut(void **state)
{
    (void)state;
    map_pages(MAPS_LIMIT + 1);
    run("");
    assert_int_equal(count_lines(), 1 + MAPS_LIMIT + 1);
    assert_non_null(strstr(output, "\n(more: maps 51)\n"));
}

static void damaged_tables_are_called_so(void **state)
{
    (void)state;
    map_pages(1);
    *fixture_entry(0x1000, 3) = 0x1234567000 | 3;
    run("");
    assert_non_null(strstr(output, "\n0000000000000000 000000003fffffff     1 GiB MAP_DAMAGED_TABLE\n"));
}

static void wrong_arguments_are_answered_with_the_right_ones(void **state)
{
    static const char *const wrong[] = {"0", "x", "1001", "-1", "1 2"};
    (void)state;
    map_pages(1);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        run(wrong[i]);
        assert_string_equal(output, "usage: maps [PAGE] (from 1 on)\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_ranges_are_printed, fixture_setup),
        cmocka_unit_test_setup(a_page_is_a_screen_of_them, fixture_setup),
        cmocka_unit_test_setup(a_last_page_that_is_full_promises_no_other, fixture_setup),
        cmocka_unit_test_setup(more_than_anybody_reads_is_cut, fixture_setup),
        cmocka_unit_test_setup(damaged_tables_are_called_so, fixture_setup),
        cmocka_unit_test_setup(wrong_arguments_are_answered_with_the_right_ones, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
