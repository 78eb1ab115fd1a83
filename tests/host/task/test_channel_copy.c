/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=memcpy: in the middle of a copy into or out of the ring, a handler tries to come in between. (A sanitizer whose
 * copies are functions of its own keeps it out.) */
#include "sync_test.h"

#include <tenorite/task/channel.h>

enum { PAGE_BYTES = 64, FIRST = 0xaa, SECOND = 0xbb, OF_HANDLER = 0xcc };

struct page {
    uint8_t bytes[PAGE_BYTES];
};

DEFINE_CHANNEL(pages, struct page, 2);

static struct pages pages;
static bool interrupts_the_copy;

void *__real_memcpy(void *to, const void *from, size_t count);
void *__wrap_memcpy(void *to, const void *from, size_t count);

static struct page page_of(uint8_t byte)
{
    struct page page;

    memset(&page, byte, sizeof(page));
    return page;
}

static void receive_and_send(void)
{
    struct page received;

    assert_int_equal(pages_try_receive(&pages, &received), CHANNEL_OK);
    assert_int_equal(pages_try_send(&pages, page_of(OF_HANDLER)), CHANNEL_OK);
}

/* A real handler waits until interrupts are on. */
void *__wrap_memcpy(void *to, const void *from, size_t count)
{
    size_t half = count / 2;

    if (!interrupts_the_copy || (from != pages.ring && to != pages.ring))
        return __real_memcpy(to, from, count);
    interrupts_the_copy = false;
    __real_memcpy(to, from, half);
    if (interrupts_are_enabled()) {
        IN_HANDLER
        {
            receive_and_send();
        }
    }
    __real_memcpy((uint8_t *)to + half, (const uint8_t *)from + half, count - half);
    return to;
}

static int pages_setup(void **state)
{
    pages_init(&pages, NULL);
    interrupts_the_copy = false;
    return task_test_setup(state);
}

#define COPY_TEST(function) cmocka_unit_test_setup_teardown(function, pages_setup, task_test_teardown)

static void assert_page_is_of(const struct page *page, uint8_t byte)
{
    for (unsigned i = 0; i < PAGE_BYTES; i++)
        assert_int_equal(page->bytes[i], byte);
}

static void a_message_that_is_received_comes_whole(void **state)
{
    struct page received;

    (void)state;
    assert_int_equal(pages_try_send(&pages, page_of(FIRST)), CHANNEL_OK);
    assert_int_equal(pages_try_send(&pages, page_of(SECOND)), CHANNEL_OK);
    interrupts_the_copy = true;
    assert_int_equal(pages_try_receive(&pages, &received), CHANNEL_OK);
    assert_page_is_of(&received, FIRST);
}

static void a_message_that_is_sent_arrives_whole(void **state)
{
    struct page received;

    (void)state;
    interrupts_the_copy = true;
    assert_int_equal(pages_try_send(&pages, page_of(FIRST)), CHANNEL_OK);
    assert_int_equal(pages_try_receive(&pages, &received), CHANNEL_OK);
    assert_page_is_of(&received, FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        COPY_TEST(a_message_that_is_received_comes_whole),
        COPY_TEST(a_message_that_is_sent_arrives_whole),
    };

    return cmocka_run_group_tests_name("channel_copy", tests, NULL, NULL);
}
