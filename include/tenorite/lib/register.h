/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Contract K16: a device register in memory is accessed in the ways it has, and each access happens. The type of a
 * register says its width and whether it may be read, written or both; a device is a struct of them:
 *
 *     struct timer_registers {
 *         read_only_u32 status;
 *         write_only_u32 acknowledge;
 *         read_write_u32 control;
 *     };
 *     register_update(&timer->control, TIMER_DIVIDER, TIMER_ENABLE);
 *
 * Reading what is write-only, writing what is read-only, naming the integer inside and assigning a register to another
 * do not compile. Every call is one access of the register's width, never left out, doubled or reordered against other
 * registers (ISO/IEC 9899:2018, 5.1.2.3 "Program execution"); nothing is said about ordinary memory. Any context.
 *
 *     register_read(reg)                  the value, of the width's type; `reg` is the address of a register
 *     register_write(reg, value)
 *     register_update(reg, clear, set)    one read, then one write of what was read without the bits `clear` and
 *                                         with the bits `set`. Not atomic: the device, or an interrupt handler, may get
 *                                         in between
 */
#define DEFINE_REGISTERS(width)                                                                                      \
    DEFINE_REGISTER_TYPE(read_only_u##width, uint##width##_t);                                                       \
    DEFINE_REGISTER_TYPE(write_only_u##width, uint##width##_t);                                                      \
    DEFINE_REGISTER_TYPE(read_write_u##width, uint##width##_t);                                                      \
    DEFINE_REGISTER_READ(read_only_u##width, uint##width##_t);                                                       \
    DEFINE_REGISTER_READ(read_write_u##width, uint##width##_t);                                                      \
    DEFINE_REGISTER_WRITE(write_only_u##width, uint##width##_t);                                                     \
    DEFINE_REGISTER_WRITE(read_write_u##width, uint##width##_t);                                                     \
    ALWAYS_INLINE void read_write_u##width##_update(read_write_u##width *reg, uint##width##_t clear,                 \
                                                    uint##width##_t set)                                             \
    {                                                                                                                \
        uint##width##_t kept = (uint##width##_t)(read_write_u##width##_read(reg) & ~clear);                          \
        read_write_u##width##_write(reg, (uint##width##_t)(kept | set));                                             \
    }                                                                                                                \
    static_assert(true, "")

#define DEFINE_REGISTER_TYPE(type, integer)                                                                          \
    typedef struct {                                                                                                 \
        const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */            \
        volatile integer value HIDDEN_NAME("register_read, register_write and register_update access it");           \
    } type;                                                                                                          \
    static_assert(sizeof(type) == sizeof(integer), "a register is as wide as its integer")

#define DEFINE_REGISTER_READ(type, integer)                                                                          \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    ALWAYS_INLINE integer type##_read(const type *reg)                                                               \
    {                                                                                                                \
        return reg->value;                                                                                           \
    }                                                                                                                \
    HIDDEN_NAMES_ALLOWED_END                                                                                         \
    static_assert(true, "")

#define DEFINE_REGISTER_WRITE(type, integer)                                                                         \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    ALWAYS_INLINE void type##_write(type *reg, integer value)                                                        \
    {                                                                                                                \
        reg->value = value;                                                                                          \
    }                                                                                                                \
    HIDDEN_NAMES_ALLOWED_END                                                                                         \
    static_assert(true, "")

DEFINE_REGISTERS(8);
DEFINE_REGISTERS(16);
DEFINE_REGISTERS(32);
DEFINE_REGISTERS(64);

#define register_read(reg)                                                                                           \
    _Generic((reg), REGISTER_READERS(8), REGISTER_READERS(16), REGISTER_READERS(32), REGISTER_READERS(64))(reg)
#define register_write(reg, value)                                                                                   \
    _Generic((reg), REGISTER_WRITERS(8), REGISTER_WRITERS(16), REGISTER_WRITERS(32), REGISTER_WRITERS(64))(reg, value)
#define register_update(reg, clear, set)                                                                             \
    _Generic((reg), read_write_u8 *                                                                                  \
             : read_write_u8_update, read_write_u16 *                                                                \
             : read_write_u16_update, read_write_u32 *                                                               \
             : read_write_u32_update, read_write_u64 *                                                               \
             : read_write_u64_update)(reg, clear, set)

/* The rest of this header serves the macros. */
#define REGISTER_READERS(width) REGISTER_READER(read_only_u##width), REGISTER_READER(read_write_u##width)
#define REGISTER_WRITERS(width) REGISTER_WRITER(write_only_u##width), REGISTER_WRITER(read_write_u##width)
#define REGISTER_READER(type) type * : type##_read, const type * : type##_read
#define REGISTER_WRITER(type) type * : type##_write
