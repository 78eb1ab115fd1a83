/* SPDX-License-Identifier: MIT */
#pragma once

#include "property.h"

/*
 * Random traces of allocations of all sizes and alignments, of reallocations and frees, with frames that run dry,
 * against a list of blocks. After each step: blocks are aligned, lie apart and in pages that are mapped; heap_check()
 * and the statistics agree with the list; what is mapped and not in use by tables is what the heap says it has; NULL is
 * the answer only where frames are short. A block's content is intact whenever it is freed or moved; a page is neither
 * read nor written while it is not mapped. When all is free again, the frames come back.
 */
const char *heap_agrees_with_a_list_of_blocks(struct draws *draws);

/* Blocks of one size and alignment until there is no more room, freed in one of four orders: after that, the largest
 * block that there was room for at first has room again. */
const char *freed_memory_is_whole_again(struct draws *draws);
