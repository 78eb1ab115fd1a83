/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/log_ring.h>

/* The ring behind printk: for tests, which leave producers stuck in it, and for a debugger on a silent kernel. */
extern struct log_ring printk_ring;
