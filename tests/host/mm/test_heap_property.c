/* SPDX-License-Identifier: MIT */
#include "heap_property.h"

int main(int argument_count, char **arguments)
{
    const struct property properties[] = {
        PROPERTY(heap_agrees_with_a_list_of_blocks, 2000),
        PROPERTY(freed_memory_is_whole_again, 200),
    };
    return property_main(argument_count, arguments, properties, 2);
}
