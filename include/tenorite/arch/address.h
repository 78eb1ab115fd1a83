/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address_arithmetic.h>
#include <tenorite/lib/compiler.h>
#include <tenorite/lib/panic.h>

/*
 * Contract K1: physical addresses, virtual addresses and integers do not mix. Each is its own type; going from one to
 * another needs a named conversion, and the constructors let no invalid value through.
 *
 * Virtual addresses are canonical for 4-level paging: bits 63..47 are equal (Intel SDM vol. 3A, 4.5 "4-Level Paging
 * and 5-Level Paging"; vol. 1, 3.3.7.1 "Canonical Addressing"). Physical addresses have at most 52 bits.
 *
 * Everything here costs its arithmetic and may be called from any context.
 */
typedef struct {
    uint64_t value;
} phys_addr;

typedef struct {
    uint64_t value;
} virt_addr;

/* Which entry of a page table, 0 .. 511. */
typedef struct {
    uint16_t value;
} page_table_index;

/* Which byte of a page of 4 KiB, 0 .. 4095. */
typedef struct {
    uint16_t value;
} page_offset;

/* The tables on the way to a page, from the one whose entries map 4 KiB to the root. */
enum page_table_level { PAGE_TABLE_LEVEL_1 = 1, PAGE_TABLE_LEVEL_2, PAGE_TABLE_LEVEL_3, PAGE_TABLE_LEVEL_4 };

enum { PHYS_ADDR_BITS = 52, VIRT_ADDR_BITS = 48 };
static_assert(PHYS_ADDRESSES == 1ull << PHYS_ADDR_BITS && VIRT_ADDRESSES == 1ull << VIRT_ADDR_BITS,
              "the same limits");

/* A distance, or none (`is_valid` is false and `count` 0) where the second address lies behind the first. */
struct NODISCARD steps_result {
    bool is_valid;
    uint64_t count;
};

DECLARE_BREACH(phys_addr_constant_too_wide, "this constant is not a physical address: it has more than 52 bits");
DECLARE_BREACH(virt_addr_constant_not_canonical, "this constant is not a canonical virtual address");
DECLARE_BREACH(page_table_index_constant_too_large, "this constant is not an index of a page table: it is above 511");
DECLARE_BREACH(page_offset_constant_too_large, "this constant is not an offset in a page: it is above 4095");

ALWAYS_INLINE bool phys_addr_is_valid(uint64_t value)
{
    return phys_value_is_valid(value);
}

ALWAYS_INLINE bool virt_addr_is_canonical(uint64_t value)
{
    return virt_value_is_valid(value);
}

/* The physical address `value`, below 2^52. A wrong constant does not compile; a wrong value panics. */
ALWAYS_INLINE phys_addr phys_addr_new(uint64_t value)
{
    if (KNOWN_FALSE(value, phys_addr_is_valid(value)))
        phys_addr_constant_too_wide();
    ASSERT(phys_addr_is_valid(value), "%#llx has more than 52 bits", (unsigned long long)value);
    return (phys_addr){value};
}

/* The virtual address `value`, which must be canonical. A wrong constant does not compile; a wrong value panics. */
ALWAYS_INLINE virt_addr virt_addr_new(uint64_t value)
{
    if (KNOWN_FALSE(value, virt_addr_is_canonical(value)))
        virt_addr_constant_not_canonical();
    ASSERT(virt_addr_is_canonical(value), "%#llx is not canonical", (unsigned long long)value);
    return (virt_addr){value};
}

ALWAYS_INLINE virt_addr virt_addr_from_pointer(const volatile void *pointer)
{
    return (virt_addr){(uint64_t)(uintptr_t)pointer};
}

ALWAYS_INLINE void *virt_addr_to_pointer(virt_addr address)
{
    return (void *)(uintptr_t)address.value;
}

/* The index `value`, below 512, and the offset `value`, below 4096. A wrong constant does not compile; a wrong value
 * panics. The _truncate forms take the low 9 and 12 bits. */
ALWAYS_INLINE page_table_index page_table_index_new(uint64_t value)
{
    if (KNOWN_FALSE(value, value < TABLE_INDEXES))
        page_table_index_constant_too_large();
    ASSERT(value < TABLE_INDEXES, "index %llu of a page table", (unsigned long long)value);
    return (page_table_index){(uint16_t)value};
}

