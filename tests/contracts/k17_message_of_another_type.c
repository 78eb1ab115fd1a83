/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .letters_try_send. */
/* gcc: passing argument 2 of .letters_try_receive. from incompatible pointer type */
/* clang: passing 'struct parcel' to parameter of incompatible type 'struct letter' */
/* clang: incompatible pointer types passing 'struct parcel \*' to parameter of type 'struct letter \*' */
#include <tenorite/task/channel.h>

struct letter {
    unsigned words;
};

struct parcel {
    unsigned grams;
};

DEFINE_CHANNEL(letters, struct letter, 4);

enum channel_error forward(struct letters *letters, struct letter letter, struct parcel parcel);
enum channel_error forward(struct letters *letters, struct letter letter, struct parcel parcel)
{
    (void)letter, (void)parcel;
#ifdef MISUSE
    enum channel_error error = letters_try_receive(letters, &parcel);

    return error ? error : letters_try_send(letters, parcel);
#else
    enum channel_error error = letters_try_receive(letters, &letter);

    return error ? error : letters_try_send(letters, letter);
#endif
}
