/* SPDX-License-Identifier: MIT */
/*
 * Random operations of every kind against a model that knows nothing of areas: one byte for each frame. The model is
 * asked by looking at all of its bytes.
 */
#include "frames_fixture.h"

enum { MODEL_FRAMES = 5 * 512 * 512 + 700, FRAMES_PER_2M = 512, FRAMES_PER_1G = 512 * 512 };
enum model_frame { FOREIGN, FREE, USED };

static uint8_t model[MODEL_FRAMES];
static uint64_t model_free_count, model_used_count, model_peak;
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

static void model_init(const struct region *regions, size_t count)
{
    memset(model, FOREIGN, sizeof model);
    model_free_count = model_used_count = model_peak = 0;
    for (size_t i = 0; i < count; i++) {
        for (uint64_t frame = regions[i].start / 4096; frame < regions[i].end / 4096; frame++) {
            model[frame] = frame == 0 ? FOREIGN : FREE;
            model_free_count += frame == 0 ? 0 : 1;
        }
    }
}

static bool model_is_all(uint64_t first, uint64_t count, enum model_frame kind)
{
    return count <= MODEL_FRAMES && first <= MODEL_FRAMES - count && model[first] == kind &&
           memcmp(model + first, model + first + 1, count - 1) == 0;
}

static void model_change(uint64_t first, uint64_t count, enum model_frame from, enum model_frame to)
{
    if (!model_is_all(first, count, from))
        fail_msg("%llu frames at %#llx", (unsigned long long)count, (unsigned long long)first * 4096);
    memset(model + first, to, count);
    model_free_count += to == FREE ? count : -count;
    model_used_count += to == USED ? count : -count;
    model_peak = model_used_count > model_peak ? model_used_count : model_peak;
}

/* The lowest run of free frames, or MODEL_FRAMES. */
static uint64_t model_find(uint64_t count, uint64_t step, uint64_t end)
{
    for (uint64_t first = 0; first + count <= end; first += step) {
        if (model_is_all(first, count, FREE))
            return first;
    }
    return MODEL_FRAMES;
}

static uint64_t model_count(uint64_t size)
{
    uint64_t count = 0;
    for (uint64_t first = 0; first + size <= MODEL_FRAMES; first += size)
        count += model_is_all(first, size, FREE) ? 1 : 0;
    return count;
}

/* What came of a request for a frame of `size` frames of 4 KiB. */
static void expect_taken(uint64_t address, uint64_t size)
{
    if (address == NO_FRAME) {
        assert_int_equal(model_find(size, size, MODEL_FRAMES), MODEL_FRAMES);
        return;
    }
    assert_int_equal(address % (size * 4096), 0);
    model_change(address / 4096, size, FREE, USED);
}

static void take_some_run(void)
{
    uint64_t count = 1 + random_below(1ull << random_below(12)), step = 1ull << random_below(11);
    uint64_t end = random_below(3) == 0 ? random_below(MODEL_FRAMES) : MODEL_FRAMES;
    struct frames_request request = {count, random_below(2) == 0 ? step * 4096 : step, end * 4096};
    step = request.alignment_bytes < 4096 ? 1 : step;
    end = end == 0 ? MODEL_FRAMES : end;
    uint64_t first = model_find(count, step, end), address = take_run(request);
    assert_int_equal(address, first == MODEL_FRAMES ? NO_FRAME : first * 4096);
    if (first != MODEL_FRAMES)
        model_change(first, count, FREE, USED);
}

static void reserve_some_range(void)
{
    uint64_t first = random_below(MODEL_FRAMES), count = 1 + random_below(1ull << random_below(12));
    struct region range = {first * 4096 + random_below(4096), (first + count) * 4096 - random_below(4096)};
    bool is_owned = first + count <= MODEL_FRAMES && memchr(model + first, FOREIGN, count) == NULL;
    enum frames_error error = frames_reserve(&allocator, range);
    if (range.end <= range.start)
        assert_int_equal(error, FRAMES_EMPTY_RANGE);
    else if (!is_owned)
        assert_int_equal(error, FRAMES_FOREIGN);
    else if (!model_is_all(first, count, FREE))
        assert_int_equal(error, FRAMES_IN_USE);
    else
        assert_int_equal(error, FRAMES_OK);
    if (error == FRAMES_OK)
        model_change(first, count, FREE, USED);
}

/* Gives back a frame of `size` around a random place if that is right, and sees the panic if it is not. */
static void give_back(uint64_t size)
{
    volatile uint64_t first = random_below(MODEL_FRAMES / size + 1) * size;
    if (size == 1)
        first = model_used_count == 0 ? first : (uint64_t)((uint8_t *)memchr(model, USED, MODEL_FRAMES) - model);
    volatile bool is_right = model_is_all(first, size, USED);
    if (is_right)
        model_change(first, size, USED, FREE);
    else
        panic_double_is_expected = true;
    if (is_right || setjmp(panic_double_escape) == 0) {
        if (size == 1)
            frames_free_4k(&allocator, frame_4k_of(first * 4096));
        else if (size == FRAMES_PER_2M)
            frames_free_2m(&allocator, frame_2m_of(first * 4096));
        else if (size == FRAMES_PER_1G)
            frames_free_1g(&allocator, frame_1g_of(first * 4096));
        else
            frames_free_run(&allocator, frame_4k_of(first * 4096), size);
        if (!is_right)
            fail_msg("%llu frames at %#llx went back", (unsigned long long)size, (unsigned long long)first * 4096);
    }
    panic_double_is_expected = false;
}

