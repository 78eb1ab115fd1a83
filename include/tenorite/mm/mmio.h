/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/memory_layout.h>
#include <tenorite/mm/mapper.h>

/* The virtual range in which device memory appears. All calls: task context or early boot, one CPU at a time. */
struct mmio {
    struct mapper *mapper;
    struct virtual_range range;
    uint64_t used_bytes;
};

/*
 * How the CPU caches device memory. Uncached: every access reaches the device, in program order. Write combining: writes
 * are collected, and reach the device in larger pieces, in any order, and at the latest by cpu_flush_writes() (arch/cpu.h);
 * reads are slow. For pixels, never for registers.
 */
enum mmio_kind { MMIO_UNCACHED, MMIO_WRITE_COMBINING };

/* `range` is page aligned and nothing is mapped in it. */
void mmio_init(struct mmio *mmio, struct mapper *mapper, struct virtual_range range);

struct NODISCARD mmio_mapping {
    enum map_error error;
    volatile void *start; /* where the device's first byte is; NULL after an error */
};

/* Maps `length_bytes` of device memory at `start`, which need not be aligned, for good; by pages of 2 MiB where there
 * is room for one; an unmapped page follows. Cost: linear in the pages. Errors: MAP_BAD_RANGE, MAP_NO_ROOM, and those of map_range(); then
 * the tables are as before. */
struct mmio_mapping mmio_map(struct mmio *mmio, phys_addr start, uint64_t length_bytes, enum mmio_kind kind);
