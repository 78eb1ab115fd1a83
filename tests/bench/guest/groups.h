/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

struct heap;

/* Calls `done` in a task afterwards: an executor does not return. */
NO_RETURN void count_tasks(struct heap *heap, void (*done)(void));
