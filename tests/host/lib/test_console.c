/* SPDX-License-Identifier: MIT */
#include "child_output.h"
#include "panic_double.h"

static struct console first = {.name = "first", .write = child_write};
static struct console second = {.name = "second", .write = child_write};
static struct console third = {.name = "third", .write = child_write};

/* Marks whose bytes they are. */
static void write_marked(struct console *self, const char *bytes, size_t length)
{
    child_write(self, self->name, 1);
    child_write(self, bytes, length);
}

static void register_three(void)
{
    first.write = second.write = third.write = write_marked;
    console_register(&first);
    console_register(&second);
    console_register(&third);
}

static void walk_the_list(void)
{
    child_print(console_find("first") ? "not empty\n" : "empty\n");
    child_print(console_next_selected(NULL) ? "selected\n" : "none selected\n");
    console_print("nobody hears this\n");
    register_three();
    for (struct console *console = console_find("first"); console; console = console->next) {
        child_print(console->name);
        child_print(console->is_selected ? " selected\n" : "\n");
    }
    child_print(console_find("second") == &second ? "found\n" : "not found\n");
    child_print(console_find("secon") || console_find("second ") || console_find("") ? "found\n" : "not found\n");
}

static void consoles_are_listed_in_order_and_found_by_name(void **state)
{
    (void)state;
    check_child(walk_the_list, 0,
                "empty\nnone selected\nfirst selected\nsecond selected\nthird selected\nfound\nnot found\n");
}

static void select_in_turn(void)
{
    static const char *const lists[] = {"second",        "third,first",  "",      "nonsense", "second,nonsense,,also",
                                        ",,third,third", "first,second", "fir,st"};
    register_three();
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        unsigned unknown = console_select(lists[i]);
        dprintf(child_pipe, "%u:", unknown);
        console_print("x");
        child_print("\n");
    }
}

static void select_takes_exactly_the_known_names_and_counts_the_others(void **state)
{
    (void)state;
    check_child(select_in_turn, 0, "0:sx\n0:fxtx\n0:fxtx\n1:fxtx\n2:sx\n0:tx\n0:fxsx\n2:fxsx\n");
}

static void register_twice(void)
{
    console_register(&first);
    console_register(&second);
    EXPECT_PANIC("console first is already registered", { console_register(&first); });
    child_print(first.next == &second && !second.next ? "intact\n" : "damaged\n");
}

static void registering_twice_panics(void **state)
{
    (void)state;
    check_child(register_twice, 0, "intact\n");
}

static void start_lines(void)
{
    console_register(&first);
    console_register(&second);
    console_start_line();
    child_print("<");
    console_write_to(&second, "> ", 2);
    console_start_line(); /* only the second is in the middle of a line */
    console_start_line();
    child_print(">");
    console_printf(&first, "%s", "a\nb");
    console_write_to(&first, "", 0);
    console_start_line();
}

static void start_line_ends_only_lines_that_were_begun(void **state)
{
    (void)state;
    check_child(start_lines, 0, "<> \n>a\nb\n");
}

/* A write that is interrupted by a whole line, as by a panic. */
static void interrupt_the_write(struct console *self, const char *bytes, size_t length)
{
    static bool is_nested;
    if (!is_nested) {
        is_nested = true;
        child_write(self, bytes, 1);
        console_start_line();
        console_print("interrupting\n");
        child_write(self, bytes + 1, length - 1);
        return;
    }
    child_write(self, bytes, length);
}

static void nest_writes(void)
{
    first.write = interrupt_the_write;
    console_register(&first);
    child_print(console_take_interrupted() ? "interrupted " : "free ");
    console_print("outer\n");
    child_print(first.is_mid_line ? "middle " : "start ");
    child_print(console_take_interrupted() ? "interrupted" : "free");
}

static void a_write_inside_a_write_starts_its_own_line(void **state)
{
    (void)state;
    check_child(nest_writes, 0, "free o\ninterrupting\nuter\nstart free");
}

static void ask_who_writes(struct console *self, const char *bytes, size_t length)
{
    (void)bytes, (void)length;
    child_print(console_take_interrupted() == self ? "self " : "other ");
    child_print(console_take_interrupted() ? "remembered" : "forgotten");
}

static void interrupt_console(void)
{
    first.write = ask_who_writes;
    console_register(&first);
    console_print("x");
}

static void take_interrupted_tells_who_is_writing_once(void **state)
{
    (void)state;
    check_child(interrupt_console, 0, "self forgotten");
}

static void format_long_text(void)
{
    console_register(&first);
    console_select("first");
    console_register(&second);
    second.is_selected = false;
    console_printf(&second, "%0300d", 0);
    child_print("|");
    console_printf(&second, "%s %d\n", "short", 5);
}

