/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/keyboard_decoder.h>

/* Scan code set 1 and the US layout as data. KEY_NONE where no key is. */
extern const uint8_t key_table_plain[128];
extern const uint8_t key_table_e0[128];

enum { KEY_TABLE_E1_PAUSE_CONTROL = 0x1d }; /* the one code after E1 */

struct key_properties {
    const char *name;
    char plain, shifted;      /* what the key types; 0: no character */
    uint8_t without_num_lock; /* the key it is while Num Lock is off; KEY_NONE: the same */
};
extern const struct key_properties key_table_properties[KEY_CODE_COUNT];
