/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * From scan codes (set 1, as a PC's keyboard controller delivers them) to keys of the US layout. Pure functions over
 * (state, input), total: every byte has a defined result in every state. Two layers, which feed() puts together:
 *
 *   byte --scan()--> which key went down or up --translate()--> a character, or a key without one
 */
/* clang-format off */
enum key_code {
    KEY_NONE,
    /* 0x01..0x58 of set 1, in the order of their codes */
    KEY_ESCAPE, KEY_1, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7, KEY_8, KEY_9, KEY_0, KEY_MINUS, KEY_EQUALS,
    KEY_BACKSPACE, KEY_TAB, KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T, KEY_Y, KEY_U, KEY_I, KEY_O, KEY_P, KEY_LEFT_BRACKET,
    KEY_RIGHT_BRACKET, KEY_ENTER, KEY_LEFT_CONTROL, KEY_A, KEY_S, KEY_D, KEY_F, KEY_G, KEY_H, KEY_J, KEY_K, KEY_L,
    KEY_SEMICOLON, KEY_QUOTE, KEY_BACKQUOTE, KEY_LEFT_SHIFT, KEY_BACKSLASH, KEY_Z, KEY_X, KEY_C, KEY_V, KEY_B, KEY_N,
    KEY_M, KEY_COMMA, KEY_PERIOD, KEY_SLASH, KEY_RIGHT_SHIFT, KEY_KEYPAD_MULTIPLY, KEY_LEFT_ALT, KEY_SPACE,
    KEY_CAPS_LOCK, KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10, KEY_NUM_LOCK,
    KEY_SCROLL_LOCK, KEY_KEYPAD_7, KEY_KEYPAD_8, KEY_KEYPAD_9, KEY_KEYPAD_SUBTRACT, KEY_KEYPAD_4, KEY_KEYPAD_5,
    KEY_KEYPAD_6, KEY_KEYPAD_ADD, KEY_KEYPAD_1, KEY_KEYPAD_2, KEY_KEYPAD_3, KEY_KEYPAD_0, KEY_KEYPAD_PERIOD,
    KEY_SYSTEM_REQUEST, KEY_ISO_BACKSLASH, KEY_F11, KEY_F12,
    /* after the prefix E0 */
    KEY_PREVIOUS_TRACK, KEY_NEXT_TRACK, KEY_KEYPAD_ENTER, KEY_RIGHT_CONTROL, KEY_MUTE, KEY_CALCULATOR, KEY_PLAY,
    KEY_STOP, KEY_PRINT_SCREEN_SHIFT, KEY_VOLUME_DOWN, KEY_VOLUME_UP, KEY_BROWSER, KEY_KEYPAD_DIVIDE,
    KEY_PRINT_SCREEN, KEY_ALT_GR, KEY_HOME, KEY_UP, KEY_PAGE_UP, KEY_LEFT, KEY_RIGHT, KEY_END, KEY_DOWN,
    KEY_PAGE_DOWN, KEY_INSERT, KEY_DELETE, KEY_LEFT_WINDOWS, KEY_RIGHT_WINDOWS, KEY_MENU, KEY_JIS_KANA, KEY_JIS_RO,
    KEY_JIS_CONVERT, KEY_JIS_NO_CONVERT, KEY_JIS_YEN,
    /* after the prefix E1 */
    KEY_PAUSE_CONTROL,
    /* never scanned: E1 1D 45 translates to it */
    KEY_PAUSE,
    KEY_CODE_COUNT,
};
/* clang-format on */

enum key_event_kind {
    KEY_EVENT_NONE,    /* the byte is the first of a longer code */
    KEY_EVENT_UNKNOWN, /* the byte belongs to no key, or cut a longer code short */
    KEY_EVENT_PRESS,   /* a held key repeats it */
    KEY_EVENT_RELEASE,
};

struct key_event {
    enum key_event_kind kind;
    enum key_code key; /* KEY_NONE unless it is a press or a release */
};

/* What the last byte began. */
enum key_prefix { KEY_PREFIX_NONE, KEY_PREFIX_E0, KEY_PREFIX_E1 };

struct key_scan {
    enum key_prefix prefix;
    struct key_event event;
};

/* Takes one byte. A prefix byte starts a code in every state, and any other byte ends one, known or not: the state
 * never sticks, and a lost byte costs one key. */
struct key_scan keyboard_decoder_scan(enum key_prefix prefix, uint8_t byte);

struct key_modifiers {
    bool is_left_shift_down, is_right_shift_down;
    bool is_left_control_down, is_right_control_down;
    bool is_caps_lock_on, is_num_lock_on;
    bool is_caps_lock_down, is_num_lock_down; /* so that a held lock key toggles once */
    bool is_pause_starting;                   /* the last event was the first half of Pause */
};

enum decoded_key_kind {
    DECODED_NOTHING,
    DECODED_CHARACTER,
    DECODED_RAW_KEY, /* a key without a character: an arrow, F1, a modifier going down */
};

struct decoded_key {
    enum decoded_key_kind kind;
    enum key_code key;
    uint8_t character; /* ASCII; 0 unless the kind is DECODED_CHARACTER */
};

struct key_translation {
    struct key_modifiers modifiers;
    struct decoded_key decoded;
};

/*
 * Takes one event. Characters of the US layout: Escape 0x1b, Backspace 0x08, Tab 0x09, Enter 0x0a, Delete 0x7f;
 * Control with a letter 0x01..0x1a (Ctrl-C is 0x03); Caps Lock acts on letters only. The keypad types digits while
 * Num Lock is on and moves the cursor otherwise. Releases decode to nothing.
 */
struct key_translation keyboard_decoder_translate(struct key_modifiers modifiers, struct key_event event);

struct keyboard_decoder {
    enum key_prefix prefix;
    struct key_modifiers modifiers;
};

struct keyboard_decoding {
    struct keyboard_decoder decoder;
    struct decoded_key decoded;
};

/* No key down, Caps Lock off, Num Lock on. */
struct keyboard_decoder keyboard_decoder_start(void);

/* Both layers: decoder = (step = keyboard_decoder_feed(decoder, byte)).decoder. Constant cost, any context. */
struct keyboard_decoding keyboard_decoder_feed(struct keyboard_decoder decoder, uint8_t byte);

/* The key's name for messages, e.g. "ArrowUp"; "None" for KEY_NONE and anything out of range. */
const char *keyboard_decoder_key_name(enum key_code key);
