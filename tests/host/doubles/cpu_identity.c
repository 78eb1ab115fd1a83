/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/cpu_identity.h>. */
#include <tenorite/arch/cpu_identity.h>

struct cpu_identity cpu_identity(void)
{
    return (struct cpu_identity){"HostDouble\t!", "", 25, 0x61, 2, 46, 48};
}

bool cpu_feature(size_t index, struct cpu_fact *feature)
{
    static const struct cpu_fact features[] = {{"nx", true}, {"smep", false}, {"tsc", true}, {"rdrand", false}};
    if (index >= COUNT_OF(features))
        return false;
    *feature = features[index];
    return true;
}

bool cpu_protection(size_t index, struct cpu_fact *protection)
{
    static const struct cpu_fact protections[] = {{"wp", true}, {"nx", true}, {"smep", false}};
    if (index >= COUNT_OF(protections))
        return false;
    *protection = protections[index];
    return true;
}
