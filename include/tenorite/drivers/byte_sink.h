/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Where an input driver puts the bytes it receives. `put` runs in the driver's interrupt handler: it stores the byte
 * and wakes its reader, and neither allocates nor blocks (contract K12). A byte it has no room for is its to count.
 */
struct byte_sink {
    void (*put)(void *context, uint8_t byte);
    void *context;
};
