/* SPDX-License-Identifier: MIT */
/* How address spaces end, and do not end: pages left, damage, and the kernel half of others. */
#include "memory_fixture.h"

#include <stdlib.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/mapped_ranges.h>

static struct region ram_regions[] = {{0x0, 0x400000}};
static const struct region_list ram = {ram_regions, 1, 1};
static struct address_space space;

static void setup_with(uint64_t usable_frames)
{
    fixture_reset(usable_frames);
    paging_double.layout.physical_window = (struct virtual_range){virt_addr_from_pointer(fixture_memory), 1ull << 40};
    paging_double.layout.boot_window_bytes = FIXTURE_BYTES;
    paging_double.layout.heap = (struct virtual_range){virt_addr_new(0xffffc00000000000), 1ull << 40};
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
}

static int setup(void **state)
{
    (void)state;
    setup_with(FIXTURE_FRAMES - 2);
    return 0;
}

static void map_at(struct address_space *where, uint64_t address, uint64_t physical)
{
    page_4k page = page_4k_at(virt_addr_new(address));
    frame_4k frame = frame_4k_at(phys_addr_new(physical));
    assert_int_equal(ignore(map_to(&where->mapper, page, frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE))), MAP_OK);
}

static void unmap_at(struct address_space *where, uint64_t address)
{
    struct unmapped_4k unmapped = ignore(unmap(&where->mapper, page_4k_at(virt_addr_new(address))));
    assert_int_equal(unmapped.error, MAP_OK);
}

static void expect_end(struct address_space *ended, enum map_error error, uint64_t address)
{
    struct address_space_end end = address_space_destroy(ended);
    assert_int_equal(end.error, error);
    if (error != MAP_OK)
        assert_int_equal(end.address.value, address);
}

/* Pages in nine tables of the lower half, the first and the last among them. */
static void destroying_gives_every_table_back(void **state)
{
    static const uint64_t pages[] = {0, 0x1000, 0x200000, 0x40000000, 0x8000000000, 0x7ffffffff000};
    struct address_space created;
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(address_space_create(&created, &space), MAP_OK);
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        map_at(&created, pages[i], 0x200000);
    assert_int_equal(before - fixture_free_frames(), 1 + 3 + 1 + 2 + 3 + 3);
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        unmap_at(&created, pages[i]);
    expect_end(&created, MAP_OK, 0);
    assert_int_equal(fixture_free_frames(), before);
}

/* Frame failure wherever it can strike: root, tables of the first page, tables of the second. */
static void out_of_frames_at_any_point_of_a_life_leaks_nothing(void **state)
{
    const page_flags flags = PAGE_FLAGS(PRESENT, NO_EXECUTE);
    const page_4k pages[] = {page_4k_at(virt_addr_new(0x400000)), page_4k_at(virt_addr_new(0x7fff00000000))};
    unsigned completed = 0;
    for (uint64_t left = 0; completed == 0; left++) {
        struct address_space created;
        setup(state);
        fixture_drain(left);
        if (address_space_create(&created, &space) != MAP_OK) {
            assert_int_equal(fixture_free_frames(), left);
            continue;
        }
        unsigned mapped = 0;
        for (; mapped < COUNT_OF(pages); mapped++)
            if (ignore(map_to(&created.mapper, pages[mapped], frame_4k_at(phys_addr_new(0)), flags)) != MAP_OK)
                break;
        completed = mapped == COUNT_OF(pages);
        while (mapped-- > 0)
            unmap_at(&created, pages[mapped].start.value);
        expect_end(&created, MAP_OK, 0);
        assert_int_equal(fixture_free_frames(), left);
        assert_in_range(left, 1, 7);
    }
}

/* A space with a page at 0x400000, and its tables from the root down. */
static struct address_space victim;
static uint64_t victim_tables[5]; /* by level */

static void create_victim(void)
{
    assert_int_equal(address_space_create(&victim, &space), MAP_OK);
    map_at(&victim, 0x400000, 0x200000);
    victim_tables[4] = victim.mapper.root;
    for (int level = 4; level > 1; level--)
        victim_tables[level - 1] = fixture_memory[victim_tables[level]][0x400000ull >> (3 + 9 * level) & 511] >> 12;
}

static uint64_t *victim_entry(int level, int index)
{
    return &fixture_memory[victim_tables[level]][index];
}

