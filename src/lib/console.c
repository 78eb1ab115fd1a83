/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

#include "lib/word_list.h"

/*
 * The list of consoles.
 *
 * Invariants
 *   C1  a console is on the list only when it is complete: whoever walks the list, in an NMI too, may write to it.
 *   C2  while one of its functions runs a console is `current`, and is_mid_line if that is write; both are right again
 *       afterwards, so a write that interrupts another leaves no trace.
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

/* Whoever walks the list and stands at `console` finds its successor still. */
void console_unregister(struct console *console)
{
    struct console **link = &first;
    while (*link != NULL && *link != console)
        link = &(*link)->next;
    if (*link == NULL)
        return;
    __atomic_store_n(link, console->next, __ATOMIC_RELEASE);
    console->is_selected = false;
    if (console_next_selected(NULL) != NULL)
        return;
    for (struct console *other = first; other != NULL; other = other->next)
        other->is_selected = true;
}

static bool is_listed(const char *names, const char *name)
{
    for (struct word word = word_list_first(names); word.start != NULL; word = word_list_next(word))
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
    for (struct word word = word_list_first(names); word.start != NULL; word = word_list_next(word)) {
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

struct console *console_next_selected(const struct console *previous)
{
    struct console *console = previous != NULL ? previous->next : first;
    while (console != NULL && !console->is_selected)
        console = console->next;
    return console;
}

void console_write(const char *bytes, size_t length)
{
    for (struct console *to = NULL; (to = console_next_selected(to)) != NULL;)
        console_write_to(to, bytes, length);
}

void console_print(const char *string)
{
    console_write(string, strlen(string));
}

void console_set_style(enum console_style style)
{
    for (struct console *on = NULL; (on = console_next_selected(on)) != NULL;)
        console_set_style_on(on, style);
}

void console_set_style_on(struct console *console, enum console_style style)
{
    if (console->set_style == NULL)
        return;
    struct console *interrupted = current;
    current = console;
    console->set_style(console, style);
    current = interrupted;
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
    for (struct console *on = NULL; (on = console_next_selected(on)) != NULL;)
        console_start_line_on(on);
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
