/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * The arithmetic of addresses on plain integers, in a form that a proof tool can read: no assertion, no macro with
 * statements, no cast, and / and % by constants, of which compilers make shifts and masks. Kernel code uses the types
 * of <tenorite/arch/address.h>, which stand on it.
 *
 * The 2^48 virtual addresses are two halves with a hole between them. An address's rank is its place among them,
 * counted without the hole:
 *
 *     address   0 ...... 2^47 - 1 | (hole) | 2^64 - 2^47 ...... 2^64 - 1
 *     rank      0 ...... 2^47 - 1 |        | 2^47        ...... 2^48 - 1
 *
 * so steps are additions of ranks: they jump the hole and end at 2^48. The rank of a physical address is itself, and
 * there are 2^52. Parameters named `address` must be valid; results are. Any context.
 *
 * References: Intel SDM vol. 1, 3.3.7.1 "Canonical Addressing"; vol. 3A, 4.5 "4-Level Paging and 5-Level Paging".
 */
#define VIRT_ADDRESSES 281474976710656u   /* 2^48 */
#define VIRT_HALF 140737488355328u        /* 2^47 */
#define VIRT_HOLE 18446462598732840960u   /* 2^64 - 2^48: the length of the hole */
#define VIRT_UPPER 18446603336221196288u  /* 2^64 - 2^47: the first address of the upper half */
#define PHYS_ADDRESSES 4503599627370496u  /* 2^52 */
#define TABLE_INDEXES 512u                /* entries of a page table */
#define ADDRESS_OFFSETS 4096u             /* bytes of the smallest page */
#define LEVEL_1_ENTRY_BYTES 4096u         /* what one entry of a table of level 1 maps; and so on */
#define LEVEL_2_ENTRY_BYTES 2097152u      /* 2^21 */
#define LEVEL_3_ENTRY_BYTES 1073741824u   /* 2^30 */
#define LEVEL_4_ENTRY_BYTES 549755813888u /* 2^39 */

/* An address or a count, or, where `exists` is false, none: `value` is 0 then. */
struct address_step {
    bool exists;
    uint64_t value;
};

ALWAYS_INLINE struct address_step address_step_to(uint64_t value)
{
    struct address_step step = {true, value};
    return step;
}

ALWAYS_INLINE struct address_step address_step_none(void)
{
    struct address_step none = {false, 0u};
    return none;
}

ALWAYS_INLINE bool virt_value_is_valid(uint64_t value)
{
    return value < VIRT_HALF || value >= VIRT_UPPER;
}

ALWAYS_INLINE uint64_t virt_value_rank(uint64_t address)
{
    return address % VIRT_ADDRESSES;
}

ALWAYS_INLINE uint64_t virt_value_of_rank(uint64_t rank)
{
    return rank < VIRT_HALF ? rank : rank + VIRT_HOLE;
}

/* The valid address that has the low 48 bits of `value`: bit 47 fills those above it. */
ALWAYS_INLINE uint64_t virt_value_truncate(uint64_t value)
{
    return virt_value_of_rank(value % VIRT_ADDRESSES);
}

/* `count` addresses up and down, across the hole; none beyond the last and the first address. */
ALWAYS_INLINE struct address_step virt_value_forward(uint64_t address, uint64_t count)
{
    if (count >= VIRT_ADDRESSES - virt_value_rank(address))
        return address_step_none();
    return address_step_to(virt_value_of_rank(virt_value_rank(address) + count));
}

ALWAYS_INLINE struct address_step virt_value_backward(uint64_t address, uint64_t count)
{
    if (count > virt_value_rank(address))
        return address_step_none();
    return address_step_to(virt_value_of_rank(virt_value_rank(address) - count));
}

/* The same by `count` pages of `bytes` each, from an address that is a multiple of `bytes`. */
ALWAYS_INLINE struct address_step virt_value_forward_by(uint64_t address, uint64_t count, uint64_t bytes)
{
    if (count >= VIRT_ADDRESSES / bytes)
        return address_step_none();
    return virt_value_forward(address, count * bytes);
}

ALWAYS_INLINE struct address_step virt_value_backward_by(uint64_t address, uint64_t count, uint64_t bytes)
{
    if (count >= VIRT_ADDRESSES / bytes)
        return address_step_none();
    return virt_value_backward(address, count * bytes);
}

/* How many steps forward lead from one address to the other; none if it lies behind. */
ALWAYS_INLINE struct address_step virt_value_steps_between(uint64_t from, uint64_t to)
{
    if (virt_value_rank(to) < virt_value_rank(from))
        return address_step_none();
    return address_step_to(virt_value_rank(to) - virt_value_rank(from));
}

/* The sum and the difference as integers; none where they overflow or lie in the hole. */
ALWAYS_INLINE struct address_step virt_value_add(uint64_t address, uint64_t bytes)
{
    if (bytes > UINT64_MAX - address || !virt_value_is_valid(address + bytes))
        return address_step_none();
    return address_step_to(address + bytes);
}

ALWAYS_INLINE struct address_step virt_value_subtract(uint64_t address, uint64_t bytes)
{
    if (bytes > address || !virt_value_is_valid(address - bytes))
        return address_step_none();
    return address_step_to(address - bytes);
}

