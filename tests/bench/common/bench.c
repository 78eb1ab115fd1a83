/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

void bench_report(const char *figure, const char *subject, uint64_t sum, uint64_t count)
{
    printf("%s %s %llu %llu\n", figure, subject, (unsigned long long)sum, (unsigned long long)count);
}

void bench_fail(const char *what)
{
    fprintf(stderr, "wrong result: %s\n", what);
    exit(1);
}

uint64_t bench_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void *bench_share(size_t bytes)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bench_expect(start != MAP_FAILED, "no memory to share");
    return start;
}

void *bench_reserve(size_t bytes)
{
    char *start = mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bench_expect(start != MAP_FAILED, "no address space");
    return start + (-(uintptr_t)start & (bytes - 1));
}
