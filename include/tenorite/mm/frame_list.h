/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/page_range.h>

/*
 * The frames that a range of pages showed, as runs of consecutive frames, in the order of the pages. The caller of
 * unmap_range() supplies the list, and the token that it gets decides when the list can be read: once the change is
 * flushed, or ignored. To read it earlier panics. It holds a fixed number of runs and takes nothing from any
 * allocator, so that the heap can use it; frames are never written to, so they may as well be device memory.
 *
 *     struct frame_list frames;
 *     struct unmapped_range unmapped = flush(unmap_range(mapper, pages, &frames));
 *     for (size_t i = 0; i < frame_list_length(&frames); i++)
 *         give_back(frame_list_run(&frames, i));
 *
 * All calls: any context, constant time.
 */
enum { FRAME_LIST_RUNS = 16 };

#define FRAME_LIST_MEMBER HIDDEN_NAME("frames come out of frame_list_run(), once they are flushed")
struct frame_list {
    frame_range_4k runs[FRAME_LIST_RUNS] FRAME_LIST_MEMBER;
    uint32_t length FRAME_LIST_MEMBER;
    bool is_readable FRAME_LIST_MEMBER;
};

HIDDEN_NAMES_ALLOWED_BEGIN

/* How many runs there are. Panics before the flush. */
ALWAYS_INLINE size_t frame_list_length(const struct frame_list *list)
{
    ASSERT(list->is_readable, "%u runs of frames are read before their pages are flushed", list->length);
    return list->length;
}

/* The run `index`, which is below the length. Panics before the flush. */
ALWAYS_INLINE frame_range_4k frame_list_run(const struct frame_list *list, size_t index)
{
    ASSERT(index < frame_list_length(list), "run %zu of %u", index, list->length);
    return list->runs[index];
}

/* The rest of this header serves unmap_range() and its token. */

/* Makes the list empty and hides what will be in it. */
ALWAYS_INLINE void frame_list_hide(struct frame_list *list)
{
    list->length = 0;
    list->is_readable = false;
}

ALWAYS_INLINE void frame_list_show(struct frame_list *list)
{
    list->is_readable = true;
}

/* Appends frames; false, and nothing happens, where that would take one run too many. */
ALWAYS_INLINE MUST_CHECK bool frame_list_add(struct frame_list *list, frame_range_4k added)
{
    frame_range_4k *last = list->length == 0 ? NULL : &list->runs[list->length - 1];
    if (last != NULL && last->first.start.value + last->count * PAGE_4K_BYTES == added.first.start.value) {
        last->count += added.count;
        return true;
    }
    if (list->length == FRAME_LIST_RUNS)
        return false;
    list->runs[list->length++] = added;
    return true;
}

HIDDEN_NAMES_ALLOWED_END
