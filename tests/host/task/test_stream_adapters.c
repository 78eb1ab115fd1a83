/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/stream_adapters.h>
#include <tenorite/task/stream_fold.h>

/*
 * A stream of the numbers that a script says: each character is one answer. A digit: that item; '.': pending; the end of
 * the text: the end.
 */
struct script {
    const char *rest;
    unsigned item;
    unsigned asked;
    bool is_dropped;
    struct waker waker;
};

static void script_init(struct script *self, const char *text)
{
    *self = (struct script){.rest = text};
}

static enum next script_next(struct script *self, struct context *context)
{
    assert_false(self->is_dropped);
    self->asked++;
    self->waker = context->waker;
    if (!*self->rest) {
        self->is_dropped = true;
        return NEXT_END;
    }
    if (*self->rest == '.') {
        self->rest++;
        return NEXT_PENDING;
    }
    self->item = (unsigned)(*self->rest++ - '0');
    return NEXT_ITEM;
}

static struct size_hint script_size_hint(const struct script *self)
{
    size_t digits = 0;

    for (const char *c = self->rest; *c; c++)
        digits += *c != '.';
    return self->is_dropped ? (struct size_hint){} : (struct size_hint){digits, digits};
}

static void script_drop(struct script *self)
{
    self->is_dropped = true;
}

STREAM_TYPE(script);

static struct context polling = {.executor = &executor};

/* What an adapter of numbers says, in the same notation, with '|' for the end. The answers to at most 64 questions. */
#define ANSWERS_OF(stream, pointer, format, ...)                                                                     \
    ({                                                                                                               \
        static char answers[256];                                                                                    \
        enum next answer;                                                                                            \
        answers[0] = '\0';                                                                                           \
        do {                                                                                                         \
            size_t length = strlen(answers);                                                                         \
            answer = stream##_next((pointer), &polling);                                                             \
            if (answer == NEXT_ITEM)                                                                                 \
                snprintf(answers + length, sizeof(answers) - length, format, __VA_ARGS__);                           \
            else                                                                                                     \
                snprintf(answers + length, sizeof(answers) - length, answer == NEXT_END ? "|" : ".");                \
        } while (answer != NEXT_END && strlen(answers) < 64);                                                        \
        answers;                                                                                                     \
    })

static unsigned doubled(unsigned number)
{
    return 2 * number;
}

MAP_STREAM(doubles, script, unsigned, doubled);

static void map_calls_the_function_for_each_item(void **state)
{
    struct doubles doubles;

    (void)state;
    script_init(doubles_source(&doubles), "1.23");
    assert_int_equal(doubles_size_hint(&doubles).most, 3);
    assert_string_equal(ANSWERS_OF(doubles, &doubles, "%u", doubles.item), "2.46|");
}

static bool is_even(unsigned number)
{
    return number % 2 == 0;
}

FILTER_STREAM(evens, script, is_even);

static void filter_passes_over_the_others(void **state)
{
    struct evens evens;

    (void)state;
    script_init(evens_source(&evens), "12.3345.67");
    assert_int_equal(evens_size_hint(&evens).least, 0);
    assert_int_equal(evens_size_hint(&evens).most, 8);
    assert_string_equal(ANSWERS_OF(evens, &evens, "%u", evens.item), "2.4.6|");
}

TAKE_STREAM(firsts, script);

static void take_asks_for_no_more_than_it_gives(void **state)
{
    struct firsts firsts;

    (void)state;
    script_init(firsts_source(&firsts, 2), "1.234");
    assert_int_equal(firsts_size_hint(&firsts).most, 2);
    assert_string_equal(ANSWERS_OF(firsts, &firsts, "%u", firsts.item), "1.2|");
    assert_int_equal(firsts.source.asked, 3);
    assert_true(firsts.source.is_dropped);
    script_init(firsts_source(&firsts, 9), "12");
    assert_int_equal(firsts_size_hint(&firsts).least, 2);
    assert_string_equal(ANSWERS_OF(firsts, &firsts, "%u", firsts.item), "12|");
    script_init(firsts_source(&firsts, 0), "12");
    assert_string_equal(ANSWERS_OF(firsts, &firsts, "%u", firsts.item), "|");
    assert_int_equal(firsts.source.asked, 0);
}

