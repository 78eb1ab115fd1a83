/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

/*
 * A vector of up to a fixed number of items, which it holds itself: no allocation, and nothing to free. An object of
 * zeros is an empty vector. It is part of contract K11: an index is checked, and a constant that is never an index does
 * not compile.
 *
 *     DEFINE_VECTOR(job_vector, struct job, 16);
 *     job_vector jobs = {0};
 *     job_vector_push(&jobs, job);
 *     job_vector_at(&jobs, 0)->deadline = 7;
 *
 * defines the type job_vector, with the members `count` and `items`, and these functions. What they take and return
 * by value is copied: a vector whose items own something needs care from its user.
 *
 *     size_t job_vector_remaining(vector)              how many more fit
 *     bool job_vector_is_full(vector)
 *     struct job *job_vector_at(vector, index)         panics from `count` on
 *     void job_vector_push(vector, item)               behind the last; panics where the vector is full
 *     void job_vector_insert(vector, index, item)      at 0 .. count, moving those behind; panics beyond, or if full
 *     struct job job_vector_remove(vector, index)      moves those behind; panics from `count` on
 *     struct job job_vector_swap_remove(vector, index) puts the last in its place; panics from `count` on
 *     void job_vector_truncate(vector, count)          keeps the first `count`, or all if there are fewer
 *     void job_vector_drain(vector, start, end)        removes items start .. end - 1; panics where end is beyond the
 *                                                      last or before `start`
 *     void job_vector_retain(vector, keep, context)    removes those for which `keep` is false; asks in order, once each
 *     job_vector job_vector_take(vector)               its contents; the vector is empty then
 *
 * For what somebody else decides; where they do not return VECTOR_OK or a valid item, nothing has changed:
 *
 *     enum vector_error job_vector_try_push(vector, item)
 *     enum vector_error job_vector_try_insert(vector, index, item)
 *     enum vector_error job_vector_try_extend(vector, items, count)    all of them or none
 *     struct job_vector_item job_vector_pop(vector)                    the last; invalid where the vector is empty
 *     struct job_vector_item job_vector_pop_at(vector, index)          invalid from `count` on
 *     struct job (*job_vector_array(vector))[16]                       the whole array if the vector is full, or NULL
 *
 * insert, remove, drain and retain move up to `count` items; take copies the whole; the rest is O(1). Any context, but
 * one at a time: a vector has no lock.
 */
