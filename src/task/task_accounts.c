/* SPDX-License-Identifier: MIT */
/*
 * A directory of chunks, each of which holds the accounts of ACCOUNTS_IN_CHUNK slots, by the slot's number. Only task code
 * changes the directory, by building another and putting it in the first one's place with one store: an interrupt handler,
 * which counts wakes, sees either. A task that is counted has COUNTED in its state word: wakes and polls test for it
 * together with what they test for anyway, so that it costs nothing while statistics are off.
 */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/heap.h>
#include <tenorite/task/task_accounts.h>

#include "task.h"

enum { ACCOUNTS_IN_CHUNK = 64 };

struct task_accounts {
    uint32_t chunk_count;
    struct task_account *chunks[];
};

static void free_chunks(struct executor *executor, struct task_accounts *accounts, uint32_t first)
{
    while (accounts->chunk_count > first)
        heap_free(executor->heap, accounts->chunks[--accounts->chunk_count]);
    heap_free(executor->heap, accounts);
}

static bool add_chunk(struct executor *executor, struct task_accounts *accounts)
{
    size_t bytes = ACCOUNTS_IN_CHUNK * sizeof(struct task_account);
    struct task_account *chunk = heap_alloc(executor->heap, bytes);

    if (!chunk)
        return false;
    memset(chunk, 0, bytes);
    accounts->chunks[accounts->chunk_count++] = chunk;
    return true;
}

/* A directory for all slots there are, which begins with the chunks of `before`, if that is not NULL; or NULL. */
static struct task_accounts *build(struct executor *executor, const struct task_accounts *before)
{
    uint32_t chunk_count = (executor->statistics.slots + ACCOUNTS_IN_CHUNK - 1) / ACCOUNTS_IN_CHUNK;
    uint32_t chunks_before = before ? before->chunk_count : 0;
    struct task_accounts *accounts;

    /* NOLINTNEXTLINE(bugprone-sizeof-expression): they are pointers */
    accounts = heap_alloc(executor->heap, sizeof(*accounts) + chunk_count * sizeof(accounts->chunks[0]));
    if (!accounts)
        return NULL;
    accounts->chunk_count = chunks_before;
    for (uint32_t i = 0; i < chunks_before; i++)
        accounts->chunks[i] = before->chunks[i];
    while (accounts->chunk_count < chunk_count)
        if (!add_chunk(executor, accounts)) {
            free_chunks(executor, accounts, chunks_before);
            return NULL;
        }
    return accounts;
}

static void replace(struct executor *executor, struct task_accounts *accounts)
{
    __atomic_store_n(&executor->accounts, accounts, __ATOMIC_RELEASE);
}

/* Sets or clears COUNTED in every live task. */
static void mark_live_tasks(struct executor *executor, void (*mark)(uint32_t *word, uint32_t bits))
{
    for (struct task_slab *slab = executor->first_slab; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (task_state_load(&slab->slots[i]) & TASK_LIVE)
                mark(&slab->slots[i].state, TASK_COUNTED);
}

static void set_bits(uint32_t *word, uint32_t bits)
{
    cpu_local_set_bits(word, bits);
}

static void clear_bits(uint32_t *word, uint32_t bits)
{
    cpu_local_clear_bits(word, bits);
}

enum accounts_error executor_accounts_start(struct executor *executor)
{
    struct task_accounts *accounts = build(executor, NULL);

    if (!accounts)
        return ACCOUNTS_NO_MEMORY;
    executor_accounts_stop(executor);
    replace(executor, accounts);
    mark_live_tasks(executor, set_bits);
    return ACCOUNTS_OK;
}

void executor_accounts_stop(struct executor *executor)
{
    struct task_accounts *accounts = executor->accounts;

    if (!accounts)
        return;
    mark_live_tasks(executor, clear_bits);
    replace(executor, NULL);
    free_chunks(executor, accounts, 0);
}

void task_accounts_grow(struct executor *executor)
{
    struct task_accounts *before = executor->accounts;
    struct task_accounts *accounts;

    if (executor->statistics.slots <= before->chunk_count * ACCOUNTS_IN_CHUNK)
        return;
    accounts = build(executor, before);
    if (!accounts)
        return;
    replace(executor, accounts);
    heap_free(executor->heap, before);
}

static struct task_account *account_of(const struct task *task)
{
    const struct task_accounts *accounts = task->executor->accounts;
    uint32_t chunk = task->number / ACCOUNTS_IN_CHUNK;

    if (!accounts || chunk >= accounts->chunk_count)
        return NULL;
    return &accounts->chunks[chunk][task->number % ACCOUNTS_IN_CHUNK];
}

bool task_account_begin(const struct task *task)
{
    struct task_account *account = account_of(task);

    if (!account)
        return false;
    *account = (struct task_account){};
    return true;
}

void task_account_wake(const struct task *task)
{
    struct task_account *account = account_of(task);

    if (account)
        cpu_local_increment(&account->wakes);
}

/* The poll may turn statistics off, or on. */
enum poll task_account_poll(struct task *task, struct context *context)
{
    uint64_t start_ns = clock_ns();
    enum poll result = task->type->poll(task->frame, context);
    uint64_t length_ns = clock_ns() - start_ns;
    struct task_account *account = account_of(task);

    if (!account)
        return result;
    account->polls++;
    account->total_poll_ns += length_ns;
    if (account->longest_poll_ns < length_ns)
        account->longest_poll_ns = length_ns;
    return result;
}

bool executor_account_of(struct task_handle handle, struct task_account *account)
{
    const struct task *task = task_live(handle.bits);
    const struct task_account *found = task ? account_of(task) : NULL;

    if (!found)
        return false;
    *account = *found;
    return true;
}