/* Refused, with every table of the fixture as it was. */
static void expect_refusal(enum map_error error, uint64_t address)
{
    static uint64_t before[FIXTURE_FRAMES][512];
    memcpy(before, fixture_memory, sizeof before);
    uint64_t free_before = fixture_free_frames();
    expect_end(&victim, error, address);
    assert_memory_equal(before, fixture_memory, sizeof before);
    assert_int_equal(fixture_free_frames(), free_before);
}

static void a_page_or_a_marker_that_is_left_is_named(void **state)
{
    (void)state;
    create_victim();
    expect_refusal(MAP_ALREADY_MAPPED, 0x400000);
    *victim_entry(1, 0) = 1 << 9;
    expect_refusal(MAP_MARKED_NOT_PRESENT, 0x400000);
    *victim_entry(1, 0) = 0;
    *victim_entry(2, 511) = 0x83;
    expect_refusal(MAP_ALREADY_MAPPED, 0x3fe00000);
    *victim_entry(2, 511) = 0;
    expect_end(&victim, MAP_OK, 0);
}

static void damaged_tables_are_named_and_left_alone(void **state)
{
    (void)state;
    create_victim();
    uint64_t before = fixture_free_frames();
    unmap_at(&victim, 0x400000);
    *victim_entry(4, 255) = (uint64_t)FIXTURE_BYTES | 7; /* beyond memory */
    expect_refusal(MAP_DAMAGED_TABLE, 0x7f8000000000);
    *victim_entry(4, 255) = victim_tables[3] << 12 | 0x87; /* no CPU has such pages */
    expect_refusal(MAP_DAMAGED_TABLE, 0x7f8000000000);
    *victim_entry(4, 255) = 0;
    *victim_entry(2, 3) = victim_tables[1] << 12 | 7; /* the empty table at level 1, once more */
    expect_refusal(MAP_DAMAGED_TABLE, 0x600000);
    *victim_entry(2, 3) = 0;
    *victim_entry(3, 5) = victim_tables[2] << 12 | 7; /* the same at level 2 */
    expect_refusal(MAP_DAMAGED_TABLE, 0x140000000);
    *victim_entry(3, 5) = 0;
    *victim_entry(4, 6) = (uint64_t)(FIXTURE_FRAMES - 1) << 12 | 7; /* a frame that is free, here full of zeroes */
    memset(fixture_memory[FIXTURE_FRAMES - 1], 0, 4096);
    expect_refusal(MAP_DAMAGED_TABLE, 0x30000000000);
    *victim_entry(4, 6) = 0;
    *victim_entry(3, 0) |= 1ull << 52; /* the bit that marks a table while they are looked at */
    expect_refusal(MAP_DAMAGED_TABLE, 0);
    *victim_entry(3, 0) &= ~(1ull << 52);
    expect_end(&victim, MAP_OK, 0);
    assert_int_equal(fixture_free_frames(), before + 4);
}

/* In memory that the window shows and that was never the frame source's: firmware's, say. */
static void a_table_in_foreign_memory_is_damage(void **state)
{
    (void)state;
    setup_with(100);
    create_victim();
    unmap_at(&victim, 0x400000);
    *victim_entry(4, 9) = 500ull << 12 | 7;
    memset(fixture_memory[500], 0, 4096);
    expect_refusal(MAP_DAMAGED_TABLE, 0x48000000000);
}

static void tables_that_lead_to_each_other_end_nowhere(void **state)
{
    (void)state;
    create_victim();
    unmap_at(&victim, 0x400000);
    *victim_entry(1, 7) = victim_tables[4] << 12 | 7;
    *victim_entry(4, 1) = victim_tables[4] << 12 | 7; /* the root in itself */
    for (int i = 0; i < 512; i++)
        *victim_entry(3, i) = victim_tables[3] << 12 | 7;
    struct address_space_end end = address_space_destroy(&victim);
    assert_int_not_equal(end.error, MAP_OK);
}

/* Entries of the victim's tables are overwritten: by anything, by links to its own tables and to free frames, by large
 * pages, by single bits. Whatever they say: every walk ends, and the victim ends whole or not at all. */
