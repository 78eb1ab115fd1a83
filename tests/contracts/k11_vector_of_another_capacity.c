/* SPDX-License-Identifier: MIT */
/* gcc: passing argument 1 of .take. from incompatible pointer type */
/* clang: incompatible pointer types passing 'large_vector \*' to parameter of type 'small_vector \*' */
#include <tenorite/lib/vector.h>

DEFINE_VECTOR(small_vector, int, 4);
DEFINE_VECTOR(large_vector, int, 8);

void take(small_vector *vector);

void pass(small_vector *small, large_vector *large)
{
    (void)small, (void)large;
#ifdef MISUSE
    take(large);
#else
    take(small);
#endif
}
