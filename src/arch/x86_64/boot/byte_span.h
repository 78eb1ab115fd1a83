/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Bytes that somebody else wrote, read as little-endian numbers at any alignment.
 *
 * Every read is checked: what lies, even partly, beyond the end reads as 0. So a parser can never read past its
 * input; it compares lengths only where 0 could be mistaken for data.
 */
struct byte_span {
    const uint8_t *bytes;
    size_t length;
};

/* The part of `span` from `offset` on, at most `length` bytes; empty where `offset` lies beyond the end. */
ALWAYS_INLINE struct byte_span byte_span_slice(struct byte_span span, size_t offset, size_t length)
{
    if (offset >= span.length)
        return (struct byte_span){span.bytes, 0};
    size_t rest = span.length - offset;
    return (struct byte_span){span.bytes + offset, length < rest ? length : rest};
}

ALWAYS_INLINE uint64_t byte_span_number(struct byte_span span, size_t offset, size_t width)
{
    struct byte_span part = byte_span_slice(span, offset, width);
    uint64_t value = 0;
    if (part.length < width)
        return 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)part.bytes[i] << (8 * i);
    return value;
}

ALWAYS_INLINE uint8_t byte_span_u8(struct byte_span span, size_t offset)
{
    return (uint8_t)byte_span_number(span, offset, 1);
}

ALWAYS_INLINE uint16_t byte_span_u16(struct byte_span span, size_t offset)
{
    return (uint16_t)byte_span_number(span, offset, 2);
}

ALWAYS_INLINE uint32_t byte_span_u32(struct byte_span span, size_t offset)
{
    return (uint32_t)byte_span_number(span, offset, 4);
}

ALWAYS_INLINE uint64_t byte_span_u64(struct byte_span span, size_t offset)
{
    return byte_span_number(span, offset, 8);
}

/* The number of bytes before the first NUL, or the whole length if there is none. */
ALWAYS_INLINE size_t byte_span_text_length(struct byte_span span)
{
    size_t length = 0;
    while (length < span.length && span.bytes[length] != 0)
        length++;
    return length;
}

/* Whether all bytes together are 0 modulo 256: the checksum of firmware's tables. */
ALWAYS_INLINE bool byte_span_sums_to_zero(struct byte_span span)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < span.length; i++)
        sum = (uint8_t)(sum + span.bytes[i]);
    return sum == 0;
}
