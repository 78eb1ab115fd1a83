/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/page.h>

/*
 * Runs of pages and of frames, one type for each size (contract K2). A range is its first page and a count, whichever
 * way it was written down: unlike an end, a count can say that the last page of the address space is in the range, and
 * counting down to 0 can neither wrap nor hang. A range of pages that goes on behind the lower half goes on in the
 * upper half, as page_4k_forward does.
 *
 *     FOR_EACH_PAGE(left, range)
 *         use(left.first);
 */
enum NODISCARD page_range_error {
    PAGE_RANGE_OK,
    PAGE_RANGE_MISALIGNED,  /* its start or its length is no multiple of the page size */
    PAGE_RANGE_NO_ADDRESSES /* some of it is no address: it lies in or reaches into the hole, or beyond the end */
};

/*
 * DEFINE_PAGE_RANGE(page_range_4k, page_4k, virt_addr, virt, PAGE_4K_BYTES) defines
 *
 *     page_range_4k                              struct of `first` and `count`, the number of pages
 *     page_range_4k page_range_4k_new(first, count)
 *                                                panics where it would reach beyond the end of the address space
 *     page_range_4k page_range_4k_exclusive(start, end)   without `end`; empty where `end` is not behind `start`
 *     page_range_4k page_range_4k_inclusive(first, last)  with `last`; empty where it lies before `first`
 *     enum page_range_error page_range_4k_check(start, length_bytes)
 *                                                whether these integers, which somebody else supplied, are a range;
 *                                                length 0 is one. Both halves are not: the hole is between them
 *     page_range_4k page_range_4k_of_bytes(start, length_bytes)
 *                                                what _check accepts; panics for the rest
 *     bool page_range_4k_is_empty(range)
 *     uint64_t page_range_4k_size_bytes(range)
 *     bool page_range_4k_contains(range, page)
 *     page_4k page_range_4k_get(range, index)    the page `index` pages behind the first; panics from `count` on
 *     page_range_4k page_range_4k_without_first(range)    panics where it is empty
 *
 * All cost their arithmetic and may be called from any context.
 */
