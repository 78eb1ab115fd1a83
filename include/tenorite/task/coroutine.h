/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/future.h>

/*
 * Coroutines: futures written as one function from top to bottom.
 *
 *     ASYNC_FRAME(blink, unsigned times; unsigned i; struct sleep sleep;);     // struct blink, blink_drop, blink_type
 *
 *     void blink_init(struct blink *self, unsigned times)
 *     {
 *         coroutine_init(&self->coroutine);       // always first
 *         self->times = times;                    // member by member: frames cannot be assigned
 *     }
 *
 *     ASYNC(blink)                                // blink_poll(struct blink *self, struct context *context)
 *     {
 *         ASYNC_BEGIN;
 *         for (self->i = 0; self->i < self->times; self->i++) {
 *             led_toggle();
 *             AWAIT(sleep, &self->sleep, MILLISECONDS(500));   // sleep_init, then sleep_poll until it is ready
 *         }
 *         ASYNC_CLEANUP;                          // optional
 *         led_off();
 *         ASYNC_END;
 *     }
 *
 * What lives across an AWAIT is a member of the frame; locals live between two of them. AWAIT's second argument is
 * evaluated more than once and must name the same child each time. Children that are never awaited at the same time
 * may share a union. ASYNC_RETURN leaves the body early.
 *
 * The cleanup section runs exactly once: after the body, or instead of its rest when the coroutine is dropped, before
 * the first poll too; so it relies on what NAME_init has set and nothing else. The child that was being awaited has
 * been dropped by then. It cannot await, and it has no `context`: a drop comes without an executor and a waker. What it
 * needs of them NAME_init has to put into the frame. Dropping a coroutine that has ended does nothing.
 *
 * Refused by the compiler:
 *   K6  a lock (WITH_LOCK, WITHOUT_INTERRUPTS) held across an AWAIT
 *   K7  a local that is set before an AWAIT and used after it; an AWAIT inside an inner `switch`
 *   K8  assigning a frame; ignoring the result of a poll; an AWAIT in the cleanup section, or `context`; `return`
 * Panics: a poll after completion; with TENORITE_DEBUG, a frame that moved after its first poll.
 * Neither sees the address of an uninitialised local that is used on both sides of an AWAIT: `./tenorite lint` does.
 * Nobody sees a use of `context` before ASYNC_BEGIN, which a drop runs too.
 *
 * How it works: AWAIT leaves a case label in the switch that ASYNC_BEGIN opens, and its number in `resume`. The
 * numbers are dense, so the switch is one jump table (or, where those are off, a compare tree). Cancelling is one more
 * transition of the same machine: NAME_drop polls with CONTEXT_DROP, and the case that resumes drops its
 * child and leaves to the cleanup section. Tracing is another: the case that resumes shows its child and returns.
 *
 * Each AWAIT adds a second case value that only the coroutine's own 128-bit switch can hold: inside an inner switch it
 * is cut down to the first, and a duplicate case is an error. Since `resume` has 16 bits the compilers drop the
 * second value, and the wide switch costs nothing.
 *
 * A local's clean-up sees every way out: the macros mark theirs as allowed, and what the optimizer cannot prove to be
 * one of them is a `return` by hand. Nothing of it is left in the code. (Without TENORITE_STATIC_CONTRACTS it panics.)
 */
struct coroutine {
    uint16_t resume;                           /* enum coroutine_resume, or the number of an AWAIT */
    uint16_t line;                             /* of the AWAIT it has reached; 0: none */
    const char cannot_be_assigned[0];          /* a const member forbids assignment of whatever contains it */
    const void *first_address[TENORITE_DEBUG]; /* where it was polled first; NULL: not yet */
};

enum coroutine_resume {
    COROUTINE_START = 0,
    COROUTINE_FIRST_AWAIT = 1,
    COROUTINE_CLEANUP = 0xfffe,
    COROUTINE_DONE = 0xffff
};

/* Ready for its first poll. Every NAME_init calls it before anything else. */
ALWAYS_INLINE void coroutine_init(struct coroutine *self)
{
    self->resume = COROUTINE_START;
    self->line = 0;
    if (TENORITE_DEBUG)
        *self->first_address = NULL;
}

ALWAYS_INLINE bool coroutine_has_ended(const struct coroutine *self)
{
    return self->resume == COROUTINE_DONE;
}

