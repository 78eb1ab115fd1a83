/* SPDX-License-Identifier: MIT */
#include "property.h"

#include <tenorite/lib/vector.h>

/*
 * A vector against a model: the items are rebuilt one by one from the definition of each operation, never moved in
 * place.
 */
enum { CAPACITY = 6, CASES = 20000 };
DEFINE_VECTOR(numbers, int, CAPACITY);

struct model {
    int items[3 * CAPACITY];
    size_t count;
};

/* What is left without the items start .. end - 1 and with `added` others at `start`. */
static void model_replace(struct model *model, size_t start, size_t end, const int *others, size_t added)
{
    struct model after = {.count = 0};
    for (size_t i = 0; i < start; i++)
        after.items[after.count++] = model->items[i];
    for (size_t i = 0; i < added; i++)
        after.items[after.count++] = others[i];
    for (size_t i = end; i < model->count; i++)
        after.items[after.count++] = model->items[i];
    *model = after;
}

static void insert(struct draws *draws, numbers *vector, struct model *model)
{
    size_t index = (size_t)draw_between(draws, 0, CAPACITY + 1);
    int item = (int)draw_below(draws, 100);
    property_note(draws, "insert %d at %zu\n", item, index);
    enum vector_error error = numbers_try_insert(vector, index, item);
    if (model->count == CAPACITY)
        PROPERTY_REQUIRE(error == VECTOR_FULL);
    else if (index > model->count)
        PROPERTY_REQUIRE(error == VECTOR_NO_SUCH_PLACE);
    else {
        PROPERTY_REQUIRE(error == VECTOR_OK);
        model_replace(model, index, index, &item, 1);
    }
}

static void extend(struct draws *draws, numbers *vector, struct model *model)
{
    int items[CAPACITY + 1];
    size_t count = 0;
    while (count < CAPACITY + 1 && draw_more(draws, 2))
        items[count++] = (int)draw_below(draws, 100);
    property_note(draws, "extend by %zu\n", count);
    bool fits = model->count + count <= CAPACITY;
    PROPERTY_REQUIRE(numbers_try_extend(vector, items, count) == (fits ? VECTOR_OK : VECTOR_FULL));
    if (fits)
        model_replace(model, model->count, model->count, items, count);
}

static void pop_at(struct draws *draws, numbers *vector, struct model *model)
{
    size_t index = (size_t)draw_between(draws, 0, CAPACITY);
    property_note(draws, "pop at %zu\n", index);
    struct numbers_item item = numbers_pop_at(vector, index);
    PROPERTY_REQUIRE(item.is_valid == (index < model->count));
    if (!item.is_valid)
        return;
    PROPERTY_REQUIRE(item.value == model->items[index]);
    model_replace(model, index, index + 1, NULL, 0);
}

static void swap_remove(struct draws *draws, numbers *vector, struct model *model)
{
    if (model->count == 0)
        return;
    size_t index = (size_t)draw_below(draws, model->count), last = model->count - 1;
    property_note(draws, "swap_remove %zu\n", index);
    PROPERTY_REQUIRE(numbers_swap_remove(vector, index) == model->items[index]);
    int item = model->items[last];
    model_replace(model, last, model->count, NULL, 0);
    if (index != last)
        model_replace(model, index, index + 1, &item, 1);
}

static void drain(struct draws *draws, numbers *vector, struct model *model)
{
    size_t start = (size_t)draw_below(draws, model->count + 1);
    size_t end = start + (size_t)draw_below(draws, model->count - start + 1);
    property_note(draws, "drain %zu to %zu\n", start, end);
    numbers_drain(vector, start, end);
    model_replace(model, start, end, NULL, 0);
}

static bool is_no_multiple(const int *item, void *divisor)
{
    return *item % *(int *)divisor != 0;
}

static void retain(struct draws *draws, numbers *vector, struct model *model)
{
    int divisor = (int)draw_between(draws, 2, 4);
    property_note(draws, "retain what is no multiple of %d\n", divisor);
    numbers_retain(vector, is_no_multiple, &divisor);
    for (size_t i = model->count; i-- > 0;) {
        if (model->items[i] % divisor == 0)
            model_replace(model, i, i + 1, NULL, 0);
    }
}

static const char *a_vector_does_what_its_model_does(struct draws *draws)
{
    static void (*const operations[])(struct draws *, numbers *, struct model *) = {insert,      extend, pop_at,
                                                                                    swap_remove, drain,  retain};
    static const unsigned weights[] = {6, 2, 2, 2, 1, 1};
    numbers vector = {0};
    struct model model = {.count = 0};
    while (draw_more(draws, 20)) {
        operations[draw_weighted(draws, weights, COUNT_OF(operations))](draws, &vector, &model);
        PROPERTY_REQUIRE(vector.count == model.count);
        PROPERTY_REQUIRE(numbers_remaining(&vector) == CAPACITY - model.count);
        PROPERTY_REQUIRE((numbers_array(&vector) != NULL) == (model.count == CAPACITY));
        for (size_t i = 0; i < model.count; i++)
            PROPERTY_REQUIRE(*numbers_at(&vector, i) == model.items[i]);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    const struct property properties[] = {PROPERTY(a_vector_does_what_its_model_does, CASES)};
    return property_main(count, arguments, properties, COUNT_OF(properties));
}
