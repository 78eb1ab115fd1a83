/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>

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
 * DEFINE_PAGED_TYPE(page_4k, virt_addr, PAGE_4K_BYTES) defines
 *
 *     page_4k                          struct with the one member `start`, aligned to the size
 *     page_4k page_4k_at(address)      the page that starts there: a misaligned constant does not compile, a
 *                                      misaligned value panics
 *     struct page_4k_result page_4k_try_at(address)
 *                                      the same for an address that somebody else supplied: invalid if misaligned
 *     page_4k page_4k_containing(address)
 *                                      the page that the address lies in
 *     uint64_t page_4k_number(page)    its start divided by its size; for pages, of the address's 64 bits
 *
 * All are free of cost beyond the arithmetic and may be called from any context.
 */
#define DEFINE_PAGED_TYPE(type, address_type, size_bytes)                                                            \
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
    ALWAYS_INLINE struct type##_result type##_try_at(address_type address)                                           \
    {                                                                                                                \
        return (struct type##_result){type##_can_start_at(address),                                                  \
                                      {{address.value - address.value % (size_bytes)}}};                             \
    }                                                                                                                \
    ALWAYS_INLINE type type##_containing(address_type address)                                                       \
    {                                                                                                                \
        return (type){{address.value - address.value % (size_bytes)}};                                               \
    }                                                                                                                \
    ALWAYS_INLINE uint64_t type##_number(type value)                                                                 \
    {                                                                                                                \
        return value.start.value / (size_bytes);                                                                     \
    }                                                                                                                \
    static_assert(sizeof(type) == sizeof(uint64_t), "a " #type " costs what its address costs")

DEFINE_PAGED_TYPE(page_4k, virt_addr, PAGE_4K_BYTES);
DEFINE_PAGED_TYPE(page_2m, virt_addr, PAGE_2M_BYTES);
DEFINE_PAGED_TYPE(page_1g, virt_addr, PAGE_1G_BYTES);
DEFINE_PAGED_TYPE(frame_4k, phys_addr, PAGE_4K_BYTES);
DEFINE_PAGED_TYPE(frame_2m, phys_addr, PAGE_2M_BYTES);
DEFINE_PAGED_TYPE(frame_1g, phys_addr, PAGE_1G_BYTES);
