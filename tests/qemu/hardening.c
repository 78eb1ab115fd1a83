/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"
#include "kernel_test.h"

/* The protections of the CPU are on wherever the CPU has them. Bits are written out from the SDM, vol. 2A "CPUID" and
 * vol. 3A, 2.5 "Control Registers". */
enum {
    LEAF_1_EDX_MACHINE_CHECK = 1 << 7,
    LEAF_7_EBX_SMEP = 1 << 7,
    LEAF_7_EBX_SMAP = 1 << 20,
    LEAF_7_ECX_UMIP = 1 << 2,
    WRITE_PROTECT = 1 << 16,
    MACHINE_CHECK = 1 << 6,
    UMIP = 1 << 11,
    SMEP = 1 << 20,
    SMAP = 1 << 21,
};
#define EXTENDED_EDX_NO_EXECUTE (1u << 20)

extern const uintptr_t __stack_chk_guard;

static struct kernel_memory memory;

static bool has_all(uint64_t word, uint64_t bits)
{
    return (word & bits) == bits;
}

static void read_only_pages_bind_the_kernel_too(void)
{
    CHECK(has_all(cr0_read(), WRITE_PROTECT), "CR0 is %#llx", (unsigned long long)cr0_read());
}

static void what_the_cpu_offers_is_on(void)
{
    struct cpuid features = cpuid(7);
    uint64_t cr4 = cr4_read();
    CHECK(has_all(cr4, SMEP) == has_all(features.ebx, LEAF_7_EBX_SMEP), "SMEP: CR4 %#llx", (unsigned long long)cr4);
    CHECK(has_all(cr4, SMAP) == has_all(features.ebx, LEAF_7_EBX_SMAP), "SMAP: CR4 %#llx", (unsigned long long)cr4);
    CHECK(has_all(cr4, UMIP) == has_all(features.ecx, LEAF_7_ECX_UMIP), "UMIP: CR4 %#llx", (unsigned long long)cr4);
    CHECK(has_all(cr4, MACHINE_CHECK) == has_all(cpuid(1).edx, LEAF_1_EDX_MACHINE_CHECK), "MCE: CR4 %#llx",
          (unsigned long long)cr4);
    CHECK(has_all(msr_read((uint32_t)MSR_EFER), EFER_NO_EXECUTE_ENABLE) ==
              has_all(cpuid(0x80000001).edx, EXTENDED_EDX_NO_EXECUTE),
          "NXE: EFER %#llx", (unsigned long long)msr_read((uint32_t)MSR_EFER));
}

/* The test machine's CPU has them all; without this the test above could pass by comparing nothing with nothing. */
static void this_cpu_offers_supervisor_protection(void)
{
    struct cpuid features = cpuid(7);
    CHECK(has_all(features.ebx, LEAF_7_EBX_SMEP | LEAF_7_EBX_SMAP) && has_all(features.ecx, LEAF_7_ECX_UMIP),
          "CPUID leaf 7: EBX %#x, ECX %#x", features.ebx, features.ecx);
}

static void canary_is_random_and_ends_strings(void)
{
    uint64_t canary = __stack_chk_guard;
    CHECK((canary & 0xff) == 0, "its lowest byte is %#llx", (unsigned long long)(canary & 0xff));
    CHECK(canary >> 32 != 0 && (uint32_t)canary != 0, "it is %#llx", (unsigned long long)canary);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(read_only_pages_bind_the_kernel_too),
        KERNEL_TEST(what_the_cpu_offers_is_on),
        KERNEL_TEST(this_cpu_offers_supervisor_protection),
        KERNEL_TEST(canary_is_random_and_ends_strings),
    };
    cr0_write(cr0_read() & ~(uint64_t)WRITE_PROTECT); /* so that it is kernel_memory_init() that sets it */
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
