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
 *     if (held_error(&token) != MAP_OK)
 *         return held_error(&token);                   nothing to flush: nothing changed
 *     ...
 *     flush_held(&token);                              or ignore_held(&token), or return flush_move(&token)
 *
 * With an unmap token, flush, ignore and their _held forms give the frame that the page showed, and nothing else
 * does: it cannot be reused while it can still be reached through the cache. flush() and ignore() then return a
 * struct unmapped_4k (2m, 1g).
 *
 * Dropping a token or the result of flush() is an error, and so is to read anything out of a token, to assign one, to
 * forget a held token on one path, to consume it twice, or to consume it where its error has not been tested.
 *
 * Declare tokens with MUST_FLUSH: their type may not be named. What the compilers let pass, and what then goes
 * unnoticed when it is dropped, is a token declared by __auto_type; with gcc also one declared by the names that end
 * in _result, which are for the next macros. A function that returns a token is written
 *
 *     MAP_FUNCTION(map_guarded, struct mapper *mapper, page_4k page)
 *     {
 *         MUST_FLUSH(token, map_to(mapper, page, ...));
 *         ...
 *         return flush_move(&token);
 *     }
 *
 * Where the build does not define TENORITE_STATIC_CONTRACTS, a token that is forgotten, consumed twice or consumed
 * without a change is a run-time panic instead.
 */
#define flush(token) FLUSH_BY_TYPE(token, map_token_flush, unmap_token, _flush)(token)
#define ignore(token) FLUSH_BY_TYPE(token, map_token_ignore, unmap_token, _ignore)(token)
#define held_error(token) FLUSH_BY_TYPE(*(token), map_token_held_error, unmap_token, _held_error)(token)
#define flush_held(token) FLUSH_BY_TYPE(*(token), map_token_flush_held, unmap_token, _flush_held)(token)
#define ignore_held(token) FLUSH_BY_TYPE(*(token), map_token_ignore_held, unmap_token, _ignore_held)(token)
#define flush_move(token) FLUSH_BY_TYPE(*(token), map_token_move, unmap_token, _move)(token)

#define MUST_FLUSH(name, expression)                                                                                 \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    __attribute__((cleanup(flush_check_consumed))) typeof(expression) name = ({                                      \
        typeof(expression) flush_fresh = (expression);                                                               \
        flush_arm(&flush_fresh);                                                                                     \
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
    enum map_error error;
    bool is_armed;
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
};

/* In an expression gcc takes no pragma, so the token types need here the names that MAP_FUNCTION needs. */
#define FLUSH_BY_TYPE(token, of_map, of_unmap, verb)                                                                 \
    _Generic((token), HIDDEN_RESULT_TYPE(map_token_result)                                                           \
             : of_map, HIDDEN_RESULT_TYPE(unmap_token_4k_result)                                                     \
             : of_unmap##_4k##verb, HIDDEN_RESULT_TYPE(unmap_token_2m_result)                                        \
             : of_unmap##_2m##verb, HIDDEN_RESULT_TYPE(unmap_token_1g_result)                                        \
             : of_unmap##_1g##verb)

#define FLUSH_TOKEN_TYPE HIDDEN_NAME("declare tokens with MUST_FLUSH(name, expression)")
#define FLUSH_TOKEN_STATE                                                                                            \
    struct flush_state state HIDDEN_NAME("the error comes out of flush(), ignore() and held_error()")

ALWAYS_INLINE void flush_arm(void *token)
{
    struct flush_state *state = token;
    state->is_armed = state->error == MAP_OK;
}

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

/* What all kinds of tokens have in common. The second name is for HIDDEN_RESULT_TYPE. */
#define DEFINE_TOKEN(token_type)                                                                                     \
    static_assert(offsetof(struct token_type, state) == 0, "flush_arm and flush_check_consumed look there");         \
    typedef struct token_type token_type##_result;                                                                   \
    ALWAYS_INLINE MUST_CHECK enum map_error token_type##_held_error(const struct token_type *token)                  \
    {                                                                                                                \
        return token->state.error;                                                                                   \
    }                                                                                                                \
    /* A token that holds an error may move as well; one that was consumed may not. */                               \
    ALWAYS_INLINE MUST_CHECK struct token_type token_type##_move(struct token_type *token)                           \
    {                                                                                                                \
        if (token->state.error == MAP_OK)                                                                            \
            flush_disarm(&token->state);                                                                             \
        return *token;                                                                                               \
    }                                                                                                                \
    static_assert(true, "")

struct map_token {
    FLUSH_TOKEN_STATE;
} FLUSH_TOKEN_TYPE;
DEFINE_TOKEN(map_token);

ALWAYS_INLINE MUST_CHECK struct map_token map_token_new(virt_addr page, enum map_error error)
{
    return (struct map_token){.state = {.page = page, .error = error}};
}

ALWAYS_INLINE MUST_CHECK enum map_error map_token_flush(struct map_token token)
{
    if (token.state.error == MAP_OK)
        tlb_flush_page(token.state.page);
    return token.state.error;
}

ALWAYS_INLINE MUST_CHECK enum map_error map_token_ignore(struct map_token token)
{
    return token.state.error;
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

#define DEFINE_UNMAP_TOKEN(size)                                                                                     \
    struct unmap_token_##size {                                                                                      \
        FLUSH_TOKEN_STATE;                                                                                           \
        frame_##size frame HIDDEN_NAME("the frame comes out of flush(), ignore() and their _held forms");            \
    } FLUSH_TOKEN_TYPE;                                                                                              \
    DEFINE_TOKEN(unmap_token_##size);                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmap_token_##size unmap_token_##size##_new(                                     \
        virt_addr page, enum map_error error, frame_##size frame)                                                    \
    {                                                                                                                \
        return (struct unmap_token_##size){.state = {.page = page, .error = error}, .frame = frame};                 \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmapped_##size unmap_token_##size##_flush(struct unmap_token_##size token)      \
    {                                                                                                                \
        if (token.state.error == MAP_OK)                                                                             \
            tlb_flush_page(token.state.page);                                                                        \
        return (struct unmapped_##size){token.state.error, token.frame};                                             \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK struct unmapped_##size unmap_token_##size##_ignore(struct unmap_token_##size token)     \
    {                                                                                                                \
        return (struct unmapped_##size){token.state.error, token.frame};                                             \
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
    static_assert(true, "")

DEFINE_UNMAP_TOKEN(4k);
DEFINE_UNMAP_TOKEN(2m);
DEFINE_UNMAP_TOKEN(1g);

HIDDEN_NAMES_ALLOWED_END
