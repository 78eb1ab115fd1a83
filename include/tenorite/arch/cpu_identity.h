/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Which CPU this is and what it can do, for people: the kernel decides by what each unit asks for itself. */
struct cpu_identity {
    char vendor[13];     /* "GenuineIntel"; may hold any byte */
    char hypervisor[13]; /* the same of the hypervisor that shows itself to its guests; "" for none */
    unsigned family, model, stepping;
    unsigned physical_bits, virtual_bits; /* of addresses, as the CPU states them */
};

/* Any context. */
struct cpu_identity cpu_identity(void);

struct cpu_fact {
    const char *name;
    bool is_true;
};

/* Feature number `index`, from 0 on, of those that matter to this kernel, and whether the CPU has it; false, and *feature
 * unchanged, behind the last one. Any context. */
bool cpu_feature(size_t index, struct cpu_fact *feature) MUST_CHECK;

/* Likewise the protections that the kernel can switch on, and whether each is on now. Needs ring 0. Any context. */
bool cpu_protection(size_t index, struct cpu_fact *protection) MUST_CHECK;
