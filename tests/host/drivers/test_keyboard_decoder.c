/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/keyboard_decoder.h>

/* Codes as the PS/2 literature prints them, apart from the driver's tables. */
enum { E0 = 0xe0, E1 = 0xe1, UP = 0x80 };
enum { SHIFT_L = 0x2a, SHIFT_R = 0x36, CTRL = 0x1d, CAPS = 0x3a, NUM = 0x45 };

static struct keyboard_decoder decoder;

static int set_up(void **state)
{
    (void)state;
    decoder = keyboard_decoder_start();
    return 0;
}

static struct decoded_key feed(uint8_t byte)
{
    struct keyboard_decoding decoding = keyboard_decoder_feed(decoder, byte);
    decoder = decoding.decoder;
    return decoding.decoded;
}

/* Feeds the bytes; the last one must decode to `character`, and the ones before to none. */
static void types(const uint8_t *bytes, size_t count, uint8_t character)
{
    for (size_t i = 0; i + 1 < count; i++)
        assert_int_not_equal(feed(bytes[i]).kind, DECODED_CHARACTER);
    struct decoded_key decoded = feed(bytes[count - 1]);
    assert_int_equal(decoded.kind, DECODED_CHARACTER);
    assert_int_equal(decoded.character, character);
}
#define TYPES(character, ...) types((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), character)

static void is_raw(struct decoded_key decoded, enum key_code key)
{
    assert_int_equal(decoded.kind, DECODED_RAW_KEY);
    assert_int_equal(decoded.key, key);
    assert_int_equal(decoded.character, 0);
}

static void is_nothing(struct decoded_key decoded)
{
    assert_int_equal(decoded.kind, DECODED_NOTHING);
}

/* clang-format off */
/* What the keys of the US keyboard have printed on them, by scan code; 0: no character. */
static const char plain[128] =
    "\0\x1b" "1234567890-=\b\t" "qwertyuiop[]\n\0" "asdfghjkl;'`\0" "\\zxcvbnm,./\0*\0 \0"
    "\0\0\0\0\0\0\0\0\0\0\0\0" "789-456+1230." "\0\0<";
static const char shifted[128] =
    "\0\x1b" "!@#$%^&*()_+\b\t" "QWERTYUIOP{}\n\0" "ASDFGHJKL:\"~\0" "|ZXCVBNM<>?\0*\0 \0"
    "\0\0\0\0\0\0\0\0\0\0\0\0" "789-456+1230." "\0\0>";
/* clang-format on */

static void of_the_128_plain_codes_87_are_known(void **state)
{
    (void)state;
    unsigned known = 0;
    for (unsigned code = 0; code < 128; code++) {
        struct key_scan scan = keyboard_decoder_scan(KEY_PREFIX_NONE, (uint8_t)code);
        assert_int_equal(scan.event.kind == KEY_EVENT_PRESS, code >= 1 && code <= 0x58 && code != 0x55);
        known += scan.event.kind == KEY_EVENT_PRESS;
    }
    assert_int_equal(known, 87);
    assert_int_equal(128 - known, 41);
}

static void extended_codes_known_are_exactly_those_listed(void **state)
{
    (void)state;
    static const uint8_t listed[] = {0x10, 0x19, 0x1c, 0x1d, 0x20, 0x21, 0x22, 0x24, 0x2a, 0x2e, 0x30,
                                     0x32, 0x35, 0x37, 0x38, 0x47, 0x48, 0x49, 0x4b, 0x4d, 0x4f, 0x50,
                                     0x51, 0x52, 0x53, 0x5b, 0x5c, 0x5d, 0x70, 0x73, 0x79, 0x7b, 0x7d};
    for (unsigned code = 0; code < 128; code++) {
        bool is_listed = memchr(listed, (int)code, sizeof listed) != NULL;
        bool is_prefix = code == 0x60 || code == 0x61; /* whose release would be a prefix */
        struct key_scan down = keyboard_decoder_scan(KEY_PREFIX_E0, (uint8_t)code);
        struct key_scan up = keyboard_decoder_scan(KEY_PREFIX_E0, (uint8_t)(code | UP));
        assert_int_equal(down.event.kind, is_listed ? KEY_EVENT_PRESS : KEY_EVENT_UNKNOWN);
        assert_int_equal(up.event.kind, is_listed ? KEY_EVENT_RELEASE : KEY_EVENT_UNKNOWN);
        assert_int_equal(down.prefix, KEY_PREFIX_NONE);
        assert_true(is_prefix || up.prefix == KEY_PREFIX_NONE);
    }
}

