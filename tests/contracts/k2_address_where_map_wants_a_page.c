/* SPDX-License-Identifier: MIT */
/* gcc: ._Generic. selector of type .* is not compatible with any association */
/* clang: controlling expression type 'virt_addr' not compatible with any generic association type */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, virt_addr address, frame_4k frame)
{
#ifdef MISUSE
    return flush(map_to(mapper, address, frame, PAGE_FLAGS(PRESENT)));
#else
    return flush(map_to(mapper, page_4k_containing(address), frame, PAGE_FLAGS(PRESENT)));
#endif
}
