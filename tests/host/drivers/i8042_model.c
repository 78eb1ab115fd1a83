/* SPDX-License-Identifier: MIT */
#include "i8042_model.h"

#include "io.h"
#include "irq.h"

enum { MOUSE = 0x20 };

static bool is_full(const struct i8042_model *model)
{
    return model->first != model->end;
}

/* The line follows the output buffer byte by byte: it falls when one is read and rises for the next. */
static void update_interrupt(struct i8042_model *model)
{
    bool is_mouse = is_full(model) && (model->output[model->first % I8042_MODEL_CAPACITY].status & MOUSE);
    irq_double_set_level(model->irq_line, is_full(model) && (model->config & (is_mouse ? 2 : 1)));
}

void i8042_model_put(struct i8042_model *model, uint8_t byte, uint8_t status)
{
    model->output[model->end++ % I8042_MODEL_CAPACITY] = (typeof(model->output[0])){byte, status};
    model->polls_left = model->polls_to_answer;
    update_interrupt(model);
}

static uint8_t read_status(struct i8042_model *model)
{
    uint8_t status = 0x04 | (model->never_takes_input ? 0x02 : 0);
    if (model->babbles)
        return status | 0x01;
    if (model->never_answers || !is_full(model))
        return status;
    if (model->polls_left > 0) {
        model->polls_left--;
        return status;
    }
    return status | 0x01 | model->output[model->first % I8042_MODEL_CAPACITY].status;
}

static uint8_t read_data(struct i8042_model *model)
{
    if (model->babbles || !is_full(model))
        return 0x1e;
    uint8_t byte = model->output[model->first++ % I8042_MODEL_CAPACITY].byte;
    irq_double_set_level(model->irq_line, false);
    update_interrupt(model);
    return byte;
}

static void self_test(struct i8042_model *model)
{
    if (model->byte_under_way)
        i8042_model_put(model, model->byte_under_way, 0);
    i8042_model_put(model, model->self_test_result, 0);
}

static void write_config(struct i8042_model *model, uint8_t config)
{
    bool is_switched_on = (config & 1) && !(model->config & 1);
    model->config = config;
    model->is_keyboard_port_on = !(config & 0x10);
    model->is_mouse_port_on = !(config & 0x20);
    update_interrupt(model);
    if (is_switched_on && model->key_before_interrupts) {
        i8042_model_put(model, model->key_before_interrupts, 0);
        irq_double_lose_edge(model->irq_line);
    }
}

static void take_command(struct i8042_model *model, uint8_t command)
{
    model->expects_data_for = 0;
    if (command == 0x20)
        i8042_model_put(model, model->config, 0);
    else if (command == 0x60)
        model->expects_data_for = command;
    else if (command == 0xaa)
        self_test(model);
    else if (command == 0xa7)
        model->is_mouse_port_on = false;
    else if (command == 0xad)
        model->is_keyboard_port_on = false;
    else if (command == 0xae)
        model->is_keyboard_port_on = true;
}

static void take_data(struct i8042_model *model, uint8_t byte)
{
    if (model->expects_data_for == 0x60) {
        model->expects_data_for = 0;
        write_config(model, byte);
        return;
    }
    if (model->has_no_keyboard || !model->is_keyboard_port_on)
        return;
    if (model->resends > 0) {
        model->resends--;
        i8042_model_put(model, 0xfe, 0);
        return;
    }
    model->is_scanning = model->is_scanning || byte == 0xf4;
    i8042_model_put(model, 0xfa, 0);
}

static uint32_t read_port(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)width_bytes;
    return offset == 4 ? read_status(context) : offset == 0 ? read_data(context) : 0xff;
}

static void write_port(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)width_bytes;
    struct i8042_model *model = context;
    if (model->never_takes_input)
        return;
    if (offset == 4)
        take_command(model, (uint8_t)value);
    else if (offset == 0)
        take_data(model, (uint8_t)value);
}

void i8042_model_attach(struct i8042_model *model)
{
    io_double_add(&(struct io_device){0x60, 5, read_port, write_port, model});
}
