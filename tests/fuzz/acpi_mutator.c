/* SPDX-License-Identifier: MIT */
/* Follows the pointers from the root pointer on as the code under test does, pulls them into the memory, and mends lengths
 * and checksums on the way back. The root pointer is mended nearly always: without one the code under test searches 8256
 * places, which takes ten times as long as all the rest. */
#include "mutator.h"

enum { HEADER_BYTES = 32, TABLE_BYTES = 36, FADT_DSDT_AT = 40, FADT_LONG_DSDT_AT = 140, MOST_ENTRIES = 32 };

struct small_memory {
    uint8_t *bytes;
    uint64_t base;
    size_t length;
};

/* The offset that a pointer of `width` bytes stands for, after it was made to leave room for a table. */
static size_t mend_pointer(const struct small_memory *memory, uint8_t *pointer, size_t width)
{
    uint64_t offset = fuzz_number(pointer, width) - memory->base;
    if (offset > memory->length - TABLE_BYTES)
        offset %= memory->length - TABLE_BYTES + 1;
    fuzz_put_number(pointer, width, memory->base + offset);
    return offset;
}

static void mend_length(const struct small_memory *memory, size_t at)
{
    uint8_t *table = memory->bytes + at;
    uint64_t length = fuzz_number(table + 4, 4), room = memory->length - at;
    if (length < TABLE_BYTES || length > room)
        fuzz_put_number(table + 4, 4, TABLE_BYTES + length % (room - TABLE_BYTES + 1));
}

static void seal(const struct small_memory *memory, size_t at)
{
    uint8_t *table = memory->bytes + at;
    uint64_t length = fuzz_number(table + 4, 4);
    if (length >= TABLE_BYTES && length <= memory->length - at)
        fuzz_mend_sum(table, length, 9);
}

static void mend_table(const struct small_memory *memory, size_t at, unsigned *seed)
{
    static const char *const signatures[] = {"FACP", "SSDT", "DSDT", "APIC", "FACP", "SSDT", "RSDT", "XSDT"};
    uint8_t *table = memory->bytes + at;
    if (!fuzz_mends(seed))
        memcpy(table, signatures[*seed >> 24 & 7], 4);
    if (fuzz_mends(seed))
        mend_length(memory, at);
    uint64_t length = fuzz_number(table + 4, 4);
    size_t dsdt_at = length >= FADT_LONG_DSDT_AT + 8 ? FADT_LONG_DSDT_AT : FADT_DSDT_AT;
    if (memcmp(table, "FACP", 4) == 0 && length >= 44 && length <= memory->length - at && fuzz_mends(seed)) {
        size_t dsdt = mend_pointer(memory, table + dsdt_at, dsdt_at == FADT_DSDT_AT ? 4 : 8);
        mend_length(memory, dsdt);
        seal(memory, dsdt);
    }
    if (fuzz_mends(seed))
        seal(memory, at);
}

static void mend_root_table(const struct small_memory *memory, size_t at, size_t width, unsigned *seed)
{
    uint8_t *root = memory->bytes + at;
    memcpy(root, width == 8 ? "XSDT" : "RSDT", 4);
    mend_length(memory, at);
    size_t count = (fuzz_number(root + 4, 4) - TABLE_BYTES) / width;
    for (size_t i = 0; i < count && i < MOST_ENTRIES; i++) {
        if (fuzz_mends(seed))
            mend_table(memory, mend_pointer(memory, root + TABLE_BYTES + i * width, width), seed);
    }
    if (fuzz_mends(seed))
        seal(memory, at);
}

static void mend_root_pointer(const struct small_memory *memory, size_t at, unsigned *seed)
{
    uint8_t *pointer = memory->bytes + at;
    bool is_long = pointer[15] >= 2;
    size_t root = is_long ? mend_pointer(memory, pointer + 24, 8) : mend_pointer(memory, pointer + 16, 4);
    if (fuzz_mends(seed))
        mend_root_table(memory, root, is_long ? 8 : 4, seed);
    if (fuzz_mends(seed) || fuzz_mends(seed))
        fuzz_mend_rsdp(pointer, memory->length - at);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size < HEADER_BYTES + 2 * TABLE_BYTES || (!fuzz_mends(&seed) && !fuzz_mends(&seed)))
        return size;
    struct small_memory memory = {data + HEADER_BYTES, fuzz_number(data, 8), size - HEADER_BYTES};
    if (fuzz_mends(&seed))
        memory.base %= 1ull << 31;
    if (memory.base > UINT64_MAX - memory.length)
        return size;
    fuzz_put_number(data, 8, memory.base);
    if (fuzz_mends(&seed) || fuzz_mends(&seed))
        mend_root_pointer(&memory, mend_pointer(&memory, data + 8, 8), &seed);
    return size;
}
