/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>
#include <tenorite/lib/unsafe.h>

/* Forgets the cached translation of the page that holds `address`, on this CPU. Safe: only slow. (arch/impl/paging.h) */
ALWAYS_INLINE void tlb_flush_page(virt_addr address);

/* Forgets all cached translations of this CPU, global ones included. */
void tlb_flush_all(void);

/* The physical address of the root table in use. */
phys_addr paging_root_read(void);

/* Switches to another root table and forgets all cached translations, global ones included. Unsafe: code, stack and data
 * must be mapped there as they are here. */
void paging_root_write(phys_addr root, struct unsafe_token unsafe);

/* What the CPU offers; read once at boot. */
struct paging_features {
    bool has_no_execute; /* EFER.NXE is set */
    bool has_1g_pages;
    unsigned physical_bits; /* MAXPHYADDR, 36..52 */
};
struct paging_features paging_features(void);

/*
 * Gives this CPU the memory types that page flags choose from: those that every CPU has after a reset, but that PAGE_PAT
 * with neither PAGE_NO_CACHE nor PAGE_WRITE_THROUGH is write combining. Each CPU calls it once, before it uses a page
 * with PAGE_PAT; its caches and cached translations are empty afterwards.
 */
void paging_set_memory_types(void);

/* Turns on what protects the kernel from itself once its pages have the right permissions: CR0.WP, and SMEP, SMAP
 * and UMIP where the CPU has them. */
void paging_harden(void);

#include <tenorite/arch/impl/paging.h>
