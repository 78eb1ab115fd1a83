/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * A console is a place that text can be written to, synchronously and in bounded time, from any context
 * (a panic inside an NMI included): it takes no lock and allocates nothing.
 *
 * Consoles are registered once, by their drivers, and stay, unless early boot finds that nobody can see them. The kernel's log
 * and panics go to every selected console; a shell session writes to the one it was given. Drivers fill in `name`, `write` and `set_style`; everybody
 * else writes through the functions below, which remember whether a console stands in the middle of a line.
 */
enum console_style { CONSOLE_PLAIN, CONSOLE_DIM, CONSOLE_WARNING, CONSOLE_ERROR };

struct console {
    const char *name; /* as in console=NAME on the kernel command line */
    void (*write)(struct console *self, const char *bytes, size_t length);
    void (*set_style)(struct console *self, enum console_style style); /* NULL: it has no colours */
    struct console *next;
    bool is_selected, is_mid_line;
};

/* Adds `console`, selected, at the end of the list. Early boot, interrupts off or one CPU; the object must live for
 * ever, and be registered once. */
void console_register(struct console *console);

/* Takes `console` off the list, if it is there: nobody can see what is written to it. If it was the only one that is
 * selected, all others are. Early boot, interrupts off or one CPU. */
void console_unregister(struct console *console);

/* Selects exactly the consoles that `names` lists, separated by commas ("serial,vga"); unknown names are counted in
 * the result. If none is known, nothing changes, so that a typing error never silences the kernel. A console that is
 * registered later is selected. Task context or early boot. */
unsigned console_select(const char *names);

/* The registered console of that name, or NULL. */
struct console *console_find(const char *name);

/* The selected console that was registered next after `previous` (NULL: the first one), or NULL. Any context. */
struct console *console_next_selected(const struct console *previous);

/* Writes to every selected console. Any context. */
void console_write(const char *bytes, size_t length);
void console_print(const char *string);

/* What is written from now on to the selected consoles that have colours looks like this; CONSOLE_PLAIN at first. Who
 * sets another style goes back to CONSOLE_PLAIN when done. Any context. */
void console_set_style(enum console_style style);

/* The same for one console, selected or not. Any context. */
void console_set_style_on(struct console *console, enum console_style style);

/* Formats (see format.h) at most 255 bytes and writes them and a newline to every selected console. Any context. */
void console_print_line(const char *format, ...) PRINTF_LIKE(1, 2);

/* Ends the line on every selected console that stands in the middle of one. Any context. */
void console_start_line(void);

/* The same for one console, selected or not. Any context. */
void console_start_line_on(struct console *console);

/* Writes to one console, selected or not. Any context. */
void console_write_to(struct console *console, const char *bytes, size_t length);

/* Formats (see format.h) at most 255 bytes and writes them to one console. */
void console_printf(struct console *console, const char *format, ...) PRINTF_LIKE(2, 3);

/* For a panic, which does not go back to what it interrupted: the console one of whose functions was running, or NULL.
 * It is forgotten: the next call tells of those that began after this one. */
struct console *console_take_interrupted(void);