ALWAYS_INLINE page_table_index page_table_index_truncate(uint64_t value)
{
    return (page_table_index){(uint16_t)(value % TABLE_INDEXES)};
}

ALWAYS_INLINE page_offset page_offset_new(uint64_t value)
{
    if (KNOWN_FALSE(value, value < ADDRESS_OFFSETS))
        page_offset_constant_too_large();
    ASSERT(value < ADDRESS_OFFSETS, "offset %llu in a page", (unsigned long long)value);
    return (page_offset){(uint16_t)value};
}

ALWAYS_INLINE page_offset page_offset_truncate(uint64_t value)
{
    return (page_offset){(uint16_t)(value % ADDRESS_OFFSETS)};
}

/*
 * DEFINE_ADDRESS_OPERATIONS(virt_addr, virt) defines
 *
 *     struct virt_addr_result virt_addr_try_new(value)      for a value that somebody else supplied
 *     virt_addr virt_addr_new_truncate(value)               the low bits: virtual addresses repeat bit 47 above it,
 *                                                           physical ones are taken modulo 2^52
 *     bool virt_addr_is_null(address)
 *     page_offset virt_addr_page_offset(address)
 *     bool virt_addr_is_aligned(address, alignment)         alignments are powers of two: others panic
 *     virt_addr virt_addr_align_down(address, alignment)
 *     virt_addr virt_addr_align_up(address, alignment)      panics where there is none above. A virtual result in the
 *                                                           hole is the first address behind it
 *     virt_addr virt_addr_add(address, bytes)               integer arithmetic: a result that overflows or is no
 *     virt_addr virt_addr_subtract(address, bytes)          address panics
 *     uint64_t virt_addr_difference(left, right)            left - right; panics where right is the larger
 *     struct virt_addr_result virt_addr_forward(address, count)
 *     struct virt_addr_result virt_addr_backward(address, count)
 *                                                           the address `count` addresses away: jumps the hole; invalid
 *                                                           beyond the ends of the address space
 *     struct steps_result virt_addr_steps_between(from, to) how many steps forward lead there, without the hole
 */
