/* SPDX-License-Identifier: MIT */
#include "fault_probe.h"

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/traps.h"

enum { VECTOR_PAGE_FAULT = 14 };

/* fault_probe_access.S */
void probe_load(uint64_t address);
void probe_store(uint64_t address, uint8_t byte);
void probe_jump(uint64_t address);

void __real_trap_dispatch(struct trap_frame *frame);
void __wrap_trap_dispatch(struct trap_frame *frame);

static bool is_probing;
static struct fault seen;

/* At each of the accesses the return address is on top of the stack: the probe returns from there, as if by `ret`. */
void __wrap_trap_dispatch(struct trap_frame *frame)
{
    if (frame->vector != VECTOR_PAGE_FAULT || !is_probing) {
        __real_trap_dispatch(frame);
        return;
    }
    is_probing = false;
    seen = (struct fault){true, frame->error_code, cr2_read()};
    frame->rip = *(const uint64_t *)(uintptr_t)frame->rsp;
    frame->rsp += sizeof(uint64_t);
}

static void begin(void)
{
    seen = (struct fault){};
    is_probing = true;
    __asm__ volatile("" ::: "memory");
}

static struct fault end(void)
{
    __asm__ volatile("" ::: "memory");
    is_probing = false;
    return seen;
}

struct fault probe_read(uint64_t address)
{
    begin();
    probe_load(address);
    return end();
}

struct fault probe_write(uint64_t address, uint8_t byte)
{
    begin();
    probe_store(address, byte);
    return end();
}

struct fault probe_execute(uint64_t address)
{
    begin();
    probe_jump(address);
    return end();
}
