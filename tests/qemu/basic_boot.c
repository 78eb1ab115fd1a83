/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/text.h>

#include "kernel_test.h"

/* What a kernel finds when kernel_main() is entered. */
static const struct boot_info *info;

static void interrupts_are_off_at_entry(void)
{
    CHECK(!interrupts_are_enabled(), "interrupts are on");
    CHECK(!interrupts_in_handler(), "handler depth is not 0");
}

static void stack_is_aligned(void)
{
    CHECK((uintptr_t)__builtin_frame_address(0) % 16 == 0, "frame at %p", __builtin_frame_address(0));
}

static void loader_reports_usable_memory(void)
{
    uint64_t usable = 0;
    for (size_t i = 0; i < info->region_count; i++)
        if (info->regions[i].kind == BOOT_REGION_USABLE)
            usable += info->regions[i].length;
    CHECK(usable > 8 << 20, "%llu bytes in %zu regions", (unsigned long long)usable, info->region_count);
}

static void command_line_arrives(void)
{
    CHECK(strcmp(info->command_line, "colour=blue second") == 0, "command line: %s", info->command_line);
}

static void zeroed_and_initialised_data_are_in_place(void)
{
    static uint64_t zero[512];
    static volatile uint64_t initialised = 0x1122334455667788;
    for (size_t i = 0; i < COUNT_OF(zero); i++)
        CHECK(zero[i] == 0, "word %zu is %llx", i, (unsigned long long)zero[i]);
    CHECK(initialised == 0x1122334455667788, "%llx", (unsigned long long)initialised);
}

static void image_segments_are_disjoint_and_ascending(void)
{
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count; i++) {
        CHECK(segments[i].start.value < segments[i].end.value, "segment %zu is empty", i);
        CHECK(!(segments[i].is_writable && segments[i].is_executable), "segment %zu is W and X", i);
        if (i > 0)
            CHECK(segments[i - 1].end.value <= segments[i].start.value, "segment %zu overlaps", i);
    }
}

static void memory_functions_agree_with_the_standard(void)
{
    char buffer[32] = "0123456789abcdefghijklmnopqrstu";
    memmove(buffer + 3, buffer, 20);
    CHECK(memcmp(buffer, "0120123456789abcdefghij", 23) == 0, "forward overlap: %s", buffer);
    memmove(buffer, buffer + 3, 20);
    CHECK(memcmp(buffer, "0123456789abcdefghijhij", 23) == 0, "backward overlap: %s", buffer);
    memset(buffer, 'x', 13);
    CHECK(memcmp(buffer, "xxxxxxxxxxxxxdef", 16) == 0, "memset: %s", buffer);
    CHECK(memcmp("abc", "abd", 3) < 0 && memcmp("abd", "abc", 3) > 0, "memcmp order");
    CHECK(memcmp("\x7f", "\x80", 1) < 0, "memcmp compares unsigned bytes");
    CHECK(memcmp("a", "b", 0) == 0, "memcmp of nothing");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(interrupts_are_off_at_entry),
        KERNEL_TEST(stack_is_aligned),
        KERNEL_TEST(loader_reports_usable_memory),
        KERNEL_TEST(command_line_arrives),
        KERNEL_TEST(zeroed_and_initialised_data_are_in_place),
        KERNEL_TEST(image_segments_are_disjoint_and_ascending),
        KERNEL_TEST(memory_functions_agree_with_the_standard),
    };
    info = boot_info;
    kernel_test_run(tests, COUNT_OF(tests));
}