static void corrupt_an_entry(void)
{
    int level = 1 + rand() % 4;
    uint64_t *entry = victim_entry(level, rand() % (level == 4 ? 256 : 512));
    uint64_t bits = (uint64_t)rand() << 33;
    bits ^= (uint64_t)rand();
    uint64_t free_frame = FIXTURE_FRAMES - 1 - (uint64_t)rand() % 100;
    switch (rand() % 6) {
    case 0:
        *entry = bits;
        break;
    case 1:
    case 2:
        *entry = victim_tables[1 + rand() % 4] << 12 | 7;
        break;
    case 3:
        *entry = free_frame << 12 | 7;
        memset(fixture_memory[free_frame], 0, 4096);
        break;
    case 4:
        *entry = (bits & 0xfffffe00000) | 0x83;
        break;
    default:
        *entry ^= 1ull << rand() % 64;
    }
}

static void expect_the_walk_to_end(void)
{
    struct mapped_range range;
    uint64_t next = 0, ranges = 0;
    for (struct mapped_ranges at = mapped_ranges(&victim.mapper); mapped_ranges_next(&at, &range); ranges++) {
        assert_true(range.start.value >= next);
        next = range.start.value + range.length_bytes - 1;
    }
    assert_in_range(ranges, 0, FIXTURE_FRAMES * 512 + 2);
}

static void whatever_the_tables_hold_a_space_ends_whole_or_not_at_all(void **state)
{
    static uint64_t memory_before[FIXTURE_FRAMES][512];
    int ended = 0, refused = 0;
    srand(11);
    for (int round = 0; round < 300; round++) {
        setup(state);
        uint64_t before = fixture_free_frames();
        create_victim();
        unmap_at(&victim, 0x400000);
        for (int i = rand() % 4; i > 0; i--)
            corrupt_an_entry();
        expect_the_walk_to_end();
        (void)!address_space_is_w_xor_x(&victim);
        memcpy(memory_before, fixture_memory, sizeof memory_before);
        uint64_t free_before = fixture_free_frames();
        if (address_space_destroy(&victim).error == MAP_OK) {
            ended++;
            assert_int_equal(fixture_free_frames(), before);
            continue;
        }
        refused++;
        assert_memory_equal(memory_before, fixture_memory, sizeof memory_before);
        assert_int_equal(fixture_free_frames(), free_before);
    }
    assert_in_range(ended, 30, 270);
    assert_in_range(refused, 30, 270);
}

static void what_must_not_end_panics(void **state)
{
    (void)state;
    create_victim();
    unmap_at(&victim, 0x400000);
    EXPECT_PANIC("the kernel's own space", (void)address_space_destroy(&space).error);
    paging_double.root = mapper_root(&victim.mapper).start;
    assert_true(address_space_is_active(&victim));
    EXPECT_PANIC("is active", (void)address_space_destroy(&victim).error);
    EXPECT_PANIC("is not the kernel's own", (void)!address_space_create(&victim, &victim));
}

/* A mapping outside the layout's ranges: only the root that it was made by has it. The CPU's own notes do not count. */
static void a_kernel_half_that_is_no_longer_the_same_panics(void **state)
{
    (void)state;
    create_victim();
    unmap_at(&victim, 0x400000);
    fixture_memory[space.mapper.root][511] |= 1 << 5;
    map_at(&victim, 0xffffe00000000000, 0x200000);
    EXPECT_PANIC("root entry 448 is 0x", address_space_activate(&victim));
    EXPECT_PANIC("root entry 448 is 0x", (void)address_space_destroy(&victim).error);
    assert_int_equal(paging_double.root_write_count, 0);
    fixture_memory[victim.mapper.root][448] = 0;
    assert_int_equal(address_space_destroy(&victim).error, MAP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(destroying_gives_every_table_back, setup),
        cmocka_unit_test_setup(out_of_frames_at_any_point_of_a_life_leaks_nothing, setup),
        cmocka_unit_test_setup(a_page_or_a_marker_that_is_left_is_named, setup),
        cmocka_unit_test_setup(damaged_tables_are_named_and_left_alone, setup),
        cmocka_unit_test_setup(a_table_in_foreign_memory_is_damage, setup),
        cmocka_unit_test_setup(tables_that_lead_to_each_other_end_nowhere, setup),
        cmocka_unit_test_setup(whatever_the_tables_hold_a_space_ends_whole_or_not_at_all, setup),
        cmocka_unit_test_setup(what_must_not_end_panics, setup),
        cmocka_unit_test_setup(a_kernel_half_that_is_no_longer_the_same_panics, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
