/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/paging.h>
#include <tenorite/mm/frame_list.h>
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
 * There are tokens for a page, for a range of pages, and for everything. With an unmap token, flush, ignore and their
 * _held forms give the frame that the page showed, and nothing else does: it cannot be reused while it can still be
 * reached through the cache. flush() and ignore() then return a struct unmapped_4k (2m, 1g). Of a range that is
 * unmapped, they return a struct unmapped_range and make the caller's frame_list readable. The token of clean_up()
 * frees the tables that were unlinked, after the flush.
 *
 * Dropping a token or the result of flush() is an error, and so is to read anything out of a token, to assign one, to
 * forget a held token on one path, to consume it twice, or to consume it where its error has not been tested.
 *
 * Declare tokens with MUST_FLUSH: their type may not be named. What the compilers let pass, and ./tenorite lint does not,
 * is a token declared by __auto_type, and with gcc one declared by the names that end in _result, which are for the next
 * macros. A function that returns a token is written
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
#define flush(token) FLUSH_BY_TYPE(token, _flush)(token)
#define ignore(token) FLUSH_BY_TYPE(token, _ignore)(token)
#define held_error(token) FLUSH_BY_TYPE(*(token), _held_error)(token)
#define flush_held(token) FLUSH_BY_TYPE(*(token), _flush_held)(token)
#define ignore_held(token) FLUSH_BY_TYPE(*(token), _ignore_held)(token)
#define flush_move(token) FLUSH_BY_TYPE(*(token), _move)(token)

#define MUST_FLUSH(name, expression)                                                                                 \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    __attribute__((cleanup(flush_check_consumed))) typeof(expression) name = ({                                      \
        typeof(expression) flush_fresh = (expression);                                                               \
        flush_arm(&flush_fresh);                                                                                     \
        flush_fresh;                                                                                                 \
    });                                                                                                              \
    HIDDEN_NAMES_ALLOWED_END

#define MAP_FUNCTION(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(map_token_result) name(__VA_ARGS__)
#define MAP_RANGE_FUNCTION(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(range_token_result) name(__VA_ARGS__)
#define FLUSH_ALL_FUNCTION(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(all_token_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_4K(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_4k_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_2M(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_2m_result) name(__VA_ARGS__)
#define UNMAP_FUNCTION_1G(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_1g_result) name(__VA_ARGS__)
#define UNMAP_RANGE_FUNCTION(name, ...) MUST_CHECK HIDDEN_RESULT_TYPE(unmap_token_range_result) name(__VA_ARGS__)

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

struct NODISCARD unmapped_range {
    enum map_error error;
    uint64_t count; /* of pages, from the first of the range on, that are unmapped; 0 after an error */
};

/* The most 4 KiB pages that a range token flushes one by one; for more, everything is flushed, which costs about as
 * much and is refilled by hardware. */
