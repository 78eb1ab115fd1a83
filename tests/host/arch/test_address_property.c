/* SPDX-License-Identifier: MIT */
#include "property.h"

#include <tenorite/arch/address.h>

/*
 * The seven laws of steps between addresses, over random canonical addresses that crowd at the ends of the halves. The
 * second law has an oracle of its own; the others hold the functions against each other.
 */
enum { CASES = 20000 };

#define LOWER_LAST 0x00007fffffffffffull
#define UPPER_FIRST 0xffff800000000000ull
#define ADDRESSES (1ull << 48)

/* draw_between crowds at both ends of what it draws from: here at the four ends of the halves. */
static virt_addr draw_address(struct draws *draws)
{
    uint64_t value =
        draw_bool(draws) ? draw_between(draws, UPPER_FIRST, UINT64_MAX) : draw_between(draws, 0, LOWER_LAST);
    property_note(draws, "address %#llx\n", (unsigned long long)value);
    return virt_addr_new(value);
}

/* Small, near the number of addresses of a half or of both, or anything. */
static uint64_t draw_count(struct draws *draws)
{
    static const unsigned weights[] = {8, 2, 2, 4, 1};
    static const uint64_t limits[] = {4096, ADDRESSES / 2 + 2, ADDRESSES + 2, ADDRESSES, UINT64_MAX};
    uint64_t count = draw_between(draws, 0, limits[draw_weighted(draws, weights, COUNT_OF(weights))]);
    property_note(draws, "count %#llx\n", (unsigned long long)count);
    return count;
}

static bool are_same(struct virt_addr_result left, struct virt_addr_result right)
{
    return left.is_valid == right.is_valid && left.value.value == right.value.value;
}

static const char *no_steps_lead_nowhere(struct draws *draws)
{
    virt_addr address = draw_address(draws);
    struct virt_addr_result result = virt_addr_forward(address, 0);
    return result.is_valid && result.value.value == address.value ? NULL : "forward by 0 moves";
}

static const char *one_step_is_the_next_address_or_jumps_the_hole(struct draws *draws)
{
    virt_addr address = draw_address(draws);
    struct virt_addr_result result = virt_addr_forward(address, 1);
    if (address.value == UINT64_MAX)
        return result.is_valid ? "a step leads beyond the end" : NULL;
    uint64_t expected = address.value == LOWER_LAST ? UPPER_FIRST : address.value + 1;
    return result.is_valid && result.value.value == expected ? NULL : "forward by 1 goes elsewhere";
}

static const char *two_ways_are_as_long_as_their_sum(struct draws *draws)
{
    virt_addr start = draw_address(draws);
    uint64_t first = draw_count(draws), second = draw_count(draws);
    struct virt_addr_result middle = virt_addr_forward(start, first);
    if (!middle.is_valid)
        return PROPERTY_DISCARDED;
    struct virt_addr_result end = virt_addr_forward(middle.value, second);
    if (second > UINT64_MAX - first)
        return end.is_valid ? "a sum beyond all integers leads somewhere" : NULL;
    return are_same(end, virt_addr_forward(start, first + second)) ? NULL : "the sum leads elsewhere";
}

static const char *backward_undoes_forward(struct draws *draws)
{
    virt_addr start = draw_address(draws);
    uint64_t count = draw_count(draws);
    struct virt_addr_result end = virt_addr_forward(start, count);
    if (!end.is_valid)
        return PROPERTY_DISCARDED;
    struct virt_addr_result back = virt_addr_backward(end.value, count);
    return back.is_valid && back.value.value == start.value ? NULL : "backward does not return";
}

static const char *forward_undoes_backward(struct draws *draws)
{
    virt_addr start = draw_address(draws);
    uint64_t count = draw_count(draws);
    struct virt_addr_result end = virt_addr_backward(start, count);
    if (!end.is_valid)
        return PROPERTY_DISCARDED;
    struct virt_addr_result back = virt_addr_forward(end.value, count);
    return back.is_valid && back.value.value == start.value ? NULL : "forward does not return";
}

static const char *the_distance_is_the_steps_taken(struct draws *draws)
{
    virt_addr start = draw_address(draws);
    uint64_t count = draw_count(draws);
    struct virt_addr_result end = virt_addr_forward(start, count);
    if (!end.is_valid)
        return PROPERTY_DISCARDED;
    struct steps_result steps = virt_addr_steps_between(start, end.value);
    return steps.is_valid && steps.count == count ? NULL : "another distance";
}

static const char *the_distance_leads_there(struct draws *draws)
{
    virt_addr from = draw_address(draws), to = draw_address(draws);
    struct steps_result steps = virt_addr_steps_between(from, to);
    if (steps.is_valid != (from.value <= to.value))
        return "a distance backward, or none forward";
    if (!steps.is_valid)
        return NULL;
    struct virt_addr_result result = virt_addr_forward(from, steps.count);
    return result.is_valid && result.value.value == to.value ? NULL : "the distance leads elsewhere";
}

int main(int count, char **arguments)
{
    const struct property properties[] = {
        PROPERTY(no_steps_lead_nowhere, CASES),
        PROPERTY(one_step_is_the_next_address_or_jumps_the_hole, CASES),
        PROPERTY(two_ways_are_as_long_as_their_sum, CASES),
        PROPERTY(backward_undoes_forward, CASES),
        PROPERTY(forward_undoes_backward, CASES),
        PROPERTY(the_distance_is_the_steps_taken, CASES),
        PROPERTY(the_distance_leads_there, CASES),
    };
    return property_main(count, arguments, properties, COUNT_OF(properties));
}