ALWAYS_INLINE bool phys_value_is_valid(uint64_t value)
{
    return value < PHYS_ADDRESSES;
}

ALWAYS_INLINE uint64_t phys_value_truncate(uint64_t value)
{
    return value % PHYS_ADDRESSES;
}

ALWAYS_INLINE struct address_step phys_value_forward(uint64_t address, uint64_t count)
{
    if (count >= PHYS_ADDRESSES - address)
        return address_step_none();
    return address_step_to(address + count);
}

ALWAYS_INLINE struct address_step phys_value_backward(uint64_t address, uint64_t count)
{
    if (count > address)
        return address_step_none();
    return address_step_to(address - count);
}

ALWAYS_INLINE struct address_step phys_value_forward_by(uint64_t address, uint64_t count, uint64_t bytes)
{
    if (count >= PHYS_ADDRESSES / bytes)
        return address_step_none();
    return phys_value_forward(address, count * bytes);
}

ALWAYS_INLINE struct address_step phys_value_backward_by(uint64_t address, uint64_t count, uint64_t bytes)
{
    if (count >= PHYS_ADDRESSES / bytes)
        return address_step_none();
    return phys_value_backward(address, count * bytes);
}

ALWAYS_INLINE struct address_step phys_value_steps_between(uint64_t from, uint64_t to)
{
    if (to < from)
        return address_step_none();
    return address_step_to(to - from);
}

/* Physical addresses have no hole: the sum is the step. */
ALWAYS_INLINE struct address_step phys_value_add(uint64_t address, uint64_t bytes)
{
    return phys_value_forward(address, bytes);
}

ALWAYS_INLINE struct address_step phys_value_subtract(uint64_t address, uint64_t bytes)
{
    return phys_value_backward(address, bytes);
}

/* Whether every integer from `start` on, `length` of them, is a valid address; true for none. */
ALWAYS_INLINE bool virt_value_is_span(uint64_t start, uint64_t length)
{
    if (length == 0u)
        return virt_value_is_valid(start);
    if (start < VIRT_HALF)
        return length <= VIRT_HALF - start;
    return start >= VIRT_UPPER && length - 1u <= UINT64_MAX - start;
}

ALWAYS_INLINE bool phys_value_is_span(uint64_t start, uint64_t length)
{
    return start < PHYS_ADDRESSES && length <= PHYS_ADDRESSES - start;
}

ALWAYS_INLINE bool alignment_is_valid(uint64_t alignment)
{
    return alignment != 0u && (alignment & (alignment - 1u)) == 0u;
}

/* The nearest multiple of `alignment`, a power of two, at or below and at or above `value`; none at 2^64. */
ALWAYS_INLINE uint64_t value_align_down(uint64_t value, uint64_t alignment)
{
    return value - value % alignment;
}

ALWAYS_INLINE struct address_step value_align_up(uint64_t value, uint64_t alignment)
{
    uint64_t beyond = value % alignment;
    if (beyond == 0u)
        return address_step_to(value);
    if (alignment - beyond > UINT64_MAX - value)
        return address_step_none();
    return address_step_to(value + (alignment - beyond));
}

/* The same for addresses. What would lie in the hole is the first address behind it. */
ALWAYS_INLINE uint64_t virt_value_align_down(uint64_t address, uint64_t alignment)
{
    return virt_value_truncate(value_align_down(address, alignment));
}

ALWAYS_INLINE struct address_step virt_value_align_up(uint64_t address, uint64_t alignment)
{
    struct address_step step = value_align_up(address, alignment);
    if (!step.exists)
        return step;
    return address_step_to(virt_value_truncate(step.value));
}

ALWAYS_INLINE uint64_t phys_value_align_down(uint64_t address, uint64_t alignment)
{
    return value_align_down(address, alignment);
}

ALWAYS_INLINE struct address_step phys_value_align_up(uint64_t address, uint64_t alignment)
{
    /* Always exists: the address is below 2^52, and no alignment is above 2^63. */
    struct address_step step = value_align_up(address, alignment);
    if (!phys_value_is_valid(step.value))
        return address_step_none();
    return step;
}

/* What one entry of a table of `level`, 1 .. 4, maps. */
ALWAYS_INLINE uint64_t level_entry_bytes(uint64_t level)
{
    if (level == 1u)
        return LEVEL_1_ENTRY_BYTES;
    if (level == 2u)
        return LEVEL_2_ENTRY_BYTES;
    return level == 3u ? LEVEL_3_ENTRY_BYTES : LEVEL_4_ENTRY_BYTES;
}

/* Which entry of the table of `level`, 1 .. 4, leads to the address. */
ALWAYS_INLINE uint64_t virt_value_index(uint64_t address, uint64_t level)
{
    return address / level_entry_bytes(level) % TABLE_INDEXES;
}

/* The address whose indexes, each below 512, these are. */
ALWAYS_INLINE uint64_t virt_value_of_indexes(uint64_t level_4, uint64_t level_3, uint64_t level_2, uint64_t level_1)
{
    return virt_value_of_rank(level_4 * LEVEL_4_ENTRY_BYTES + level_3 * LEVEL_3_ENTRY_BYTES +
                              level_2 * LEVEL_2_ENTRY_BYTES + level_1 * LEVEL_1_ENTRY_BYTES);
}
