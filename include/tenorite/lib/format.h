/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <tenorite/lib/compiler.h>

/*
 * Formats into `buffer` like C's snprintf, for this subset:
 *
 *   %d %i %u %x %X %o   with h hh l ll z j t, flags - 0 + space #, width and precision (also *)
 *   %c %s %p %%         %s takes a precision; a NULL string prints as (null); %p prints 0x and 16 digits
 *
 * No floating point, no %n. An unknown conversion is copied as it stands, from its % to its letter, and consumes no
 * argument. Widths and precisions end at INT_MAX.
 *
 * Writes at most `capacity` bytes including the closing NUL (none if capacity is 0); returns the length the whole
 * text has, which is >= capacity when it was cut. Cost: linear in the format, the strings it prints and the capacity,
 * however wide a field claims to be. Takes no lock, keeps no state. Any context.
 *
 * Source: ISO/IEC 9899:2018, 7.21.6.1 "The fprintf function".
 */
size_t format_string(char *buffer, size_t capacity, const char *format, ...) PRINTF_LIKE(3, 4);
size_t format_string_va(char *buffer, size_t capacity, const char *format, va_list arguments) PRINTF_LIKE(3, 0);

/* The same behind a text of `length` bytes that one of these functions has put into `buffer`, cut or not; returns the length
 * that both have together. `buffer` may be NULL if capacity is 0. */
size_t format_append(char *buffer, size_t capacity, size_t length, const char *format, ...) PRINTF_LIKE(4, 5);
