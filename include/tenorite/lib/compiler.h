/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one place where compilers, and the two strengths of a contract, differ.
 *
 * Everything else in include/ and src/ is free of conditional compilation (assembly headers test
 * __ASSEMBLER__). Language: -std=gnu2x, the subset that gcc 12 and clang 14 share; `static_assert`
 * became a keyword in later versions, so it is supplied here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef static_assert
#define static_assert _Static_assert
#endif

/* Where a build counts what tests run, each function is to be one function: inlined, its branches count at every place
 * of use. */
#ifdef TENORITE_COVERAGE
#define ALWAYS_INLINE static inline
#else
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#endif
#define NO_INLINE __attribute__((noinline))
#define NO_RETURN __attribute__((noreturn))
#define COLD __attribute__((cold))
#define PACKED __attribute__((packed))
#define PRINTF_LIKE(format_index, first_argument) __attribute__((format(printf, format_index, first_argument)))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A name for a macro's own variable, so that the macro can be nested in itself on another line. */
#define NAME_OF_THIS_LINE(prefix) PASTE_EXPANDED(prefix, __LINE__)
#define PASTE_EXPANDED(left, right) PASTE(left, right)
#define PASTE(left, right) left##right

#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* On an enum or a struct: every function that returns one has a must-check result (contract K9). */
#define NODISCARD [[nodiscard]]

/* A must-check result that (void) does not silence with gcc (clang accepts the cast; the AST lint does not). */
#define MUST_CHECK __attribute__((warn_unused_result))

/* A name that only this project's macros may use: using it elsewhere is an error (-Werror=deprecated-declarations).
 * The macros bracket their own use with the two pragmas below. */
#define HIDDEN_NAME(what_to_use_instead) __attribute__((deprecated(what_to_use_instead)))
#define HIDDEN_NAMES_ALLOWED_BEGIN                                                                                   \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define HIDDEN_NAMES_ALLOWED_END _Pragma("GCC diagnostic pop")

/* A hidden type as the result of a function that is being declared. `alias` is a typedef of it: gcc takes no pragma in
 * a declaration but does not look through the typedef; clang looks through it but takes the pragma. And the initialiser
 * of a hidden member, which only clang counts as naming it. */
#ifdef __clang__
#define HIDDEN_RESULT_TYPE(alias)                                                                                    \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    alias HIDDEN_NAMES_ALLOWED_END
#define HIDDEN_INITIALISER(...)                                                                                      \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    __VA_ARGS__ HIDDEN_NAMES_ALLOWED_END
#else
#define HIDDEN_RESULT_TYPE(alias) alias
#define HIDDEN_INITIALISER(...) __VA_ARGS__
#endif

/* On a function whose result must be given back by `deallocator(..., pointer as argument `argument`, ...)`, once: gcc
 * -fanalyzer follows it (contract K13). clang takes no arguments to the attribute. */
#ifdef __clang__
#define ALLOCATES(deallocator, argument) __attribute__((malloc))
#else
#define ALLOCATES(deallocator, argument) __attribute__((malloc, malloc(deallocator, argument)))
#endif

/* Which compiler this is, in words: "gcc 12.2.0", "Debian Clang 14.0.6". */
#ifdef __clang__
#define COMPILER_NAME __VERSION__
#else
#define COMPILER_NAME "gcc " __VERSION__
#endif

/*
 * DECLARE_BREACH(name, message) declares a function to call where a contract is broken.
 *
 * With TENORITE_STATIC_CONTRACTS (an optimising build without sanitizers) it has no definition and carries the
 * `error` attribute: the compile fails unless the optimizer proves the call unreachable. Elsewhere it is a
 * run-time panic with the same message.
 */
NO_RETURN void contract_breach(const char *message);

#ifdef TENORITE_STATIC_CONTRACTS
#define DECLARE_BREACH(name, message) void name(void) __attribute__((error(message)))
#else
#define DECLARE_BREACH(name, message)                                                                                \
    ALWAYS_INLINE void name(void)                                                                                    \
    {                                                                                                                \
        contract_breach(message);                                                                                    \
    }                                                                                                                \
    static_assert(true, "")
#endif

/* True where the compiler knows `value` and `condition`, which depends on nothing else, is false: a wrong constant. It
 * asks for the value because clang takes a condition for constant where a branch has tested it. */
#define KNOWN_FALSE(value, condition) (__builtin_constant_p(value) && !(condition))