#define DEFINE_ADDRESS_OPERATIONS(type, space)                                                                       \
    struct NODISCARD type##_result {                                                                                 \
        bool is_valid; /* false: there is no such address, and `value` is 0 */                                       \
        type value;                                                                                                  \
    };                                                                                                               \
    ALWAYS_INLINE struct type##_result type##_result_of(struct address_step step)                                    \
    {                                                                                                                \
        return (struct type##_result){step.exists, {step.value}};                                                    \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_try_new(uint64_t value)                                                \
    {                                                                                                                \
        bool is_valid = space##_value_is_valid(value);                                                               \
        return (struct type##_result){is_valid, {is_valid ? value : 0}};                                             \
    }                                                                                                                \
    ALWAYS_INLINE type type##_new_truncate(uint64_t value)                                                           \
    {                                                                                                                \
        return (type){space##_value_truncate(value)};                                                                \
    }                                                                                                                \
    ALWAYS_INLINE bool type##_is_null(type address)                                                                  \
    {                                                                                                                \
        return address.value == 0;                                                                                   \
    }                                                                                                                \
    ALWAYS_INLINE page_offset type##_page_offset(type address)                                                       \
    {                                                                                                                \
        return page_offset_truncate(address.value);                                                                  \
    }                                                                                                                \
    ALWAYS_INLINE bool type##_is_aligned(type address, uint64_t alignment)                                           \
    {                                                                                                                \
        ASSERT(alignment_is_valid(alignment), "alignment %#llx", (unsigned long long)alignment);                     \
        return address.value % alignment == 0;                                                                       \
    }                                                                                                                \
    ALWAYS_INLINE type type##_align_down(type address, uint64_t alignment)                                           \
    {                                                                                                                \
        ASSERT(alignment_is_valid(alignment), "alignment %#llx", (unsigned long long)alignment);                     \
        return (type){space##_value_align_down(address.value, alignment)};                                           \
    }                                                                                                                \
    ALWAYS_INLINE type type##_align_up(type address, uint64_t alignment)                                             \
    {                                                                                                                \
        ASSERT(alignment_is_valid(alignment), "alignment %#llx", (unsigned long long)alignment);                     \
        struct address_step step = space##_value_align_up(address.value, alignment);                                 \
        ASSERT(step.exists, "%#llx aligned up to %#llx is no " #type, (unsigned long long)address.value,             \
               (unsigned long long)alignment);                                                                       \
        return (type){step.value};                                                                                   \
    }                                                                                                                \
    ALWAYS_INLINE type type##_add(type address, uint64_t bytes)                                                      \
    {                                                                                                                \
        struct address_step step = space##_value_add(address.value, bytes);                                          \
        ASSERT(step.exists, "%#llx + %#llx is no " #type, (unsigned long long)address.value,                         \
               (unsigned long long)bytes);                                                                           \
        return (type){step.value};                                                                                   \
    }                                                                                                                \
    ALWAYS_INLINE type type##_subtract(type address, uint64_t bytes)                                                 \
    {                                                                                                                \
        struct address_step step = space##_value_subtract(address.value, bytes);                                     \
        ASSERT(step.exists, "%#llx - %#llx is no " #type, (unsigned long long)address.value,                         \
               (unsigned long long)bytes);                                                                           \
        return (type){step.value};                                                                                   \
    }                                                                                                                \
    ALWAYS_INLINE uint64_t type##_difference(type left, type right)                                                  \
    {                                                                                                                \
        ASSERT(left.value >= right.value, "%#llx - %#llx", (unsigned long long)left.value,                           \
               (unsigned long long)right.value);                                                                     \
        return left.value - right.value;                                                                             \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_forward(type address, uint64_t count)                                  \
    {                                                                                                                \
        return type##_result_of(space##_value_forward(address.value, count));                                        \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_backward(type address, uint64_t count)                                 \
    {                                                                                                                \
        return type##_result_of(space##_value_backward(address.value, count));                                       \
    }                                                                                                                \
    ALWAYS_INLINE struct steps_result type##_steps_between(type from, type to)                                       \
    {                                                                                                                \
        struct address_step step = space##_value_steps_between(from.value, to.value);                                \
        return (struct steps_result){step.exists, step.value};                                                       \
    }                                                                                                                \
    static_assert(sizeof(type) == sizeof(uint64_t), "a " #type " costs what an integer costs")

DEFINE_ADDRESS_OPERATIONS(virt_addr, virt);
DEFINE_ADDRESS_OPERATIONS(phys_addr, phys);

/* Which entry of the table of `level`, and of each level, leads to the address. */
ALWAYS_INLINE page_table_index virt_addr_index(virt_addr address, enum page_table_level level)
{
    return (page_table_index){(uint16_t)virt_value_index(address.value, level)};
}

ALWAYS_INLINE page_table_index virt_addr_p4_index(virt_addr address)
{
    return virt_addr_index(address, PAGE_TABLE_LEVEL_4);
}

ALWAYS_INLINE page_table_index virt_addr_p3_index(virt_addr address)
{
    return virt_addr_index(address, PAGE_TABLE_LEVEL_3);
}

ALWAYS_INLINE page_table_index virt_addr_p2_index(virt_addr address)
{
    return virt_addr_index(address, PAGE_TABLE_LEVEL_2);
}

ALWAYS_INLINE page_table_index virt_addr_p1_index(virt_addr address)
{
    return virt_addr_index(address, PAGE_TABLE_LEVEL_1);
}

struct NODISCARD page_table_level_result {
    bool is_valid; /* false: there is no such level, and `value` is `level` */
    enum page_table_level value;
};

/* The level of the tables that the entries of `level` point to; none below level 1. */
ALWAYS_INLINE struct page_table_level_result page_table_level_next_lower(enum page_table_level level)
{
    bool is_valid = level > PAGE_TABLE_LEVEL_1;
    return (struct page_table_level_result){is_valid, is_valid ? level - 1 : level};
}

/* The level of the tables whose entries point to those of `level`; none above level 4. */
ALWAYS_INLINE struct page_table_level_result page_table_level_next_higher(enum page_table_level level)
{
    bool is_valid = level < PAGE_TABLE_LEVEL_4;
    return (struct page_table_level_result){is_valid, is_valid ? level + 1 : level};
}

/* How many bytes one entry of a table of `level` maps, and the whole table; both start at a multiple of that. */
ALWAYS_INLINE uint64_t page_table_level_entry_bytes(enum page_table_level level)
{
    return level_entry_bytes(level);
}

ALWAYS_INLINE uint64_t page_table_level_table_bytes(enum page_table_level level)
{
    return TABLE_INDEXES * level_entry_bytes(level);
}
