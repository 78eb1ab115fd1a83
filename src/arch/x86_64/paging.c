/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/paging.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"
#include "arch/x86_64/interrupt_entry.h"

enum {
    CPUID_7_EBX_SMEP = 1 << 7,
    CPUID_7_EBX_SMAP = 1 << 20,
    CPUID_7_ECX_UMIP = 1 << 2,
    CPUID_EXT_EDX_1G_PAGES = 1 << 26,
};
#define CR3_ADDRESS_MASK 0x000ffffffffff000

/* Eight memory types, entry 0 in the lowest byte: WB (6), WT (4), UC- (7), UC (0) twice, as after a reset, but for entry
 * 4, which the PAT bit alone selects: WC (1). SDM vol. 3A, Table 12-10 "Memory Types That Can Be Encoded With PAT", 12.12.4
 * "Programming the PAT". */
#define MEMORY_TYPES 0x0007040100070406

static void write_back_caches(void)
{
    __asm__ volatile("wbinvd" ::: "memory");
}

/* Toggling CR4.PGE drops every translation, global and of every PCID, and keeps CR3 as it is (SDM vol. 3A, 4.10.4.1
 * "Operations that Invalidate TLBs and Paging-Structure Caches"). */
void tlb_flush_all(void)
{
    uint64_t cr4 = cr4_read();
    cr4_write(cr4 ^ CR4_PAGE_GLOBAL_ENABLE);
    cr4_write(cr4);
}

phys_addr paging_root_read(void)
{
    return phys_addr_new(cr3_read() & CR3_ADDRESS_MASK);
}

void paging_root_write(phys_addr root, struct unsafe_token unsafe)
{
    (void)unsafe;
    ASSERT((root.value & ~CR3_ADDRESS_MASK) == 0, "root table at %#llx is not page aligned",
           (unsigned long long)root.value);
    cr3_write(root.value);
    tlb_flush_all();
}

struct paging_features paging_features(void)
{
    uint32_t physical_bits = cpuid(0x80000008).eax & 0xff;
    return (struct paging_features){
        .has_no_execute = (msr_read((uint32_t)MSR_EFER) & EFER_NO_EXECUTE_ENABLE) != 0,
        .has_1g_pages = (cpuid(0x80000001).edx & CPUID_EXT_EDX_1G_PAGES) != 0,
        .physical_bits = physical_bits >= 36 && physical_bits <= PHYS_ADDR_BITS ? physical_bits : 36,
    };
}

/* Every CPU with 4-level paging has a page attribute table, and bits in its entries to select from it (SDM vol. 3A,
 * 4.9.2 "Paging and Memory Typing When the PAT is Supported"). The order is that of 12.11.8 "MTRR Considerations in MP
 * Systems", which 12.12.4 prescribes for the PAT too: no line may stay in the cache by a type that its page loses. */
void paging_set_memory_types(void)
{
    interrupt_state interrupts = interrupts_save_and_disable();
    uint64_t cr0 = cr0_read();
    cr0_write((cr0 | CR0_CACHE_DISABLE) & ~(uint64_t)CR0_NOT_WRITE_THROUGH);
    write_back_caches();
    tlb_flush_all();
    msr_write(MSR_PAGE_ATTRIBUTE_TABLE, MEMORY_TYPES);
    write_back_caches();
    tlb_flush_all();
    cr0_write(cr0);
    interrupts_restore(interrupts);
}

void paging_harden(void)
{
    struct cpuid features = cpuid(7);
    uint64_t cr4 = cr4_read();
    if (features.ebx & CPUID_7_EBX_SMEP)
        cr4 |= CR4_SMEP;
    if (features.ebx & CPUID_7_EBX_SMAP) {
        cr4 |= CR4_SMAP;
        interrupt_entry_uses_clac = true;
    }
    if (features.ecx & CPUID_7_ECX_UMIP)
        cr4 |= CR4_UMIP;
    cr4_write(cr4);
    cr0_write(cr0_read() | CR0_WRITE_PROTECT);
}
