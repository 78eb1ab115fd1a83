/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Simulated devices behind arch/io.h. A test registers a model for a range of ports; the driver under test then
 * talks to the model. A port without a device behaves like an empty bus: reads give all ones, writes vanish.
 */
struct io_device {
    uint16_t first_port;
    uint16_t port_count;
    uint32_t (*read)(void *context, uint16_t offset, unsigned width_bytes);
    void (*write)(void *context, uint16_t offset, unsigned width_bytes, uint32_t value);
    void *context;
};

/* Removes all devices and clears the counters. */
void io_double_reset(void);

/* Adds a device (copied). Aborts if the ports are taken or there is no room. */
void io_double_add(const struct io_device *device);

/* Accesses since the last reset: all of them (the measure of a bounded wait), and those that met no device. */
uint64_t io_double_access_count(void);
uint64_t io_double_unclaimed_count(void);
