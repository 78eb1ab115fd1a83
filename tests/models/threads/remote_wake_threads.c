/* SPDX-License-Identifier: MIT */
/*
 * Wakes between CPUs that are threads, under ThreadSanitizer: CPUs 0 and 1 run an executor each, CPU 2 only wakes.
 *
 *   partners  one task on each executor; they hand a ball to and fro, an ordinary variable: that the poll may read what was
 *             written before the wake is only due to the wake
 *   counters  tasks that every CPU posts to; each post must be seen in the end, though many wakes are one poll
 *   mayflies  tasks that end at once, whose wakers are kept and used by CPU 2 afterwards
 *
 * The homes sleep and are interrupted, by semaphores. ThreadSanitizer reports what is not ordered; this program what is
 * lost or does not end.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <tenorite/mm/heap.h>
#include <time.h>
#include <unistd.h>

#include "cpu_double.h"

#include <tenorite/task/executor.h>

enum { HOMES = 2, WAKER_CPU = HOMES, COUNTERS = 4, ROUNDS = 10000, MAYFLIES = 8, PATIENCE_SECONDS = 40 };

static struct executor executors[HOMES];
static sem_t interrupt_of[HOMES];
static bool is_over;
static unsigned polled_first; /* tasks that wait now */
static unsigned rounds_done;

