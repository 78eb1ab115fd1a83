/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/mapped_ranges.h>
#include <tenorite/mm/mapper_memory.h>

#include "mm/address_space_tables.h"

enum { ACCESSED_BIT = 1 << 5 };

enum map_error address_space_create(struct address_space *space, const struct address_space *kernel)
{
    ASSERT(kernel->kernel == NULL, "the space with root %#llx is not the kernel's own",
           (unsigned long long)mapper_root(&kernel->mapper).start.value);
    struct mapper mapper = kernel->mapper;
    mapper.root = mapper_frame_alloc(&mapper);
    if (mapper.root == 0)
        return MAP_NO_FRAME;
    mapper_table_clear(&mapper, mapper.root);
    for (uint64_t i = FIRST_KERNEL_ENTRY; i < PAGE_TABLE_ENTRIES; i++)
        mapper_entry_write(&mapper, mapper.root, i, mapper_entry_read(&kernel->mapper, kernel->mapper.root, i));
    *space = (struct address_space){mapper, kernel};
    return MAP_OK;
}

bool address_space_is_w_xor_x(const struct address_space *space)
{
    struct mapped_range range;
    for (struct mapped_ranges at = mapped_ranges(&space->mapper); mapped_ranges_next(&at, &range);) {
        if (range.error == MAP_DAMAGED_TABLE)
            return false;
        if (page_flags_contains(range.flags, PAGE_FLAGS(WRITABLE)) &&
            !page_flags_contains(range.flags, PAGE_FLAGS(NO_EXECUTE)))
            return false;
    }
    return true;
}

/* The CPU marks the entries that it used, of each root by itself. */
static uint64_t root_entry(const struct address_space *space, uint64_t index)
{
    return mapper_entry_read(&space->mapper, space->mapper.root, index) & ~(uint64_t)ACCESSED_BIT;
}

static void check_kernel_half(const struct address_space *space)
{
    if (space->kernel == NULL)
        return;
    for (uint64_t i = FIRST_KERNEL_ENTRY; i < PAGE_TABLE_ENTRIES; i++)
        ASSERT(root_entry(space, i) == root_entry(space->kernel, i),
               "root entry %llu is %#llx, the kernel's is %#llx", (unsigned long long)i,
               (unsigned long long)root_entry(space, i), (unsigned long long)root_entry(space->kernel, i));
}

static page_flags flags_at(const struct address_space *space, const void *address)
{
    struct translation found = translate(&space->mapper, virt_addr_from_pointer(address));
    return found.error == MAP_OK ? translation_flags(found) : PAGE_FLAGS();
}

void address_space_activate(const struct address_space *space)
{
    const void *code = (const void *)(uintptr_t)&address_space_activate;
    const void *stack = __builtin_frame_address(0);
    page_flags of_code = flags_at(space, code);
    page_flags of_stack = flags_at(space, stack);
    check_kernel_half(space);
    ASSERT(page_flags_contains(of_code, PAGE_FLAGS(PRESENT)) && !page_flags_contains(of_code, PAGE_FLAGS(NO_EXECUTE)),
           "the code at %p would be lost", code);
    ASSERT(page_flags_contains(of_stack, PAGE_FLAGS(PRESENT, WRITABLE)), "the stack at %p would be lost", stack);
    UNSAFE("the new root maps the image, and with it code, data and stack, where they are now; both were checked") {
        paging_root_write(mapper_root(&space->mapper).start, unsafe);
    }
}

bool address_space_is_active(const struct address_space *space)
{
    return paging_root_read().value == mapper_root(&space->mapper).start.value;
}

/* What is still there for somebody to miss. */
static struct address_space_end first_mapping(const struct address_space *space)
{
    struct mapped_range range;
    struct mapped_ranges at = mapped_ranges_of_lower_half(&space->mapper);
    if (!mapped_ranges_next(&at, &range))
        return (struct address_space_end){MAP_OK, {0}};
    return (struct address_space_end){range.error == MAP_OK ? MAP_ALREADY_MAPPED : range.error, range.start};
}

struct address_space_end address_space_destroy(struct address_space *space)
{
    struct mapper *mapper = &space->mapper;
    ASSERT(space->kernel != NULL, "the kernel's own space, root %#llx, has no end",
           (unsigned long long)mapper_root(mapper).start.value);
    ASSERT(!address_space_is_active(space), "the space with root %#llx is active",
           (unsigned long long)mapper_root(mapper).start.value);
    check_kernel_half(space);
    struct address_space_end end = first_mapping(space);
    if (end.error != MAP_OK)
        return end;
    struct tables_check check = address_space_tables_check(mapper);
    if (!check.is_sound)
        return (struct address_space_end){MAP_DAMAGED_TABLE, check.address};
    address_space_tables_free(mapper, 0, FIRST_KERNEL_ENTRY);
    *space = (struct address_space){};
    return end;
}
