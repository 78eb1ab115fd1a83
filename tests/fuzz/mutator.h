/* SPDX-License-Identifier: MIT */
#pragma once

#include "fuzz.h"

/*
 * Mutators mend what random changes break at once, so that inputs reach what lies behind sizes and checksums. Each thing
 * is mended most of the time, never always: the checks themselves are code under test.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* libFuzzer's own mutations. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Draws from `*seed`: whether to mend, seven times in eight. */
static inline int fuzz_mends(unsigned *seed)
{
    *seed = *seed * 1103515245 + 12345;
    return *seed >> 16 & 7;
}

/* Sets bytes[at] so that `length` bytes sum to 0. */
static inline void fuzz_mend_sum(uint8_t *bytes, size_t length, size_t at)
{
    bytes[at] = 0;
    bytes[at] = (uint8_t)-fuzz_sum(bytes, length);
}

/* Makes a root pointer of what is there, if there is room for one (ACPI 6.5, 5.2.5.3 "Root System Description Pointer
 * (RSDP) Structure"). */
static inline void fuzz_mend_rsdp(uint8_t *rsdp, size_t room)
{
    enum { SHORT_BYTES = 20, LONG_BYTES = 36, SHORT_SUM_AT = 8, REVISION_AT = 15, LENGTH_AT = 20, LONG_SUM_AT = 32 };
    if (room < SHORT_BYTES)
        return;
    memcpy(rsdp, "RSD PTR ", 8);
    fuzz_mend_sum(rsdp, SHORT_BYTES, SHORT_SUM_AT);
    if (room < LONG_BYTES || rsdp[REVISION_AT] < 2)
        return;
    fuzz_put_number(rsdp + LENGTH_AT, 4, LONG_BYTES);
    fuzz_mend_sum(rsdp, LONG_BYTES, LONG_SUM_AT);
}
