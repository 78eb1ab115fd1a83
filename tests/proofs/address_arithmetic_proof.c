/* SPDX-License-Identifier: MIT */
/*
 * Proves the arithmetic of addresses: no overflow, no division by zero, and what arch/address_arithmetic.h says of each
 * function. An address's rank determines it (`ranks`), and steps are sums of ranks: the laws that tests/host/arch holds
 * in property tests (a step forward is undone by one backward, and so on) follow from the contracts here.
 */
#include <tenorite/arch/address_arithmetic.h>

/*@ predicate valid_virt(integer a) = 0 <= a < 140737488355328 || 18446603336221196288 <= a < 18446744073709551616;
    logic integer rank(integer a) = a % 281474976710656;
    predicate valid_phys(integer a) = 0 <= a < 4503599627370496;
    logic integer entry_bytes(integer level) =
      level == 1 ? 4096 : level == 2 ? 2097152 : level == 3 ? 1073741824 : 549755813888;

    lemma ranks: \forall integer a, b; valid_virt(a) && valid_virt(b) && rank(a) == rank(b) ==> a == b; */

/*@ assigns \nothing;
    ensures \result <==> valid_virt(value); */
static inline bool virt_value_is_valid(uint64_t value);

/*@ assigns \nothing;
    ensures \result == rank(address) && 0 <= \result < 281474976710656; */
static inline uint64_t virt_value_rank(uint64_t address);

/*@ requires rank < 281474976710656;
    assigns \nothing;
    ensures valid_virt(\result) && rank(\result) == rank; */
static inline uint64_t virt_value_of_rank(uint64_t rank);

/*@ assigns \nothing;
    ensures valid_virt(\result) && rank(\result) == rank(value);
    ensures valid_virt(value) ==> \result == value; */
static inline uint64_t virt_value_truncate(uint64_t value);

/*@ assigns \nothing;
    ensures \result <==> valid_phys(value); */
static inline bool phys_value_is_valid(uint64_t value);

/*@ assigns \nothing;
    ensures valid_phys(\result) && (valid_phys(value) ==> \result == value); */
static inline uint64_t phys_value_truncate(uint64_t value);

/*@ requires valid_virt(start);
    assigns \nothing;
    ensures \result <==> start + length <= (start < 140737488355328 ? 140737488355328 : 18446744073709551616); */
static inline bool virt_value_is_span(uint64_t start, uint64_t length);

/*@ requires alignment > 0;
    assigns \nothing;
    ensures \result % alignment == 0 && \result <= value < \result + alignment; */
static inline uint64_t value_align_down(uint64_t value, uint64_t alignment);

/*@ requires 1 <= level <= 4;
    assigns \nothing;
    ensures \result == entry_bytes(level); */
static inline uint64_t level_entry_bytes(uint64_t level);

/*@ requires 1 <= level <= 4;
    assigns \nothing;
    ensures \result == address / entry_bytes(level) % 512 && \result < 512; */
static inline uint64_t virt_value_index(uint64_t address, uint64_t level);

/*@ requires level_4 < 512 && level_3 < 512 && level_2 < 512 && level_1 < 512;
    assigns \nothing;
    ensures valid_virt(\result);
    ensures rank(\result) == level_4 * 549755813888 + level_3 * 1073741824 + level_2 * 2097152 + level_1 * 4096; */
static inline uint64_t virt_value_of_indexes(uint64_t level_4, uint64_t level_3, uint64_t level_2, uint64_t level_1);

/*@ assigns \nothing;
    ensures \result.exists && \result.value == value; */
static inline struct address_step address_step_to(uint64_t value);

/*@ assigns \nothing;
    ensures !\result.exists && \result.value == 0; */
static inline struct address_step address_step_none(void);

/*@ requires valid_virt(address);
    assigns \nothing;
    ensures \result.exists <==> rank(address) + count < 281474976710656;
    ensures \result.exists ==> valid_virt(\result.value) && rank(\result.value) == rank(address) + count; */
static inline struct address_step virt_value_forward(uint64_t address, uint64_t count);

/*@ requires valid_virt(address);
    assigns \nothing;
    ensures \result.exists <==> count <= rank(address);
    ensures \result.exists ==> valid_virt(\result.value) && rank(\result.value) == rank(address) - count; */
static inline struct address_step virt_value_backward(uint64_t address, uint64_t count);

/*@ requires valid_virt(from) && valid_virt(to);
    assigns \nothing;
    ensures \result.exists <==> rank(from) <= rank(to);
    ensures \result.exists ==> \result.value == rank(to) - rank(from); */
