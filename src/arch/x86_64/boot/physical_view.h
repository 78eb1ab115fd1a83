/* SPDX-License-Identifier: MIT */
#pragma once

#include "arch/x86_64/boot/byte_span.h"

/*
 * A window onto physical memory: bytes[i] is the byte at physical address base + i. base + length does not wrap.
 * At boot it is what the boot page tables map; in a host test, an array.
 */
struct physical_view {
    const uint8_t *bytes;
    uint64_t base;
    uint64_t length;
};

/* The bytes from `address` to the end of the view; none where `address` lies outside. */
ALWAYS_INLINE struct byte_span physical_view_tail(const struct physical_view *view, uint64_t address)
{
    if (address < view->base || address - view->base >= view->length)
        return (struct byte_span){view->bytes, 0};
    uint64_t offset = address - view->base;
    return (struct byte_span){view->bytes + offset, view->length - offset};
}

/* Whether the view shows all `length` bytes at `address`. */
ALWAYS_INLINE bool physical_view_shows(const struct physical_view *view, uint64_t address, uint64_t length)
{
    return length <= physical_view_tail(view, address).length;
}

/* The `length` bytes at `address`, or as many of them as the view shows. */
ALWAYS_INLINE struct byte_span physical_view_span(const struct physical_view *view, uint64_t address, uint64_t length)
{
    return byte_span_slice(physical_view_tail(view, address), 0, length);
}