#define DEFINE_PAGE_RANGE(type, page_type, address_type, space, page_bytes)                                          \
    typedef struct {                                                                                                 \
        page_type first;                                                                                             \
        uint64_t count;                                                                                              \
    } type;                                                                                                          \
    ALWAYS_INLINE type type##_new(page_type first, uint64_t count)                                                   \
    {                                                                                                                \
        ASSERT(count == 0 || space##_value_forward_by(first.start.value, count - 1, (page_bytes)).exists,            \
               "%llu of " #page_type " from %#llx on", (unsigned long long)count,                                    \
               (unsigned long long)first.start.value);                                                               \
        return (type){first, count};                                                                                 \
    }                                                                                                                \
    ALWAYS_INLINE type type##_exclusive(page_type start, page_type end)                                              \
    {                                                                                                                \
        return (type){start, page_type##_steps_between(start, end).count};                                           \
    }                                                                                                                \
    ALWAYS_INLINE type type##_inclusive(page_type first, page_type last)                                             \
    {                                                                                                                \
        struct steps_result steps = page_type##_steps_between(first, last);                                          \
        return (type){first, steps.is_valid ? steps.count + 1 : 0};                                                  \
    }                                                                                                                \
    ALWAYS_INLINE enum page_range_error type##_check(uint64_t start, uint64_t length_bytes)                          \
    {                                                                                                                \
        if (start % (page_bytes) != 0 || length_bytes % (page_bytes) != 0)                                           \
            return PAGE_RANGE_MISALIGNED;                                                                            \
        return space##_value_is_span(start, length_bytes) ? PAGE_RANGE_OK : PAGE_RANGE_NO_ADDRESSES;                 \
    }                                                                                                                \
    ALWAYS_INLINE type type##_of_bytes(address_type start, uint64_t length_bytes)                                    \
    {                                                                                                                \
        ASSERT(type##_check(start.value, length_bytes) == PAGE_RANGE_OK, "%#llx bytes from %#llx on",                \
               (unsigned long long)length_bytes, (unsigned long long)start.value);                                   \
        return (type){{start}, length_bytes / (page_bytes)};                                                         \
    }                                                                                                                \
    ALWAYS_INLINE bool type##_is_empty(type range)                                                                   \
    {                                                                                                                \
        return range.count == 0;                                                                                     \
    }                                                                                                                \
    ALWAYS_INLINE uint64_t type##_size_bytes(type range)                                                             \
    {                                                                                                                \
        return range.count * (page_bytes);                                                                           \
    }                                                                                                                \
    ALWAYS_INLINE bool type##_contains(type range, page_type page)                                                   \
    {                                                                                                                \
        struct steps_result steps = page_type##_steps_between(range.first, page);                                    \
        return steps.is_valid && steps.count < range.count;                                                          \
    }                                                                                                                \
    ALWAYS_INLINE page_type type##_get(type range, uint64_t index)                                                   \
    {                                                                                                                \
        ASSERT(index < range.count, "page %llu of %llu", (unsigned long long)index,                                  \
               (unsigned long long)range.count);                                                                     \
        return page_type##_forward(range.first, index).value;                                                        \
    }                                                                                                                \
    ALWAYS_INLINE type type##_without_first(type range)                                                              \
    {                                                                                                                \
        ASSERT(range.count > 0, "a range of no pages has no first");                                                 \
        /* Behind the last page of the address space comes page 0, with a count of 0. */                             \
        uint64_t next = space##_value_truncate(range.first.start.value + (page_bytes));                              \
        return (type){{{next}}, range.count - 1};                                                                    \
    }                                                                                                                \
    static_assert(sizeof(type) == 2 * sizeof(uint64_t), "a " #type " is passed in registers")

DEFINE_PAGE_RANGE(page_range_4k, page_4k, virt_addr, virt, PAGE_4K_BYTES);
DEFINE_PAGE_RANGE(page_range_2m, page_2m, virt_addr, virt, PAGE_2M_BYTES);
DEFINE_PAGE_RANGE(page_range_1g, page_1g, virt_addr, virt, PAGE_1G_BYTES);
DEFINE_PAGE_RANGE(frame_range_4k, frame_4k, phys_addr, phys, PAGE_4K_BYTES);
DEFINE_PAGE_RANGE(frame_range_2m, frame_2m, phys_addr, phys, PAGE_2M_BYTES);
DEFINE_PAGE_RANGE(frame_range_1g, frame_1g, phys_addr, phys, PAGE_1G_BYTES);

/* DEFINE_PAGE_RANGE_AS_4K(page_range_2m, page_range_4k, PAGE_2M_BYTES) defines page_range_4k
 * page_range_2m_as_4k(range): the same memory in pages of 4 KiB. */
#define DEFINE_PAGE_RANGE_AS_4K(type, type_4k, page_bytes)                                                           \
    ALWAYS_INLINE type_4k type##_as_4k(type range)                                                                   \
    {                                                                                                                \
        return (type_4k){{range.first.start}, range.count * ((page_bytes) / PAGE_4K_BYTES)};                         \
    }                                                                                                                \
    static_assert(true, "")

DEFINE_PAGE_RANGE_AS_4K(page_range_2m, page_range_4k, PAGE_2M_BYTES);
DEFINE_PAGE_RANGE_AS_4K(page_range_1g, page_range_4k, PAGE_1G_BYTES);
DEFINE_PAGE_RANGE_AS_4K(frame_range_2m, frame_range_4k, PAGE_2M_BYTES);
DEFINE_PAGE_RANGE_AS_4K(frame_range_1g, frame_range_4k, PAGE_1G_BYTES);

/* Runs the statement that follows once for each page or frame of `range`, in order: it is `left.first`, and `left` is
 * what has not been done yet, this page included. `range` is evaluated once. */
#define FOR_EACH_PAGE(left, range)                                                                                   \
    for (typeof(PAGE_RANGE_WITHOUT_FIRST(range)) left = (range); left.count > 0;                                     \
         left = PAGE_RANGE_WITHOUT_FIRST(left))

/* `range` without its first page, whichever of the six types it is. */
#define PAGE_RANGE_WITHOUT_FIRST(range)                                                                              \
    (_Generic((range), page_range_4k                                                                                 \
              : page_range_4k_without_first, page_range_2m                                                           \
              : page_range_2m_without_first, page_range_1g                                                           \
              : page_range_1g_without_first, frame_range_4k                                                          \
              : frame_range_4k_without_first, frame_range_2m                                                         \
              : frame_range_2m_without_first, frame_range_1g                                                         \
              : frame_range_1g_without_first)(range))
