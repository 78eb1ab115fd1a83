/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

#include "injection.h"

extern const struct injection_scenario scenarios_executor[], scenarios_waiting[];
extern const size_t scenarios_executor_count, scenarios_waiting_count;
