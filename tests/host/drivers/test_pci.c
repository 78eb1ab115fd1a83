/* SPDX-License-Identifier: MIT */
#include "pci_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/pci.h>

static int set_up(void **state)
{
    (void)state;
    pci_model_reset();
    return 0;
}

static void add(uint8_t bus, uint8_t device, uint8_t function, uint32_t class_word, uint8_t header_byte,
                uint32_t word_at_18)
{
    uint32_t words[16] = {0};
    words[0] = (0x1000u + bus) << 16 | (0x8000u + device * 8u + function);
    words[2] = class_word;
    words[3] = (uint32_t)header_byte << 16 | 0xaa0055bb; /* what lies around it must not matter */
    words[6] = word_at_18;
    pci_model_add((struct pci_address){bus, device, function}, words);
}

/* Walks all buses and returns how many functions there are; the last one stays in *function. */
static unsigned count_all(struct pci_function *function)
{
    unsigned count = 0;
    for (unsigned bus = 0; bus < PCI_BUSES; bus++)
        for (struct pci_cursor at = PCI_BUS(bus); pci_next(&at, function);)
            count++;
    return count;
}

static void a_function_is_described_field_by_field(void **state)
{
    (void)state;
    uint32_t words[16] = {0x100e8086, 0x02300107, 0x02010307, 0x00000008};
    words[6] = 0xffffffff;
    pci_model_add((struct pci_address){3, 17, 0}, words);
    struct pci_function f;
    struct pci_cursor at = PCI_BUS(3);
    assert_true(pci_next(&at, &f));
    assert_int_equal(f.address.bus, 3);
    assert_int_equal(f.address.device, 17);
    assert_int_equal(f.address.function, 0);
    assert_int_equal(f.vendor_id, 0x8086);
    assert_int_equal(f.device_id, 0x100e);
    assert_int_equal(f.class_code, 2);
    assert_int_equal(f.subclass, 1);
    assert_int_equal(f.programming_interface, 3);
    assert_int_equal(f.revision, 7);
    assert_int_equal(f.header, PCI_HEADER_DEVICE);
    assert_int_equal(f.secondary_bus, 0);
    assert_false(pci_next(&at, &f));
    assert_int_equal(f.vendor_id, 0x8086);
}

static void an_empty_machine_costs_one_read_a_device(void **state)
{
    (void)state;
    struct pci_function f;
    assert_int_equal(count_all(&f), 0);
    assert_int_equal(pci_model_data_reads(), 256 * 32);
}

static void functions_are_looked_for_where_function_0_says_so_only(void **state)
{
    (void)state;
    add(0, 1, 0, 0, 0x80, 0); /* several, with a gap */
    add(0, 1, 3, 0, 0x00, 0);
    add(0, 1, 7, 0, 0x80, 0);
    add(0, 2, 0, 0, 0x00, 0); /* one, and something behind it that it does not own up to */
    add(0, 2, 1, 0, 0x00, 0);
    add(0, 3, 1, 0, 0x80, 0); /* none: there is no function 0 */
    add(0, 4, 0, 0, 0x80, 0); /* what it says of itself does not hold for the next */
    add(0, 5, 1, 0, 0x80, 0);
    add(0, 31, 0, 0, 0x00, 0);
    static const uint8_t expected[][2] = {{1, 0}, {1, 3}, {1, 7}, {2, 0}, {4, 0}, {31, 0}};
    struct pci_cursor at = PCI_BUS(0);
    struct pci_function f;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(pci_next(&at, &f));
        assert_int_equal(f.address.device, expected[i][0]);
        assert_int_equal(f.address.function, expected[i][1]);
        assert_int_equal(f.vendor_id, 0x8000 + f.address.device * 8 + f.address.function);
    }
    assert_false(pci_next(&at, &f));
    assert_false(pci_next(&at, &f));
}

static void a_device_that_answers_for_all_its_functions_is_listed_once(void **state)
{
    (void)state;
    add(0, 5, 0, 0, 0x00, 0);
    pci_model_ignore_function_number(0, 5);
    struct pci_function f;
    assert_int_equal(count_all(&f), 1);
}