static void do_something(void)
{
    switch (random_below(12)) {
    case 0:
    case 1:
    case 2:
        expect_taken(take_4k(), 1);
        return;
    case 3:
    case 4:
        expect_taken(take_2m(), FRAMES_PER_2M);
        return;
    case 5:
        if (random_below(40) == 0)
            expect_taken(take_1g(), FRAMES_PER_1G);
        return;
    case 6:
        if (random_below(8) == 0)
            take_some_run();
        return;
    case 7:
        reserve_some_range();
        return;
    case 8:
        give_back(1);
        return;
    case 9:
        give_back(1 + random_below(64));
        return;
    case 10:
        give_back(FRAMES_PER_2M);
        return;
    default:
        give_back(random_below(20) == 0 ? FRAMES_PER_1G : FRAMES_PER_2M);
    }
}

static void compare(void)
{
    struct frames_statistics statistics = frames_statistics(&allocator);
    assert_int_equal(statistics.free_count, model_free_count);
    assert_int_equal(statistics.total_count, model_free_count + model_used_count);
    assert_int_equal(statistics.peak_used_count, model_peak);
    assert_int_equal(statistics.free_2m_count, model_count(FRAMES_PER_2M));
    assert_int_equal(statistics.free_1g_count, model_count(FRAMES_PER_1G));
    expect_sound();
}

static void run(struct region *regions, size_t count, uint64_t seed, int steps)
{
    frames_fixture_init(regions, count);
    model_init(regions, count);
    random_state = seed;
    compare();
    for (int step = 0; step < steps; step++) {
        do_something();
        assert_int_equal(frames_statistics(&allocator).free_count, model_free_count);
        if (step % 500 == 0)
            compare();
    }
    compare();
}

static void operations_of_every_kind_agree_with_a_flat_model(void **state)
{
    struct region ragged[] = {{0, 640 * KIB}, {1 * MIB, 3 * GIB - 12 * KIB}, {4 * GIB, 5 * GIB + 700 * 4 * KIB}};
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        run(ragged, COUNT_OF(ragged), seed, 20000);
}

/* Few frames: memory is exhausted again and again. */
static void little_memory_agrees_with_a_flat_model(void **state)
{
    struct region little[] = {{4 * KIB, 8 * KIB}, {3 * MIB, 4 * MIB + 64 * KIB}, {6 * MIB, 10 * MIB}};
    struct region holes[40];
    (void)state;
    for (uint64_t i = 0; i < COUNT_OF(holes); i++)
        holes[i] = (struct region){1 * GIB + i * 700 * KIB, 1 * GIB + (i * 700 + 4 * (i + 1)) * KIB};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        run(little, COUNT_OF(little), seed, 5000);
        run(holes, COUNT_OF(holes), seed, 5000);
    }
}

/*
 * A whole area is broken for a frame of 4 KiB only when every broken one is used up. So there are never more broken ones
 * than the most frames that were ever in use would fill, and the one that is being filled.
 */
static void random_small_frames_leave_large_ones_whole(void **state)
{
    static uint64_t taken[200000];
    size_t count = 0;
    (void)state;
    random_state = 99;
    INIT_FRAMES({1 * GIB, 5 * GIB});
    for (int step = 0; step < 1000000; step++) {
        if (count == 0 || (count < COUNT_OF(taken) && random_below(1000) < 505)) {
            taken[count] = take_4k();
            assert_true(taken[count++] != NO_FRAME);
        } else {
            uint64_t chosen = random_below(count);
            frames_free_4k(&allocator, frame_4k_of(taken[chosen]));
            taken[chosen] = taken[--count];
        }
        if (step % 1000 == 0) {
            struct frames_statistics statistics = frames_statistics(&allocator);
            assert_true(2048 - statistics.free_2m_count <= statistics.peak_used_count / 512 + 1);
        }
    }
    for (uint64_t left = frames_statistics(&allocator).free_2m_count; left > 0; left--)
        assert_true(take_2m() != NO_FRAME);
    assert_int_equal(take_2m(), NO_FRAME);
    expect_sound();
}

/* The same for frames of 2 MiB out of 1 GiB. */
static void random_2m_frames_leave_1g_frames_whole(void **state)
{
    static uint64_t taken[20 * 512];
    size_t count = 0;
    (void)state;
    random_state = 98;
    INIT_FRAMES({1 * GIB, 100 * GIB});
    for (int step = 0; step < 200000; step++) {
        if (count == 0 || (count < COUNT_OF(taken) && random_below(100) < 52)) {
            taken[count] = take_2m();
            assert_true(taken[count++] != NO_FRAME);
        } else {
            uint64_t chosen = random_below(count);
            frames_free_2m(&allocator, frame_2m_of(taken[chosen]));
            taken[chosen] = taken[--count];
        }
        struct frames_statistics statistics = frames_statistics(&allocator);
        assert_true(99 - statistics.free_1g_count <= statistics.peak_used_count / FRAMES_PER_1G + 1);
    }
    expect_sound();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_of_every_kind_agree_with_a_flat_model),
        cmocka_unit_test(little_memory_agrees_with_a_flat_model),
        cmocka_unit_test(random_small_frames_leave_large_ones_whole),
        cmocka_unit_test(random_2m_frames_leave_1g_frames_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
