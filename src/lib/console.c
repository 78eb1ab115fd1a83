/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

/*
 * The list of consoles.
 *
 * Invariants
 *   C1  a console is on the list only when it is complete: whoever walks the list, in an NMI too, may write to it.
 *   C2  while its write function runs a console is `current`, and is_mid_line; both are right again afterwards, so
 *       a write that interrupts another leaves no trace.
 */
static struct console *first;
static struct console *current;

void console_register(struct console *console)
{
    struct console **link = &first;
    for (; *link != NULL; link = &(*link)->next)
        ASSERT(*link != console, "console %s is already registered", console->name);
    console->next = NULL;
    console->is_selected = true;
    console->is_mid_line = false;
    __atomic_store_n(link, console, __ATOMIC_RELEASE);
}

/* A name in a list separated by commas. */
struct word {
    const char *start;
    size_t length;
};

/* The first word at or behind `at`, which may be empty; start is NULL behind the last one. */
static struct word word_at(const char *at)
{
    struct word word = {at, 0};
    while (at != NULL && at[word.length] != '\0' && at[word.length] != ',')
        word.length++;
    return word;
}

static struct word word_after(struct word word)
{
    const char *end = word.start + word.length;
    return word_at(*end == ',' ? end + 1 : NULL);
}

static bool word_is(struct word word, const char *name)
{
    return strlen(name) == word.length && strncmp(name, word.start, word.length) == 0;
}

static bool is_listed(const char *names, const char *name)
{
    for (struct word word = word_at(names); word.start != NULL; word = word_after(word))
        if (word_is(word, name))
            return true;
    return false;
}

static bool is_registered(struct word name)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (word_is(name, console->name))
            return true;
    return false;
}

/* Selects before it deselects: at no time is a listed console the last to go. */
unsigned console_select(const char *names)
{
    unsigned known = 0, unknown = 0;
    for (struct word word = word_at(names); word.start != NULL; word = word_after(word)) {
        if (is_registered(word))
            known++;
        else if (word.length > 0)
            unknown++;
    }
    if (known == 0)
        return unknown;
    for (struct console *console = first; console != NULL; console = console->next)
        if (is_listed(names, console->name))
            console->is_selected = true;
    for (struct console *console = first; console != NULL; console = console->next)
        if (!is_listed(names, console->name))
            console->is_selected = false;
    return unknown;
}

struct console *console_find(const char *name)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (strcmp(console->name, name) == 0)
            return console;
    return NULL;
}

bool console_any_selected(void)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (console->is_selected)
            return true;
    return false;
}

void console_write(const char *bytes, size_t length)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (console->is_selected)
            console_write_to(console, bytes, length);
}

void console_print(const char *string)
{
    console_write(string, strlen(string));
}

void console_set_style(enum console_style style)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (console->is_selected && console->set_style != NULL)
            console->set_style(console, style);
}

void console_print_line(const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    format_string_va(text, sizeof text, format, arguments);
    va_end(arguments);
    console_print(text);
    console_print("\n");
}

void console_start_line(void)
{
    for (struct console *console = first; console != NULL; console = console->next)
        if (console->is_selected)
            console_start_line_on(console);
}

void console_start_line_on(struct console *console)
{
    if (console->is_mid_line)
        console_write_to(console, "\n", 1);
}

void console_write_to(struct console *console, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    struct console *interrupted = current;
    current = console;
    console->is_mid_line = true;
    console->write(console, bytes, length);
    console->is_mid_line = bytes[length - 1] != '\n';
    current = interrupted;
}

void console_printf(struct console *console, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_va(text, sizeof text, format, arguments);
    va_end(arguments);
    console_write_to(console, text, length < sizeof text ? length : sizeof text - 1);
}

struct console *console_take_interrupted(void)
{
    struct console *interrupted = current;
    current = NULL;
    return interrupted;
}
