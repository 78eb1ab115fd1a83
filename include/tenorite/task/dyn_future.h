/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/pin.h>

/*
 * A future whose type is known at run time only: a pointer to its frame, which stays where it is, and its type. It does
 * not own the frame. It may move, as any pointer may; whoever polls or drops through it must be the only one to do so.
 *
 * START(sleep, &self->nap, MILLISECONDS(5)) initialises a future, which polls nothing yet, and gives the dyn_future that
 * points to it. Its result stays in the future itself: self->nap.result. The macros evaluate `child` more than once.
 */
struct dyn_future {
    const struct future_type *type;
    void *frame;           /* NULL: it has ended, or there is none */
    const unsigned *error; /* where it leaves a failure, 0: none; NULL: it cannot fail */
};

#define START(future, child, ...) (future##_init((child)__VA_OPT__(, ) __VA_ARGS__), DYN_FUTURE(future, child))

/* The same for a future whose failure ends a join_all: its member `error` says so. */
#define TRY_START(future, child, ...)                                                                                \
    (future##_init((child)__VA_OPT__(, ) __VA_ARGS__),                                                               \
     ((struct dyn_future){                                                                                           \
         .type = &future##_type, .frame = *(struct future *[]){child}, .error = FUTURE_ERROR(child)}))

/* Of a future that is initialised already. */
#define DYN_FUTURE(future, child) ((struct dyn_future){.type = &future##_type, .frame = *(struct future *[]){child}})

/* A place in a set for a future that is not there: it counts as ended. */
#define NO_FUTURE ((struct dyn_future){.frame = NULL})

/* Whether it still has to be polled or dropped. */
ALWAYS_INLINE bool dyn_future_is_live(const struct dyn_future *self)
{
    return self->frame != NULL;
}

/* A dyn_future is a future itself: AWAIT(dyn_future, &self->way, self->is_far ? START(fly, ...) : START(walk, ...)) is the
 * either of other libraries. A poll after completion panics; a drop of one that has ended does nothing. */
ALWAYS_INLINE void dyn_future_init(struct dyn_future *self, struct dyn_future future)
{
    *self = future;
}

enum poll dyn_future_poll(struct dyn_future *self, struct context *context);
void dyn_future_drop(struct dyn_future *self);
void dyn_future_trace(void *self, struct tracer *tracer);
MOVABLE_FUTURE_TYPE(dyn_future, .trace = dyn_future_trace);

/*
 * Several futures that one future polls, all with its own waker. The array belongs to the caller and must outlive the
 * future that gets the set; entries become NO_FUTURE as they end.
 *
 *     AWAIT(race, &self->race, FUTURES(self->both, START(sleep, &self->nap, SECONDS(1)),
 *                                      START(byte_read, &self->read, &queue)));
 *
 * FUTURES(array, future...) fills an array, which has exactly as many entries (K11), and gives the set. Where the order
 * of polling matters it is fair: it changes from poll to poll. FUTURES_IN_ORDER is biased: the first is always polled
 * first, and may keep those after it from being chosen.
 */
enum future_order { FUTURES_FAIR, FUTURES_BIASED };

struct future_set {
    struct dyn_future *futures;
    uint32_t count;
    enum future_order order;
};

#define FUTURES(array, ...) FUTURES_ORDERED(FUTURES_FAIR, array, __VA_ARGS__)
#define FUTURES_IN_ORDER(array, ...) FUTURES_ORDERED(FUTURES_BIASED, array, __VA_ARGS__)
#define FUTURES_ORDERED(order, array, ...)                                                                           \
    (sizeof(array) == sizeof((struct dyn_future[]){__VA_ARGS__}) ? (void)0 : futures_count_differs(),                \
     future_set_fill((array), COUNT_OF(array), (struct dyn_future[]){__VA_ARGS__}, (order)))

/* The set of an array that has been filled. */
ALWAYS_INLINE struct future_set future_set(struct dyn_future *futures, uint32_t count, enum future_order order)
{
    return (struct future_set){.futures = futures, .count = count, .order = order};
}

/* Of a whole array, fair. */
#define FUTURE_SET(array) future_set((array), COUNT_OF(array), FUTURES_FAIR)

/* The index of the i-th one when `first` is the first, both less than `count`. */
ALWAYS_INLINE uint32_t future_set_rotated(struct future_set set, uint32_t first, uint32_t i)
{
    return first + i < set.count ? first + i : first + i - set.count;
}

struct future_set future_set_fill(struct dyn_future *array, uint32_t count, const struct dyn_future *futures,
                                  enum future_order order);

/* How many of them are live. Linear. */
uint32_t future_set_count_live(struct future_set set);

/* Drops those that are live. Linear. */
void future_set_drop(struct future_set set);

/* Shows those that are live. */
void future_set_trace(struct future_set set, struct tracer *tracer);

/* The rest of this header serves the macros. */
DECLARE_BREACH(futures_count_differs, "FUTURES: the array has as many entries as there are futures");

#define FUTURE_ERROR(child)                                                                                          \
    ((const unsigned *)&(child)->error + 0 * sizeof(struct {                                                         \
                                             static_assert(sizeof((child)->error) == sizeof(unsigned),               \
                                                           "an error is an enum");                                   \
                                             char unused;                                                            \
                                         }))
