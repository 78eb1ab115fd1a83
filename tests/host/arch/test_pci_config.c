/* SPDX-License-Identifier: MIT */
#include "pci_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io.h"
#include "panic_double.h"

static int set_up(void **state)
{
    (void)state;
    pci_model_reset();
    return 0;
}

static void a_bridge_that_keeps_the_address_is_found_and_left_as_it_was(void **state)
{
    (void)state;
    pci_model_set_address_port(0x80001234);
    assert_true(pci_config_is_present());
    assert_int_equal(pci_model_address_port(), 0x80001234);
    assert_int_equal(pci_model_data_reads(), 0);
}

static void an_empty_bus_has_no_pci(void **state)
{
    (void)state;
    io_double_reset();
    assert_false(pci_config_is_present());
    assert_in_range(io_double_access_count(), 1, 6);
}

/* Ports of a device of another kind: some bits are always 0, others always 1. */
static uint32_t kept, mask, ones;

static uint32_t read_kept(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    return kept;
}

static void write_kept(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    kept = (value & mask) | ones;
}

static void ports_that_do_not_keep_every_bit_of_the_address_are_no_pci(void **state)
{
    (void)state;
    io_double_reset();
    io_double_add(&(struct io_device){0xcf8, 8, read_kept, write_kept, NULL});
    for (unsigned bit = 2; bit < 32; bit++) {
        if (bit >= 24 && bit <= 30)
            continue;
        mask = ~(1u << bit);
        assert_false(pci_config_is_present());
        mask = UINT32_MAX;
        ones = bit == 31 ? 0x40000000 : 1u << bit;
        assert_false(pci_config_is_present());
        ones = 0;
    }
    assert_true(pci_config_is_present());
}

static void every_field_of_the_address_arrives(void **state)
{
    (void)state;
    const struct pci_address addresses[] = {{0, 0, 0}, {255, 0, 0}, {0, 31, 0}, {0, 0, 7}, {0xa5, 0x15, 2}};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        uint32_t words[16];
        for (uint32_t k = 0; k < 16; k++)
            words[k] = (uint32_t)i << 16 | k;
        pci_model_add(addresses[i], words);
    }
    for (uint32_t i = 0; i < COUNT_OF(addresses); i++)
        for (uint32_t k = 0; k < 16; k++)
            assert_int_equal(pci_config_read32(addresses[i], (uint8_t)(4 * k)), i << 16 | k);
    assert_int_equal(pci_config_read32((struct pci_address){1, 2, 3}, 0), UINT32_MAX);
}

static void an_address_that_does_not_exist_is_the_callers_mistake(void **state)
{
    (void)state;
    EXPECT_PANIC("device 32", { (void)pci_config_read32((struct pci_address){0, 32, 0}, 0); });
    EXPECT_PANIC("function 8", { (void)pci_config_read32((struct pci_address){0, 0, 8}, 0); });
    EXPECT_PANIC("offset 0x2", { (void)pci_config_read32((struct pci_address){0, 0, 0}, 2); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bridge_that_keeps_the_address_is_found_and_left_as_it_was, set_up),
        cmocka_unit_test_setup(an_empty_bus_has_no_pci, set_up),
        cmocka_unit_test_setup(ports_that_do_not_keep_every_bit_of_the_address_are_no_pci, set_up),
        cmocka_unit_test_setup(every_field_of_the_address_arrives, set_up),
        cmocka_unit_test_setup(an_address_that_does_not_exist_is_the_callers_mistake, set_up),
    };
    return cmocka_run_group_tests_name("pci_config", tests, NULL, NULL);
}
