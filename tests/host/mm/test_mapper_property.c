/* SPDX-License-Identifier: MIT */
/*
 * Random operations (map, unmap, change the flags) of three sizes against a model: a list of what is mapped. Addresses
 * come from a small pool, so that pages meet; the frame source runs dry now and then. After each operation the answer
 * is compared with what the model expects, and all of the pool is translated now and then. TENORITE_SEED=number
 * repeats a run.
 */
#include "memory_fixture.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPERATIONS = 20000, POOL = 128 };

struct mapping {
    uint64_t virtual, physical, bytes;
    page_flags flags;
};

static struct mapping mappings[POOL * 8];
static size_t mapping_count;
static uint64_t seed;

static uint64_t random_below(uint64_t limit)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed % limit;
}

/* Two GiB of each half, two 2 MiB areas of each GiB, 16 pages spread over each area. */
static uint64_t random_address(uint64_t bytes)
{
    uint64_t address = random_below(2) == 0 ? 0x40000000 : 0xffffffff00000000;
    address += random_below(2) << 30 | random_below(2) << 21 | random_below(16) * 33 << 12;
    return address & ~(bytes - 1);
}

/* Any page of the same areas: what was never named must not appear either. */
static uint64_t random_byte(void)
{
    return random_address(PAGE_2M_BYTES) + random_below(PAGE_2M_BYTES);
}

static struct mapping *find(uint64_t start, uint64_t bytes)
{
    for (size_t i = 0; i < mapping_count; i++) {
        struct mapping *at = &mappings[i];
        if (at->virtual < start + bytes && start < at->virtual + at->bytes)
            return at;
    }
    return NULL;
}

static enum map_error map_any(uint64_t virtual, uint64_t physical, uint64_t bytes, page_flags flags)
{
    virt_addr from = virt_addr_new(virtual);
    phys_addr to = phys_addr_new(physical);
    if (bytes == PAGE_4K_BYTES)
        return flush(map_to(&fixture_mapper, page_4k_at(from), frame_4k_at(to), flags));
    if (bytes == PAGE_2M_BYTES)
        return flush(map_to(&fixture_mapper, page_2m_at(from), frame_2m_at(to), flags));
    return flush(map_to(&fixture_mapper, page_1g_at(from), frame_1g_at(to), flags));
}

static enum map_error update_any(uint64_t virtual, uint64_t bytes, page_flags flags)
{
    virt_addr from = virt_addr_new(virtual);
    if (bytes == PAGE_4K_BYTES)
        return flush(update_flags(&fixture_mapper, page_4k_at(from), flags));
    if (bytes == PAGE_2M_BYTES)
        return flush(update_flags(&fixture_mapper, page_2m_at(from), flags));
    return flush(update_flags(&fixture_mapper, page_1g_at(from), flags));
}

static enum map_error unmap_any(uint64_t virtual, uint64_t bytes, uint64_t *physical)
{
    virt_addr from = virt_addr_new(virtual);
    if (bytes == PAGE_4K_BYTES) {
        struct unmapped_4k removed = flush(unmap(&fixture_mapper, page_4k_at(from)));
        *physical = removed.frame.start.value;
        return removed.error;
    }
    if (bytes == PAGE_2M_BYTES) {
        struct unmapped_2m removed = flush(unmap(&fixture_mapper, page_2m_at(from)));
        *physical = removed.frame.start.value;
        return removed.error;
    }
    struct unmapped_1g removed = flush(unmap(&fixture_mapper, page_1g_at(from)));
    *physical = removed.frame.start.value;
    return removed.error;
}

static void expect_error_for(const struct mapping *met, uint64_t virtual, uint64_t bytes, enum map_error error)
{
    if (met->bytes > bytes)
        assert_int_equal(error, MAP_INSIDE_HUGE_PAGE);
    else if (met->bytes < bytes)
        assert_int_equal(error, MAP_HAS_SMALLER_PAGES);
    else
        assert_int_equal(met->virtual, virtual);
}

/* Where the model has nothing, tables may be left from smaller pages: the only other answer. */
static void try_map(uint64_t virtual, uint64_t bytes)
{
    uint64_t physical = random_below(1 << 20) * PAGE_1G_BYTES / 1024 & ~(bytes - 1);
    physical &= (1ull << 46) - 1;
    page_flags flags = random_below(2) == 0 ? PAGE_FLAGS(PRESENT) : PAGE_FLAGS(PRESENT, WRITABLE, PAT, NO_EXECUTE);
    struct mapping *met = find(virtual, bytes);
    uint64_t flushes = paging_double.page_flush_count;
    bool is_dry = fixture_free_frames() < 3;
    fixture_snapshot();
    enum map_error error = map_any(virtual, physical, bytes, flags);
    assert_int_equal(paging_double.page_flush_count - flushes, error == MAP_OK ? 1 : 0);
    if (error != MAP_OK)
        fixture_expect_unchanged();
    if (met != NULL) {
        expect_error_for(met, virtual, bytes, error);
        assert_int_equal(error == MAP_ALREADY_MAPPED, met->bytes == bytes);
    } else if (error == MAP_OK) {
        mappings[mapping_count++] = (struct mapping){virtual, physical, bytes, flags};
    } else {
        assert_true((error == MAP_HAS_SMALLER_PAGES && bytes > PAGE_4K_BYTES) || (error == MAP_NO_FRAME && is_dry));
    }
}

