/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* What the local APIC delivers when it has nothing to deliver any more; it takes no end of interrupt (SDM vol. 3A, 11.9
 * "Spurious Interrupt"). */
enum { LOCAL_APIC_SPURIOUS_VECTOR = 0xff };

enum local_apic_state {
    LOCAL_APIC_ABSENT,       /* the 8259A pair is wired to the CPU itself */
    LOCAL_APIC_OUT_OF_REACH, /* its registers lie beyond the window: left as it is */
    LOCAL_APIC_VIRTUAL_WIRE, /* it lets the 8259A pair's interrupts through */
};

/*
 * Lets the interrupts of the 8259A pair through to the CPU: virtual wire mode. Firmware leaves the local APIC so, but
 * where no firmware ran (QEMU's microvm) it is as after a reset, and no interrupt arrives. LINT0 and LINT1 are left alone
 * where firmware has connected LINT0 already; the spurious vector becomes LOCAL_APIC_SPURIOUS_VECTOR in any case.
 *
 * `window` shows the first `window_bytes` of physical memory. At most 5 register accesses. Early boot, interrupts off.
 * Source: MultiProcessor Specification 1.4, 3.6.2.2 "Virtual Wire Mode"; SDM vol. 3A, 11.4.3 "Enabling or Disabling the
 * Local APIC", 11.5.1 "Local Vector Table", 11.12 "Extended xAPIC (x2APIC)".
 */
enum local_apic_state local_apic_init(volatile uint8_t *window, uint64_t window_bytes);