CHUNKS_STREAM(triples, script, 3);

static const char *triple_text(const struct triples *triples)
{
    static char text[8];

    text[0] = '\0';
    for (size_t i = 0; i < triples->item.count; i++)
        snprintf(text + i, sizeof(text) - i, "%u", triples->item.items[i]);
    strcat(text, ",");
    return text;
}

static void chunks_gives_full_arrays_and_the_rest(void **state)
{
    struct triples triples;

    (void)state;
    script_init(triples_source(&triples), "12.345.67");
    assert_int_equal(triples_size_hint(&triples).most, 3);
    assert_string_equal(ANSWERS_OF(triples, &triples, "%s", triple_text(&triples)), ".123,.456,7,|");
    assert_int_equal(triples_size_hint(&triples).most, 0);
    script_init(triples_source(&triples), "123");
    assert_string_equal(ANSWERS_OF(triples, &triples, "%s", triple_text(&triples)), "123,|");
    script_init(triples_source(&triples), "");
    assert_string_equal(ANSWERS_OF(triples, &triples, "%s", triple_text(&triples)), "|");
}

static void chunks_counts_what_it_holds_in_its_size_hint(void **state)
{
    struct triples triples;

    (void)state;
    script_init(triples_source(&triples), "12.34");
    assert_int_equal(triples_next(&triples, &polling), NEXT_PENDING);
    assert_int_equal(triples_size_hint(&triples).least, 2);
    assert_int_equal(triples_next(&triples, &polling), NEXT_ITEM);
    assert_int_equal(triples_size_hint(&triples).least, 1);
}

ZIP_STREAM(pairs, script, script);

static const char *answers_of_pairs(const char *left, const char *right, struct pairs *pairs)
{
    pairs_begin(pairs);
    script_init(&pairs->left, left);
    script_init(&pairs->right, right);
    return ANSWERS_OF(pairs, pairs, "%u%u,", pairs->item.left, pairs->item.right);
}

static void zip_pairs_until_one_ends(void **state)
{
    struct pairs pairs;

    (void)state;
    assert_string_equal(answers_of_pairs("123", "456", &pairs), "14,25,36,|");
    assert_string_equal(answers_of_pairs("1..2", "3.4", &pairs), "13,..24,|");
    assert_string_equal(answers_of_pairs("12345", "6", &pairs), "16,|");
    assert_true(pairs.left.is_dropped);
    assert_int_equal(pairs.left.asked, 2);
    assert_string_equal(answers_of_pairs("1", "23456", &pairs), "12,|");
    assert_true(pairs.right.is_dropped);
    assert_int_equal(pairs.right.asked, 1);
}

static void zip_counts_the_item_it_holds_in_its_size_hint(void **state)
{
    struct pairs pairs;

    (void)state;
    pairs_begin(&pairs);
    script_init(&pairs.left, "12");
    script_init(&pairs.right, ".34567");
    assert_int_equal(pairs_next(&pairs, &polling), NEXT_PENDING);
    assert_int_equal(pairs_size_hint(&pairs).least, 2);
    assert_int_equal(pairs_next(&pairs, &polling), NEXT_ITEM);
    assert_int_equal(pairs_size_hint(&pairs).least, 1);
    pairs_drop(&pairs);
    assert_true(pairs.left.is_dropped && pairs.right.is_dropped);
}

MERGE_STREAM(both, script, script);

static const char *answers_of_both(const char *left, const char *right)
{
    struct both both;

    both_begin(&both);
    script_init(&both.left, left);
    script_init(&both.right, right);
    return ANSWERS_OF(both, &both, "%u", both.item);
}

static void merge_takes_turns_and_ends_with_the_last(void **state)
{
    (void)state;
    assert_string_equal(answers_of_both("111", "222"), "121212|");
    assert_string_equal(answers_of_both("1111", "2"), "12111|");
    assert_string_equal(answers_of_both("", "22"), "22|");
    assert_string_equal(answers_of_both("1.1", "..2"), "1.1.2|");
    assert_string_equal(answers_of_both(".", "."), ".|");
}