/* Some of the flags are not allowed, whatever is mapped. */
static void try_update(uint64_t virtual, uint64_t bytes)
{
    const page_flags choices[] = {PAGE_FLAGS(PRESENT), PAGE_FLAGS(PRESENT, PAT, NO_EXECUTE),
                                  PAGE_FLAGS(PRESENT, WRITABLE, NO_CACHE, NO_EXECUTE), PAGE_FLAGS(PRESENT, WRITABLE)};
    size_t choice = random_below(COUNT_OF(choices));
    struct mapping *met = find(virtual, bytes);
    uint64_t flushes = paging_double.page_flush_count;
    uint64_t free_frames = fixture_free_frames();
    fixture_snapshot();
    enum map_error error = update_any(virtual, bytes, choices[choice]);
    assert_int_equal(paging_double.page_flush_count - flushes, error == MAP_OK ? 1 : 0);
    assert_int_equal(fixture_free_frames(), free_frames);
    if (error != MAP_OK)
        fixture_expect_unchanged();
    if (choice == COUNT_OF(choices) - 1) {
        assert_int_equal(error, MAP_WRITABLE_EXECUTABLE);
    } else if (met == NULL) {
        assert_true(error == MAP_NOT_MAPPED || (error == MAP_HAS_SMALLER_PAGES && bytes > PAGE_4K_BYTES));
    } else {
        expect_error_for(met, virtual, bytes, error);
        assert_int_equal(error == MAP_OK, met->bytes == bytes);
        if (error == MAP_OK)
            met->flags = choices[choice];
    }
}

static void try_unmap(uint64_t virtual, uint64_t bytes)
{
    struct mapping *met = find(virtual, bytes);
    uint64_t physical;
    fixture_snapshot();
    enum map_error error = unmap_any(virtual, bytes, &physical);
    if (error != MAP_OK)
        fixture_expect_unchanged();
    if (met == NULL) {
        assert_true(error == MAP_NOT_MAPPED || (error == MAP_HAS_SMALLER_PAGES && bytes > PAGE_4K_BYTES));
        return;
    }
    expect_error_for(met, virtual, bytes, error);
    assert_int_equal(error == MAP_OK, met->bytes == bytes);
    if (error != MAP_OK)
        return;
    assert_int_equal(physical, met->physical);
    *met = mappings[--mapping_count];
}

static void expect_translation(uint64_t address)
{
    const struct mapping *met = find(address, 1);
    struct translation found = translate(&fixture_mapper, virt_addr_new(address));
    if (met == NULL) {
        assert_int_equal(found.error, MAP_NOT_MAPPED);
        return;
    }
    assert_int_equal(found.error, MAP_OK);
    assert_int_equal(page_size_bytes(found.size), met->bytes);
    assert_int_equal(translation_address(found).value, met->physical + (address - met->virtual));
    assert_true(page_flags_are_equal(translation_flags(found), met->flags));
}

static void run(uint64_t frames)
{
    static const uint64_t sizes[] = {PAGE_4K_BYTES, PAGE_4K_BYTES, PAGE_4K_BYTES, PAGE_2M_BYTES, PAGE_1G_BYTES};
    fixture_reset(frames);
    mapping_count = 0;
    for (int i = 0; i < OPERATIONS / 4; i++) {
        uint64_t bytes = sizes[random_below(5)];
        uint64_t address = random_address(bytes);
        void (*const operations[])(uint64_t, uint64_t) = {try_map, try_map, try_unmap, try_unmap, try_update};
        operations[random_below(COUNT_OF(operations))](address, bytes);
        for (int looks = 0; looks < 16; looks++)
            expect_translation(looks % 2 == 0 ? random_address(1) + random_below(4096) : random_byte());
    }
}

static void random_operations_agree_with_a_model(void **state)
{
    const char *given = getenv("TENORITE_SEED");
    (void)state;
    seed = given != NULL ? strtoull(given, NULL, 0) : 0x9e3779b97f4a7c15;
    print_message("TENORITE_SEED=%#llx\n", (unsigned long long)seed);
    run(3);
    run(5);
    run(8);
    run(64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_operations_agree_with_a_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
