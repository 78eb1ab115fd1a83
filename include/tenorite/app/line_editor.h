/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Collects typed bytes into a line and writes the echo that keeps a terminal (or the VGA console) in step. No device,
 * no allocation, no waiting: bytes in, echo and events out.
 *
 *   0x20..0x7e               appended and echoed; ignored while the line is full
 *   Tab                      one space
 *   Backspace 0x08, 0x7f     erases the last character
 *   Ctrl-U                   erases the whole line
 *   CR, LF, CR LF            the line is complete
 *   Ctrl-C                   the line is abandoned
 *   Ctrl-D                   end of input, on an empty line; ignored otherwise
 *   ESC [ ... , ESC O x      swallowed (arrows, function keys); ESC alone is ignored
 *   0x80..0xff               ignored: lines are ASCII, so that one character is one byte and one column
 *   every other byte         ignored
 *
 * The echo consists of 0x20..0x7e, newline and '\b'.
 */
enum { LINE_EDITOR_CAPACITY = 256 }; /* the closing NUL included */

enum line_event {
    LINE_NOTHING,
    LINE_COMPLETE,    /* line_editor_text() is the line, until the next feed */
    LINE_INTERRUPTED, /* Ctrl-C */
    LINE_END,         /* Ctrl-D */
};

struct line_echo {
    void (*write)(void *context, const char *bytes, size_t length);
    void *context;
};

enum line_escape { LINE_ESCAPE_NONE, LINE_ESCAPE_STARTED, LINE_ESCAPE_PARAMETERS, LINE_ESCAPE_ONE_MORE };

/* The fields belong to the editor. */
struct line_editor {
    struct line_echo echo;
    enum line_escape escape;
    unsigned escape_length;
    bool is_finished;         /* the next byte begins a new line */
    bool was_carriage_return; /* the last byte was: a newline now belongs to it */
    size_t length;
    char text[LINE_EDITOR_CAPACITY];
};

/* An empty line. Nothing is echoed. */
void line_editor_init(struct line_editor *editor, struct line_echo echo);

/* Takes one byte. Cost: constant, or the line's length for Ctrl-U. */
enum line_event line_editor_feed(struct line_editor *editor, uint8_t byte);

/* The line as it stands, closed with NUL. */
const char *line_editor_text(const struct line_editor *editor);