enum { FLUSH_PAGES_ONE_BY_ONE = 32 };

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
#define FLUSH_BY_TYPE(token, verb)                                                                                   \
    _Generic((token), HIDDEN_RESULT_TYPE(map_token_result)                                                           \
             : map_token##verb, HIDDEN_RESULT_TYPE(range_token_result)                                               \
             : range_token##verb, HIDDEN_RESULT_TYPE(all_token_result)                                               \
             : all_token##verb, HIDDEN_RESULT_TYPE(unmap_token_4k_result)                                            \
             : unmap_token_4k##verb, HIDDEN_RESULT_TYPE(unmap_token_2m_result)                                       \
             : unmap_token_2m##verb, HIDDEN_RESULT_TYPE(unmap_token_1g_result)                                       \
             : unmap_token_1g##verb, HIDDEN_RESULT_TYPE(unmap_token_range_result)                                    \
             : unmap_token_range##verb)

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

/* Flushes `count` 4 KiB pages from `page` on, or everything. */
void flush_pages(virt_addr page, uint64_t count);

/* Gives back the frames of tables that were unlinked, a chain that begins with `first` (mapper_cleanup.c). */
void mapper_free_unlinked_tables(struct mapper *mapper, uint64_t first);

HIDDEN_NAMES_ALLOWED_BEGIN

/*
 * What all kinds of tokens have in common. A kind supplies three functions: token_type_forget() drops what the CPU
 * cached of the translations, token_type_release() lets go of what was held back until then, and
 * token_type_result_of() is what flush() and ignore() return. The second name is for HIDDEN_RESULT_TYPE.
 *
 * No function that is not inlined gets a token's address: the compiler would have to assume that it arms the token.
 */
#define DEFINE_TOKEN(token_type, result_type)                                                                        \
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
    ALWAYS_INLINE MUST_CHECK result_type token_type##_flush(struct token_type token)                                 \
    {                                                                                                                \
        if (token.state.error == MAP_OK) {                                                                           \
            token_type##_forget(&token);                                                                             \
            token_type##_release(&token);                                                                            \
        }                                                                                                            \
        return token_type##_result_of(&token);                                                                       \
    }                                                                                                                \
    ALWAYS_INLINE MUST_CHECK result_type token_type##_ignore(struct token_type token)                                \
    {                                                                                                                \
        if (token.state.error == MAP_OK)                                                                             \
            token_type##_release(&token);                                                                            \
        return token_type##_result_of(&token);                                                                       \
    }                                                                                                                \
    static_assert(true, "")

/* Of a kind that gives nothing but its error. */
#define DEFINE_HELD_FORMS(token_type)                                                                                \
    ALWAYS_INLINE void token_type##_flush_held(struct token_type *token)                                             \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        token_type##_forget(token);                                                                                  \
        token_type##_release(token);                                                                                 \
    }                                                                                                                \
    ALWAYS_INLINE void token_type##_ignore_held(struct token_type *token)                                            \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        token_type##_release(token);                                                                                 \
    }                                                                                                                \
    static_assert(true, "")

/* Of a kind whose consumption gives a value, the token's last member. */
#define DEFINE_HELD_FORMS_WITH(token_type, value_type, value)                                                        \
    ALWAYS_INLINE value_type token_type##_flush_held(struct token_type *token)                                       \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        token_type##_forget(token);                                                                                  \
        token_type##_release(token);                                                                                 \
        return token->value;                                                                                         \
    }                                                                                                                \
    ALWAYS_INLINE value_type token_type##_ignore_held(struct token_type *token)                                      \
    {                                                                                                                \
        flush_disarm(&token->state);                                                                                 \
        token_type##_release(token);                                                                                 \
        return token->value;                                                                                         \
    }                                                                                                                \
    static_assert(true, "")

/* One page was mapped, or its flags were changed. */
struct map_token {
    FLUSH_TOKEN_STATE;
} FLUSH_TOKEN_TYPE;

ALWAYS_INLINE MUST_CHECK struct map_token map_token_new(virt_addr page, enum map_error error)
{
    return (struct map_token){.state = {.page = page, .error = error}};
}

ALWAYS_INLINE void map_token_forget(const struct map_token *token)
{
    tlb_flush_page(token->state.page);
}

ALWAYS_INLINE void map_token_release(const struct map_token *token)
{
    (void)token;
}

ALWAYS_INLINE enum map_error map_token_result_of(const struct map_token *token)
{
    return token->state.error;
}

DEFINE_TOKEN(map_token, enum map_error);
DEFINE_HELD_FORMS(map_token);

/* The same for a range. */
struct range_token {
    FLUSH_TOKEN_STATE;
    uint64_t count; /* in 4 KiB pages */
} FLUSH_TOKEN_TYPE;

ALWAYS_INLINE MUST_CHECK struct range_token range_token_new(virt_addr page, uint64_t count, enum map_error error)
{
    return (struct range_token){.state = {.page = page, .error = error}, .count = count};
}

ALWAYS_INLINE void range_token_forget(const struct range_token *token)
{
    flush_pages(token->state.page, token->count);
}

ALWAYS_INLINE void range_token_release(const struct range_token *token)
{
    (void)token;
}

ALWAYS_INLINE enum map_error range_token_result_of(const struct range_token *token)
{
    return token->state.error;
}

DEFINE_TOKEN(range_token, enum map_error);
DEFINE_HELD_FORMS(range_token);

