/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/executor.h>

/*
 * Statistics of each task, kept while they are on: a table beside the headers. Off, they cost nothing but a bit of the
 * state word that wakes and polls test along with others; on, two readings of the clock at each poll.
 */
struct task_account {
    uint64_t polls;
    uint64_t wakes; /* also those of a task that was ready anyway, and not the first, by its spawn */
    uint64_t longest_poll_ns;
    uint64_t total_poll_ns;
};

enum NODISCARD accounts_error { ACCOUNTS_OK, ACCOUNTS_NO_MEMORY };

/* Counts from now on, from zero also where it was on already. 32 bytes of the heap a slot. ACCOUNTS_NO_MEMORY: as before.
 * Task context. Tasks that are spawned later, without memory for their accounts, are not counted. */
enum accounts_error executor_accounts_start(struct executor *executor);

/* Gives the memory back. Task context. */
void executor_accounts_stop(struct executor *executor);

/* What was counted for a live task; false where nothing is. Task context. */
bool executor_account_of(struct task_handle task, struct task_account *account) MUST_CHECK;
