/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Contract K4: an operation that can break memory safety takes a `struct unsafe_token`, a name that exists only
 * inside a block which states why the use is sound:
 *
 *     UNSAFE("the new root maps this code at the same address") {
 *         paging_root_write(root, unsafe);
 *     }
 *
 * No block, or no reason: no compile. The block runs once; `break` and `continue` bind to it and leave it; it does not
 * nest, one reason covers what is inside. The token has no size and costs nothing. As in Rust, operations that fault or
 * need ring 0 are not unsafe for that alone. `git grep -n 'UNSAFE('` lists every use; `git grep -n unsafe_token` also
 * finds who makes a token without a block, which no compiler refuses.
 */
struct unsafe_token {
};

#define UNSAFE(reason)                                                                                               \
    for (struct unsafe_token unsafe = {}, *unsafe_once = &(struct unsafe_token){}; unsafe_once;                      \
         unsafe_once = (UNSAFE_HAS_REASON(reason), (void)unsafe, (struct unsafe_token *)0))
#define UNSAFE_HAS_REASON(reason)                                                                                    \
    ((void)sizeof(struct {                                                                                           \
        static_assert(sizeof("" reason) > 1, "UNSAFE needs the reason why the block is sound");                      \
        char checked;                                                                                                \
    }))
