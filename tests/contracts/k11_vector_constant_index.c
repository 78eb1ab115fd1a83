/* SPDX-License-Identifier: MIT */
/* gcc: this constant is no index of a small_vector */
/* clang: this constant is no index of a small_vector */
#include <tenorite/lib/vector.h>

DEFINE_VECTOR(small_vector, int, 4);

int fifth(small_vector *vector)
{
#ifdef MISUSE
    return *small_vector_at(vector, 4);
#else
    return *small_vector_at(vector, 3);
#endif
}