/* Declares `struct name` with the given members, name_poll, name_drop and name_type. ASYNC_STATIC_FRAME is for
 * coroutines of one file: there is no name_poll outside it. */
#define ASYNC_FRAME(name, ...) ASYNC_FRAME_LINKAGE(extern, name, (), __VA_ARGS__)
#define ASYNC_STATIC_FRAME(name, ...) ASYNC_FRAME_LINKAGE(static, name, (), __VA_ARGS__)

/* The same for a coroutine that leaves a value of type `value` in self->result: who awaits it finds it in the child, who
 * joins the task gets a copy. */
#define ASYNC_FRAME_OF(value, name, ...)                                                                             \
    ASYNC_FRAME_LINKAGE(extern, name, (FUTURE_RESULT(name)), value result; __VA_ARGS__)
#define ASYNC_STATIC_FRAME_OF(value, name, ...)                                                                      \
    ASYNC_FRAME_LINKAGE(static, name, (FUTURE_RESULT(name)), value result; __VA_ARGS__)

/* Begins the definition of name_poll, in which `self` and `context` are known. */
#define ASYNC(name) enum poll name##_poll(struct name *self, struct context *context)

#define ASYNC_BEGIN                                                                                                  \
    enum { async_first = __COUNTER__ + 1 };                                                                          \
    bool async_may_return __attribute__((cleanup(async_check_return))) = false;                                      \
    coroutine_check_address(&self->coroutine, __func__);                                                             \
    async_resume:                                                                                                    \
    switch ((ASYNC_WIDE)self->coroutine.resume) {                                                                    \
    default:                                                                                                         \
        if (self->coroutine.resume != COROUTINE_CLEANUP)                                                             \
            ASYNC_LEAVE_POLL(coroutine_poll_ended(&self->coroutine, context, __func__));                             \
        goto async_end;                                                                                              \
    case COROUTINE_START:                                                                                            \
        if (UNLIKELY(context->request != CONTEXT_POLL)) {                                                            \
            if (context->request == CONTEXT_DROP)                                                                    \
                goto async_leave;                                                                                    \
            ASYNC_LEAVE_POLL(POLL_PENDING);                                                                          \
        }                                                                                                            \
        {                                                                                                            \
            enum { AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP };

/* Runs the future *child, of type `struct type`, to completion: type##_init(child, further arguments), then
 * type##_poll. The result is in *child afterwards. */
#define AWAIT(type, ...) ASYNC_AWAIT(__COUNTER__ - async_first + COROUTINE_FIRST_AWAIT, type, __VA_ARGS__)

/* The same for a child that can fail: if its member `error` is not 0 then, that error becomes self->error, of the same
 * type, and the coroutine goes to its cleanup section. */
#define AWAIT_TRY(type, child, ...)                                                                                  \
    do {                                                                                                             \
        AWAIT(type, child __VA_OPT__(, ) __VA_ARGS__);                                                               \
        static_assert(__builtin_types_compatible_p(typeof(self->error), typeof((child)->error)),                     \
                      "AWAIT_TRY: self->error is of another type than the error of the child");                      \
        self->error = (child)->error;                                                                                \
        if (self->error)                                                                                             \
            goto async_leave;                                                                                        \
    } while (0)

/* Goes to the cleanup section; the coroutine is then ready. */
#define ASYNC_RETURN                                                                                                 \
    do {                                                                                                             \
        ASYNC_ONLY_IN_BODY;                                                                                          \
        goto async_leave;                                                                                            \
    } while (0)

#define ASYNC_CLEANUP                                                                                                \
    }                                                                                                                \
    __attribute__((fallthrough));                                                                                    \
    case COROUTINE_CLEANUP: {                                                                                        \
        ASYNC_HIDE_CONTEXT

#define ASYNC_END                                                                                                    \
    }                                                                                                                \
    }                                                                                                                \
    async_end:                                                                                                       \
    self->coroutine.resume = COROUTINE_DONE;                                                                         \
    ASYNC_LEAVE_POLL(POLL_READY);                                                                                    \
    async_leave:                                                                                                     \
    self->coroutine.resume = COROUTINE_CLEANUP;                                                                      \
    goto async_resume

