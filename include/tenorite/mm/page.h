/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>
#include <tenorite/lib/format.h>

/*
 * Contract K2: pages of virtual memory and frames of physical memory, one type for each of the three sizes of 4-level
 * paging (Intel SDM vol. 3A, 4.5 "4-Level Paging and 5-Level Paging"). A page of one size and a frame of another do
 * not fit together, and neither do a page and a frame.
 */
enum page_size { PAGE_SIZE_4K, PAGE_SIZE_2M, PAGE_SIZE_1G };
enum { PAGE_4K_BYTES = 1 << 12, PAGE_2M_BYTES = 1 << 21, PAGE_1G_BYTES = 1 << 30 };

ALWAYS_INLINE uint64_t page_size_bytes(enum page_size size)
{
    switch (size) {
    case PAGE_SIZE_4K:
        return PAGE_4K_BYTES;
    case PAGE_SIZE_2M:
        return PAGE_2M_BYTES;
    case PAGE_SIZE_1G:
        return PAGE_1G_BYTES;
    }
    __builtin_unreachable();
}

/*
 * DEFINE_PAGED_TYPE(page_4k, virt_addr, virt, PAGE_4K_BYTES, "Page[4KiB]") defines
 *
 *     page_4k                          struct with the one member `start`, aligned to the size
 *     page_4k page_4k_at(address)      the page that starts there: a misaligned constant does not compile, a
 *                                      misaligned value panics
 *     struct page_4k_result page_4k_try_at(address)
 *                                      the same for an address that somebody else supplied: invalid if misaligned
 *     page_4k page_4k_containing(address)
 *                                      the page that the address lies in
 *     uint64_t page_4k_number(page)    its start divided by its size; for pages, of the address's 64 bits
 *     page_4k page_4k_add(page, count), page_4k_subtract(page, count)
 *                                      by `count` pages, as integers: a result that overflows or lies in the hole
 *                                      between the halves panics
 *     uint64_t page_4k_difference(left, right)
 *                                      left - right in pages, as integers; panics where right is the larger
 *     struct page_4k_result page_4k_forward(page, count), page_4k_backward(page, count)
 *                                      the page `count` pages away: jumps the hole; invalid beyond the ends
 *     struct steps_result page_4k_steps_between(from, to)
 *                                      how many pages forward lead there, without the hole; invalid if it lies behind
 *     size_t page_4k_format(page, buffer, capacity)
 *                                      writes "Page[4KiB](0xdeadb000)" as format_string does
 *
 * All are free of cost beyond the arithmetic and may be called from any context.
 */
