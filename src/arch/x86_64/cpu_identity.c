/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/cpu_identity.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/cpuid.h"

/*
 * Reference: SDM vol. 2A, "CPUID - CPU Identification", tables 3-8 "Information Returned by CPUID Instruction" and 3-9
 * to 3-11 (feature flags), and "INPUT EAX = 01H: Returns Model, Family, Stepping Information"; leaves 0x80000001 and on
 * also APM vol. 3, appendix E. Leaf 0x40000000 is what hypervisors have agreed on: the name in EBX, ECX, EDX.
 */
enum {
    LEAF_VENDOR = 0,
    LEAF_FEATURES = 1,
    LEAF_STRUCTURED_FEATURES = 7,
    LEAF_HYPERVISOR = 0x40000000,
    FAMILY_P6 = 6,
    FAMILY_EXTENDED = 15,
    PHYSICAL_BITS_DEFAULT = 36,
    VIRTUAL_BITS_DEFAULT = 48,
};
#define LEAF_EXTENDED_FEATURES 0x80000001u
#define LEAF_POWER 0x80000007u
#define LEAF_ADDRESS_SIZES 0x80000008u
#define FEATURES_ECX_HYPERVISOR 0x80000000u

static void put_bytes(char *text, uint32_t first, uint32_t second, uint32_t third)
{
    memcpy(text, &first, sizeof first);
    memcpy(text + 4, &second, sizeof second);
    memcpy(text + 8, &third, sizeof third);
    text[12] = '\0';
}

static void read_signature(uint32_t signature, struct cpu_identity *identity)
{
    uint32_t family = signature >> 8 & 15;
    identity->family = family == FAMILY_EXTENDED ? family + (signature >> 20 & 0xff) : family;
    identity->model = signature >> 4 & 15;
    if (family == FAMILY_P6 || family == FAMILY_EXTENDED)
        identity->model |= (signature >> 16 & 15) << 4;
    identity->stepping = signature & 15;
}

struct cpu_identity cpu_identity(void)
{
    struct cpu_identity identity = {.physical_bits = PHYSICAL_BITS_DEFAULT, .virtual_bits = VIRTUAL_BITS_DEFAULT};
    struct cpuid vendor = cpuid(LEAF_VENDOR), features = cpuid(LEAF_FEATURES);
    put_bytes(identity.vendor, vendor.ebx, vendor.edx, vendor.ecx);
    read_signature(features.eax, &identity);
    if (features.ecx & FEATURES_ECX_HYPERVISOR) {
        struct cpuid hypervisor = cpuid(LEAF_HYPERVISOR);
        put_bytes(identity.hypervisor, hypervisor.ebx, hypervisor.ecx, hypervisor.edx);
    }
    uint32_t sizes = cpuid(LEAF_ADDRESS_SIZES).eax;
    if (sizes != 0) {
        identity.physical_bits = sizes & 0xff;
        identity.virtual_bits = sizes >> 8 & 0xff;
    }
    return identity;
}

enum cpuid_register { EBX, ECX, EDX };

static const struct {
    const char *name;
    uint32_t leaf;
    enum cpuid_register where;
    unsigned bit;
} features[] = {
    {"nx", LEAF_EXTENDED_FEATURES, EDX, 20},
    {"1g-pages", LEAF_EXTENDED_FEATURES, EDX, 26},
    {"smep", LEAF_STRUCTURED_FEATURES, EBX, 7},
    {"smap", LEAF_STRUCTURED_FEATURES, EBX, 20},
    {"umip", LEAF_STRUCTURED_FEATURES, ECX, 2},
    {"pat", LEAF_FEATURES, EDX, 16},
    {"apic", LEAF_FEATURES, EDX, 9},
    {"x2apic", LEAF_FEATURES, ECX, 21},
    {"tsc", LEAF_FEATURES, EDX, 4},
    {"invariant-tsc", LEAF_POWER, EDX, 8},
    {"tsc-deadline", LEAF_FEATURES, ECX, 24},
    {"rdrand", LEAF_FEATURES, ECX, 30},
    {"rdseed", LEAF_STRUCTURED_FEATURES, EBX, 18},
    {"hypervisor", LEAF_FEATURES, ECX, 31},
};

static uint32_t register_of(struct cpuid answer, enum cpuid_register where)
{
    switch (where) {
    case EBX:
        return answer.ebx;
    case ECX:
        return answer.ecx;
    case EDX:
        return answer.edx;
    }
    return 0;
}

bool cpu_feature(size_t index, struct cpu_fact *feature)
{
    if (index >= COUNT_OF(features))
        return false;
    uint32_t flags = register_of(cpuid(features[index].leaf), features[index].where);
    *feature = (struct cpu_fact){features[index].name, (flags >> features[index].bit & 1) != 0};
    return true;
}