/* The rest of this header serves the macros. */
#define ASYNC_WIDE unsigned __int128
#define ASYNC_GUARD ((ASYNC_WIDE)1 << 64)
#define ASYNC_ONLY_IN_BODY (void)AWAIT_AND_ASYNC_RETURN_BELONG_BETWEEN_ASYNC_BEGIN_AND_ASYNC_CLEANUP

#define ASYNC_LEAVE_POLL(result)                                                                                     \
    do {                                                                                                             \
        async_may_return = true;                                                                                     \
        return (result);                                                                                             \
    } while (0)

/* Shadows the parameter by a constant that is no pointer. */
#define ASYNC_HIDE_CONTEXT                                                                                           \
    ASYNC_SHADOWING_BEGIN                                                                                            \
    enum { context HIDDEN_NAME(ASYNC_NO_CONTEXT) = 1 };                                                              \
    ASYNC_SHADOWING_END
#define ASYNC_NO_CONTEXT "the cleanup section has no context: a drop comes without an executor and a waker"
#define ASYNC_SHADOWING_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")
#define ASYNC_SHADOWING_END _Pragma("GCC diagnostic pop")

/* `extras` is a list in brackets, of further initialisers of the type. */
#define ASYNC_FRAME_LINKAGE(linkage, name, extras, ...)                                                              \
    struct name {                                                                                                    \
        struct coroutine coroutine;                                                                                  \
        __VA_ARGS__                                                                                                  \
    };                                                                                                               \
    linkage enum poll name##_poll(struct name *self, struct context *context);                                       \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        struct context dropping = {.request = CONTEXT_DROP};                                                         \
        (void)name##_poll(self, &dropping);                                                                          \
    }                                                                                                                \
    __attribute__((unused)) static unsigned name##_awaited_line(const void *self)                                    \
    {                                                                                                                \
        return ((const struct name *)self)->coroutine.line;                                                          \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        if (((struct name *)self)->coroutine.resume != COROUTINE_CLEANUP) /* where it waits for nothing */           \
            (void)name##_poll((struct name *)self, &tracer->context);                                                \
    }                                                                                                                \
    FUTURE_TYPE(name, .awaited_line = name##_awaited_line, .trace = name##_trace, ASYNC_UNBRACKETED extras)

#define ASYNC_UNBRACKETED(...) __VA_ARGS__

#define ASYNC_AWAIT(number, type, child, ...)                                                                        \
    do {                                                                                                             \
        ASYNC_ONLY_IN_BODY;                                                                                          \
        type##_init((child)__VA_OPT__(, ) __VA_ARGS__);                                                              \
        self->coroutine.resume = (number);                                                                           \
        self->coroutine.line = __LINE__;                                                                             \
        __attribute__((fallthrough));                                                                                \
    case (number):                                                                                                   \
    case ASYNC_GUARD + (number):                                                                                     \
        if (UNLIKELY(context->request != CONTEXT_POLL)) {                                                            \
            if (context->request == CONTEXT_DROP) {                                                                  \
                type##_drop(child);                                                                                  \
                goto async_leave;                                                                                    \
            }                                                                                                        \
            future_trace(&type##_type, (child), tracer_of(context));                                                 \
            ASYNC_LEAVE_POLL(POLL_PENDING);                                                                          \
        }                                                                                                            \
        if (type##_poll((child), context) == POLL_PENDING)                                                           \
            ASYNC_LEAVE_POLL(POLL_PENDING);                                                                          \
    } while (0)

DECLARE_BREACH(async_returned, "no `return` in a coroutine: ASYNC_RETURN goes to the cleanup section");

ALWAYS_INLINE void async_check_return(const bool *may_return)
{
    if (!*may_return)
        async_returned();
}

/* A poll of a coroutine that has ended: fine when it is a drop or a trace, a panic that names it otherwise. */
enum poll coroutine_poll_ended(struct coroutine *self, const struct context *context, const char *function) COLD;
NO_RETURN void coroutine_panic_moved(const struct coroutine *self, const char *function) COLD;

ALWAYS_INLINE void coroutine_check_address(struct coroutine *self, const char *function)
{
    if (!TENORITE_DEBUG)
        return;
    if (!*self->first_address)
        *self->first_address = self;
    if (UNLIKELY(*self->first_address != self))
        coroutine_panic_moved(self, function);
}
