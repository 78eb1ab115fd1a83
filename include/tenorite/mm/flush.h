/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/paging.h>
#include <tenorite/mm/mapper_core.h>
#include <tenorite/mm/page.h>

/*
 * Contract K3: a change to a page table is flushed from this CPU's translation cache or explicitly ignored, on every
 * path. What changes a table returns a token, which holds the error and, after success, the duty to flush:
 *
 *     error = flush(map_to(...));                      the common case: flushed if it worked
 *     error = ignore(map_to(...));                     the table is not in use, or the page was never touched
 *
 *     MUST_FLUSH(token, map_to(...));                  to do something in between
 *     if (token.error != MAP_OK)
 *         return token.error;                          nothing to flush: nothing changed
 *     ...
 *     flush_held(&token);                              or ignore_held(&token), or return flush_move(&token)
 *
 * With an unmap token, flush, ignore and their _held forms give the frame that the page showed, and nothing else
 * does: it cannot be reused while it can still be reached through the cache. flush() and ignore() then return a
 * struct unmapped_4k (2m, 1g).
 *
 * Dropping a token or the result of flush() is an error, and so is to forget a held token on one path, to consume it
 * twice, or to consume it where its error has not been tested. Only MUST_FLUSH declares a token. A function that
 * returns one is written
 *
 *     MAP_FUNCTION(map_guarded, struct mapper *mapper, page_4k page)
 *     {
 *         MUST_FLUSH(token, map_to(mapper, page, ...));
 *         ...
 *         return flush_move(&token);
 *     }
 *
 * Where the build does not define TENORITE_STATIC_CONTRACTS, the last three are run-time panics instead.
 */
#define flush(token) FLUSH_BY_TYPE((token).tag, map_token_flush, unmap_token, _flush)(token)
#define ignore(token) FLUSH_BY_TYPE((token).tag, map_token_ignore, unmap_token, _ignore)(token)
#define flush_held(token) FLUSH_BY_TYPE((token)->tag, map_token_flush_held, unmap_token, _flush_held)(token)
#define ignore_held(token) FLUSH_BY_TYPE((token)->tag, map_token_ignore_held, unmap_token, _ignore_held)(token)
#define flush_move(token) FLUSH_BY_TYPE((token)->tag, map_token_move, unmap_token, _move)(token)

#define MUST_FLUSH(name, expression)                                                                                 \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    __attribute__((cleanup(flush_check_consumed))) typeof(expression) name = ({                                      \
        typeof(expression) flush_fresh = (expression);                                                               \
        flush_fresh.state.is_armed = flush_fresh.error == MAP_OK;                                                    \
        flush_fresh;                                                                                                 \
    });                                                                                                              \
    HIDDEN_NAMES_ALLOWED_END

#define MAP_FUNCTION(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(map_token_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_4K(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_4k_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_2M(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_2m_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_1G(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_1g_result) name(__VA_ARGS__)

struct NODISCARD unmapped_4k {
    enum map_error error;
    frame_4k frame; /* the caller's again; meaningless after an error */
};

struct NODISCARD unmapped_2m {
    enum map_error error;
    frame_2m frame;
};

struct NODISCARD unmapped_1g {
    enum map_error error;
    frame_1g frame;
};

/* The rest of this header serves the macros and mapper.h. */

DECLARE_BREACH(flush_forgotten, "a page-table change is neither flushed nor ignored on some path: flush_held(), "
                                "ignore_held() or flush_move() it");
DECLARE_BREACH(flush_without_change, "this token is not known to hold a change: test its error first, and "
                                     "consume it only once");

/* Each token begins with this. It stays armed from MUST_FLUSH until it is consumed. */
struct flush_state {
    virt_addr page;
    bool is_armed;
};