static void every_key_has_a_code_of_its_own_and_a_name(void **state)
{
    (void)state;
    unsigned seen[KEY_CODE_COUNT] = {0};
    for (unsigned prefix = KEY_PREFIX_NONE; prefix <= KEY_PREFIX_E1; prefix++)
        for (unsigned code = 0; code < 128; code++)
            seen[keyboard_decoder_scan((enum key_prefix)prefix, (uint8_t)code).event.key]++;
    for (unsigned key = KEY_NONE + 1; key < KEY_CODE_COUNT; key++) {
        assert_int_equal(seen[key], key == KEY_PAUSE ? 0 : 1);
        assert_non_null(keyboard_decoder_key_name((enum key_code)key));
        for (unsigned other = 0; other < key; other++)
            assert_string_not_equal(keyboard_decoder_key_name((enum key_code)key),
                                    keyboard_decoder_key_name((enum key_code)other));
    }
    assert_string_equal(keyboard_decoder_key_name(KEY_UP), "ArrowUp");
    assert_string_equal(keyboard_decoder_key_name(KEY_CODE_COUNT), "None");
    assert_string_equal(keyboard_decoder_key_name((enum key_code) - 1), "None");
}

static void keys_type_what_is_printed_on_them(void **state)
{
    (void)state;
    for (unsigned code = 1; code < 0x58; code++) {
        for (unsigned with_shift = 0; with_shift < 2; with_shift++) {
            set_up(state);
            if (with_shift)
                feed(SHIFT_R);
            char expected = with_shift ? shifted[code] : plain[code];
            struct decoded_key decoded = feed((uint8_t)code);
            if (expected) {
                assert_int_equal(decoded.kind, DECODED_CHARACTER);
                assert_int_equal(decoded.character, (uint8_t)expected);
            } else {
                assert_int_not_equal(decoded.kind, DECODED_CHARACTER);
            }
            is_nothing(feed((uint8_t)(code | UP)));
        }
    }
}

static void shift_holds_until_its_own_release(void **state)
{
    (void)state;
    is_raw(feed(SHIFT_L), KEY_LEFT_SHIFT);
    is_raw(feed(SHIFT_R), KEY_RIGHT_SHIFT);
    TYPES('A', 0x1e);
    is_nothing(feed(SHIFT_L | UP));
    TYPES('A', 0x1e);
    is_nothing(feed(SHIFT_R | UP));
    TYPES('a', 0x1e);
}

static void caps_lock_acts_on_letters_and_is_undone_by_shift(void **state)
{
    (void)state;
    is_raw(feed(CAPS), KEY_CAPS_LOCK);
    feed(CAPS | UP);
    TYPES('A', 0x1e);
    TYPES('1', 0x02);
    TYPES('a', SHIFT_L, 0x1e);
    TYPES('!', 0x02);
    feed(SHIFT_L | UP);
    feed(CAPS);
    feed(CAPS | UP);
    TYPES('a', 0x1e);
}

static void a_held_lock_key_toggles_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        feed(CAPS);
    feed(CAPS | UP);
    TYPES('A', 0x1e);
    for (unsigned i = 0; i < 10; i++)
        feed(NUM);
    feed(NUM | UP);
    is_raw(feed(0x48), KEY_UP);
}

static void a_held_key_repeats(void **state)
{
    (void)state;
    TYPES('a', 0x1e);
    TYPES('a', 0x1e);
    is_nothing(feed(0x1e | UP));
}

static void control_makes_control_characters_of_letters_only(void **state)
{
    (void)state;
    TYPES(0x03, CTRL, 0x2e);
    for (unsigned code = 1; code < 0x58; code++)
        if (plain[code] >= 'a' && plain[code] <= 'z')
            TYPES((uint8_t)(plain[code] - 'a' + 1), (uint8_t)code);
    TYPES('1', 0x02);
    TYPES('\n', 0x1c);
    feed(CTRL | UP);
    TYPES('c', 0x2e);
    TYPES(0x03, E0, CTRL, 0x2e); /* the right one */
    TYPES('c', E0, CTRL | UP, 0x2e);
    TYPES(0x03, CAPS, SHIFT_L, CTRL, 0x2e);
}

static void keypad_types_digits_with_num_lock_and_moves_without(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        char digit;
        enum key_code without;
    } keys[] = {{0x47, '7', KEY_HOME}, {0x48, '8', KEY_UP},        {0x49, '9', KEY_PAGE_UP},
                {0x4b, '4', KEY_LEFT}, {0x4d, '6', KEY_RIGHT},     {0x4f, '1', KEY_END},
                {0x50, '2', KEY_DOWN}, {0x51, '3', KEY_PAGE_DOWN}, {0x52, '0', KEY_INSERT}};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        TYPES((uint8_t)keys[i].digit, keys[i].code);
    TYPES('.', 0x53);
    is_raw(feed(NUM), KEY_NUM_LOCK);
    feed(NUM | UP);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        is_raw(feed(keys[i].code), keys[i].without);
    TYPES(0x7f, 0x53);
    TYPES('5', 0x4c);
    TYPES('+', 0x4e);
    TYPES('\n', E0, 0x1c);
    TYPES('/', E0, 0x35);
}

