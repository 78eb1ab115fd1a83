/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type .enum vector_error., declared with attribute .nodiscard. */
/* clang: ignoring return value of function declared with 'nodiscard' attribute */
#include <tenorite/lib/vector.h>

DEFINE_VECTOR(small_vector, int, 4);

bool add(small_vector *vector, int item)
{
#ifdef MISUSE
    small_vector_try_push(vector, item);
    return true;
#else
    return small_vector_try_push(vector, item) == VECTOR_OK;
#endif
}
