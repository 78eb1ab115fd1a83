/* SPDX-License-Identifier: MIT */
#pragma once

/* The compiler's part of the language, without the attributes that a proof tool does not read. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline
#define NODISCARD
#define MUST_CHECK
