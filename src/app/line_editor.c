/* SPDX-License-Identifier: MIT */
#include <tenorite/app/line_editor.h>

/*
 * Invariants
 * L1  length < LINE_EDITOR_CAPACITY, text[length] is NUL, and every byte before it is 0x20..0x7e.
 * L2  The echo since the line began shows exactly `text`.
 * L3  An escape sequence swallows at most ESCAPE_LIMIT bytes after its introducer, and no control byte: a stray ESC
 *     cannot make the editor deaf, and Ctrl-C always works.
 */
enum {
    CONTROL_C = 0x03,
    CONTROL_D = 0x04,
    BACKSPACE = 0x08,
    CONTROL_U = 0x15,
    ESCAPE = 0x1b,
    DELETE = 0x7f,
    ESCAPE_LIMIT = 16,
};

void line_editor_init(struct line_editor *editor, struct line_echo echo)
{
    *editor = (struct line_editor){.echo = echo};
}

const char *line_editor_text(const struct line_editor *editor)
{
    return editor->text;
}

static void echo(const struct line_editor *editor, const char *bytes, size_t length)
{
    editor->echo.write(editor->echo.context, bytes, length);
}

static void begin_line(struct line_editor *editor)
{
    editor->is_finished = false;
    editor->length = 0;
    editor->text[0] = '\0';
}

static enum line_event finish(struct line_editor *editor, enum line_event event)
{
    editor->is_finished = true;
    return event;
}

static void append(struct line_editor *editor, char character)
{
    if (editor->length == LINE_EDITOR_CAPACITY - 1)
        return;
    editor->text[editor->length++] = character;
    editor->text[editor->length] = '\0';
    echo(editor, &character, 1);
}

static void erase(struct line_editor *editor, size_t count)
{
    for (; count > 0 && editor->length > 0; count--) {
        editor->text[--editor->length] = '\0';
        echo(editor, "\b \b", 3);
    }
}

static enum line_event complete(struct line_editor *editor)
{
    echo(editor, "\n", 1);
    return finish(editor, LINE_COMPLETE);
}

static enum line_event interrupt(struct line_editor *editor)
{
    echo(editor, "^C\n", 3);
    begin_line(editor);
    return finish(editor, LINE_INTERRUPTED);
}

/* Whether `byte`, which is no control byte, belongs to an escape sequence. */
static bool escape_swallows(struct line_editor *editor, uint8_t byte)
{
    enum line_escape before = editor->escape;
    editor->escape = LINE_ESCAPE_NONE;
    switch (before) {
    case LINE_ESCAPE_NONE:
        return false;
    case LINE_ESCAPE_STARTED:
        if (byte == '[')
            editor->escape = LINE_ESCAPE_PARAMETERS;
        else if (byte == 'O')
            editor->escape = LINE_ESCAPE_ONE_MORE;
        return editor->escape != LINE_ESCAPE_NONE;
    case LINE_ESCAPE_PARAMETERS: /* ECMA-48, 5.4: 0x20..0x3f, then one byte of 0x40..0x7e ends it */
        if (byte < 0x40 && ++editor->escape_length < ESCAPE_LIMIT)
            editor->escape = LINE_ESCAPE_PARAMETERS;
        return true;
    case LINE_ESCAPE_ONE_MORE:
        return true;
    }
    return false;
}

static enum line_event feed_control(struct line_editor *editor, uint8_t byte, bool was_carriage_return)
{
    editor->escape = LINE_ESCAPE_NONE;
    switch (byte) {
    case CONTROL_C:
        return interrupt(editor);
    case CONTROL_D:
        return editor->length == 0 ? finish(editor, LINE_END) : LINE_NOTHING;
    case BACKSPACE:
    case DELETE:
        erase(editor, 1);
        return LINE_NOTHING;
    case '\t':
        append(editor, ' ');
        return LINE_NOTHING;
    case '\n':
        return was_carriage_return ? LINE_NOTHING : complete(editor);
    case '\r':
        editor->was_carriage_return = true;
        return complete(editor);
    case CONTROL_U:
        erase(editor, editor->length);
        return LINE_NOTHING;
    case ESCAPE:
        editor->escape = LINE_ESCAPE_STARTED;
        editor->escape_length = 0;
        return LINE_NOTHING;
    default:
        return LINE_NOTHING;
    }
}

enum line_event line_editor_feed(struct line_editor *editor, uint8_t byte)
{
    if (editor->is_finished)
        begin_line(editor);
    bool was_carriage_return = editor->was_carriage_return;
    editor->was_carriage_return = false;

    if (byte < 0x20 || byte == DELETE)
        return feed_control(editor, byte, was_carriage_return);
    if (escape_swallows(editor, byte) || byte >= 0x80)
        return LINE_NOTHING;
    append(editor, (char)byte);
    return LINE_NOTHING;
}