static void extended_keys_are_reported_raw(void **state)
{
    (void)state;
    feed(E0);
    is_raw(feed(0x48), KEY_UP);
    feed(E0);
    is_nothing(feed(0x48 | UP));
    feed(E0);
    is_raw(feed(0x5b), KEY_LEFT_WINDOWS);
    is_raw(feed(0x3b), KEY_F1);
    is_raw(feed(0x58), KEY_F12);
    TYPES(0x7f, E0, 0x53);
}

static void pause_is_one_key_and_does_not_toggle_num_lock(void **state)
{
    (void)state;
    static const uint8_t before[] = {E1, 0x1d}, after[] = {E1, 0x9d, 0xc5};
    for (unsigned repeat = 0; repeat < 3; repeat++) {
        for (size_t i = 0; i < sizeof before; i++)
            is_nothing(feed(before[i]));
        is_raw(feed(0x45), KEY_PAUSE);
        for (size_t i = 0; i < sizeof after; i++)
            is_nothing(feed(after[i]));
        TYPES('7', 0x47);
        TYPES('c', 0x2e); /* nor is Control down */
    }
    is_raw(feed(NUM), KEY_NUM_LOCK);
}

static void half_a_pause_does_not_swallow_the_next_num_lock(void **state)
{
    (void)state;
    feed(E1);
    feed(0x1d);
    TYPES('a', 0x1e);
    is_raw(feed(NUM), KEY_NUM_LOCK);
    is_raw(feed(0x47), KEY_HOME);
    feed(NUM | UP);
    feed(E1);
    feed(0x1d);
    is_nothing(feed(0x1e | UP));
    is_raw(feed(NUM), KEY_NUM_LOCK);
}

static void print_screen_and_its_invisible_shift(void **state)
{
    (void)state;
    feed(E0);
    is_nothing(feed(0x2a));
    feed(E0);
    is_raw(feed(0x37), KEY_PRINT_SCREEN);
    TYPES('a', 0x1e);
    feed(E0);
    is_nothing(feed(0xb7));
    feed(E0);
    is_nothing(feed(0xaa));
    feed(SHIFT_L); /* an arrow under a real shift comes with the shift lifted for its time */
    is_nothing(feed(E0));
    is_nothing(feed(0xaa));
    feed(E0);
    is_raw(feed(0x48), KEY_UP);
    TYPES('A', 0x1e);
}

static void replies_and_noise_are_no_keys(void **state)
{
    (void)state;
    static const uint8_t noise[] = {0xfa, 0xfe, 0xee, 0xfc, 0xfd, 0xff, 0x00, 0xaa, 0x80, 0xd5};
    for (size_t i = 0; i < sizeof noise; i++) {
        is_nothing(feed(noise[i]));
        TYPES('a', 0x1e);
    }
}

static void a_lost_byte_after_a_prefix_costs_one_key(void **state)
{
    (void)state;
    feed(E0); /* its second byte is lost */
    feed(E0);
    is_raw(feed(0x48), KEY_UP);
    feed(E1);
    feed(E0);
    is_raw(feed(0x48), KEY_UP);
    feed(E0);
    feed(E1);
    feed(0x1d);
    is_raw(feed(0x45), KEY_PAUSE);
}

/* An independent account of what is held: the last word on each of the four keys, and the prefix before it. */
struct account {
    uint8_t prefix; /* 0, E0 or E1 */
    bool left_shift, right_shift, left_control, right_control;
};

static struct account account_for(struct account account, uint8_t byte)
{
    uint8_t prefix = account.prefix;
    account.prefix = byte == E0 || byte == E1 ? byte : 0;
    bool is_down = byte < UP;
    uint8_t code = byte & 0x7f;
    if (account.prefix != 0)
        return account;
    if (prefix == 0 && code == SHIFT_L)
        account.left_shift = is_down;
    if (prefix == 0 && code == SHIFT_R)
        account.right_shift = is_down;
    if (prefix == 0 && code == CTRL)
        account.left_control = is_down;
    if (prefix == E0 && code == CTRL)
        account.right_control = is_down;
    return account;
}

static bool agrees(struct keyboard_decoder left, struct account right)
{
    const struct key_modifiers *modifiers = &left.modifiers;
    uint8_t prefix = left.prefix == KEY_PREFIX_NONE ? 0 : left.prefix == KEY_PREFIX_E0 ? E0 : E1;
    return prefix == right.prefix && modifiers->is_left_shift_down == right.left_shift &&
           modifiers->is_right_shift_down == right.right_shift &&
           modifiers->is_left_control_down == right.left_control &&
           modifiers->is_right_control_down == right.right_control;
}

