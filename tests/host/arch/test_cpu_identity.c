/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/arch/cpu_identity.h>

#include "arch/x86_64/cpuid.h"

/* An invented CPU: leaves that were not set answer with zeros, as cpuid() promises. */
static struct {
    uint32_t leaf;
    struct cpuid answer;
} leaves[16];
static size_t leaf_count;

struct cpuid cpuid(uint32_t leaf)
{
    for (size_t i = 0; i < leaf_count; i++)
        if (leaves[i].leaf == leaf)
            return leaves[i].answer;
    return (struct cpuid){0};
}

static void set(uint32_t leaf, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
    leaves[leaf_count].leaf = leaf;
    leaves[leaf_count++].answer = (struct cpuid){eax, ebx, ecx, edx};
}

static int set_up(void **state)
{
    (void)state;
    leaf_count = 0;
    return 0;
}

static void the_vendor_is_spelled_in_the_order_of_the_registers(void **state)
{
    (void)state;
    set(0, 0x16, 0x756e6547, 0x6c65746e, 0x49656e69);
    struct cpu_identity identity = cpu_identity();
    assert_string_equal(identity.vendor, "GenuineIntel");
    assert_string_equal(identity.hypervisor, "");
}

/* Signatures of sold CPUs and the numbers that their makers publish for them. */
static void family_model_and_stepping_are_those_that_the_maker_prints(void **state)
{
    (void)state;
    static const struct {
        uint32_t signature;
        unsigned family, model, stepping;
    } known[] = {
        {0x00000543, 5, 4, 3},       /* Pentium MMX */
        {0x00000663, 6, 6, 3},       /* what QEMU's older models say */
        {0x000006fb, 6, 15, 11},     /* Core 2 */
        {0x000906ea, 6, 0x9e, 10},   /* Coffee Lake */
        {0x00000f29, 15, 2, 9},      /* Pentium 4 */
        {0x00000f4a, 15, 4, 10},     /* Pentium 4, Prescott */
        {0x00060fb1, 15, 0x6b, 1},   /* Athlon 64 X2 */
        {0x00800f12, 0x17, 1, 2},    /* Zen */
        {0x00a20f12, 0x19, 0x21, 2}, /* Zen 3 */
        {0xfff0f5ff, 5, 15, 15},     /* extended fields do not count for family 5 */
        {0xf00fffff, 15, 0xff, 15},  /* reserved bits mean nothing */
        {0x0fffffff, 270, 0xff, 15},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        leaf_count = 0;
        set(1, known[i].signature, 0, 0, 0);
        struct cpu_identity identity = cpu_identity();
        assert_int_equal(identity.family, known[i].family);
        assert_int_equal(identity.model, known[i].model);
        assert_int_equal(identity.stepping, known[i].stepping);
    }
}

static void the_hypervisor_is_asked_only_where_it_shows_itself(void **state)
{
    (void)state;
    set(0x40000000, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d);
    assert_string_equal(cpu_identity().hypervisor, "");
    set(1, 0, 0, 0x80000000, 0);
    assert_string_equal(cpu_identity().hypervisor, "KVMKVMKVM");
}

static void address_sizes_are_stated_or_the_usual_ones(void **state)
{
    (void)state;
    assert_int_equal(cpu_identity().physical_bits, 36);
    assert_int_equal(cpu_identity().virtual_bits, 48);
    set(0x80000008, 0x00003934, 0, 0, 0);
    assert_int_equal(cpu_identity().physical_bits, 52);
    assert_int_equal(cpu_identity().virtual_bits, 57);
}

/* SDM vol. 2A, "CPUID", and APM vol. 3, appendix E, written out once more. */
static void each_feature_hangs_on_its_own_bit(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t leaf;
        size_t register_offset;
        unsigned bit;
    } expected[] = {
        {"nx", 0x80000001, offsetof(struct cpuid, edx), 20},
        {"1g-pages", 0x80000001, offsetof(struct cpuid, edx), 26},
        {"smep", 7, offsetof(struct cpuid, ebx), 7},
        {"smap", 7, offsetof(struct cpuid, ebx), 20},
        {"umip", 7, offsetof(struct cpuid, ecx), 2},
        {"pat", 1, offsetof(struct cpuid, edx), 16},
        {"apic", 1, offsetof(struct cpuid, edx), 9},
        {"x2apic", 1, offsetof(struct cpuid, ecx), 21},
        {"tsc", 1, offsetof(struct cpuid, edx), 4},
        {"invariant-tsc", 0x80000007, offsetof(struct cpuid, edx), 8},
        {"tsc-deadline", 1, offsetof(struct cpuid, ecx), 24},
        {"rdrand", 1, offsetof(struct cpuid, ecx), 30},
        {"rdseed", 7, offsetof(struct cpuid, ebx), 18},
        {"hypervisor", 1, offsetof(struct cpuid, ecx), 31},
    };
    struct cpu_fact fact;
    assert_false(cpu_feature(COUNT_OF(expected), &fact));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        leaf_count = 0;
        struct cpuid answer = {0};
        uint32_t flag = 1u << expected[i].bit;
        memcpy((char *)&answer + expected[i].register_offset, &flag, sizeof flag);
        set(expected[i].leaf, answer.eax, answer.ebx, answer.ecx, answer.edx);
        for (size_t k = 0; k < COUNT_OF(expected); k++) {
            assert_true(cpu_feature(k, &fact));
            assert_string_equal(fact.name, expected[k].name);
            assert_int_equal(fact.is_true, i == k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_vendor_is_spelled_in_the_order_of_the_registers, set_up),
        cmocka_unit_test_setup(family_model_and_stepping_are_those_that_the_maker_prints, set_up),
        cmocka_unit_test_setup(the_hypervisor_is_asked_only_where_it_shows_itself, set_up),
        cmocka_unit_test_setup(address_sizes_are_stated_or_the_usual_ones, set_up),
        cmocka_unit_test_setup(each_feature_hangs_on_its_own_bit, set_up),
    };
    return cmocka_run_group_tests_name("cpu_identity", tests, NULL, NULL);
}