/* The tags tell the kinds of tokens apart without naming their types; they take no room. */
#define FLUSH_BY_TYPE(tag, of_map, of_unmap, verb)                                                                   \
    _Generic(tag,                                                                                                    \
        struct flush_tag_map **: of_map,                                                                             \
        struct flush_tag_unmap_4k **: of_unmap##_4k##verb,                                                           \
        struct flush_tag_unmap_2m **: of_unmap##_2m##verb,                                                           \
        struct flush_tag_unmap_1g **: of_unmap##_1g##verb)

#define FLUSH_TOKEN_TYPE HIDDEN_NAME("declare tokens with MUST_FLUSH(name, expression)")

ALWAYS_INLINE void flush_check_consumed(void *token)
{
    if (((struct flush_state *)token)->is_armed)
        flush_forgotten();
}

ALWAYS_INLINE void flush_disarm(struct flush_state *state)
{
    if (!state->is_armed)
        flush_without_change();
    state->is_armed = false;
}

HIDDEN_NAMES_ALLOWED_BEGIN

struct map_token {
    struct flush_state state;
    enum map_error error;
    struct flush_tag_map *tag[0];
} FLUSH_TOKEN_TYPE;
typedef struct map_token map_token_result;

ALWAYS_INLINE MUST_CHECK struct map_token map_token_new(virt_addr page, enum map_error error)
{
    return (struct map_token){.state = {page, false}, .error = error};
}

ALWAYS_INLINE MUST_CHECK enum map_error map_token_flush(struct map_token token)
{
    if (token.error == MAP_OK)
        tlb_flush_page(token.state.page);
    return token.error;
}

ALWAYS_INLINE MUST_CHECK enum map_error map_token_ignore(struct map_token token)
{
    return token.error;
}

ALWAYS_INLINE void map_token_flush_held(struct map_token *token)
{
    flush_disarm(&token->state);
    tlb_flush_page(token->state.page);
}

ALWAYS_INLINE void map_token_ignore_held(struct map_token *token)
{
    flush_disarm(&token->state);
}

/* A token that holds an error may move as well; one that was consumed may not. */
ALWAYS_INLINE MUST_CHECK struct map_token map_token_move(struct map_token *token)
{
    if (token->error == MAP_OK)
        flush_disarm(&token->state);
    return *token;
}

#define DEFINE_UNMAP_TOKEN(size)                                                                                     \
    struct unmap_token_##size {                                                                                      \
        struct flush_state state;                                                                                    \
        enum map_error error;                                                                                        \
        frame_##size frame HIDDEN_NAME("the frame comes out of flush(), ignore() and their _held forms");            \
        struct flush_tag_unmap_##size *tag[0];                                                                       \
    } FLUSH_TOKEN_TYPE;                                                                                              \
    typedef struct unmap_token_##size unmap_token_##size##_result;                                                   \
    ALWAYS_INLINE MUST_CHECK struct unmap_token_##size unmap_token_##size##_new(                                     \
        virt_addr page, enum map_error error, frame_##size frame)                                                    \
    {                                                                                                                \
        return (struct unmap_token_##size){.state = {page, false}, .error = error, .frame = frame};                  \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmapped_##size unmap_token_##size##_flush(struct unmap_token_##size token)      \
    {                                                                                                                \
        if (token.error == MAP_OK)                                                                                   \
            tlb_flush_page(token.state.page);                                                                        \
        return (struct unmapped_##size){token.error, token.frame};                                                   \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmapped_##size unmap_token_##size##_ignore(struct unmap_token_##size token)     \
    {                                                                                                                \
        return (struct unmapped_##size){token.error, token.frame};                                                   \
    }                                                                                                                \
    ALWAYS_INLINE frame_##size unmap_token_##size##_flush_held(struct unmap_token_##size *token)                     \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        tlb_flush_page(token->state.page);                                                                           \
        return token->frame;                                                                                         \
    }                                                                                                                \
    ALWAYS_INLINE frame_##size unmap_token_##size##_ignore_held(struct unmap_token_##size *token)                    \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        return token->frame;                                                                                         \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmap_token_##size unmap_token_##size##_move(struct unmap_token_##size *token)   \
    {                                                                                                                \
        if (token->error == MAP_OK)                                                                                  \
            flush_disarm(&token->state);                                                                             \
        return *token;                                                                                               \
    }                                                                                                                \
    static_assert(offsetof(struct unmap_token_##size, state) == 0, "flush_check_consumed looks there")

DEFINE_UNMAP_TOKEN(4k);
DEFINE_UNMAP_TOKEN(2m);
DEFINE_UNMAP_TOKEN(1g);
static_assert(offsetof(struct map_token, state) == 0, "flush_check_consumed looks there");

HIDDEN_NAMES_ALLOWED_END
