/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/once.h>
#include <tenorite/lib/panic.h>

bool once_begin(struct once_state *once)
{
    for (unsigned attempt = 0;; attempt++) {
        uint32_t stage = ONCE_OPEN;
        if (__atomic_compare_exchange_n(&once->stage, &stage, ONCE_RUNNING, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE))
            return true;
        if (stage == ONCE_DONE)
            return false;
        while (__atomic_load_n(&once->stage, __ATOMIC_RELAXED) == ONCE_RUNNING) {
            ASSERT(attempt < ONCE_SPIN_LIMIT, "once %p waits for itself, after %u attempts", (void *)once, attempt);
            attempt++;
        }
    }
}

void once_end(struct once_state *once, bool is_done)
{
    __atomic_store_n(&once->stage, is_done ? ONCE_DONE : ONCE_OPEN, __ATOMIC_RELEASE);
}
