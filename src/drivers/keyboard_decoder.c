/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/keyboard_decoder.h>

#include "drivers/key_tables.h"

/*
 * Scan code set 1 and the US layout. What keys exist and what they type is data, in key_tables.c.
 *
 * Codes that look odd on the wire:
 *   Pause        E1 1D 45  E1 9D C5            all of it on the press; nothing on the release
 *   PrintScreen  E0 2A E0 37 .. E0 B7 E0 AA    with a shift around it that nobody pressed
 *   arrows etc.  E0 2A E0 48 .. E0 C8 E0 AA    the same, while Num Lock is on
 * E0 2A is therefore a key of its own, KEY_PRINT_SCREEN_SHIFT, that shifts nothing.
 *
 * Invariants
 * D1  The prefix after a byte that is not a prefix is KEY_PREFIX_NONE.
 * D2  A modifier is down exactly if its last known event was a press: no garbage leaves a shift stuck.
 * D3  is_pause_starting outlives no event but the one that set it.
 */
enum {
    BYTE_PREFIX_E0 = 0xe0,
    BYTE_PREFIX_E1 = 0xe1,
    RELEASE_BIT = 0x80,
    CONTROL_MASK = 0x1f,
};

static enum key_code key_of(enum key_prefix prefix, uint8_t code)
{
    switch (prefix) {
    case KEY_PREFIX_NONE:
        return (enum key_code)key_table_plain[code];
    case KEY_PREFIX_E0:
        return (enum key_code)key_table_e0[code];
    case KEY_PREFIX_E1:
        return code == KEY_TABLE_E1_PAUSE_CONTROL ? KEY_PAUSE_CONTROL : KEY_NONE;
    }
    return KEY_NONE;
}

struct key_scan keyboard_decoder_scan(enum key_prefix prefix, uint8_t byte)
{
    if (byte == BYTE_PREFIX_E0 || byte == BYTE_PREFIX_E1) {
        enum key_event_kind kind = prefix == KEY_PREFIX_NONE ? KEY_EVENT_NONE : KEY_EVENT_UNKNOWN;
        return (struct key_scan){byte == BYTE_PREFIX_E0 ? KEY_PREFIX_E0 : KEY_PREFIX_E1, {kind, KEY_NONE}};
    }
    enum key_code key = key_of(prefix, byte & (RELEASE_BIT - 1));
    if (key == KEY_NONE)
        return (struct key_scan){KEY_PREFIX_NONE, {KEY_EVENT_UNKNOWN, KEY_NONE}};
    return (struct key_scan){KEY_PREFIX_NONE, {byte & RELEASE_BIT ? KEY_EVENT_RELEASE : KEY_EVENT_PRESS, key}};
}

/* Where the modifiers remember that `key` is down; NULL if they do not. */
static bool *held_state(struct key_modifiers *modifiers, enum key_code key)
{
    static const struct {
        enum key_code key;
        size_t offset;
    } held[] = {
        {KEY_LEFT_SHIFT, offsetof(struct key_modifiers, is_left_shift_down)},
        {KEY_RIGHT_SHIFT, offsetof(struct key_modifiers, is_right_shift_down)},
        {KEY_LEFT_CONTROL, offsetof(struct key_modifiers, is_left_control_down)},
        {KEY_RIGHT_CONTROL, offsetof(struct key_modifiers, is_right_control_down)},
        {KEY_CAPS_LOCK, offsetof(struct key_modifiers, is_caps_lock_down)},
        {KEY_NUM_LOCK, offsetof(struct key_modifiers, is_num_lock_down)},
    };
    for (size_t i = 0; i < COUNT_OF(held); i++)
        if (held[i].key == key)
            return (bool *)((char *)modifiers + held[i].offset);
    return NULL;
}

static struct decoded_key decode_press(const struct key_modifiers *modifiers, enum key_code key)
{
    const struct key_properties *properties = &key_table_properties[key];
    if (properties->without_num_lock != KEY_NONE && !modifiers->is_num_lock_on) {
        key = (enum key_code)properties->without_num_lock;
        properties = &key_table_properties[key];
    }
    if (properties->plain == 0)
        return (struct decoded_key){DECODED_RAW_KEY, key, 0};

    bool is_letter = properties->plain >= 'a' && properties->plain <= 'z';
    bool is_shifted = modifiers->is_left_shift_down || modifiers->is_right_shift_down;
    if (is_letter && modifiers->is_caps_lock_on)
        is_shifted = !is_shifted;
    uint8_t character = (uint8_t)(is_shifted ? properties->shifted : properties->plain);
    if (is_letter && (modifiers->is_left_control_down || modifiers->is_right_control_down))
        character &= CONTROL_MASK;
    return (struct decoded_key){DECODED_CHARACTER, key, character};
}

static struct decoded_key press(struct key_modifiers *modifiers, enum key_code key, bool was_pause_starting)
{
    static const struct decoded_key nothing = {DECODED_NOTHING, KEY_NONE, 0};
    if (key == KEY_PAUSE_CONTROL) {
        modifiers->is_pause_starting = true;
        return nothing;
    }
    if (key == KEY_PRINT_SCREEN_SHIFT)
        return nothing;
    if (key == KEY_NUM_LOCK && was_pause_starting)
        return (struct decoded_key){DECODED_RAW_KEY, KEY_PAUSE, 0};

    bool *held = held_state(modifiers, key);
    bool is_repeat = held && *held;
    if (held)
        *held = true;
    if (key == KEY_CAPS_LOCK && !is_repeat)
        modifiers->is_caps_lock_on = !modifiers->is_caps_lock_on;
    if (key == KEY_NUM_LOCK && !is_repeat)
        modifiers->is_num_lock_on = !modifiers->is_num_lock_on;
    return decode_press(modifiers, key);
}

struct key_translation keyboard_decoder_translate(struct key_modifiers modifiers, struct key_event event)
{
    struct key_translation result = {modifiers, {DECODED_NOTHING, KEY_NONE, 0}};
    switch (event.kind) {
    case KEY_EVENT_NONE:
        break;
    case KEY_EVENT_UNKNOWN:
        result.modifiers.is_pause_starting = false;
        break;
    case KEY_EVENT_PRESS:
        result.modifiers.is_pause_starting = false;
        result.decoded = press(&result.modifiers, event.key, modifiers.is_pause_starting);
        break;
    case KEY_EVENT_RELEASE: {
        result.modifiers.is_pause_starting = false;
        bool *held = held_state(&result.modifiers, event.key);
        if (held)
            *held = false;
        break;
    }
    }
    return result;
}

struct keyboard_decoder keyboard_decoder_start(void)
{
    return (struct keyboard_decoder){KEY_PREFIX_NONE, {.is_num_lock_on = true}};
}

struct keyboard_decoding keyboard_decoder_feed(struct keyboard_decoder decoder, uint8_t byte)
{
    struct key_scan scan = keyboard_decoder_scan(decoder.prefix, byte);
    struct key_translation translation = keyboard_decoder_translate(decoder.modifiers, scan.event);
    return (struct keyboard_decoding){{scan.prefix, translation.modifiers}, translation.decoded};
}

const char *keyboard_decoder_key_name(enum key_code key)
{
    return (unsigned)key < KEY_CODE_COUNT ? key_table_properties[key].name : key_table_properties[KEY_NONE].name;
}
