/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * One access that may fault, and what came of it; the test goes on. For kernels that are linked with
 * --wrap=trap_dispatch: the page fault of a probe, and no other, ends the probe.
 */
struct fault {
    bool has_struck;
    uint64_t error_code; /* SDM vol. 3A, figure 4-12 "Page-Fault Error Code" */
    uint64_t address;    /* CR2 */
};

/* The bits of error_code. */
enum { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_USER = 4, FAULT_RESERVED = 8, FAULT_FETCH = 16 };

enum { PROBE_RET = 0xc3 }; /* the instruction that probe_execute() wants to find */

struct fault probe_read(uint64_t address);
struct fault probe_write(uint64_t address, uint8_t byte);
struct fault probe_execute(uint64_t address); /* of a `ret` */