#define DEFINE_PAGED_TYPE(type, address_type, space, size_bytes, label)                                              \
    typedef struct {                                                                                                 \
        address_type start;                                                                                          \
    } type;                                                                                                          \
    struct NODISCARD type##_result {                                                                                 \
        bool is_valid;                                                                                               \
        type value;                                                                                                  \
    };                                                                                                               \
    DECLARE_BREACH(type##_constant_is_misaligned, "this constant is not the start of a " #type);                     \
    ALWAYS_INLINE bool type##_can_start_at(address_type address)                                                     \
    {                                                                                                                \
        return address.value % (size_bytes) == 0;                                                                    \
    }                                                                                                                \
    ALWAYS_INLINE type type##_at(address_type address)                                                               \
    {                                                                                                                \
        if (KNOWN_FALSE(address.value, type##_can_start_at(address)))                                                \
            type##_constant_is_misaligned();                                                                         \
        ASSERT(type##_can_start_at(address), "%#llx is not the start of a " #type,                                   \
               (unsigned long long)address.value);                                                                   \
        return (type){address};                                                                                      \
    }                                                                                                                \
    ALWAYS_INLINE type type##_containing(address_type address)                                                       \
    {                                                                                                                \
        return (type){{address.value - address.value % (size_bytes)}};                                               \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_try_at(address_type address)                                           \
    {                                                                                                                \
        return (struct type##_result){type##_can_start_at(address), type##_containing(address)};                     \
    }                                                                                                                \
    ALWAYS_INLINE uint64_t type##_number(type value)                                                                 \
    {                                                                                                                \
        return value.start.value / (size_bytes);                                                                     \
    }                                                                                                                \
    ALWAYS_INLINE type type##_add(type value, uint64_t count)                                                        \
    {                                                                                                                \
        ASSERT(count <= UINT64_MAX / (size_bytes), "%llu pages", (unsigned long long)count);                         \
        return (type){address_type##_add(value.start, count * (size_bytes))};                                        \
    }                                                                                                                \
    ALWAYS_INLINE type type##_subtract(type value, uint64_t count)                                                   \
    {                                                                                                                \
        ASSERT(count <= UINT64_MAX / (size_bytes), "%llu pages", (unsigned long long)count);                         \
        return (type){address_type##_subtract(value.start, count * (size_bytes))};                                   \
    }                                                                                                                \
    ALWAYS_INLINE uint64_t type##_difference(type left, type right)                                                  \
    {                                                                                                                \
        return address_type##_difference(left.start, right.start) / (size_bytes);                                    \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_result_of(struct address_step step)                                    \
    {                                                                                                                \
        return (struct type##_result){step.exists, {{step.value}}};                                                  \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_forward(type value, uint64_t count)                                    \
    {                                                                                                                \
        return type##_result_of(space##_value_forward_by(value.start.value, count, (size_bytes)));                   \
    }                                                                                                                \
    ALWAYS_INLINE struct type##_result type##_backward(type value, uint64_t count)                                   \
    {                                                                                                                \
        return type##_result_of(space##_value_backward_by(value.start.value, count, (size_bytes)));                  \
    }                                                                                                                \
    ALWAYS_INLINE struct steps_result type##_steps_between(type from, type to)                                       \
    {                                                                                                                \
        struct steps_result bytes = address_type##_steps_between(from.start, to.start);                              \
        return (struct steps_result){bytes.is_valid, bytes.count / (size_bytes)};                                    \
    }                                                                                                                \
    ALWAYS_INLINE size_t type##_format(type value, char *buffer, size_t capacity)                                    \
    {                                                                                                                \
        return format_string(buffer, capacity, label "(0x%llx)", (unsigned long long)value.start.value);             \
    }                                                                                                                \
    static_assert(sizeof(type) == sizeof(uint64_t), "a " #type " costs what its address costs")

DEFINE_PAGED_TYPE(page_4k, virt_addr, virt, PAGE_4K_BYTES, "Page[4KiB]");
DEFINE_PAGED_TYPE(page_2m, virt_addr, virt, PAGE_2M_BYTES, "Page[2MiB]");
DEFINE_PAGED_TYPE(page_1g, virt_addr, virt, PAGE_1G_BYTES, "Page[1GiB]");
DEFINE_PAGED_TYPE(frame_4k, phys_addr, phys, PAGE_4K_BYTES, "Frame[4KiB]");
DEFINE_PAGED_TYPE(frame_2m, phys_addr, phys, PAGE_2M_BYTES, "Frame[2MiB]");
DEFINE_PAGED_TYPE(frame_1g, phys_addr, phys, PAGE_1G_BYTES, "Frame[1GiB]");

/* The page that these indexes lead to, from the root's on. */
ALWAYS_INLINE page_4k page_4k_from_indexes(page_table_index p4, page_table_index p3, page_table_index p2,
                                           page_table_index p1)
{
    return (page_4k){{virt_value_of_indexes(p4.value, p3.value, p2.value, p1.value)}};
}

ALWAYS_INLINE page_2m page_2m_from_indexes(page_table_index p4, page_table_index p3, page_table_index p2)
{
    return (page_2m){{virt_value_of_indexes(p4.value, p3.value, p2.value, 0)}};
}

ALWAYS_INLINE page_1g page_1g_from_indexes(page_table_index p4, page_table_index p3)
{
    return (page_1g){{virt_value_of_indexes(p4.value, p3.value, 0, 0)}};
}

/* DEFINE_PAGE_INDEX(page_2m, p3) defines page_table_index page_2m_p3_index(page): the index that leads to the page in
 * the table of that level. There is none in tables below the entry that maps a page of the size. */
#define DEFINE_PAGE_INDEX(type, level)                                                                               \
    ALWAYS_INLINE page_table_index type##_##level##_index(type page)                                                 \
    {                                                                                                                \
        return virt_addr_##level##_index(page.start);                                                                \
    }                                                                                                                \
    static_assert(true, "")

DEFINE_PAGE_INDEX(page_4k, p4);
DEFINE_PAGE_INDEX(page_4k, p3);
DEFINE_PAGE_INDEX(page_4k, p2);
DEFINE_PAGE_INDEX(page_4k, p1);
DEFINE_PAGE_INDEX(page_2m, p4);
DEFINE_PAGE_INDEX(page_2m, p3);
DEFINE_PAGE_INDEX(page_2m, p2);
DEFINE_PAGE_INDEX(page_1g, p4);
DEFINE_PAGE_INDEX(page_1g, p3);
