/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* The memory functions that compilers emit calls to (the machine supplies them), and the few string functions the
 * kernel uses; ISO C semantics. Any context. */
void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *string);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t count);

/* Copies `from`, at most `length` bytes or up to its NUL, into `to` and closes with NUL; cuts at `capacity` bytes,
 * the NUL included. Returns whether it was cut. Capacity must be at least 1; the two must not overlap. Any context. */
bool text_copy(char *to, size_t capacity, const char *from, size_t length);

/* Reads an unsigned decimal number that fills `text` whole (digits only: no sign, no space, at least one digit; leading
 * zeros are fine) and does not exceed `limit`; false leaves *value unchanged. Any context. */
bool text_to_u64(const char *text, uint64_t limit, uint64_t *value) MUST_CHECK;
