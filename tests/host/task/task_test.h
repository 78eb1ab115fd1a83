/* SPDX-License-Identifier: MIT */
#pragma once

/* cmocka's prerequisites come first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock_double.h"
#include "cpu_double.h"
#include "heap/heap_double.h"
#include "panic_double.h"

#include <tenorite/task/executor.h>

/*
 * A probe is a future whose behaviour a test scripts and whose history it reads, both in a `struct probe_record` that
 * outlives the task.
 */
struct probe_record {
    /* script */
    char letter;            /* appended to `trace` at each poll */
    unsigned ready_at_poll; /* 0: never */
    unsigned self_wakes;    /* wakes of its own task in each poll */
    void (*in_poll)(struct probe_record *record, struct context *context);
    void (*in_drop)(struct probe_record *record);
    /* history */
    unsigned polls;
    unsigned drops;
    struct waker waker; /* of the latest poll */
};

struct probe {
    struct probe_record *record;
};

void probe_init(struct probe *self, struct probe_record *record);
enum poll probe_poll(struct probe *self, struct context *context);
void probe_drop(struct probe *self);
FUTURE_TYPE(probe);

/* The letters of the probes in the order in which they were polled. */
extern char trace[256];

/* Fresh in each test by task_test_setup, checked and emptied of tasks by task_test_teardown. */
extern struct executor executor;

int task_test_setup(void **state);
int task_test_teardown(void **state);

/* Spawns a probe, and expects that to work. */
struct task_handle spawn_probe(struct probe_record *record);

/* Runs until idle and checks the executor's invariants. */
void run(void);

/* Wakes as an interrupt handler does. */
void wake_in_handler(struct waker waker);

/* The number of live tasks, counted one by one. */
unsigned count_tasks(void);

#define TASK_TEST(function) cmocka_unit_test_setup_teardown(function, task_test_setup, task_test_teardown)
