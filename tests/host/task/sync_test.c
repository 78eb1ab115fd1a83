/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

void puppet_start(struct puppet *puppet)
{
    *puppet = (struct puppet){};
    spawn_probe(&puppet->record);
    run();
    puppet->context = (struct context){.executor = &executor, .waker = puppet->record.waker};
    puppet->polls = puppet->record.polls;
}

bool puppet_was_woken(struct puppet *puppet)
{
    bool was_woken;

    run();
    was_woken = puppet->record.polls != puppet->polls;
    puppet->polls = puppet->record.polls;
    return was_woken;
}

static unsigned sections_left;
static void (*section_handler)(void);

static void count_section(void)
{
    if (--sections_left) {
        cpu_double_last_interrupt = count_section;
        return;
    }
    section_handler();
}

void interrupt_before_section(unsigned nth, void (*handler)(void))
{
    sections_left = nth;
    section_handler = handler;
    cpu_double_last_interrupt = count_section;
}

bool interrupt_has_come(void)
{
    bool has_come = !sections_left;

    sections_left = 0;
    cpu_double_last_interrupt = NULL;
    return has_come;
}