static void bridges_name_the_bus_behind_them(void **state)
{
    (void)state;
    add(0, 1, 0, 0x06040000, 0x01, 0x00030200); /* latency 0, subordinate 3, secondary 2, primary 0 */
    add(2, 0, 0, 0x06070000, 0x02, 0x00040400);
    add(4, 0, 0, 0x02000000, 0x00, 0x00ff0900); /* no bridge: a base address lies there */
    struct pci_function f;
    assert_true(pci_next(&PCI_BUS(0), &f));
    assert_int_equal(f.header, PCI_HEADER_PCI_BRIDGE);
    assert_int_equal(f.secondary_bus, 2);
    assert_true(pci_next(&PCI_BUS(2), &f));
    assert_int_equal(f.header, PCI_HEADER_CARDBUS_BRIDGE);
    assert_int_equal(f.secondary_bus, 4);
    assert_true(pci_next(&PCI_BUS(4), &f));
    assert_int_equal(f.secondary_bus, 0);
}

static void bridges_that_lie_about_buses_lead_nowhere(void **state)
{
    (void)state;
    add(0, 0, 0, 0x06040000, 0x81, 0x00000000); /* back to its own bus */
    add(0, 0, 1, 0x06040000, 0x01, 0x00ff0100);
    add(1, 0, 0, 0x06040000, 0x01, 0x00ff0000); /* back to the bus before */
    add(9, 0, 0, 0x06040000, 0x01, 0xffffffff); /* on a bus that no bridge leads to */
    add(255, 31, 0, 0x02000000, 0x7f, 0);       /* of a header type that does not exist */
    struct pci_function f;
    assert_int_equal(count_all(&f), 5);
    assert_int_equal(f.address.bus, 255);
    assert_int_equal(f.header, 0x7f);
}

/* Function 0 claims to be multifunction on every one of the 32 devices, all eight answer. */
static void a_full_bus_is_listed_whole_and_bounded(void **state)
{
    (void)state;
    for (unsigned device = 0; device < 32; device++)
        for (unsigned function = 0; function < 8; function++)
            add(7, (uint8_t)device, (uint8_t)function, 0x06040000, 0x81, 0);
    struct pci_function f;
    struct pci_cursor at = PCI_BUS(7);
    for (unsigned i = 0; i < 256; i++) {
        assert_true(pci_next(&at, &f));
        assert_int_equal(f.address.device * 8 + f.address.function, i);
    }
    assert_false(pci_next(&at, &f));
    assert_int_equal(pci_model_data_reads(), 256 + 3 * 256);
}

static void classes_have_names(void **state)
{
    (void)state;
    assert_string_equal(pci_class_name(0x02, 0x00), "Ethernet controller");
    assert_string_equal(pci_class_name(0x03, 0x00), "VGA controller");
    assert_string_equal(pci_class_name(0x06, 0x00), "host bridge");
    assert_string_equal(pci_class_name(0x06, 0x80), "bridge");
    assert_string_equal(pci_class_name(0x01, 0x77), "storage controller");
    assert_string_equal(pci_class_name(0x55, 0x00), "of no known class");
    for (unsigned code = 0; code < 0x10000; code++) {
        size_t length = strlen(pci_class_name((uint8_t)(code >> 8), (uint8_t)code));
        assert_in_range(length, 1, 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_function_is_described_field_by_field, set_up),
        cmocka_unit_test_setup(an_empty_machine_costs_one_read_a_device, set_up),
        cmocka_unit_test_setup(functions_are_looked_for_where_function_0_says_so_only, set_up),
        cmocka_unit_test_setup(a_device_that_answers_for_all_its_functions_is_listed_once, set_up),
        cmocka_unit_test_setup(bridges_name_the_bus_behind_them, set_up),
        cmocka_unit_test_setup(bridges_that_lie_about_buses_lead_nowhere, set_up),
        cmocka_unit_test_setup(a_full_bus_is_listed_whole_and_bounded, set_up),
        cmocka_unit_test_setup(classes_have_names, set_up),
    };
    return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}
