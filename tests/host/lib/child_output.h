/* SPDX-License-Identifier: MIT */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <tenorite/lib/console.h>
#include <unistd.h>

/*
 * Runs a scenario in a process of its own: registered consoles stay for the next one, and a panic ends everything. What the
 * scenario writes to child_console (or by child_print) comes back as text, with its exit code; the test judges it in the
 * parent, where cmocka's assertions work.
 */
struct child_output {
    char text[1 << 16];
    int exit_code; /* 128 + the signal where one ended it */
};

static int child_pipe;

static inline void child_write(struct console *self, const char *bytes, size_t length)
{
    (void)self;
    for (ssize_t written; length > 0; bytes += written, length -= (size_t)written)
        if ((written = write(child_pipe, bytes, length)) <= 0)
            _exit(99);
}

__attribute__((unused)) static struct console child_console = {.name = "child", .write = child_write};

static inline void child_print(const char *text)
{
    child_write(NULL, text, strlen(text));
}

/* A scenario that takes longer than 20 seconds hangs: SIGALRM ends it. */
static inline struct child_output *run_in_child(void (*scenario)(void))
{
    static struct child_output output;
    int ends[2], status;
    fflush(NULL);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(20);
        close(ends[0]);
        child_pipe = ends[1];
        scenario();
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], output.text + length, sizeof output.text - 1 - length)) > 0;)
        length += (size_t)got;
    output.text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return &output;
}

static inline void check_child(void (*scenario)(void), int exit_code, const char *text)
{
    struct child_output *output = run_in_child(scenario);
    assert_string_equal(output->text, text);
    assert_int_equal(output->exit_code, exit_code);
}
