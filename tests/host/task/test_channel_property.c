/* SPDX-License-Identifier: MIT */
/*
 * Sends, receives and reservations that are started, polled and dropped in any order, and a close, against a channel of
 * lists: who waits stands in a list, what is sent in another. The model also says who must have been woken by each
 * operation, and that nobody else was.
 */
#include "property.h"
#include "sync_test.h"

#include <tenorite/task/channel.h>

enum { CAPACITY = 3, SLOTS = 4 };

DEFINE_CHANNEL(numbers, uint32_t, CAPACITY);

enum stage { FREE, QUEUED, GIVEN, TOLD_OF_THE_END };
enum kind { SEND, RESERVE };

struct side {
    enum stage stages[SLOTS];
    int queue[SLOTS]; /* slots in the order of arrival */
    unsigned waiting;
    struct puppet puppets[SLOTS];
};

static struct numbers numbers;
static struct numbers_send sends[SLOTS];
static struct channel_reserve reserves[SLOTS];
static struct channel_permit permits[SLOTS];
static struct numbers_receive receives[SLOTS];

static struct side senders, receivers;
static enum kind kinds[SLOTS];
static uint32_t messages[CAPACITY];
static unsigned message_count, permit_count;
static bool is_closed;
static uint32_t next_number;
static unsigned destroyed_count;

static void destroy(void *message)
{
    (void)message;
    destroyed_count++;
}

static void leave_queue(struct side *side, int slot)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < side->waiting; i++) {
        if (side->queue[i] != slot)
            side->queue[kept++] = side->queue[i];
    }
    side->waiting = kept;
}

static unsigned count_given(const struct side *side)
{
    unsigned count = 0;

    for (unsigned i = 0; i < SLOTS; i++)
        count += side->stages[i] == GIVEN;
    return count;
}

static unsigned free_places(void)
{
    return CAPACITY - message_count - permit_count - count_given(&senders);
}

static unsigned free_messages(void)
{
    return message_count - count_given(&receivers);
}

static bool can_more_come(void)
{
    return !is_closed || permit_count || count_given(&senders);
}

static void serve(struct side *side, enum stage stage)
{
    int slot = side->queue[0];

    leave_queue(side, slot);
    side->stages[slot] = stage;
}

/* Gives what is there to those who wait. */
static void settle(void)
{
    while (senders.waiting && (is_closed || free_places()))
        serve(&senders, is_closed ? TOLD_OF_THE_END : GIVEN);
    while (receivers.waiting && free_messages())
        serve(&receivers, GIVEN);
    while (receivers.waiting && !can_more_come())
        serve(&receivers, TOLD_OF_THE_END);
}

static void wait_in_line(struct side *side, int slot)
{
    side->stages[slot] = QUEUED;
    side->queue[side->waiting++] = slot;
}

/* Who is not QUEUED any more has been woken since; nobody else has. */
static void expect_wakes(struct side *side, const enum stage *before, const char *name)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        bool is_due = before[i] == QUEUED && (side->stages[i] == GIVEN || side->stages[i] == TOLD_OF_THE_END);

        if (puppet_was_woken(&side->puppets[i]) != is_due)
            property_fail("%s %u was%s woken", name, i, is_due ? " not" : "");
    }
}

static void append(uint32_t number)
{
    messages[message_count++] = number;
}

static uint32_t take_oldest(void)
{
    uint32_t oldest = messages[0];

    memmove(messages, messages + 1, --message_count * sizeof(messages[0]));
    return oldest;
}

static void expect_ready_send(int slot, enum channel_error expected)
{
    enum channel_error error = kinds[slot] == SEND ? sends[slot].error : reserves[slot].error;

    PROPERTY_REQUIRE(error == expected);
    senders.stages[slot] = FREE;
    if (error)
        return;
    if (kinds[slot] == SEND)
        append(sends[slot].value);
    else
        permit_count++;
}

