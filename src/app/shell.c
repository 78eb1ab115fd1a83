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
    line_editor_init(&self->editor, (struct line_echo){.write = write_to_terminal, .context = terminal});
}

/* What the shell does after a character. */
enum shell_action { SHELL_READ_ON, SHELL_OBEY, SHELL_PROMPT };

static enum shell_action take(struct shell *self, uint8_t character)
{
    switch (line_editor_feed(&self->editor, character)) {
    case LINE_NOTHING:
        return SHELL_READ_ON;
    case LINE_COMPLETE:
        return SHELL_OBEY;
    case LINE_INTERRUPTED:
        return SHELL_PROMPT;
    case LINE_END:
        print(self, "\nthe shell has no end: poweroff or exit CODE leaves the machine\n");
        return SHELL_PROMPT;
    }
    __builtin_unreachable();
}

enum { INTERRUPTED, OBEYED };

ASYNC(shell)
{
    enum shell_action action;

    ASYNC_BEGIN;
    print(self, "Tenorite " TENORITE_VERSION ". Type `help` for the commands.\n");
    print(self, prompt);
    for (;;) {
        AWAIT(terminal_read, &self->read, self->terminal);
        action = take(self, self->read.result);
        if (action == SHELL_READ_ON)
            continue;
        if (action == SHELL_OBEY) {
            AWAIT(race, &self->race,
                  FUTURES_IN_ORDER(self->branches, START(terminal_interrupt, &self->interrupt, self->terminal),
                                   START(command_job, &self->job, self->environment, self->terminal->output,
                                         line_editor_text(&self->editor))));
            if (self->race.result == INTERRUPTED)
                print(self, "^C\n");
        }
        print(self, prompt);
    }
    ASYNC_END;
}
