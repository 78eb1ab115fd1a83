/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tenorite/arch/interrupts.h>

#include "arch/x86_64/pic.h"
#include "arch/x86_64/traps.h"
#include "io.h"
#include "panic_double.h"
#include "pic_model.h"

/* pic.c and irq.c together, on a model of the chips. The handlers stay attached from test to test: irq.c has no way
 * back. Each test begins with the chips initialised, so with all lines masked. */
enum { LINES = 16, CASCADE = 2, SLAVE = 8, FIRST_VECTOR = 32, NEVER_ATTACHED = 9 };

static struct pic_pair pair;
static struct {
    bool is_attached;
    unsigned calls;
    uint16_t in_service; /* at the last call: slave in the upper half */
} lines[LINES];

static int set_up(void **state)
{
    (void)state;
    io_double_reset();
    pic_model_attach(&pair);
    pic_init();
    for (unsigned line = 0; line < LINES; line++)
        lines[line].calls = 0;
    return 0;
}

static void handle(void *argument)
{
    size_t line = (size_t)((typeof(&lines[0]))argument - lines);
    lines[line].calls++;
    lines[line].in_service = (uint16_t)(pair.slave.in_service << 8 | pair.master.in_service);
}

static void use(unsigned line)
{
    if (!lines[line].is_attached)
        assert_int_equal(irq_attach(line, handle, &lines[line]), IRQ_OK);
    else
        pic_unmask(line);
    lines[line].is_attached = true;
}

static void dispatch_next(unsigned expected_vector)
{
    assert_true(pic_model_interrupts(&pair));
    uint8_t vector = pic_model_acknowledge(&pair);
    assert_int_equal(vector, expected_vector);
    assert_true(irq_dispatch(vector));
}

static void ends_of_interrupt_are(unsigned master, unsigned slave)
{
    assert_int_equal(pair.master.ends_of_interrupt, master);
    assert_int_equal(pair.slave.ends_of_interrupt, slave);
    assert_int_equal(pair.master.needless_ends, 0);
    assert_int_equal(pair.slave.needless_ends, 0);
}

static void init_cascades_the_chips_at_vectors_32_and_40_and_masks_all_lines(void **state)
{
    (void)state;
    static const uint8_t master[] = {0x11, 32, 1 << CASCADE, 0x01}, slave[] = {0x11, 40, CASCADE, 0x01};
    assert_memory_equal(pair.master.initialisation, master, sizeof master);
    assert_memory_equal(pair.slave.initialisation, slave, sizeof slave);
    assert_int_equal(pair.master.initialisations, 1);
    assert_int_equal(pair.slave.initialisations, 1);
    assert_int_equal(pair.master.mask, 0xff & ~(1 << CASCADE));
    assert_int_equal(pair.slave.mask, 0xff);
    assert_int_equal(io_double_unclaimed_count(), 0);
}

static void init_lets_the_chips_settle_after_each_word(void **state)
{
    (void)state;
    assert_int_equal(pair.hurried_words, 0);
    assert_false(pair.is_settling);
}

static void presence_is_seen_and_leaves_everything_as_it_was(void **state)
{
    (void)state;
    use(4);
    use(SLAVE + 4);
    struct pic_pair before = pair;
    assert_true(interrupts_controller_is_present());
    assert_memory_equal(&pair, &before, sizeof pair);
}

/* A line let through for a moment could reach a CPU that then finds nothing: a spurious interrupt. */
static void looking_for_the_chips_requests_no_interrupt(void **state)
{
    (void)state;
    for (unsigned line = 0; line < LINES; line++)
        if (line != CASCADE)
            pic_model_raise(&pair, line);
    assert_true(interrupts_controller_is_present());
    assert_false(pair.has_requested);
}

static void missing_chips_are_seen(void **state)
{
    (void)state;
    for (unsigned missing = 1; missing <= 3; missing++) {
        pair.master.is_absent = missing & 1;
        pair.slave.is_absent = missing & 2;
        uint64_t before = io_double_access_count();
        assert_false(interrupts_controller_is_present());
        assert_in_range(io_double_access_count() - before, 1, 17);
    }
}

static void attaching_unmasks_that_line_alone(void **state)
{
    (void)state;
    use(4);
    assert_int_equal(pair.master.mask, 0xff & ~(1 << CASCADE | 1 << 4));
    assert_int_equal(pair.slave.mask, 0xff);
    use(SLAVE + 4);
    assert_int_equal(pair.master.mask, 0xff & ~(1 << CASCADE | 1 << 4));
    assert_int_equal(pair.slave.mask, 0xff & ~(1 << 4));
}

static void attaching_refuses_lines_that_are_taken_or_do_not_exist(void **state)
{
    (void)state;
    use(4);
    uint64_t before = io_double_access_count();
    assert_int_equal(irq_line_count(), LINES);
    assert_int_equal(irq_attach(4, handle, &lines[5]), IRQ_LINE_TAKEN);
    assert_int_equal(irq_attach(CASCADE, handle, &lines[2]), IRQ_NO_SUCH_LINE);
    assert_int_equal(irq_attach(LINES, handle, &lines[0]), IRQ_NO_SUCH_LINE);
    assert_int_equal(irq_attach(UINT32_MAX, handle, &lines[0]), IRQ_NO_SUCH_LINE);
    EXPECT_PANIC("without a handler", { (void)irq_attach(NEVER_ATTACHED, NULL, NULL); });
    assert_int_equal(io_double_access_count(), before);
    pic_model_raise(&pair, 4);
    dispatch_next(FIRST_VECTOR + 4);
    assert_int_equal(lines[4].calls, 1);
    assert_int_equal(lines[5].calls, 0);
}