static void merge_adds_up_the_size_hints(void **state)
{
    struct both both;

    (void)state;
    both_begin(&both);
    script_init(&both.left, "1");
    script_init(&both.right, "2345");
    assert_int_equal(both_size_hint(&both).least, 5);
    both_drop(&both);
    assert_true(both.left.is_dropped && both.right.is_dropped);
    assert_int_equal(size_hint_sum(SIZE_HINT_UNKNOWN, (struct size_hint){1, 1}).most, SIZE_MAX);
    assert_int_equal(size_hint_sum(SIZE_HINT_UNKNOWN, (struct size_hint){1, 1}).least, 1);
    assert_int_equal(size_hint_in_chunks(SIZE_HINT_UNKNOWN, 5, 2).most, SIZE_MAX);
    assert_int_equal(size_hint_in_chunks(SIZE_HINT_UNKNOWN, 5, 2).least, 3);
}

/* Adapters of adapters. */
TAKE_STREAM(some_doubles, doubles);

static unsigned add(unsigned sum, unsigned number)
{
    return sum + number;
}

FOLD_FUTURE(sum_of_some, some_doubles, unsigned, add);

static void sum_of_some_init(struct sum_of_some *self, const char *text)
{
    script_init(doubles_source(some_doubles_source(sum_of_some_source(self, 100), 3)), text);
}

static void fold_takes_all_items_of_a_chain_of_adapters(void **state)
{
    struct sum_of_some sum;

    (void)state;
    sum_of_some_init(&sum, "1.23456");
    assert_int_equal(sum_of_some_poll(&sum, &polling), POLL_PENDING);
    assert_int_equal(sum_of_some_poll(&sum, &polling), POLL_READY);
    assert_int_equal(sum.result, 112);
    assert_true(sum.source.source.source.is_dropped);
    sum_of_some_init(&sum, "1.2");
    sum_of_some_drop(&sum);
    assert_true(sum.source.source.source.is_dropped);
}

FOR_EACH_FUTURE(note_all, script, note, char *notes;);

static void note(struct note_all *self, unsigned item)
{
    size_t length = strlen(self->notes);

    self->notes[length] = (char)('0' + item);
    self->notes[length + 1] = '\0';
}

static void for_each_calls_the_function_with_its_own_members(void **state)
{
    struct note_all note_all;
    char notes[8] = "";

    (void)state;
    note_all.notes = notes;
    script_init(note_all_source(&note_all), "3.14");
    assert_int_equal(note_all_poll(&note_all, &polling), POLL_PENDING);
    assert_string_equal(notes, "3");
    assert_int_equal(note_all_poll(&note_all, &polling), POLL_READY);
    assert_string_equal(notes, "314");
}

static char shown[128];

static void show(struct tracer *tracer, const struct future_type *type, const void *future)
{
    size_t length = strlen(shown);

    (void)future;
    snprintf(shown + length, sizeof(shown) - length, "%u %s\n", tracer->depth, type->name);
}

static void a_trace_shows_the_chain_of_adapters(void **state)
{
    struct sum_of_some sum;
    struct tracer tracer;
    struct both both;

    (void)state;
    tracer_init(&tracer, show);
    sum_of_some_init(&sum, "1");
    future_trace(&sum_of_some_type, &sum, &tracer);
    assert_string_equal(shown, "0 sum_of_some\n1 some_doubles\n2 doubles\n3 script\n");
    shown[0] = '\0';
    both_begin(&both);
    future_trace(&both_stream.future, &both, &tracer);
    assert_string_equal(shown, "0 both\n1 script\n1 script\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(map_calls_the_function_for_each_item),
        TASK_TEST(filter_passes_over_the_others),
        TASK_TEST(take_asks_for_no_more_than_it_gives),
        TASK_TEST(chunks_gives_full_arrays_and_the_rest),
        TASK_TEST(chunks_counts_what_it_holds_in_its_size_hint),
        TASK_TEST(zip_pairs_until_one_ends),
        TASK_TEST(zip_counts_the_item_it_holds_in_its_size_hint),
        TASK_TEST(merge_takes_turns_and_ends_with_the_last),
        TASK_TEST(merge_adds_up_the_size_hints),
        TASK_TEST(fold_takes_all_items_of_a_chain_of_adapters),
        TASK_TEST(for_each_calls_the_function_with_its_own_members),
        TASK_TEST(a_trace_shows_the_chain_of_adapters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