static enum poll poll_sender(int slot)
{
    return kinds[slot] == SEND ? POLL(numbers_send, &sends[slot], &senders.puppets[slot])
                               : POLL(channel_reserve, &reserves[slot], &senders.puppets[slot]);
}

static void start_send(int slot, enum kind kind)
{
    bool is_served = !senders.waiting && free_places();
    enum poll poll;

    if (permits[slot].channel)
        return;
    kinds[slot] = kind;
    if (kind == SEND)
        numbers_send_init(&sends[slot], &numbers, next_number++);
    else
        channel_reserve_init(&reserves[slot], &numbers.channel, &permits[slot]);
    poll = poll_sender(slot);
    PROPERTY_REQUIRE(poll == (is_closed || is_served ? POLL_READY : POLL_PENDING));
    if (poll == POLL_READY)
        expect_ready_send(slot, is_closed ? CHANNEL_CLOSED : CHANNEL_OK);
    else
        wait_in_line(&senders, slot);
}

static void go_on_sending(int slot)
{
    enum stage stage = senders.stages[slot];

    PROPERTY_REQUIRE(poll_sender(slot) == (stage == QUEUED ? POLL_PENDING : POLL_READY));
    if (stage != QUEUED)
        expect_ready_send(slot, stage == GIVEN ? CHANNEL_OK : CHANNEL_CLOSED);
}

static void drop_sender(int slot)
{
    if (kinds[slot] == SEND)
        numbers_send_drop(&sends[slot]);
    else
        channel_reserve_drop(&reserves[slot]);
    leave_queue(&senders, slot);
    senders.stages[slot] = FREE;
}

static void expect_ready_receive(int slot, enum channel_error expected)
{
    receivers.stages[slot] = FREE;
    PROPERTY_REQUIRE(receives[slot].error == expected);
    if (!expected)
        PROPERTY_REQUIRE(receives[slot].result == take_oldest());
}

static void start_receive(int slot)
{
    bool is_there = !receivers.waiting && free_messages();
    enum poll poll;

    numbers_receive_init(&receives[slot], &numbers);
    poll = POLL(numbers_receive, &receives[slot], &receivers.puppets[slot]);
    PROPERTY_REQUIRE(poll == (is_there || !can_more_come() ? POLL_READY : POLL_PENDING));
    if (poll == POLL_READY)
        expect_ready_receive(slot, is_there ? CHANNEL_OK : CHANNEL_CLOSED);
    else
        wait_in_line(&receivers, slot);
}

/* Who was told of the end takes what a receiver that gave up has left since. */
static void go_on_receiving(int slot)
{
    enum stage stage = receivers.stages[slot];

    PROPERTY_REQUIRE(POLL(numbers_receive, &receives[slot], &receivers.puppets[slot]) ==
                     (stage == QUEUED ? POLL_PENDING : POLL_READY));
    if (stage != QUEUED)
        expect_ready_receive(slot, stage == GIVEN || free_messages() ? CHANNEL_OK : CHANNEL_CLOSED);
}

static void drop_receiver(int slot)
{
    numbers_receive_drop(&receives[slot]);
    leave_queue(&receivers, slot);
    receivers.stages[slot] = FREE;
}

static void try_to_send(void)
{
    bool is_served = !is_closed && !senders.waiting && free_places();
    uint32_t number = next_number++;

    PROPERTY_REQUIRE(numbers_try_send(&numbers, number) == (is_closed   ? CHANNEL_CLOSED
                                                            : is_served ? CHANNEL_OK
                                                                        : CHANNEL_FULL));
    if (is_served)
        append(number);
}

static void try_to_receive(void)
{
    bool is_there = !receivers.waiting && free_messages();
    uint32_t number = 0;

    PROPERTY_REQUIRE(numbers_try_receive(&numbers, &number) == (is_there          ? CHANNEL_OK
                                                                : can_more_come() ? CHANNEL_EMPTY
                                                                                  : CHANNEL_CLOSED));
    if (is_there)
        PROPERTY_REQUIRE(number == take_oldest());
}

