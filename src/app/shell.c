/* SPDX-License-Identifier: MIT */
#include <tenorite/app/shell.h>

#include <tenorite/lib/text.h>
#include <tenorite/lib/version.h>

static const char prompt[] = "tenorite> ";

static void write_to_terminal(void *context, const char *bytes, size_t length)
{
    struct terminal *terminal = context;
    console_write_to(terminal->output, bytes, length);
}

static void print(struct shell *self, const char *text)
{
    write_to_terminal(self->terminal, text, strlen(text));
}

void shell_init(struct shell *self, struct terminal *terminal, const struct command_environment *environment)
{
    coroutine_init(&self->coroutine);
    self->terminal = terminal;
    self->environment = environment;
    self->rest.print = NULL;
    line_editor_init(&self->editor, (struct line_echo){.write = write_to_terminal, .context = terminal});
}

/* Returns whether a line has ended, and with it perhaps a command begun. */
static bool take_raw(struct shell *self, uint8_t raw)
{
    uint8_t character;
    if (!terminal_decode(self->terminal, raw, &character))
        return false;
    switch (line_editor_feed(&self->editor, character)) {
    case LINE_NOTHING:
        return false;
    case LINE_COMPLETE:
        command_execute(self->environment, self->terminal->output, line_editor_text(&self->editor), &self->rest);
        return true;
    case LINE_INTERRUPTED:
        return true;
    case LINE_END:
        print(self, "\nthe shell has no end: poweroff or exit CODE leaves the machine\n");
        return true;
    }
    __builtin_unreachable();
}

static bool print_rest(struct shell *self)
{
    return self->rest.print != NULL && self->rest.print(&self->rest, self->terminal->output);
}

ASYNC(shell)
{
    ASYNC_BEGIN;
    print(self, "Tenorite " TENORITE_VERSION ". Type `help` for the commands.\n");
    print(self, prompt);
    for (;;) {
        AWAIT(byte_read, &self->read, &self->terminal->queue);
        if (!take_raw(self, self->read.result))
            continue;
        while (print_rest(self))
            AWAIT(yield, &self->yield);
        print(self, prompt);
    }
    ASYNC_END;
}
