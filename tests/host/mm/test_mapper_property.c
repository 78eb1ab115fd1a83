/* SPDX-License-Identifier: MIT */
#include "mapper_property.h"

int main(int argument_count, char **arguments)
{
    const struct property properties[] = {PROPERTY(mapper_agrees_with_a_flat_model, 3000)};
    return property_main(argument_count, arguments, properties, 1);
}
