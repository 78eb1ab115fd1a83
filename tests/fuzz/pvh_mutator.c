/* SPDX-License-Identifier: MIT */
/* Mends the magic number, pulls pointers into the memory, bounds counts by what is there, and mends the root pointer. */
#include "mutator.h"

enum { HEADER_BYTES = 16, START_INFO_BYTES = 56, MAGIC = 0x336ec578, MODULE_BYTES = 32, REGION_BYTES = 24 };

struct small_memory {
    uint8_t *bytes;
    uint64_t base;
    size_t length;
};

/* The offset that a pointer stands for, after the pointer was made to point into the memory. */
static size_t mend_pointer(const struct small_memory *memory, uint8_t *pointer)
{
    uint64_t address = fuzz_number(pointer, 8);
    if (address < memory->base || address - memory->base >= memory->length)
        address = memory->base + address % memory->length;
    fuzz_put_number(pointer, 8, address);
    return address - memory->base;
}

/* A list's pointer and count. */
static size_t mend_list(const struct small_memory *memory, uint8_t *pointer, uint8_t *count, size_t entry_bytes)
{
    if (fuzz_number(count, 4) == 0)
        return 0;
    size_t at = mend_pointer(memory, pointer);
    size_t room = (memory->length - at) / entry_bytes;
    if (fuzz_number(count, 4) > room)
        fuzz_put_number(count, 4, room == 0 ? 0 : 1 + fuzz_number(count, 4) % room);
    return at;
}

static void mend_modules(const struct small_memory *memory, size_t at, uint64_t count, unsigned *seed)
{
    for (uint64_t i = 0; i < count && i < 20 && at + MODULE_BYTES <= memory->length; i++, at += MODULE_BYTES) {
        uint8_t *module = memory->bytes + at;
        if (fuzz_mends(seed))
            fuzz_put_number(module, 8, fuzz_number(module, 8) % (1ull << 51));
        if (fuzz_mends(seed))
            fuzz_put_number(module + 8, 8, fuzz_number(module + 8, 8) % (1ull << 51));
        if (fuzz_number(module + 16, 8) != 0 && fuzz_mends(seed))
            mend_pointer(memory, module + 16);
    }
}

static void mend_start_info(const struct small_memory *memory, uint8_t *start_info, unsigned *seed)
{
    if (fuzz_mends(seed))
        fuzz_put_number(start_info, 4, MAGIC);
    if (fuzz_number(start_info + 24, 8) != 0 && fuzz_mends(seed))
        mend_pointer(memory, start_info + 24);
    if (fuzz_mends(seed)) {
        size_t at = mend_list(memory, start_info + 16, start_info + 12, MODULE_BYTES);
        mend_modules(memory, at, fuzz_number(start_info + 12, 4), seed);
    }
    if (fuzz_mends(seed))
        mend_list(memory, start_info + 40, start_info + 48, REGION_BYTES);
    if (fuzz_number(start_info + 32, 8) != 0 && fuzz_mends(seed)) {
        size_t at = mend_pointer(memory, start_info + 32);
        fuzz_mend_rsdp(memory->bytes + at, memory->length - at);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size < HEADER_BYTES + START_INFO_BYTES || !fuzz_mends(&seed))
        return size;
    struct small_memory memory = {data + HEADER_BYTES, fuzz_number(data, 8), size - HEADER_BYTES};
    if (fuzz_mends(&seed))
        memory.base %= 1ull << 32;
    fuzz_put_number(data, 8, memory.base);
    size_t at = mend_pointer(&memory, data + 8);
    if (at > memory.length - START_INFO_BYTES) {
        at = memory.length - START_INFO_BYTES;
        fuzz_put_number(data + 8, 8, memory.base + at);
    }
    mend_start_info(&memory, memory.bytes + at, &seed);
    return size;
}
