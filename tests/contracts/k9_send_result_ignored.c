/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type .enum channel_error. */
/* gcc: ignoring return value of type .enum oneshot_error. */
/* gcc: ignoring return value of .number_signal_try_take. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
/* clang: ignoring return value of function declared with .warn_unused_result. attribute */
#include <tenorite/task/channel.h>
#include <tenorite/task/oneshot.h>
#include <tenorite/task/signal.h>

DEFINE_CHANNEL(numbers, unsigned, 4);
DEFINE_ONESHOT(number_oneshot, unsigned);
DEFINE_SIGNAL(number_signal, unsigned);

bool pass(struct numbers *numbers, struct number_oneshot *oneshot, struct number_signal *signal, unsigned *number);
bool pass(struct numbers *numbers, struct number_oneshot *oneshot, struct number_signal *signal, unsigned *number)
{
#ifdef MISUSE
    numbers_try_send(numbers, 1);
    number_oneshot_send(oneshot, 2);
    number_signal_try_take(signal, number);
    return true;
#else
    return numbers_try_send(numbers, 1) == CHANNEL_OK && number_oneshot_send(oneshot, 2) == ONESHOT_OK &&
           number_signal_try_take(signal, number);
#endif
}