static inline struct address_step virt_value_steps_between(uint64_t from, uint64_t to);

/*@ requires valid_virt(address);
    assigns \nothing;
    ensures \result.exists <==> valid_virt(address + bytes);
    ensures \result.exists ==> \result.value == address + bytes; */
static inline struct address_step virt_value_add(uint64_t address, uint64_t bytes);

/*@ requires valid_virt(address);
    assigns \nothing;
    ensures \result.exists <==> valid_virt(address - bytes);
    ensures \result.exists ==> \result.value == address - bytes; */
static inline struct address_step virt_value_subtract(uint64_t address, uint64_t bytes);

/*@ requires valid_phys(address);
    assigns \nothing;
    ensures \result.exists <==> valid_phys(address + count);
    ensures \result.exists ==> \result.value == address + count; */
static inline struct address_step phys_value_forward(uint64_t address, uint64_t count);

/*@ requires valid_phys(address);
    assigns \nothing;
    ensures \result.exists <==> count <= address;
    ensures \result.exists ==> \result.value == address - count; */
static inline struct address_step phys_value_backward(uint64_t address, uint64_t count);

/*@ requires valid_phys(from) && valid_phys(to);
    assigns \nothing;
    ensures \result.exists <==> from <= to;
    ensures \result.exists ==> \result.value == to - from; */
static inline struct address_step phys_value_steps_between(uint64_t from, uint64_t to);

/*@ requires alignment > 0;
    assigns \nothing;
    ensures \result.exists ==> \result.value % alignment == 0 && value <= \result.value < value + alignment; */
static inline struct address_step value_align_up(uint64_t value, uint64_t alignment);

/*@ requires alignment > 0;
    assigns \nothing;
    ensures valid_virt(\result); */
static inline uint64_t virt_value_align_down(uint64_t address, uint64_t alignment);

/*@ requires alignment > 0;
    assigns \nothing;
    ensures \result.exists ==> valid_virt(\result.value); */
static inline struct address_step virt_value_align_up(uint64_t address, uint64_t alignment);

/*@ requires valid_phys(address) && alignment > 0;
    assigns \nothing;
    ensures valid_phys(\result) && \result % alignment == 0 && \result <= address < \result + alignment; */
static inline uint64_t phys_value_align_down(uint64_t address, uint64_t alignment);

/*@ requires valid_phys(address) && 0 < alignment <= 9223372036854775808;
    assigns \nothing;
    ensures \result.exists ==> valid_phys(\result.value) && \result.value % alignment == 0;
    ensures \result.exists ==> address <= \result.value < address + alignment; */
static inline struct address_step phys_value_align_up(uint64_t address, uint64_t alignment);

/*@ requires valid_phys(address);
    assigns \nothing;
    ensures \result.exists <==> valid_phys(address + bytes);
    ensures \result.exists ==> \result.value == address + bytes; */
static inline struct address_step phys_value_add(uint64_t address, uint64_t bytes);

/*@ requires valid_phys(address);
    assigns \nothing;
    ensures \result.exists <==> bytes <= address;
    ensures \result.exists ==> \result.value == address - bytes; */
static inline struct address_step phys_value_subtract(uint64_t address, uint64_t bytes);

/*@ predicate page_bytes(integer bytes) = bytes == 4096 || bytes == 2097152 || bytes == 1073741824; */

/*@ requires valid_virt(address) && page_bytes(bytes);
    assigns \nothing;
    ensures \result.exists ==> valid_virt(\result.value) && rank(\result.value) == rank(address) + count * bytes; */
static inline struct address_step virt_value_forward_by(uint64_t address, uint64_t count, uint64_t bytes);

/*@ requires valid_virt(address) && page_bytes(bytes);
    assigns \nothing;
    ensures \result.exists ==> valid_virt(\result.value) && rank(\result.value) == rank(address) - count * bytes; */
static inline struct address_step virt_value_backward_by(uint64_t address, uint64_t count, uint64_t bytes);

/*@ requires valid_phys(address) && page_bytes(bytes);
    assigns \nothing;
    ensures \result.exists ==> \result.value == address + count * bytes && valid_phys(\result.value); */
static inline struct address_step phys_value_forward_by(uint64_t address, uint64_t count, uint64_t bytes);

/*@ requires valid_phys(address) && page_bytes(bytes);
    assigns \nothing;
    ensures \result.exists ==> \result.value == address - count * bytes; */
static inline struct address_step phys_value_backward_by(uint64_t address, uint64_t count, uint64_t bytes);
