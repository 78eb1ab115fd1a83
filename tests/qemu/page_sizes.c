/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>

#include "fault_probe.h"
#include "kernel_test.h"

/*
 * A page of each size: mapped, written through, made read-only, unmapped, and every access that is not permitted is a
 * fault. A large page shows more than the one frame that the test owns; only that one is touched.
 */
#define PAGE_FOR_4k 0xffffe00000000000
#define PAGE_FOR_2m 0xffffe00040000000 /* elsewhere: tables stay */
#define PAGE_FOR_1g 0xffffe00080000000

static struct kernel_memory memory;

static void expect_fault(struct fault fault, uint64_t address, uint64_t code)
{
    CHECK(fault.has_struck && fault.error_code == code && fault.address == address,
          "%s, error code %#llx instead of %#llx, CR2 %#llx instead of %#llx",
          fault.has_struck ? "a fault" : "no fault", (unsigned long long)fault.error_code, (unsigned long long)code,
          (unsigned long long)fault.address, (unsigned long long)address);
}

static void expect_ok(enum map_error error)
{
    CHECK(error == MAP_OK, "%s", map_error_name(error));
}

static void expect_not_mapped(uint64_t address)
{
    expect_fault(probe_read(address), address, 0);
    expect_fault(probe_write(address, 1), address, FAULT_WRITE);
    expect_fault(probe_execute(address), address, FAULT_FETCH);
}

/* `owned` is in the window, and shown at `address` too. */
static void expect_shown(frame_4k owned, uint64_t address)
{
    volatile uint64_t *window =
        (volatile uint64_t *)(memory_layout()->physical_window.start.value + owned.start.value);
    *window = 0;
    CHECK(!probe_write(address, 0x5a).has_struck, "the write faults");
    CHECK(*window == 0x5a, "the window shows %#llx", (unsigned long long)*window);
    *window = 0xf021f077f065f04e;
    CHECK(*(volatile uint64_t *)address == 0xf021f077f065f04e, "%#llx", (unsigned long long)*(uint64_t *)address);
    expect_fault(probe_execute(address), address, FAULT_PRESENT | FAULT_FETCH);
}

#define DEFINE_SIZE_TEST(kind, size_name)                                                                            \
    static void page_of_##kind(frame_4k owned)                                                                       \
    {                                                                                                                \
        struct mapper *mapper = &memory.space.mapper;                                                                \
        page_##kind page = page_##kind##_at(virt_addr_new(PAGE_FOR_##kind));                                         \
        frame_##kind frame = frame_##kind##_containing(owned.start);                                                 \
        uint64_t address = PAGE_FOR_##kind + owned.start.value - frame.start.value;                                  \
        expect_not_mapped(address);                                                                                  \
        expect_ok(flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE))));                    \
        struct translation found = translate(mapper, virt_addr_new(address));                                        \
        CHECK(found.size == (size_name), "size %u", found.size);                                                     \
        expect_shown(owned, address);                                                                                \
        expect_ok(flush(update_flags(mapper, page, PAGE_FLAGS(PRESENT, NO_EXECUTE))));                               \
        CHECK(!probe_read(address).has_struck, "it cannot be read");                                                 \
        expect_fault(probe_write(address, 1), address, FAULT_PRESENT | FAULT_WRITE);                                 \
        struct unmapped_##kind unmapped = flush(unmap(mapper, page));                                                \
        CHECK(unmapped.error == MAP_OK && unmapped.frame.start.value == frame.start.value, "%s",                     \
              map_error_name(unmapped.error));                                                                       \
        expect_not_mapped(address);                                                                                  \
    }                                                                                                                \
    static_assert(true, "")

DEFINE_SIZE_TEST(4k, PAGE_SIZE_4K);
DEFINE_SIZE_TEST(2m, PAGE_SIZE_2M);
DEFINE_SIZE_TEST(1g, PAGE_SIZE_1G);

static frame_4k take_frame(void)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
    ASSERT(allocation.is_valid, "no frame is free");
    return allocation.frame;
}

static void a_4k_page_can_be_used_until_it_is_unmapped(void)
{
    page_of_4k(take_frame());
}

static void a_2m_page_can_be_used_until_it_is_unmapped(void)
{
    page_of_2m(take_frame());
}

static void a_1g_page_can_be_used_until_it_is_unmapped_where_the_cpu_has_them(void)
{
    if (paging_features().has_1g_pages) {
        page_of_1g(take_frame());
        return;
    }
    page_1g page = page_1g_at(virt_addr_new(PAGE_FOR_1g));
    enum map_error error =
        flush(map_to(&memory.space.mapper, page, frame_1g_at(phys_addr_new(0)), PAGE_FLAGS(PRESENT, NO_EXECUTE)));
    CHECK(error == MAP_SIZE_NOT_SUPPORTED, "%s", map_error_name(error));
    expect_not_mapped(PAGE_FOR_1g);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(a_4k_page_can_be_used_until_it_is_unmapped),
        KERNEL_TEST(a_2m_page_can_be_used_until_it_is_unmapped),
        KERNEL_TEST(a_1g_page_can_be_used_until_it_is_unmapped_where_the_cpu_has_them),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
