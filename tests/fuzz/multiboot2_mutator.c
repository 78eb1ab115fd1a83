/* SPDX-License-Identifier: MIT */
/* Mends address and total size, the chain of tags, and what single tags need to be looked into. */
#include "mutator.h"

enum { HEADER_BYTES = 16, INFORMATION_HEADER_BYTES = 8, TAG_BYTES = 8 };
enum { END = 0, COMMAND_LINE = 1, LOADER_NAME = 2, MODULE = 3, MEMORY_MAP = 6, OLD_RSDP = 14, NEW_RSDP = 15 };

static size_t round_up_to_8(size_t size)
{
    return (size + 7) / 8 * 8;
}

/* A size that lets `wanted` bytes of entries be whole ones. */
static size_t mend_memory_map(uint8_t *tag, size_t size)
{
    enum { ENTRIES_AT = 16, ENTRY_BYTES = 24 };
    if (size < ENTRIES_AT)
        return size;
    size_t stride = ENTRY_BYTES + 8 * (fuzz_number(tag + 8, 4) % 3);
    fuzz_put_number(tag + 8, 4, stride);
    return ENTRIES_AT + (size - ENTRIES_AT) / stride * stride;
}

/* Mends the contents of a tag that has `size` bytes, and returns its size. */
static size_t mend_contents(uint8_t *tag, size_t size)
{
    switch (fuzz_number(tag, 4)) {
    case MEMORY_MAP:
        return mend_memory_map(tag, size);
    case COMMAND_LINE:
    case LOADER_NAME:
        if (size > TAG_BYTES)
            tag[size - 1] = 0;
        return size;
    case MODULE:
        if (size > 16) {
            tag[size - 1] = 0;
            tag[11] = 0;
            tag[15] |= 1;
        }
        return size;
    case OLD_RSDP:
    case NEW_RSDP:
        fuzz_mend_rsdp(tag + TAG_BYTES, size - TAG_BYTES);
        return size;
    default:
        return size;
    }
}

/* Every tag up to the last 8 bytes gets a type and a size that are possible; the last 8 bytes are the end tag. */
static void mend_tags(uint8_t *information, size_t total, unsigned *seed)
{
    size_t last = total - TAG_BYTES;
    size_t at = INFORMATION_HEADER_BYTES;
    while (at < last) {
        uint8_t *tag = information + at;
        size_t size = fuzz_number(tag + 4, 4);
        if (size < TAG_BYTES || size > last - at)
            size = TAG_BYTES + size % (last - at - TAG_BYTES + 1);
        if (fuzz_number(tag, 4) == END)
            tag[0] = (uint8_t)(1 + *seed % 21);
        if (fuzz_mends(seed))
            size = mend_contents(tag, size);
        fuzz_put_number(tag + 4, 4, size);
        at += round_up_to_8(size);
    }
    fuzz_put_number(information + last, 8, 8ull << 32);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size < HEADER_BYTES + INFORMATION_HEADER_BYTES + TAG_BYTES || !fuzz_mends(&seed))
        return size;
    if (fuzz_mends(&seed)) {
        data[0] &= 0xf8;
        data[1] |= 1;
    }
    size_t before = fuzz_mends(&seed) ? 0 : data[8];
    if (before + INFORMATION_HEADER_BYTES + TAG_BYTES > size - HEADER_BYTES)
        before = 0;
    data[8] = (uint8_t)before;
    uint8_t *information = data + HEADER_BYTES + before;
    size_t total = (size - HEADER_BYTES - before) / 8 * 8;
    if (fuzz_mends(&seed))
        fuzz_put_number(information, 4, total);
    if (fuzz_mends(&seed))
        mend_tags(information, total, &seed);
    return size;
}
