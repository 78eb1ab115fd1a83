/* SPDX-License-Identifier: MIT */
#include "scenarios.h"

int main(void)
{
    bool is_well = injection_explore(scenarios_executor, scenarios_executor_count) &&
                   injection_explore(scenarios_waiting, scenarios_waiting_count);

    return is_well ? 0 : 1;
}