#define DEFINE_VECTOR(type, item_type, limit)                                                                        \
    typedef struct {                                                                                                 \
        size_t count;                                                                                                \
        item_type items[(limit) > 0 ? (limit) : 1];                                                                  \
    } type;                                                                                                          \
    struct NODISCARD type##_item {                                                                                   \
        bool is_valid;                                                                                               \
        item_type value; /* of zeros where there is none */                                                          \
    };                                                                                                               \
    DECLARE_BREACH(type##_constant_beyond_capacity, "this constant is no index of a " #type);                        \
    VECTOR_FUNCTION size_t type##_remaining(const type *vector)                                                      \
    {                                                                                                                \
        return (size_t)(limit)-vector->count;                                                                        \
    }                                                                                                                \
    VECTOR_FUNCTION bool type##_is_full(const type *vector)                                                          \
    {                                                                                                                \
        return !vector_is_below(vector->count, (limit));                                                             \
    }                                                                                                                \
    VECTOR_FUNCTION item_type *type##_at(type *vector, size_t index)                                                 \
    {                                                                                                                \
        if (KNOWN_FALSE(index, vector_is_below(index, (limit))))                                                     \
            type##_constant_beyond_capacity();                                                                       \
        vector_check_index(index, vector->count);                                                                    \
        return &vector->items[index];                                                                                \
    }                                                                                                                \
    VECTOR_FUNCTION enum vector_error type##_try_insert(type *vector, size_t index, item_type item)                  \
    {                                                                                                                \
        if (type##_is_full(vector))                                                                                  \
            return VECTOR_FULL;                                                                                      \
        if (index > vector->count)                                                                                   \
            return VECTOR_NO_SUCH_PLACE;                                                                             \
        memmove(vector->items + index + 1, vector->items + index, (vector->count - index) * sizeof(item_type));      \
        vector->items[index] = item;                                                                                 \
        vector->count++;                                                                                             \
        return VECTOR_OK;                                                                                            \
    }                                                                                                                \
    VECTOR_FUNCTION enum vector_error type##_try_push(type *vector, item_type item)                                  \
    {                                                                                                                \
        return type##_try_insert(vector, vector->count, item);                                                       \
    }                                                                                                                \
    VECTOR_FUNCTION enum vector_error type##_try_extend(type *vector, const item_type *items, size_t count)          \
    {                                                                                                                \
        if (count > type##_remaining(vector))                                                                        \
            return VECTOR_FULL;                                                                                      \
        for (size_t i = 0; i < count; i++)                                                                           \
            vector->items[vector->count + i] = items[i];                                                             \
        vector->count += count;                                                                                      \
        return VECTOR_OK;                                                                                            \
    }                                                                                                                \
    VECTOR_FUNCTION void type##_insert(type *vector, size_t index, item_type item)                                   \
    {                                                                                                                \
        vector_check_room(index, vector->count, (size_t)(limit));                                                    \
        (void)type##_try_insert(vector, index, item);                                                                \
    }                                                                                                                \
    VECTOR_FUNCTION void type##_push(type *vector, item_type item)                                                   \
    {                                                                                                                \
        type##_insert(vector, vector->count, item);                                                                  \
    }                                                                                                                \
    VECTOR_FUNCTION void type##_drain(type *vector, size_t start, size_t end)                                        \
    {                                                                                                                \
        vector_check_part(start, end, vector->count);                                                                \
        memmove(vector->items + start, vector->items + end, (vector->count - end) * sizeof(item_type));              \
        vector->count -= end - start;                                                                                \
    }                                                                                                                \
    VECTOR_FUNCTION struct type##_item type##_pop_at(type *vector, size_t index)                                     \
    {                                                                                                                \
        struct type##_item item = {0};                                                                               \
        if (index >= vector->count)                                                                                  \
            return item;                                                                                             \
        item.is_valid = true;                                                                                        \
        item.value = vector->items[index];                                                                           \
        type##_drain(vector, index, index + 1);                                                                      \
        return item;                                                                                                 \
    }                                                                                                                \
    VECTOR_FUNCTION struct type##_item type##_pop(type *vector)                                                      \
    {                                                                                                                \
        /* Of an empty vector the index SIZE_MAX, which is none. */                                                  \
        return type##_pop_at(vector, vector->count - 1);                                                             \
    }                                                                                                                \
    VECTOR_FUNCTION item_type type##_remove(type *vector, size_t index)                                              \
    {                                                                                                                \
        vector_check_index(index, vector->count);                                                                    \
        return type##_pop_at(vector, index).value;                                                                   \
    }                                                                                                                \
    VECTOR_FUNCTION item_type type##_swap_remove(type *vector, size_t index)                                         \
    {                                                                                                                \
        vector_check_index(index, vector->count);                                                                    \
        item_type item = vector->items[index];                                                                       \
        vector->items[index] = vector->items[--vector->count];                                                       \
        return item;                                                                                                 \
    }                                                                                                                \
    VECTOR_FUNCTION void type##_truncate(type *vector, size_t count)                                                 \
    {                                                                                                                \
        if (count < vector->count)                                                                                   \
            vector->count = count;                                                                                   \
    }                                                                                                                \
    VECTOR_FUNCTION void type##_retain(type *vector, bool (*keep)(const item_type *item, void *context),             \
                                       void *context)                                                                \
    {                                                                                                                \
        size_t kept = 0;                                                                                             \
        for (size_t i = 0; i < vector->count; i++) {                                                                 \
            if (keep(&vector->items[i], context))                                                                    \
                vector->items[kept++] = vector->items[i];                                                            \
        }                                                                                                            \
        vector->count = kept;                                                                                        \
    }                                                                                                                \
    VECTOR_FUNCTION type type##_take(type *vector)                                                                   \
    {                                                                                                                \
        type contents = *vector;                                                                                     \
        vector->count = 0;                                                                                           \
        return contents;                                                                                             \
    }                                                                                                                \
    VECTOR_FUNCTION MUST_CHECK item_type(*type##_array(type *vector))[limit]                                         \
    {                                                                                                                \
        return type##_is_full(vector) ? (void *)vector->items : NULL;                                                \
    }                                                                                                                \
    static_assert((limit) >= 0, "a capacity")

enum NODISCARD vector_error {
    VECTOR_OK,
    VECTOR_FULL,         /* the items do not fit */
    VECTOR_NO_SUCH_PLACE /* the index is beyond the end */
};

/* The rest of this header serves the macros. */
#define VECTOR_FUNCTION __attribute__((unused)) ALWAYS_INLINE

ALWAYS_INLINE bool vector_is_below(size_t index, size_t limit)
{
    return index < limit;
}

ALWAYS_INLINE void vector_check_index(size_t index, size_t count)
{
    ASSERT(index < count, "index %zu in a vector of %zu", index, count);
}

ALWAYS_INLINE void vector_check_room(size_t index, size_t count, size_t limit)
{
    ASSERT(count < limit, "a vector of %zu is full", limit);
    ASSERT(index <= count, "place %zu in a vector of %zu", index, count);
}

ALWAYS_INLINE void vector_check_part(size_t start, size_t end, size_t count)
{
    ASSERT(start <= end && end <= count, "items %zu to %zu of a vector of %zu", start, end, count);
}
