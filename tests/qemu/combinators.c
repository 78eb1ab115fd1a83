/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/boxed.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/generator.h>
#include <tenorite/task/join_wide.h>
#include <tenorite/task/select.h>
#include <tenorite/task/sleep.h>
#include <tenorite/task/stream_buffered.h>
#include <tenorite/task/stream_fold.h>
#include <tenorite/task/yield.h>

#include "kernel_test.h"

/* Futures made of futures on the machine itself: real time, the real heap, the kernel's own flags. */
enum { SLEEPERS = 300, FIBONACCI = 12, FIBONACCI_VALUE = 144, PAGES = 9, AT_ONCE = 3 };

static struct kernel_memory memory;
static struct executor executor;

static void alarm(void *argument)
{
    executor_alarm(argument);
}

/* A coroutine that joins two boxed instances of itself. */
ASYNC_STATIC_FRAME_OF(unsigned, fibonacci, unsigned n; struct boxed left, right; unsigned first, second;
                      struct dyn_future both[2]; struct join_all join; struct yield yield;);

static void fibonacci_init(struct fibonacci *self, unsigned n)
{
    coroutine_init(&self->coroutine);
    self->n = n;
}

ASYNC(fibonacci)
{
    ASYNC_BEGIN;
    if (self->n < 2) {
        AWAIT(yield, &self->yield);
        self->result = self->n;
        ASYNC_RETURN;
    }
    AWAIT(join_all, &self->join,
          FUTURES(self->both,
                  TRY_START(boxed, &self->left, BOX_OF(&memory.heap, &self->first, fibonacci, self->n - 1)),
                  TRY_START(boxed, &self->right, BOX_OF(&memory.heap, &self->second, fibonacci, self->n - 2))));
    CHECK(!self->join.error, "no memory for fibonacci(%u)", self->n);
    self->result = self->first + self->second;
    ASYNC_END;
}

GENERATOR_STATIC_FRAME(unsigned, pages, unsigned i;);

static void pages_init(struct pages *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(pages)
{
    ASYNC_BEGIN;
    for (self->i = 0; self->i < PAGES; self->i++)
        YIELD(self->i);
    ASYNC_END;
}

/* The later the page, the sooner it is there. */
ASYNC_STATIC_FRAME_OF(unsigned, fetch, unsigned page; struct sleep sleep;);

static void fetch_init(struct fetch *self, unsigned page)
{
    coroutine_init(&self->coroutine);
    self->page = page;
}

ASYNC(fetch)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, MILLISECONDS(2 * (PAGES - self->page)));
    self->result = self->page;
    ASYNC_END;
}

BUFFERED_STREAM(fetched, pages, fetch, fetch_init, AT_ONCE);

/* The digits of the pages as they come. */
static unsigned long append_digit(unsigned long number, unsigned page)
{
    return number * 10 + page;
}

FOLD_FUTURE(fetch_all, fetched, unsigned long, append_digit);

static void fetch_all_init(struct fetch_all *self)
{
    pages_init(fetched_source(fetch_all_source(self, 0)));
}

ASYNC_STATIC_FRAME(director, struct sleep naps[2]; struct dyn_future both[2]; struct race race; uint64_t started;
                   struct sleep sleepers[SLEEPERS]; struct dyn_future futures[SLEEPERS];
                   struct join_group groups[JOIN_GROUPS(SLEEPERS)]; struct join_wide join; struct boxed boxed;
                   unsigned value; uint64_t heap_bytes; struct fetch_all fetch_all;);

static void director_init(struct director *self)
{
    coroutine_init(&self->coroutine);
}

static void start_sleepers(struct director *self)
{
    for (unsigned i = 0; i < SLEEPERS; i++)
        self->futures[i] = START(sleep, &self->sleepers[i], MILLISECONDS(i % 50));
}

ASYNC(director)
{
    ASYNC_BEGIN;
    kernel_test_plan(4);

    kernel_test_begin("race_ends_with_the_shorter_sleep");
    self->started = clock_ns();
    AWAIT(race, &self->race,
          FUTURES(self->both, START(sleep, &self->naps[0], SECONDS(100)),
                  START(sleep, &self->naps[1], MILLISECONDS(5))));
    CHECK(self->race.result == 1, "%u won", self->race.result);
    CHECK(!dyn_future_is_live(&self->both[0]), "the loser is still there");
    kernel_test_end();

    kernel_test_begin("wide_join_waits_for_the_longest_of_many_sleeps");
    start_sleepers(self);
    self->started = clock_ns();
    AWAIT(join_wide, &self->join, FUTURE_SET(self->futures), self->groups, COUNT_OF(self->groups));
    CHECK(!self->join.spawn_error, "no memory for headers");
    CHECK(clock_ns() - self->started >= 49 * 1000 * 1000, "after %llu ns",
          (unsigned long long)(clock_ns() - self->started));
    kernel_test_end();

    kernel_test_begin("recursive_join_gives_its_boxes_back");
    self->heap_bytes = heap_statistics(&memory.heap).used_bytes;
    AWAIT(boxed, &self->boxed, BOX_OF(&memory.heap, &self->value, fibonacci, FIBONACCI));
    CHECK(!self->boxed.error && self->value == FIBONACCI_VALUE, "fibonacci(%u) is %u", FIBONACCI, self->value);
    CHECK(heap_statistics(&memory.heap).used_bytes == self->heap_bytes, "%llu bytes in use, before %llu",
          (unsigned long long)heap_statistics(&memory.heap).used_bytes, (unsigned long long)self->heap_bytes);
    kernel_test_end();

    kernel_test_begin("buffered_stream_keeps_the_order_of_its_source");
    AWAIT(fetch_all, &self->fetch_all);
    CHECK(self->fetch_all.result == 12345678, "%lu", self->fetch_all.result);
    executor_check(&executor);
    kernel_test_end();
    kernel_test_finish();
    ASYNC_END;
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    executor_init(&executor, &memory.heap);
    ASSERT(timer_start(alarm, &executor) == TIMER_OK, "no timer");
    struct spawn_result result = SPAWN(&executor, director, "director");
    ASSERT(result.error == SPAWN_OK, "no memory");
    interrupts_enable();
    executor_run(&executor);
}
