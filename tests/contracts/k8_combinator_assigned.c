/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location '\*join' */
/* gcc: assignment of read-only location '\*race' */
/* gcc: assignment of read-only location '\*clone' */
/* gcc: assignment of read-only location '\*count' */
/* clang: cannot assign to lvalue with nested const-qualified data member 'cannot_be_assigned' */
#include <tenorite/task/generator.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/select.h>
#include <tenorite/task/shared.h>

GENERATOR_FRAME(unsigned, count, unsigned i;);

void restart(struct join_all *join, struct race *race, struct shared_clone *clone, struct count *count);
void restart(struct join_all *join, struct race *race, struct shared_clone *clone, struct count *count)
{
#ifdef MISUSE
    *join = (struct join_all){.set = join->set};
    *race = (struct race){.result = 0};
    *clone = (struct shared_clone){.shared = clone->shared};
    *count = (struct count){.i = 0};
#else
    join_all_init(join, join->set);
    race_init(race, race->select.set);
    shared_clone_init(clone, clone->shared);
    coroutine_init(&count->coroutine);
#endif
}