/* Tables were unlinked: what the CPU cached of the way to any page may be wrong. */
struct all_token {
    FLUSH_TOKEN_STATE;
    struct mapper *mapper;
    uint64_t unlinked; /* the first of the tables, chained; or 0 */
} FLUSH_TOKEN_TYPE;

ALWAYS_INLINE MUST_CHECK struct all_token all_token_new(struct mapper *mapper, uint64_t unlinked,
                                                        enum map_error error)
{
    return (struct all_token){.state = {.error = error}, .mapper = mapper, .unlinked = unlinked};
}

ALWAYS_INLINE void all_token_forget(const struct all_token *token)
{
    (void)token;
    tlb_flush_all();
}

ALWAYS_INLINE void all_token_release(const struct all_token *token)
{
    mapper_free_unlinked_tables(token->mapper, token->unlinked);
}

ALWAYS_INLINE enum map_error all_token_result_of(const struct all_token *token)
{
    return token->state.error;
}

DEFINE_TOKEN(all_token, enum map_error);
DEFINE_HELD_FORMS(all_token);

/* One page was unmapped. */
#define DEFINE_UNMAP_TOKEN(size)                                                                                     \
    struct unmap_token_##size {                                                                                      \
        FLUSH_TOKEN_STATE;                                                                                           \
        frame_##size frame HIDDEN_NAME("the frame comes out of flush(), ignore() and their _held forms");            \
    } FLUSH_TOKEN_TYPE;                                                                                              \
    ALWAYS_INLINE MUST_CHECK struct unmap_token_##size unmap_token_##size##_new(                                     \
        virt_addr page, enum map_error error, frame_##size frame)                                                    \
    {                                                                                                                \
        return (struct unmap_token_##size){.state = {.page = page, .error = error}, .frame = frame};                 \
    }                                                                                                                \
    ALWAYS_INLINE void unmap_token_##size##_forget(const struct unmap_token_##size *token)                           \
    {                                                                                                                \
        tlb_flush_page(token->state.page);                                                                           \
    }                                                                                                                \
    ALWAYS_INLINE void unmap_token_##size##_release(const struct unmap_token_##size *token)                          \
    {                                                                                                                \
        (void)token;                                                                                                 \
    }                                                                                                                \
    ALWAYS_INLINE struct unmapped_##size unmap_token_##size##_result_of(const struct unmap_token_##size *token)      \
    {                                                                                                                \
        return (struct unmapped_##size){token->state.error, token->frame};                                           \
    }                                                                                                                \
    DEFINE_TOKEN(unmap_token_##size, struct unmapped_##size);                                                        \
    DEFINE_HELD_FORMS_WITH(unmap_token_##size, frame_##size, frame)

DEFINE_UNMAP_TOKEN(4k);
DEFINE_UNMAP_TOKEN(2m);
DEFINE_UNMAP_TOKEN(1g);

/* A range was unmapped. Its frames are in the caller's list, which does not show them yet. */
struct unmap_token_range {
    FLUSH_TOKEN_STATE;
    struct frame_list *frames;
    uint64_t count HIDDEN_NAME("the count comes out of flush(), ignore() and their _held forms");
} FLUSH_TOKEN_TYPE;

ALWAYS_INLINE MUST_CHECK struct unmap_token_range
unmap_token_range_new(virt_addr page, uint64_t count, enum map_error error, struct frame_list *frames)
{
    return (struct unmap_token_range){.state = {.page = page, .error = error}, .frames = frames, .count = count};
}

ALWAYS_INLINE void unmap_token_range_forget(const struct unmap_token_range *token)
{
    flush_pages(token->state.page, token->count);
}

ALWAYS_INLINE void unmap_token_range_release(const struct unmap_token_range *token)
{
    frame_list_show(token->frames);
}

ALWAYS_INLINE struct unmapped_range unmap_token_range_result_of(const struct unmap_token_range *token)
{
    return (struct unmapped_range){token->state.error, token->count};
}

DEFINE_TOKEN(unmap_token_range, struct unmapped_range);
DEFINE_HELD_FORMS_WITH(unmap_token_range, uint64_t, count);

HIDDEN_NAMES_ALLOWED_END
