/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/heap.h>

/* The kernel's heap over memory of this process. */
extern struct heap program_heap;

/* Empty again, with all memory it had given back. Its address range is there before it is mapped, so growing costs what it
 * costs a kernel, without page faults. */
void program_heap_reset(void);
