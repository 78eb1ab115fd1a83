/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/heap.h>
#include <tenorite/task/dyn_future.h>

/*
 * A future in a block of the heap, of a type that is known at run time only: for recursion, for arrays of futures of
 * different types, for frames that are too large for their parent. The box owns the block, and may move; the frame in it
 * stays where it is.
 *
 *     AWAIT_TRY(boxed, &self->box, BOX(self->heap, countdown, 10));                  // allocates, then countdown_init(frame, 10)
 *     AWAIT_TRY(boxed, &self->box, BOX_OF(self->heap, &self->sum, add, 1, 2));       // copies the result to self->sum
 *
 * The block is freed when the future is ready, after its result has been copied, or when the box is dropped; a drop after
 * that does nothing. BOXED_NO_MEMORY: there was no memory, nothing has been initialised, and the box is ready at its first
 * poll; it has to be polled or dropped all the same. Task context. A poll after completion panics.
 */
enum NODISCARD boxed_error { BOXED_OK, BOXED_NO_MEMORY };

/* What a box is made of. */
struct box {
    struct dyn_future future; /* its frame is a block of `heap`; NULL: no memory, or ended */
    struct heap *heap;
    void *value; /* gets the result; NULL: nobody wants it */
};

struct boxed {
    struct box box;
    enum boxed_error error;
    bool has_ended;
};

void boxed_init(struct boxed *self, struct box box);
enum poll boxed_poll(struct boxed *self, struct context *context);
void boxed_drop(struct boxed *self);
void boxed_trace(void *self, struct tracer *tracer);
MOVABLE_FUTURE_TYPE(boxed, .trace = boxed_trace);

#define BOX(from_heap, future, ...) BOX_FILLED(from_heap, NULL, future, __VA_ARGS__)

/* `place` is a pointer to the type of the future's result and must stay valid until the future is ready. */
#define BOX_OF(from_heap, place, future, ...)                                                                        \
    BOX_FILLED(from_heap, *(typeof(((struct future *)NULL)->result) *[]){place}, future, __VA_ARGS__)

/* The rest of this header serves the macros. */
#define BOX_FILLED(from_heap, place, future_name, ...)                                                               \
    ({                                                                                                               \
        struct heap *box_heap = (from_heap);                                                                         \
        struct future_name *box_frame = heap_new(box_heap, struct future_name);                                      \
        if (box_frame)                                                                                               \
            future_name##_init(box_frame __VA_OPT__(, ) __VA_ARGS__);                                                \
        (struct box){{.type = &future_name##_type, .frame = box_frame}, box_heap, (place)};                          \
    })