static void printf_writes_to_one_console_and_cuts_at_255_bytes(void **state)
{
    (void)state;
    char expected[300];
    snprintf(expected, sizeof expected, "%0255d|short 5\n", 0);
    check_child(format_long_text, 0, expected);
}

static void print_lines(void)
{
    register_three();
    console_select("first,third");
    console_print_line("%d", 5);
    console_start_line_on(&second);
    console_printf(&second, "s");
    console_start_line_on(&second); /* not selected, but asked for by name */
}

static void print_line_writes_to_the_selected_consoles_and_ends_the_line(void **state)
{
    (void)state;
    check_child(print_lines, 0, "f5t5f\nt\nsss\n");
}

/* Tells of every style it is given, by number. */
static void tell_style(struct console *self, enum console_style style)
{
    dprintf(child_pipe, "%c(%d)", self->name[0], (int)style);
}

static void set_styles(void)
{
    register_three();
    first.set_style = third.set_style = tell_style; /* the second has no colours */
    console_set_style(CONSOLE_ERROR);
    console_print("x");
    console_set_style(CONSOLE_PLAIN);
    child_print("\n");
    console_select("second,third");
    console_set_style(CONSOLE_DIM);
    child_print("\n");
    console_set_style_on(&first, CONSOLE_WARNING); /* not selected, but asked for by name */
    console_set_style_on(&second, CONSOLE_WARNING);
    child_print(console_take_interrupted() ? "interrupted" : "\n");
}

static void a_style_goes_to_the_selected_consoles_that_have_colours(void **state)
{
    (void)state;
    check_child(set_styles, 0, "f(3)t(3)fxsxtxf(0)t(0)\nt(1)\nf(2)\n");
}

static void style_inside_a_style(struct console *self, enum console_style style)
{
    (void)style;
    console_print("inside ");
    child_print(console_take_interrupted() == self ? "self " : "other ");
}

static void interrupt_the_style(void)
{
    first.set_style = style_inside_a_style;
    console_register(&first);
    console_set_style(CONSOLE_ERROR);
    child_print(console_take_interrupted() ? "interrupted" : "free");
}

static void take_interrupted_tells_who_is_setting_a_style_too(void **state)
{
    (void)state;
    check_child(interrupt_the_style, 0, "inside self free");
}

static void walk_the_selected(void)
{
    register_three();
    console_select("first,third");
    child_print(console_next_selected(NULL)->name);
    child_print(console_next_selected(&first) == &third && console_next_selected(&second) == &third ? " third"
                                                                                                    : " ?");
    child_print(console_next_selected(&third) ? " ?" : " end");
}

static void next_selected_leaves_out_the_others(void **state)
{
    (void)state;
    check_child(walk_the_selected, 0, "first third end");
}

static void unregister_in_turn(void)
{
    static struct console stranger = {.name = "stranger", .next = &second};
    register_three();
    console_unregister(&stranger);
    console_print("x");
    console_unregister(&second);
    child_print(console_find("second") || second.is_selected ? " ?" : " ");
    console_print("x");
    child_print(console_select("second") == 1 ? " " : " ?");
    console_print("x");
    console_unregister(&first);
    child_print(" ");
    console_print("x");
    console_unregister(&third);
    child_print(console_next_selected(NULL) ? " ?" : " none ");
    console_register(&first);
    console_print("x");
}

static void what_is_unregistered_is_no_console_any_more(void **state)
{
    (void)state;
    check_child(unregister_in_turn, 0, "fxsxtx fxtx fxtx tx none fx");
}

static void unregister_the_selected(void)
{
    register_three();
    console_select("first,second");
    console_unregister(&first);
    console_print("x");
    child_print(" ");
    console_unregister(&second);
    console_print("x");
}

static void with_the_last_selected_gone_the_others_are_selected(void **state)
{
    (void)state;
    check_child(unregister_the_selected, 0, "sx tx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consoles_are_listed_in_order_and_found_by_name),
        cmocka_unit_test(select_takes_exactly_the_known_names_and_counts_the_others),
        cmocka_unit_test(registering_twice_panics),
        cmocka_unit_test(what_is_unregistered_is_no_console_any_more),
        cmocka_unit_test(with_the_last_selected_gone_the_others_are_selected),
        cmocka_unit_test(start_line_ends_only_lines_that_were_begun),
        cmocka_unit_test(a_write_inside_a_write_starts_its_own_line),
        cmocka_unit_test(take_interrupted_tells_who_is_writing_once),
        cmocka_unit_test(printf_writes_to_one_console_and_cuts_at_255_bytes),
        cmocka_unit_test(print_line_writes_to_the_selected_consoles_and_ends_the_line),
        cmocka_unit_test(a_style_goes_to_the_selected_consoles_that_have_colours),
        cmocka_unit_test(take_interrupted_tells_who_is_setting_a_style_too),
        cmocka_unit_test(next_selected_leaves_out_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
