/* SPDX-License-Identifier: MIT */
/* The engine: see injection.h. A run is told by where its events come, and repeats itself exactly. */
#include "injection.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock_double.h"
#include "cpu_double.h"
#include "heap/heap_double.h"
#include "panic_double.h"
#include "task/task.h"

enum { POINT_LIMIT = 100000, EVENTS_AT_MOST = 2 };

enum event_kind { INTERRUPT, NMI };

struct placed_event {
    injection_event action;
    enum event_kind kind;
    unsigned at;               /* point at which it is asked for; it comes when the CPU lets it */
    unsigned came_at, left_at; /* points counted when it came, and when its handler returned */
    bool has_come;
    bool found_cpu_asleep;
};

struct executor injection_executor;

static const struct injection_scenario *scenario;
static struct placed_event events[EVENTS_AT_MOST];
static size_t event_count;
static unsigned points;
static bool is_counting, is_in_interrupt, is_in_nmi, has_failed;
static jmp_buf run_is_over;
static const char *stack_top;
static struct mailbox *watched;
static unsigned long executions, placements, failures; /* of all scenarios */
static bool scenario_has_failed;

static void print_placement(FILE *stream)
{
    fprintf(stream, "  %s", scenario->name);
    for (size_t i = 0; i < event_count; i++)
        fprintf(stream, ", %s %zu at point %u (came at %u)", events[i].kind == NMI ? "NMI" : "event", i + 1,
                events[i].at, events[i].came_at);
    fputc('\n', stream);
}

static void report_failure(const char *what, int line)
{
    is_counting = false;
    has_failed = true;
    failures++;
    if (scenario_has_failed)
        return;
    scenario_has_failed = true;
    printf("FAILED: %s (line %d)\n", what, line);
    print_placement(stdout);
}

void injection_fail(const char *what, int line)
{
    report_failure(what, line);
    longjmp(run_is_over, 1);
}

static void die_of_signal(int number)
{
    (void)number;
    printf("FAILED: a signal, %d\n", number);
    print_placement(stdout);
    fflush(stdout);
    _exit(1);
}

static void fire(struct placed_event *event)
{
    bool *is_in = event->kind == NMI ? &is_in_nmi : &is_in_interrupt;

    event->has_come = true;
    event->came_at = points;
    *is_in = true;
    IN_HANDLER
    {
        event->action();
    }
    *is_in = false;
    event->left_at = points;
}

static bool may_come(const struct placed_event *event)
{
    if (event->kind == NMI)
        return !is_in_nmi;
    return interrupts_are_enabled() && !is_in_interrupt && !is_in_nmi;
}

static bool is_on_stack(const void *address)
{
    return (const char *)address <= stack_top && (const char *)address >= (const char *)__builtin_frame_address(0);
}

void injection_point(const void *address)
{
    if (!is_counting || is_on_stack(address))
        return;
    if (++points > POINT_LIMIT)
        injection_fail("the run does not end", __LINE__);
    for (size_t i = 0; i < event_count; i++)
        if (!events[i].has_come && points >= events[i].at && may_come(&events[i]))
            fire(&events[i]);
}

static const void *state_word(const struct mailbox *mailbox)
{
    int64_t slot = (int64_t)mailbox->task.bits >> 16 & -(int64_t)sizeof(struct task);

    return &((const struct task *)slot)->state;
}

void injection_changed(const void *address, uint64_t before, uint64_t after)
{
    for (struct mailbox *mailbox = watched; mailbox; mailbox = mailbox->next_watched)
        if (state_word(mailbox) == address)
            mailbox->wakes_that_found_it_waiting += (~before & after) >> TASK_SCHEDULED_BIT & 1;
}

static void check_mailboxes(void)
{
    for (struct mailbox *mailbox = watched; mailbox; mailbox = mailbox->next_watched) {
        bool has_ended = mailbox->drops || (mailbox->wanted && mailbox->seen >= mailbox->wanted);

        INJECTION_EXPECT(has_ended || mailbox->seen == mailbox->posted);
        INJECTION_EXPECT(mailbox->drops <= 1);
        INJECTION_EXPECT(has_ended ? mailbox->polls <= mailbox->spawns + mailbox->wakes_that_found_it_waiting
                                   : mailbox->polls == mailbox->spawns + mailbox->wakes_that_found_it_waiting);
    }
}

/* The CPU sleeps: that must be right, and it ends by the next event. */
static void sleep_hook(void)
{
    is_counting = false;
    executor_check(&injection_executor);
    check_mailboxes();
    for (size_t i = 0; i < event_count; i++)
        if (!events[i].has_come) {
            is_counting = true;
            events[i].found_cpu_asleep = true;
            fire(&events[i]);
            return;
        }
    if (scenario->check && event_count)
        scenario->check();
    longjmp(run_is_over, 1);
}

static void ring(void *unused)
{
    (void)unused;
    executor_alarm(&injection_executor);
}

