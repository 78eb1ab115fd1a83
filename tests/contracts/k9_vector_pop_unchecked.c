/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when returning type .struct small_vector_item. but .int. was expected */
/* clang: returning 'struct small_vector_item' from a function with incompatible result type 'int' */
#include <tenorite/lib/vector.h>

DEFINE_VECTOR(small_vector, int, 4);

int last(small_vector *vector)
{
#ifdef MISUSE
    return small_vector_pop(vector);
#else
    return small_vector_pop(vector).value;
#endif
}
