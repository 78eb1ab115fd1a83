/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of 'byte_queue_take' declared with attribute 'warn_unused_result' */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/task/byte_queue.h>

uint8_t next_byte(struct byte_queue *queue)
{
    uint8_t byte = '\0';
#ifdef MISUSE
    byte_queue_take(queue, &byte);
    return byte;
#else
    return byte_queue_take(queue, &byte) ? byte : '\0';
#endif
}
