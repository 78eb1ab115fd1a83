/* SPDX-License-Identifier: MIT */
/* The heap under operations that an input spells out: the property of tests/host/mm, with its choices from bytes. */
#include "fuzz.h"
#include "heap_property.h"

enum { MAX_BYTES = 256 }; /* some 50 operations: more of them find no more, but take longer */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct property property = PROPERTY(heap_agrees_with_a_list_of_blocks, 1);
    property_run_bytes(&property, data, size < MAX_BYTES ? size : MAX_BYTES);
    return 0;
}
