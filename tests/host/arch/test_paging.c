/* SPDX-License-Identifier: MIT */
/*
 * What a flush of everything leaves behind, on a model of a CPU's translation cache with process-context identifiers
 * and global pages, which the emulator that runs the kernel tests does not have. The model drops what SDM vol. 3A,
 * 4.10.4.1 "Operations that Invalidate TLBs and Paging-Structure Caches" says, and nothing else.
 */
#include "panic_double.h"

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"

#include <tenorite/arch/paging.h>

enum { PCID_ENABLE = 0x20000, PCIDS = 0xfff };

static struct {
    uint64_t cr0, cr3, cr4, efer;
    struct cpuid leaf_7, leaf_80000001, leaf_80000008;
} cpu;

static struct cached {
    bool is_valid, is_global;
    uint64_t pcid;
} cache[4];

bool interrupt_entry_uses_clac;

static void drop(bool drops_global, uint64_t pcid)
{
    for (size_t i = 0; i < COUNT_OF(cache); i++) {
        if (drops_global || (!cache[i].is_global && cache[i].pcid == pcid))
            cache[i].is_valid = false;
    }
}

uint64_t cr0_read(void)
{
    return cpu.cr0;
}

void cr0_write(uint64_t value)
{
    cpu.cr0 = value;
}

uint64_t cr3_read(void)
{
    return cpu.cr3;
}

void cr3_write(uint64_t value)
{
    const uint64_t keeps_translations = 1ull << 63;
    bool has_pcids = (cpu.cr4 & PCID_ENABLE) != 0;
    if (!has_pcids || (value & keeps_translations) == 0)
        drop(false, has_pcids ? value & PCIDS : 0);
    cpu.cr3 = has_pcids ? value & ~keeps_translations : value;
}

uint64_t cr4_read(void)
{
    return cpu.cr4;
}

void cr4_write(uint64_t value)
{
    if (((value ^ cpu.cr4) & CR4_PAGE_GLOBAL_ENABLE) != 0)
        drop(true, 0);
    cpu.cr4 = value;
}

uint64_t msr_read(uint32_t number)
{
    assert_int_equal(number, 0xc0000080);
    return cpu.efer;
}

void msr_write(uint32_t number, uint64_t value)
{
    fail_msg("register %#x is set to %#llx", number, (unsigned long long)value);
}

struct cpuid cpuid(uint32_t leaf)
{
    return leaf == 7 ? cpu.leaf_7 : leaf == 0x80000001 ? cpu.leaf_80000001 : cpu.leaf_80000008;
}

static int setup(void **state)
{
    (void)state;
    memset(&cpu, 0, sizeof cpu);
    interrupt_entry_uses_clac = false;
    for (size_t i = 0; i < COUNT_OF(cache); i++)
        cache[i] = (struct cached){true, i % 2 == 1, i / 2 * 5};
    return 0;
}

static size_t count_cached(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(cache); i++)
        count += cache[i].is_valid;
    return count;
}

static void the_model_keeps_what_a_root_write_keeps(void **state)
{
    (void)state;
    cpu.cr4 = PCID_ENABLE | CR4_PAGE_GLOBAL_ENABLE;
    cr3_write(0x1005);
    assert_int_equal(count_cached(), 3);
    cr3_write(0x1000);
    assert_int_equal(count_cached(), 2);
}

/* Defect 7 of the x86_64 crate for Rust: its flush of everything writes the root register, so that global pages stay
 * and the process-context identifier becomes 0. */
static void a_flush_of_everything_drops_global_pages_of_every_context(void **state)
{
    static const uint64_t controls[] = {0, CR4_PAGE_GLOBAL_ENABLE, PCID_ENABLE, PCID_ENABLE | CR4_PAGE_GLOBAL_ENABLE};
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        setup(state);
        cpu.cr4 = controls[i] | CR4_SMEP;
        cpu.cr3 = 0x7005;
        tlb_flush_all();
        assert_int_equal(count_cached(), 0);
        assert_int_equal(cpu.cr3, 0x7005);
        assert_int_equal(cpu.cr4, controls[i] | CR4_SMEP);
    }
}

static void a_new_root_leaves_no_translation_of_the_old_one(void **state)
{
    (void)state;
    cpu.cr4 = CR4_PAGE_GLOBAL_ENABLE;
    UNSAFE("the registers are variables") {
        paging_root_write(phys_addr_new(0x9000), unsafe);
    }
    assert_int_equal(count_cached(), 0);
    assert_int_equal(paging_root_read().value, 0x9000);
    EXPECT_PANIC("root table at 0x9008 is not page aligned", {
        UNSAFE("the registers are variables")
        {
            paging_root_write(phys_addr_new(0x9008), unsafe);
}
});
assert_int_equal(paging_root_read().value, 0x9000);
}

static void the_root_is_read_without_its_context(void **state)
{
    (void)state;
    cpu.cr3 = 0x7005;
    assert_int_equal(paging_root_read().value, 0x7000);
}

static void features_are_those_of_the_cpu(void **state)
{
    (void)state;
    cpu.leaf_80000008.eax = 0x3027;
    struct paging_features none = paging_features();
    assert_false(none.has_no_execute);
    assert_false(none.has_1g_pages);
    assert_int_equal(none.physical_bits, 39);
    cpu.efer = 1 << 11;
    cpu.leaf_80000001.edx = 1 << 26;
    struct paging_features all = paging_features();
    assert_true(all.has_no_execute);
    assert_true(all.has_1g_pages);
}

static void a_cpu_that_tells_nonsense_has_36_physical_bits(void **state)
{
    static const uint32_t answers[] = {0, 35, 53, 255};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        cpu.leaf_80000008.eax = answers[i];
        assert_int_equal(paging_features().physical_bits, 36);
    }
}

static void only_what_the_cpu_has_is_turned_on(void **state)
{
    (void)state;
    paging_harden();
    assert_int_equal(cpu.cr0, 1 << 16);
    assert_int_equal(cpu.cr4, 0);
    assert_false(interrupt_entry_uses_clac);
    cpu.leaf_7 = (struct cpuid){.ebx = 1 << 7 | 1 << 20, .ecx = 1 << 2};
    paging_harden();
    assert_int_equal(cpu.cr4, 1 << 20 | 1 << 21 | 1 << 11);
    assert_true(interrupt_entry_uses_clac);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_model_keeps_what_a_root_write_keeps, setup),
        cmocka_unit_test_setup(a_flush_of_everything_drops_global_pages_of_every_context, setup),
        cmocka_unit_test_setup(a_new_root_leaves_no_translation_of_the_old_one, setup),
        cmocka_unit_test_setup(the_root_is_read_without_its_context, setup),
        cmocka_unit_test_setup(features_are_those_of_the_cpu, setup),
        cmocka_unit_test_setup(a_cpu_that_tells_nonsense_has_36_physical_bits, setup),
        cmocka_unit_test_setup(only_what_the_cpu_has_is_turned_on, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
