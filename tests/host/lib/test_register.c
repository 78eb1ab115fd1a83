/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "panic_double.h"

#include <signal.h>
#include <sys/mman.h>
#include <tenorite/lib/register.h>
#include <ucontext.h>

/*
 * A device that counts: its page may not be accessed, so each access faults; the handler counts it, lets that one
 * instruction run by the processor's single step, and closes the page again behind it.
 */
struct device {
    read_only_u8 narrow_status;
    uint8_t reserved;
    read_only_u16 status;
    write_only_u32 acknowledge;
    read_write_u64 wide_control;
    read_write_u32 control;
    read_write_u16 short_control;
    read_write_u8 narrow_control;
    write_only_u8 narrow_command;
};

enum { DEVICE_BYTES = 4096, EFLAGS_TRAP = 0x100, ERROR_WRITE = 2 };

static struct device *device;
static volatile int reads, writes;

static void count_access(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal, (void)info;
    if (registers[REG_ERR] & ERROR_WRITE)
        writes++;
    else
        reads++;
    registers[REG_EFL] |= EFLAGS_TRAP;
    mprotect(device, DEVICE_BYTES, PROT_READ | PROT_WRITE);
}

static void close_device(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)EFLAGS_TRAP;
    mprotect(device, DEVICE_BYTES, PROT_NONE);
}

/* In each test itself: cmocka puts its own handlers in place for the time of each. */
static void open_device(void)
{
    struct sigaction fault = {.sa_sigaction = count_access, .sa_flags = SA_SIGINFO};
    struct sigaction step = {.sa_sigaction = close_device, .sa_flags = SA_SIGINFO};
    device = mmap(NULL, DEVICE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(device, MAP_FAILED);
    assert_int_equal(sigaction(SIGSEGV, &fault, NULL), 0);
    assert_int_equal(sigaction(SIGTRAP, &step, NULL), 0);
}

static void expect_accesses(int expected_reads, int expected_writes)
{
    assert_int_equal(reads, expected_reads);
    assert_int_equal(writes, expected_writes);
    reads = writes = 0;
}

static void set_memory(size_t offset, uint8_t byte)
{
    mprotect(device, DEVICE_BYTES, PROT_READ | PROT_WRITE);
    ((volatile uint8_t *)device)[offset] = byte;
    mprotect(device, DEVICE_BYTES, PROT_NONE);
}

static void every_read_happens_even_if_nobody_looks(void **state)
{
    (void)state;
    open_device();
    set_memory(offsetof(struct device, status) + 1, 0x12);
    assert_int_equal(register_read(&device->status), 0x1200);
    expect_accesses(1, 0);
    (void)register_read(&device->status);
    (void)register_read(&device->status);
    (void)register_read(&device->narrow_status);
    expect_accesses(3, 0);
}

static void every_write_happens_even_if_it_repeats(void **state)
{
    (void)state;
    open_device();
    for (int i = 0; i < 3; i++)
        register_write(&device->acknowledge, 1);
    register_write(&device->narrow_command, 7);
    register_write(&device->narrow_command, 7);
    expect_accesses(0, 5);
}

static void update_is_one_read_and_one_write(void **state)
{
    (void)state;
    open_device();
    register_write(&device->control, 0xf0f0f0f0);
    register_update(&device->control, 0x00f000f0, 0x00000005);
    expect_accesses(1, 2);
    assert_int_equal(register_read(&device->control), 0xf000f005);
    register_update(&device->control, 0, 0);
    expect_accesses(2, 1);
    register_update(&device->control, 0xf, 0xf000000c); /* what was set stays set */
    assert_int_equal(register_read(&device->control), 0xf000f00c);
    expect_accesses(2, 1);
}

static void each_width_reaches_its_own_bytes(void **state)
{
    (void)state;
    open_device();
    register_write(&device->wide_control, 0x1122334455667788);
    register_write(&device->control, 0x99aabbcc);
    register_write(&device->short_control, 0xddee);
    register_write(&device->narrow_control, 0xff);
    register_update(&device->wide_control, 0xff00000000000000, 0x0100000000000000);
    register_update(&device->short_control, 0xff, 1);
    register_update(&device->narrow_control, 0xf0, 0x20);
    expect_accesses(3, 7);
    assert_int_equal(register_read(&device->wide_control), 0x0122334455667788);
    assert_int_equal(register_read(&device->control), 0x99aabbcc);
    assert_int_equal(register_read(&device->short_control), 0xdd01);
    assert_int_equal(register_read(&device->narrow_control), 0x2f);
    const struct device *seen = device;
    assert_int_equal(register_read(&seen->control), 0x99aabbcc);
    expect_accesses(5, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_read_happens_even_if_nobody_looks),
        cmocka_unit_test(every_write_happens_even_if_it_repeats),
        cmocka_unit_test(update_is_one_read_and_one_write),
        cmocka_unit_test(each_width_reaches_its_own_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
