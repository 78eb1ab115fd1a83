/* SPDX-License-Identifier: MIT */
/* gcc: 'value' is deprecated: lock the mutex first */
/* clang: 'value' is deprecated: lock the mutex first */
#include <tenorite/lib/mutex.h>

struct statistics {
    unsigned hits;
};

struct cache {
    MUTEX(struct statistics) statistics;
};

unsigned hits(struct cache *cache)
{
#ifdef MISUSE
    return cache->statistics.value.hits;
#else
    WITH_LOCK(&cache->statistics, statistics)
        return statistics->hits;
    return 0;
#endif
}
