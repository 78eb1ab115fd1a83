/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>
#include <tenorite/lib/panic.h>

/*
 * Contract K1: physical addresses, virtual addresses and integers do not mix. Each is its own type; going from one to
 * another needs a named conversion, and the constructors let no invalid value through.
 *
 * Virtual addresses are canonical for 4-level paging: bits 63..47 are equal (Intel SDM vol. 3A, 4.5 "4-Level Paging
 * and 5-Level Paging"; vol. 1, 3.3.7.1 "Canonical Addressing"). Physical addresses have at most 52 bits.
 */
typedef struct {
    uint64_t value;
} phys_addr;

typedef struct {
    uint64_t value;
} virt_addr;

enum { PHYS_ADDR_BITS = 52, VIRT_ADDR_BITS = 48 };

DECLARE_BREACH(phys_addr_constant_too_wide, "this constant is not a physical address: it has more than 52 bits");
DECLARE_BREACH(virt_addr_constant_not_canonical, "this constant is not a canonical virtual address");

ALWAYS_INLINE bool phys_addr_is_valid(uint64_t value)
{
    return value >> PHYS_ADDR_BITS == 0;
}

ALWAYS_INLINE bool virt_addr_is_canonical(uint64_t value)
{
    return (uint64_t)((int64_t)(value << (64 - VIRT_ADDR_BITS)) >> (64 - VIRT_ADDR_BITS)) == value;
}

/* The physical address `value`, below 2^52. A wrong constant does not compile; a wrong value panics. */
ALWAYS_INLINE phys_addr phys_addr_new(uint64_t value)
{
    if (KNOWN_FALSE(value, phys_addr_is_valid(value)))
        phys_addr_constant_too_wide();
    ASSERT(phys_addr_is_valid(value), "%#llx has more than 52 bits", (unsigned long long)value);
    return (phys_addr){value};
}

/* The virtual address `value`, which must be canonical. A wrong constant does not compile; a wrong value panics. */
ALWAYS_INLINE virt_addr virt_addr_new(uint64_t value)
{
    if (KNOWN_FALSE(value, virt_addr_is_canonical(value)))
        virt_addr_constant_not_canonical();
    ASSERT(virt_addr_is_canonical(value), "%#llx is not canonical", (unsigned long long)value);
    return (virt_addr){value};
}

ALWAYS_INLINE virt_addr virt_addr_from_pointer(const volatile void *pointer)
{
    return (virt_addr){(uint64_t)(uintptr_t)pointer};
}

ALWAYS_INLINE void *virt_addr_to_pointer(virt_addr address)
{
    return (void *)(uintptr_t)address.value;
}
