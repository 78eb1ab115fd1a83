/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/join.h>
#include <tenorite/task/sleep.h>

#include "kernel_test.h"

/* A hundred thousand tasks that sleep at the same time, in 128 MiB; twice, so that what stays shows. */
enum { TASKS = 100 * 1000, ROUNDS = 2, SLEEP_SPREAD_MS = 2000 };

static struct kernel_memory memory;
static struct executor executor;
static struct task_handle tasks[TASKS];

ASYNC_STATIC_FRAME_OF(uint32_t, dozer, uint32_t number; struct sleep sleep;);

static void dozer_init(struct dozer *self, uint32_t number)
{
    coroutine_init(&self->coroutine);
    self->number = number;
}

ASYNC(dozer)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, MILLISECONDS(1000 + self->number % SLEEP_SPREAD_MS));
    self->result = self->number;
    ASYNC_END;
}

/* What is in use when no task but the director lives. Headers stay, and are reported apart. */
struct usage {
    uint64_t heap_bytes, heap_blocks, heap_mapped, frames_free, slots;
};

static struct usage usage_now(void)
{
    struct heap_statistics heap = heap_statistics(&memory.heap);
    return (struct usage){heap.used_bytes, heap.allocation_count, heap.mapped_bytes,
                          frames_statistics(&memory.frames).free_count, executor.statistics.slots};
}

static void usage_print(const char *when, const struct usage *usage)
{
    console_print_line("%s: %llu bytes in %llu blocks, %llu KiB mapped, %llu frames free; headers: %llu, %llu KiB",
                       when, (unsigned long long)usage->heap_bytes, (unsigned long long)usage->heap_blocks,
                       (unsigned long long)usage->heap_mapped / 1024, (unsigned long long)usage->frames_free,
                       (unsigned long long)usage->slots,
                       (unsigned long long)usage->slots * sizeof(struct task_slot) / 1024);
}

ASYNC_STATIC_FRAME(director, unsigned round; uint32_t i; uint32_t number; uint64_t sum; struct join join;
                   struct usage peak[ROUNDS]; struct usage after[ROUNDS];);

static void director_init(struct director *self)
{
    coroutine_init(&self->coroutine);
}

static void spawn_dozers(void)
{
    for (uint32_t i = 0; i < TASKS; i++) {
        struct spawn_result result = SPAWN_JOINABLE(&executor, dozer, "dozer", i);
        ASSERT(result.error == SPAWN_OK, "no memory for task %u", i);
        tasks[i] = result.task;
    }
}

static void check_equal(const struct usage *first, const struct usage *second)
{
    CHECK(first->heap_bytes == second->heap_bytes, "%llu bytes after the first round, %llu after the second",
          (unsigned long long)first->heap_bytes, (unsigned long long)second->heap_bytes);
    CHECK(first->heap_blocks == second->heap_blocks, "%llu and %llu blocks", (unsigned long long)first->heap_blocks,
          (unsigned long long)second->heap_blocks);
    CHECK(first->heap_mapped == second->heap_mapped, "%llu and %llu bytes mapped",
          (unsigned long long)first->heap_mapped, (unsigned long long)second->heap_mapped);
    CHECK(first->frames_free == second->frames_free, "%llu and %llu frames free",
          (unsigned long long)first->frames_free, (unsigned long long)second->frames_free);
    CHECK(first->slots == second->slots, "%llu and %llu headers", (unsigned long long)first->slots,
          (unsigned long long)second->slots);
}

ASYNC(director)
{
    ASYNC_BEGIN;
    kernel_test_plan(2);
    kernel_test_begin("hundred_thousand_tasks_sleep_wake_and_are_joined");
    for (self->round = 0; self->round < ROUNDS; self->round++) {
        spawn_dozers();
        self->peak[self->round] = usage_now();
        self->sum = 0;
        for (self->i = 0; self->i < TASKS; self->i++) {
            AWAIT(join, &self->join, tasks[self->i], JOIN_INTO(&self->number));
            CHECK(self->join.error == JOIN_OK && self->number == self->i, "task %u: error %d, value %u", self->i,
                  (int)self->join.error, self->number);
            self->sum += self->number;
        }
        CHECK(self->sum == (uint64_t)TASKS * (TASKS - 1) / 2, "sum %llu", (unsigned long long)self->sum);
        heap_trim(&memory.heap);
        self->after[self->round] = usage_now();
        usage_print("all asleep", &self->peak[self->round]);
        usage_print("all joined", &self->after[self->round]);
    }
    CHECK(executor.statistics.completed == (uint64_t)ROUNDS * TASKS, "%llu completed",
          (unsigned long long)executor.statistics.completed);
    kernel_test_end();
    kernel_test_begin("nothing_stays_but_their_headers");
    check_equal(&self->after[0], &self->after[1]);
    executor_check(&executor);
    kernel_test_end();
    kernel_test_finish();
    ASYNC_END;
}

static void ring(void *argument)
{
    executor_alarm(argument);
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    executor_init(&executor, &memory.heap);
    ASSERT(timer_start(ring, &executor) == TIMER_OK, "no timer");
    struct spawn_result result = SPAWN(&executor, director, "director");
    ASSERT(result.error == SPAWN_OK, "no memory");
    interrupts_enable();
    executor_run(&executor);
}