static void reset_world(void)
{
    cpu_double_reset();
    clock_double_reset();
    (void)!timer_start(ring, NULL);
    heap_double_reset();
    cpu_double_on_idle = sleep_hook;
    is_counting = is_in_interrupt = is_in_nmi = has_failed = false;
    points = 0;
    watched = NULL;
    executor_init(&injection_executor, heap_double());
}

static void run_scenario(void)
{
    is_counting = true;
    if (scenario->act)
        scenario->act();
    executor_run(&injection_executor);
}

/* One execution; false if it failed. */
static bool run(size_t count)
{
    executions++;
    event_count = count;
    for (size_t i = 0; i < count; i++)
        events[i].has_come = events[i].found_cpu_asleep = false;
    reset_world();
    stack_top = (const char *)__builtin_frame_address(0);
    panic_double_is_expected = true;
    if (setjmp(panic_double_escape)) {
        report_failure(panic_double_message, __LINE__);
    } else {
        scenario->set_up();
        if (!setjmp(run_is_over))
            run_scenario();
    }
    is_counting = false;
    return !has_failed;
}

static void place(size_t index, injection_event action, enum event_kind kind, unsigned at)
{
    events[index] = (struct placed_event){.action = action, .kind = kind, .at = at};
}

/* `second` everywhere after the first event, also inside it if that is an NMI's privilege. */
static void explore_second(injection_event second, enum event_kind kind)
{
    unsigned at = (kind == NMI ? events[0].came_at : events[0].left_at) + 1;

    for (;; at = events[1].came_at + 1) {
        place(1, second, kind, at);
        placements++;
        if (!run(2) || events[1].found_cpu_asleep)
            return;
    }
}

struct companion {
    injection_event action;
    enum event_kind kind;
};

/* `first` everywhere, and with each of its companions everywhere behind it. */
static void explore_first(injection_event first, enum event_kind kind, const struct companion *companions,
                          size_t count)
{
    struct placed_event alone;
    unsigned at = 1;

    do {
        place(0, first, kind, at);
        placements++;
        if (!run(1))
            return;
        alone = events[0];
        for (size_t i = 0; i < count; i++) {
            explore_second(companions[i].action, companions[i].kind);
            events[0] = alone;
        }
        at = alone.came_at + 1;
    } while (!alone.found_cpu_asleep);
}

static void explore(void)
{
    injection_event a = scenario->events[0], b = scenario->events[1] ? scenario->events[1] : a;
    const struct companion after_a[] = {{b, INTERRUPT}, {scenario->nmi, NMI}};
    const struct companion after_b[] = {{a, INTERRUPT}, {scenario->nmi, NMI}};
    const struct companion after_nmi[] = {{a, INTERRUPT}, {scenario->nmi, NMI}};
    size_t companions = scenario->nmi ? 2 : 1;
    unsigned long executions_before = executions, placements_before = placements;
    unsigned length;

    scenario_has_failed = false;
    run(0);
    length = points;
    explore_first(a, INTERRUPT, after_a, companions);
    if (b != a)
        explore_first(b, INTERRUPT, after_b, companions);
    if (scenario->nmi)
        explore_first(scenario->nmi, NMI, after_nmi, companions);
    printf("%-28s %5u points, %7lu placements, %7lu executions%s\n", scenario->name, length,
           placements - placements_before, executions - executions_before, scenario_has_failed ? ", FAILED" : "");
}

bool injection_explore(const struct injection_scenario *scenarios, size_t count)
{
    signal(SIGSEGV, die_of_signal);
    signal(SIGBUS, die_of_signal);
    for (size_t i = 0; i < count && failures == 0; i++) {
        scenario = &scenarios[i];
        explore();
    }
    printf("%lu placements, %lu executions in all\n", placements, executions);
    return failures == 0;
}

void reader_init(struct reader *self, struct mailbox *mailbox)
{
    self->mailbox = mailbox;
}

enum poll reader_poll(struct reader *self, struct context *context)
{
    struct mailbox *mailbox = self->mailbox;

    mailbox->polls++;
    mailbox->waker = context->waker;
    injection_point(mailbox);
    if (mailbox->look)
        mailbox->look(mailbox, context);
    else
        mailbox->seen = mailbox->posted;
    injection_point(mailbox);
    if (mailbox->in_poll)
        mailbox->in_poll(mailbox, context);
    return mailbox->wanted && mailbox->seen >= mailbox->wanted ? POLL_READY : POLL_PENDING;
}

void reader_drop(struct reader *self)
{
    self->mailbox->drops++;
}

void mailbox_post(struct mailbox *mailbox)
{
    mailbox->posted++;
    waker_wake(mailbox->waker);
}

void mailbox_watch(struct mailbox *mailbox, struct task_handle task)
{
    mailbox->task = task;
    mailbox->waker = (struct waker){task.bits};
    mailbox->spawns++;
    mailbox->next_watched = watched;
    watched = mailbox;
}

void mailbox_spawn(struct mailbox *mailbox)
{
    struct spawn_result result = SPAWN(&injection_executor, reader, NULL, mailbox);

    if (result.error != SPAWN_OK)
        injection_fail("spawn", __LINE__);
    mailbox_watch(mailbox, result.task);
}
