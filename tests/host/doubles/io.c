/* SPDX-License-Identifier: MIT */
#include "io.h"

#include <stdio.h>
#include <stdlib.h>
#include <tenorite/arch/io.h>

enum { MAX_DEVICES = 16 };

static struct io_device devices[MAX_DEVICES];
static size_t device_count;
static uint64_t access_count, unclaimed_count;

void io_double_reset(void)
{
    device_count = 0;
    access_count = 0;
    unclaimed_count = 0;
}

static struct io_device *find(uint16_t port)
{
    for (size_t i = 0; i < device_count; i++)
        if ((uint16_t)(port - devices[i].first_port) < devices[i].port_count)
            return &devices[i];
    return NULL;
}

void io_double_add(const struct io_device *device)
{
    for (unsigned offset = 0; offset < device->port_count; offset++) {
        if (find((uint16_t)(device->first_port + offset))) {
            fprintf(stderr, "io double: port %#x is taken\n", device->first_port + offset);
            abort();
        }
    }
    if (device_count == MAX_DEVICES) {
        fprintf(stderr, "io double: more than %d devices\n", MAX_DEVICES);
        abort();
    }
    devices[device_count++] = *device;
}

uint64_t io_double_access_count(void)
{
    return access_count;
}

uint64_t io_double_unclaimed_count(void)
{
    return unclaimed_count;
}

uint32_t io_double_read(uint16_t port, unsigned width_bytes)
{
    access_count++;
    struct io_device *device = find(port);
    if (!device) {
        unclaimed_count++;
        return UINT32_MAX;
    }
    return device->read(device->context, (uint16_t)(port - device->first_port), width_bytes);
}

void io_double_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
    access_count++;
    struct io_device *device = find(port);
    if (!device) {
        unclaimed_count++;
        return;
    }
    device->write(device->context, (uint16_t)(port - device->first_port), width_bytes, value);
}