static void send_into_permit(int slot)
{
    if (!permits[slot].channel)
        return;
    numbers_send_reserved(&numbers, &permits[slot], next_number);
    permit_count--;
    append(next_number++);
}

static void release_permit(int slot)
{
    permit_count -= permits[slot].channel != NULL;
    channel_permit_release(&permits[slot]);
}

static void close_channel(void)
{
    channel_close(&numbers.channel);
    is_closed = true;
}

enum operation {
    SENDING,
    RECEIVING,
    TRY_SEND,
    TRY_RECEIVE,
    RESERVING,
    SEND_RESERVED,
    RELEASE,
    DROP_SENDER,
    DROP_RECEIVER,
    CLOSE
};

static void operate(struct draws *draws)
{
    static const unsigned weights[] = {12, 12, 4, 4, 4, 3, 3, 3, 3, 1};
    static const char *const names[] = {"send",          "receive", "try to send", "try to receive", "reserve",
                                        "send reserved", "release", "drop sender", "drop receiver",  "close"};
    enum operation operation = draw_weighted(draws, weights, COUNT_OF(weights));
    int slot = (int)draw_below(draws, SLOTS);

    property_note(draws, "%s %d\n", names[operation], slot);
    switch (operation) {
    case SENDING:
    case RESERVING:
        if (senders.stages[slot])
            go_on_sending(slot);
        else
            start_send(slot, operation == SENDING ? SEND : RESERVE);
        break;
    case RECEIVING:
        if (receivers.stages[slot])
            go_on_receiving(slot);
        else
            start_receive(slot);
        break;
    case TRY_SEND:
        try_to_send();
        break;
    case TRY_RECEIVE:
        try_to_receive();
        break;
    case SEND_RESERVED:
        send_into_permit(slot);
        break;
    case RELEASE:
        release_permit(slot);
        break;
    case DROP_SENDER:
        if (senders.stages[slot])
            drop_sender(slot);
        break;
    case DROP_RECEIVER:
        if (receivers.stages[slot])
            drop_receiver(slot);
        break;
    case CLOSE:
        close_channel();
        break;
    }
}

static void start(void)
{
    task_test_setup(NULL);
    numbers_init(&numbers, destroy);
    memset(&senders, 0, sizeof(senders));
    memset(&receivers, 0, sizeof(receivers));
    for (unsigned i = 0; i < SLOTS; i++) {
        channel_permit_init(&permits[i]);
        puppet_start(&senders.puppets[i]);
        puppet_start(&receivers.puppets[i]);
    }
    message_count = permit_count = next_number = destroyed_count = 0;
    is_closed = false;
}

/* What is left is destroyed once, and after that the channel is empty. */
static void expect_a_clean_end(void)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        if (senders.stages[slot])
            drop_sender(slot);
        if (receivers.stages[slot])
            drop_receiver(slot);
        channel_permit_release(&permits[slot]);
    }
    channel_discard(&numbers.channel);
    PROPERTY_REQUIRE(destroyed_count == message_count);
    PROPERTY_REQUIRE(numbers.channel.room.permits == CAPACITY);
    PROPERTY_REQUIRE(channel_count(&numbers.channel) == 0);
}

static const char *a_channel_agrees_with_lists(struct draws *draws)
{
    start();
    while (draw_more(draws, 60)) {
        enum stage senders_before[SLOTS], receivers_before[SLOTS];

        operate(draws);
        memcpy(senders_before, senders.stages, sizeof(senders_before));
        memcpy(receivers_before, receivers.stages, sizeof(receivers_before));
        settle();
        expect_wakes(&senders, senders_before, "sender");
        expect_wakes(&receivers, receivers_before, "receiver");
        PROPERTY_REQUIRE(channel_count(&numbers.channel) == message_count);
    }
    expect_a_clean_end();
    task_test_teardown(NULL);
    return NULL;
}

int main(int count, char **arguments)
{
    const struct property properties[] = {PROPERTY(a_channel_agrees_with_lists, 20000)};

    return property_main(count, arguments, properties, COUNT_OF(properties));
}
