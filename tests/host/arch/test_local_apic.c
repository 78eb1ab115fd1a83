/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"
#include "arch/x86_64/local_apic.h"

/* A local APIC in both modes. Bits are written out from the SDM. An emulator has x2APIC mode seldom, so this is where it
 * is tested. */
enum { APIC_AT = 0x3000, WINDOW_BYTES = 0x4000, BASE_MSR = 0x1b, X2APIC_MSRS = 0x800 };
enum { SPURIOUS = 0xf0, LINT0 = 0x350, LINT1 = 0x360 };
enum { HAS_MSR = 1 << 5, HAS_APIC = 1 << 9, IS_X2APIC = 1 << 10, IS_ENABLED = 1 << 11 };

static uint8_t window[WINDOW_BYTES] __attribute__((aligned(16)));
static struct {
    uint32_t features;
    uint64_t base;
    uint64_t x2apic[64];
    unsigned base_reads, x2apic_accesses;
} cpu;

struct cpuid cpuid(uint32_t leaf)
{
    assert_int_equal(leaf, 1);
    return (struct cpuid){.edx = cpu.features};
}

uint64_t msr_read(uint32_t number)
{
    if (number == BASE_MSR) {
        cpu.base_reads++;
        return cpu.base;
    }
    assert_in_range(number, X2APIC_MSRS, X2APIC_MSRS + 63);
    cpu.x2apic_accesses++;
    return cpu.x2apic[number - X2APIC_MSRS];
}

void msr_write(uint32_t number, uint64_t value)
{
    assert_in_range(number, X2APIC_MSRS, X2APIC_MSRS + 63);
    cpu.x2apic_accesses++;
    /* while the APIC is disabled by software, the mask bits cannot be cleared */
    if (number >= X2APIC_MSRS + 0x32 && (cpu.x2apic[0x0f] & 0x100) == 0)
        value |= 0x10000;
    cpu.x2apic[number - X2APIC_MSRS] = value;
}

static uint32_t word(size_t offset)
{
    uint32_t value;
    memcpy(&value, window + APIC_AT + offset, sizeof value);
    return value;
}

static void set_word(size_t offset, uint32_t value)
{
    memcpy(window + APIC_AT + offset, &value, sizeof value);
}

/* As after a reset (SDM vol. 3A, 11.4.7.1 "Local APIC State After Power-Up or Reset"). */
static int reset(void **state)
{
    (void)state;
    memset(window, 0, sizeof window);
    memset(&cpu, 0, sizeof cpu);
    cpu.features = HAS_MSR | HAS_APIC;
    cpu.base = APIC_AT | IS_ENABLED | 1 << 8;
    set_word(SPURIOUS, 0xff);
    set_word(LINT0, 0x10000);
    set_word(LINT1, 0x10000);
    cpu.x2apic[0x0f] = 0xff;
    cpu.x2apic[0x35] = cpu.x2apic[0x36] = 0x10000;
    return 0;
}

static void window_is_untouched(void)
{
    assert_int_equal(word(SPURIOUS), 0xff);
    assert_int_equal(word(LINT0), 0x10000);
    assert_int_equal(word(LINT1), 0x10000);
}

static void reset_apic_becomes_a_virtual_wire(void **state)
{
    (void)state;
    assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_VIRTUAL_WIRE);
    assert_int_equal(word(SPURIOUS), 0x1ff);
    assert_int_equal(word(LINT0), 0x700);
    assert_int_equal(word(LINT1), 0x400);
    set_word(SPURIOUS, 0);
    set_word(LINT0, 0);
    set_word(LINT1, 0);
    for (size_t i = 0; i < sizeof window; i++)
        assert_int_equal(window[i], 0);
    assert_int_equal(cpu.x2apic_accesses, 0);
}

static void what_firmware_has_wired_stays(void **state)
{
    (void)state;
    set_word(SPURIOUS, 0x10f | 1 << 12);
    set_word(LINT0, 0x8700);
    set_word(LINT1, 0x12345);
    assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_VIRTUAL_WIRE);
    assert_int_equal(word(SPURIOUS), 0x1ff | 1 << 12); /* but the vector becomes ours */
    assert_int_equal(word(LINT0), 0x8700);
    assert_int_equal(word(LINT1), 0x12345);
}

static void masked_or_differently_used_lint0_is_wired(void **state)
{
    static const uint32_t others[] = {0x10700, 0x00030, 0x00400, 0x10000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        reset(NULL);
        set_word(SPURIOUS, 0x1ff);
        set_word(LINT0, others[i]);
        assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_VIRTUAL_WIRE);
        assert_int_equal(word(LINT0), 0x700);
    }
}

static void x2apic_is_reached_by_its_registers_alone(void **state)
{
    (void)state;
    cpu.base |= IS_X2APIC;
    assert_int_equal(local_apic_init(window, 0), LOCAL_APIC_VIRTUAL_WIRE);
    assert_int_equal(cpu.x2apic[0x0f], 0x1ff);
    assert_int_equal(cpu.x2apic[0x35], 0x700);
    assert_int_equal(cpu.x2apic[0x36], 0x400);
    assert_in_range(cpu.x2apic_accesses, 3, 5);
    window_is_untouched();
}

static void without_an_apic_nothing_is_touched(void **state)
{
    static const uint32_t lacking[] = {0, HAS_MSR, HAS_APIC};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lacking); i++) {
        cpu.features = lacking[i];
        assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_ABSENT);
        assert_int_equal(cpu.base_reads, 0);
    }
    cpu.features = HAS_MSR | HAS_APIC;
    cpu.base = APIC_AT;
    assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_ABSENT);
    window_is_untouched();
}

static void registers_beyond_the_window_are_left_alone(void **state)
{
    static const uint64_t beyond[] = {WINDOW_BYTES, 1ull << 32, 0x000ffffffffff000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        cpu.base = beyond[i] | IS_ENABLED;
        assert_int_equal(local_apic_init(window, sizeof window), LOCAL_APIC_OUT_OF_REACH);
    }
    cpu.base = APIC_AT | IS_ENABLED;
    assert_int_equal(local_apic_init(window, sizeof window - 1), LOCAL_APIC_OUT_OF_REACH);
    assert_int_equal(local_apic_init(window, 0), LOCAL_APIC_OUT_OF_REACH);
    window_is_untouched();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reset_apic_becomes_a_virtual_wire, reset),
        cmocka_unit_test_setup(what_firmware_has_wired_stays, reset),
        cmocka_unit_test_setup(masked_or_differently_used_lint0_is_wired, reset),
        cmocka_unit_test_setup(x2apic_is_reached_by_its_registers_alone, reset),
        cmocka_unit_test_setup(without_an_apic_nothing_is_touched, reset),
        cmocka_unit_test_setup(registers_beyond_the_window_are_left_alone, reset),
    };
    return cmocka_run_group_tests_name("local_apic", tests, NULL, NULL);
}