void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size)
{
    (void)heap;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void *heap_alloc(struct heap *heap, size_t size)
{
    return heap_aligned_alloc(heap, _Alignof(max_align_t), size);
}

void heap_free(struct heap *heap, void *pointer)
{
    (void)heap;
    free(pointer);
}

/* --- tasks ---------------------------------------------------------------------------------------------------- */

struct counter {
    struct waker waker;
    unsigned posted;
    unsigned seen;
};

static struct counter counters[HOMES][COUNTERS];

struct count {
    struct counter *counter;
    bool has_started;
};

static void count_init(struct count *self, struct counter *counter)
{
    self->counter = counter;
    self->has_started = false;
}

static enum poll count_poll(struct count *self, struct context *context)
{
    if (!self->has_started) {
        self->has_started = true;
        self->counter->waker = context->waker;
        __atomic_fetch_add(&polled_first, 1, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&self->counter->seen, __atomic_load_n(&self->counter->posted, __ATOMIC_RELAXED),
                     __ATOMIC_RELAXED);
    return POLL_PENDING;
}

static void count_drop(struct count *self)
{
    (void)self;
}

FUTURE_TYPE(count);

static void post_everywhere(void)
{
    for (unsigned home = 0; home < HOMES; home++)
        for (unsigned i = 0; i < COUNTERS; i++) {
            __atomic_fetch_add(&counters[home][i].posted, 1, __ATOMIC_RELAXED);
            waker_wake(counters[home][i].waker);
        }
}

static uint64_t wakers_of_mayflies[HOMES][MAYFLIES];

struct mayfly {
    uint64_t *waker;
    unsigned polls;
};

static void mayfly_init(struct mayfly *self, uint64_t *waker)
{
    self->waker = waker;
    self->polls = 0;
}

static enum poll mayfly_poll(struct mayfly *self, struct context *context)
{
    __atomic_store_n(self->waker, context->waker.bits, __ATOMIC_RELEASE);
    if (self->polls++)
        return POLL_READY;
    waker_wake(context->waker);
    return POLL_PENDING;
}

static void mayfly_drop(struct mayfly *self)
{
    (void)self;
}

FUTURE_TYPE(mayfly);

static unsigned ball;
static struct waker partners[HOMES];

struct play {
    unsigned home;
    bool has_started;
};

static void play_init(struct play *self, unsigned home)
{
    self->home = home;
    self->has_started = false;
}

static enum poll play_poll(struct play *self, struct context *context)
{
    if (!self->has_started) {
        self->has_started = true;
        partners[self->home] = context->waker;
        __atomic_fetch_add(&polled_first, 1, __ATOMIC_RELEASE);
        return POLL_PENDING;
    }
    if (++ball == ROUNDS) {
        __atomic_store_n(&rounds_done, 1, __ATOMIC_RELEASE);
        return POLL_READY;
    }
    post_everywhere();
    if (SPAWN(context->executor, mayfly, NULL, &wakers_of_mayflies[self->home][ball % MAYFLIES]).error != SPAWN_OK)
        abort();
    waker_wake(partners[!self->home]);
    return POLL_PENDING;
}

static void play_drop(struct play *self)
{
    (void)self;
}

FUTURE_TYPE(play);

/* --- CPUs ----------------------------------------------------------------------------------------------------- */

static void interrupt_cpu(uint32_t cpu)
{
    sem_post(&interrupt_of[cpu]);
}

static void sleep_until_interrupted(void)
{
    if (__atomic_load_n(&is_over, __ATOMIC_ACQUIRE))
        pthread_exit(NULL);
    while (sem_wait(&interrupt_of[cpu_double_number]) != 0)
        ;
}

static void *run_home(void *number)
{
    unsigned home = (unsigned)(uintptr_t)number;
    struct executor *executor = &executors[home];

    cpu_double_number = home;
    executor_init(executor, NULL);
    for (unsigned i = 0; i < COUNTERS; i++)
        if (SPAWN(executor, count, NULL, &counters[home][i]).error != SPAWN_OK)
            abort();
    if (SPAWN(executor, play, NULL, home).error != SPAWN_OK)
        abort();
    executor_run(executor);
}

static void wait_for(const unsigned *word, unsigned value, const char *what)
{
    time_t limit = time(NULL) + PATIENCE_SECONDS;

    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) {
        if (time(NULL) > limit) {
            printf("FAILED: %s\n", what);
            fflush(stdout);
            _exit(1);
        }
        usleep(100);
    }
}

static void *run_waker(void *unused)
{
    (void)unused;
    cpu_double_number = WAKER_CPU;
    wait_for(&polled_first, HOMES * (COUNTERS + 1), "a task was not polled");
    waker_wake(partners[0]);
    while (!__atomic_load_n(&rounds_done, __ATOMIC_ACQUIRE)) {
        for (unsigned home = 0; home < HOMES; home++)
            for (unsigned i = 0; i < MAYFLIES; i++)
                waker_wake((struct waker){__atomic_load_n(&wakers_of_mayflies[home][i], __ATOMIC_ACQUIRE)});
        post_everywhere();
        usleep(20);
    }
    return NULL;
}

int main(void)
{
    pthread_t homes[HOMES], waker;

    cpu_double_on_idle = sleep_until_interrupted;
    cpu_double_on_interrupt = interrupt_cpu;
    for (uintptr_t i = 0; i < HOMES; i++)
        if (sem_init(&interrupt_of[i], 0, 0) || pthread_create(&homes[i], NULL, run_home, (void *)i))
            return 1;
    if (pthread_create(&waker, NULL, run_waker, NULL))
        return 1;
    wait_for(&rounds_done, 1, "the ball was lost");
    pthread_join(waker, NULL);
    for (unsigned home = 0; home < HOMES; home++)
        for (unsigned i = 0; i < COUNTERS; i++)
            wait_for(&counters[home][i].seen, __atomic_load_n(&counters[home][i].posted, __ATOMIC_RELAXED),
                     "a post was not seen");
    __atomic_store_n(&is_over, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < HOMES; i++) {
        sem_post(&interrupt_of[i]);
        pthread_join(homes[i], NULL);
    }
    for (unsigned i = 0; i < HOMES; i++) {
        cpu_double_number = i;
        executor_check(&executors[i]);
        printf("CPU %u: %llu polls, %llu sleeps\n", i, (unsigned long long)executors[i].statistics.polls,
               (unsigned long long)executors[i].statistics.idles);
    }
    return 0;
}