static void every_line_reaches_its_handler_and_is_acknowledged_after_it(void **state)
{
    (void)state;
    uint64_t spurious = irq_spurious_count();
    for (unsigned line = 0; line < LINES; line++) {
        if (line == CASCADE || line == NEVER_ATTACHED)
            continue;
        set_up(NULL);
        use(line);
        pic_model_raise(&pair, line);
        dispatch_next(FIRST_VECTOR + line);
        assert_int_equal(lines[line].calls, 1);
        assert_int_equal(lines[line].in_service, line < SLAVE ? 1 << line : 1 << line | 1 << CASCADE);
        assert_int_equal(pair.master.in_service | pair.slave.in_service, 0);
        ends_of_interrupt_are(1, line >= SLAVE);
        assert_false(pic_model_interrupts(&pair));
    }
    assert_int_equal(irq_spurious_count(), spurious);
}

static void a_line_without_a_handler_is_counted_and_acknowledged(void **state)
{
    (void)state;
    uint64_t before = irq_spurious_count();
    pic_unmask(NEVER_ATTACHED);
    pic_model_raise(&pair, NEVER_ATTACHED);
    dispatch_next(FIRST_VECTOR + NEVER_ATTACHED);
    assert_int_equal(irq_spurious_count(), before + 1);
    ends_of_interrupt_are(1, 1);
}

/* Another line is in service: an acknowledgement too many would end that one. */
static void spurious_line_7_is_counted_and_not_acknowledged(void **state)
{
    (void)state;
    uint64_t before = irq_spurious_count();
    use(7);
    pair.master.in_service = 1 << 5;
    assert_true(irq_dispatch(FIRST_VECTOR + 7));
    assert_int_equal(irq_spurious_count(), before + 1);
    assert_int_equal(lines[7].calls, 0);
    assert_int_equal(pair.master.in_service, 1 << 5);
    ends_of_interrupt_are(0, 0);
}

static void spurious_line_15_is_acknowledged_to_the_master_alone(void **state)
{
    (void)state;
    uint64_t before = irq_spurious_count();
    use(12);
    use(15);
    pic_model_raise(&pair, 12);
    pic_model_withdraw(&pair, 12);
    dispatch_next(FIRST_VECTOR + 15);
    assert_int_equal(irq_spurious_count(), before + 1);
    assert_int_equal(lines[12].calls + lines[15].calls, 0);
    assert_int_equal(pair.master.in_service, 0);
    ends_of_interrupt_are(1, 0);
    pic_model_raise(&pair, 12);
    dispatch_next(FIRST_VECTOR + 12);
    assert_int_equal(lines[12].calls, 1);
}

/* Nothing is in service in the local APIC for it, and the 8259A pair knows nothing of it. */
static void spurious_vector_of_the_local_apic_is_counted_and_not_acknowledged(void **state)
{
    (void)state;
    uint64_t spurious = irq_spurious_count(), accesses = io_double_access_count();
    assert_true(irq_dispatch(255));
    assert_int_equal(irq_spurious_count(), spurious + 1);
    assert_int_equal(io_double_access_count(), accesses);
}

static void other_vectors_are_left_to_others(void **state)
{
    (void)state;
    static const uint64_t vectors[] = {
        0, 3, FIRST_VECTOR - 1, FIRST_VECTOR + LINES, 254, (1ull << 32) + FIRST_VECTOR};
    uint64_t before = io_double_access_count();
    for (size_t i = 0; i < COUNT_OF(vectors); i++)
        assert_false(irq_dispatch(vectors[i]));
    assert_int_equal(io_double_access_count(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(init_cascades_the_chips_at_vectors_32_and_40_and_masks_all_lines, set_up),
        cmocka_unit_test_setup(init_lets_the_chips_settle_after_each_word, set_up),
        cmocka_unit_test_setup(presence_is_seen_and_leaves_everything_as_it_was, set_up),
        cmocka_unit_test_setup(looking_for_the_chips_requests_no_interrupt, set_up),
        cmocka_unit_test_setup(missing_chips_are_seen, set_up),
        cmocka_unit_test_setup(attaching_unmasks_that_line_alone, set_up),
        cmocka_unit_test_setup(attaching_refuses_lines_that_are_taken_or_do_not_exist, set_up),
        cmocka_unit_test_setup(every_line_reaches_its_handler_and_is_acknowledged_after_it, set_up),
        cmocka_unit_test_setup(a_line_without_a_handler_is_counted_and_acknowledged, set_up),
        cmocka_unit_test_setup(spurious_line_7_is_counted_and_not_acknowledged, set_up),
        cmocka_unit_test_setup(spurious_line_15_is_acknowledged_to_the_master_alone, set_up),
        cmocka_unit_test_setup(spurious_vector_of_the_local_apic_is_counted_and_not_acknowledged, set_up),
        cmocka_unit_test_setup(other_vectors_are_left_to_others, set_up),
    };
    return cmocka_run_group_tests_name("pic", tests, NULL, NULL);
}