static bool is_sane(struct decoded_key decoded)
{
    switch (decoded.kind) {
    case DECODED_NOTHING:
        return decoded.key == KEY_NONE && decoded.character == 0;
    case DECODED_CHARACTER:
        return decoded.key > KEY_NONE && decoded.key < KEY_CODE_COUNT && decoded.character >= 1 &&
               decoded.character <= 0x7f;
    case DECODED_RAW_KEY:
        return decoded.key > KEY_NONE && decoded.key < KEY_CODE_COUNT && decoded.character == 0;
    }
    return false;
}

static void all_sequences_of_three_bytes_are_decoded_and_leave_no_shift_behind(void **state)
{
    (void)state;
    const struct keyboard_decoder start = keyboard_decoder_start();
    for (unsigned first = 0; first < 256; first++) {
        struct keyboard_decoding one = keyboard_decoder_feed(start, (uint8_t)first);
        struct account account_one = account_for((struct account){0}, (uint8_t)first);
        for (unsigned second = 0; second < 256; second++) {
            struct keyboard_decoding two = keyboard_decoder_feed(one.decoder, (uint8_t)second);
            struct account account_two = account_for(account_one, (uint8_t)second);
            for (unsigned third = 0; third < 256; third++) {
                struct keyboard_decoding three = keyboard_decoder_feed(two.decoder, (uint8_t)third);
                struct account account = account_for(account_two, (uint8_t)third);
                if (!is_sane(three.decoded) || !agrees(three.decoder, account))
                    fail_msg("%02x %02x %02x", first, second, third);
            }
            if (!is_sane(two.decoded) || !agrees(two.decoder, account_two))
                fail_msg("%02x %02x", first, second);
        }
        assert_true(is_sane(one.decoded) && agrees(one.decoder, account_one));
    }
}

/* Whatever came before, after a truncated code two letters and all releases bring the decoder back. */
static void a_hundred_thousand_random_bytes_leave_nothing_stuck(void **state)
{
    (void)state;
    srand(1);
    struct account account = {0};
    for (unsigned i = 0; i < 100000; i++) {
        static const uint8_t likely[] = {E0, E1, 0x1d, 0x45, 0x9d, 0xc5, 0x2a, 0xaa, 0x36, 0xb6, 0x3a, 0xba};
        uint8_t byte = rand() % 2 ? likely[(size_t)rand() % sizeof likely] : (uint8_t)rand();
        assert_true(is_sane(feed(byte)));
        account = account_for(account, byte);
        assert_true(agrees(decoder, account));
    }
    static const uint8_t releases[] = {0x9e, SHIFT_L | UP, SHIFT_R | UP, CTRL | UP,
                                       E0,   CTRL | UP,    CAPS | UP,    NUM | UP};
    for (size_t i = 0; i < sizeof releases; i++)
        is_nothing(feed(releases[i]));
    if (decoder.modifiers.is_caps_lock_on)
        feed(CAPS);
    TYPES('a', 0x1e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(of_the_128_plain_codes_87_are_known, set_up),
        cmocka_unit_test_setup(extended_codes_known_are_exactly_those_listed, set_up),
        cmocka_unit_test_setup(every_key_has_a_code_of_its_own_and_a_name, set_up),
        cmocka_unit_test_setup(keys_type_what_is_printed_on_them, set_up),
        cmocka_unit_test_setup(shift_holds_until_its_own_release, set_up),
        cmocka_unit_test_setup(caps_lock_acts_on_letters_and_is_undone_by_shift, set_up),
        cmocka_unit_test_setup(a_held_lock_key_toggles_once, set_up),
        cmocka_unit_test_setup(a_held_key_repeats, set_up),
        cmocka_unit_test_setup(control_makes_control_characters_of_letters_only, set_up),
        cmocka_unit_test_setup(keypad_types_digits_with_num_lock_and_moves_without, set_up),
        cmocka_unit_test_setup(extended_keys_are_reported_raw, set_up),
        cmocka_unit_test_setup(pause_is_one_key_and_does_not_toggle_num_lock, set_up),
        cmocka_unit_test_setup(half_a_pause_does_not_swallow_the_next_num_lock, set_up),
        cmocka_unit_test_setup(print_screen_and_its_invisible_shift, set_up),
        cmocka_unit_test_setup(replies_and_noise_are_no_keys, set_up),
        cmocka_unit_test_setup(a_lost_byte_after_a_prefix_costs_one_key, set_up),
        cmocka_unit_test_setup(all_sequences_of_three_bytes_are_decoded_and_leave_no_shift_behind, set_up),
        cmocka_unit_test_setup(a_hundred_thousand_random_bytes_leave_nothing_stuck, set_up),
    };
    return cmocka_run_group_tests_name("keyboard_decoder", tests, NULL, NULL);
}
