/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/format.h>
#include <tenorite/lib/text.h>

/*
 * A conversion is first read whole, without touching the arguments, so that an unknown one can be copied as it stands.
 * Then its arguments are taken, in C's order: width, precision, value.
 *
 * Invariants
 *   F1  output.length counts every byte of the text; only those below capacity - 1 are stored.
 *   F2  a field's padding costs no more than the room that is left, whatever its width.
 */
enum { INTEGER_LIMIT = 0x7fffffff, MOST_DIGITS = 22 /* 64 bits in octal */ };

struct output {
    char *buffer;
    size_t capacity;
    size_t length;
};

enum integer_size { SIZE_CHAR, SIZE_SHORT, SIZE_INT, SIZE_LONG, SIZE_LONG_LONG };

/* A width or a precision: absent, a number, or an argument. */
struct field {
    bool is_given, is_argument;
    unsigned value;
};

struct conversion {
    bool is_left, has_zeros, has_plus, has_space, is_alternate;
    struct field width, precision;
    enum integer_size size;
    char letter;
};

/* va_list may be an array, whose address a parameter does not have. */
struct arguments {
    va_list list;
};

static void put(struct output *output, char byte)
{
    if (output->length + 1 < output->capacity)
        output->buffer[output->length] = byte;
    output->length++;
}

static void put_bytes(struct output *output, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(output, bytes[i]);
}

static void put_padding(struct output *output, char byte, size_t count)
{
    size_t end = output->length + count;
    while (output->length < end && output->length + 1 < output->capacity)
        put(output, byte);
    output->length = end;
}

static bool read_flag(struct conversion *conversion, char byte)
{
    if (byte == '-')
        conversion->is_left = true;
    else if (byte == '0')
        conversion->has_zeros = true;
    else if (byte == '+')
        conversion->has_plus = true;
    else if (byte == ' ')
        conversion->has_space = true;
    else if (byte == '#')
        conversion->is_alternate = true;
    else
        return false;
    return true;
}

static const char *read_field(struct field *field, const char *at)
{
    if (*at == '*') {
        field->is_given = field->is_argument = true;
        return at + 1;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        field->is_given = true;
        unsigned digit = (unsigned)(*at - '0');
        field->value = field->value > (INTEGER_LIMIT - digit) / 10 ? INTEGER_LIMIT : field->value * 10 + digit;
    }
    return at;
}

static const char *read_size(enum integer_size *size, const char *at)
{
    if (*at == 'h') {
        *size = at[1] == 'h' ? SIZE_CHAR : SIZE_SHORT;
        return at[1] == 'h' ? at + 2 : at + 1;
    }
    if (*at == 'l') {
        *size = at[1] == 'l' ? SIZE_LONG_LONG : SIZE_LONG;
        return at[1] == 'l' ? at + 2 : at + 1;
    }
    if (*at == 'z' || *at == 'j' || *at == 't') {
        static_assert(sizeof(size_t) == sizeof(long) && sizeof(intmax_t) == sizeof(long), "z, j and t are l");
        *size = SIZE_LONG;
        return at + 1;
    }
    return at;
}

/* Reads what follows a %; returns the place behind the conversion's letter, or at the NUL that stands there. */
static const char *read_conversion(struct conversion *conversion, const char *at)
{
    while (read_flag(conversion, *at))
        at++;
    at = read_field(&conversion->width, at);
    if (*at == '.') {
        at = read_field(&conversion->precision, at + 1);
        conversion->precision.is_given = true;
    }
    at = read_size(&conversion->size, at);
    conversion->letter = *at;
    return *at == '\0' ? at : at + 1;
}

static bool is_one_of(char letter, const char *letters)
{
    for (; *letters != '\0'; letters++)
        if (*letters == letter)
            return true;
    return false;
}

static bool is_known(const struct conversion *conversion)
{
    return is_one_of(conversion->letter, "diuxXo") ||
           (is_one_of(conversion->letter, "csp%") && conversion->size == SIZE_INT);
}

/* A negative width asks for the left edge; a negative precision counts as none. */
static void take_fields(struct conversion *conversion, struct arguments *arguments)
{
    if (conversion->width.is_argument) {
        int width = va_arg(arguments->list, int);
        conversion->is_left |= width < 0;
        conversion->width.value = width < 0 ? 0u - (unsigned)width : (unsigned)width;
    }
    if (conversion->precision.is_argument) {
        int precision = va_arg(arguments->list, int);
        conversion->precision.is_given = precision >= 0;
        conversion->precision.value = precision < 0 ? 0 : (unsigned)precision;
    }
}

static int64_t take_signed(enum integer_size size, struct arguments *arguments)
{
    switch (size) {
    case SIZE_CHAR:
        return (signed char)va_arg(arguments->list, int);
    case SIZE_SHORT:
        return (short)va_arg(arguments->list, int);
    case SIZE_INT:
        return va_arg(arguments->list, int);
    case SIZE_LONG:
        return va_arg(arguments->list, long);
    case SIZE_LONG_LONG:
        return va_arg(arguments->list, long long);
    }
    __builtin_unreachable();
}

static uint64_t take_unsigned(enum integer_size size, struct arguments *arguments)
{
    switch (size) {
    case SIZE_CHAR:
        return (unsigned char)va_arg(arguments->list, unsigned);
    case SIZE_SHORT:
        return (unsigned short)va_arg(arguments->list, unsigned);
    case SIZE_INT:
        return va_arg(arguments->list, unsigned);
    case SIZE_LONG:
        return va_arg(arguments->list, unsigned long);
    case SIZE_LONG_LONG:
        return va_arg(arguments->list, unsigned long long);
    }
    __builtin_unreachable();
}

/* Writes the digits in front of `end`; none for 0. Returns where they begin. */
static char *write_digits(char *end, uint64_t value, unsigned base, const char *digits)
{
    for (; value != 0; value /= base)
        *--end = digits[value % base];
    return end;
}

/* prefix, zeros and digits, in a field. */
static void put_number(struct output *output, const struct conversion *conversion, const char *prefix, uint64_t value,
                       unsigned base)
{
    char digits[MOST_DIGITS];
    char *end = digits + sizeof digits;
    const char *first =
        write_digits(end, value, base, conversion->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
    size_t count = (size_t)(end - first), prefix_length = strlen(prefix);
    size_t least = conversion->precision.is_given ? conversion->precision.value : 1;
    if (base == 8 && conversion->is_alternate && least <= count)
        least = count + 1;
    size_t zeros = least > count ? least - count : 0;
    size_t length = prefix_length + zeros + count, width = conversion->width.value;
    size_t padding = width > length ? width - length : 0;
    if (conversion->has_zeros && !conversion->is_left && !conversion->precision.is_given) {
        zeros += padding;
        padding = 0;
    }
    put_padding(output, ' ', conversion->is_left ? 0 : padding);
    put_bytes(output, prefix, prefix_length);
    put_padding(output, '0', zeros);
    put_bytes(output, first, count);
    put_padding(output, ' ', conversion->is_left ? padding : 0);
}

static void put_signed(struct output *output, const struct conversion *conversion, int64_t value)
{
    const char *prefix = value < 0 ? "-" : conversion->has_plus ? "+" : conversion->has_space ? " " : "";
    put_number(output, conversion, prefix, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void put_unsigned(struct output *output, const struct conversion *conversion, uint64_t value)
{
    if (conversion->letter == 'u')
        put_number(output, conversion, "", value, 10);
    else if (conversion->letter == 'o')
        put_number(output, conversion, "", value, 8);
    else if (conversion->is_alternate && value != 0)
        put_number(output, conversion, conversion->letter == 'X' ? "0X" : "0x", value, 16);
    else
        put_number(output, conversion, "", value, 16);
}

static void put_pointer(struct output *output, const struct conversion *conversion, const void *pointer)
{
    struct conversion full = {
        .is_left = conversion->is_left, .width = conversion->width, .precision = {true, false, 16}};
    put_number(output, &full, "0x", (uint64_t)(uintptr_t)pointer, 16);
}

static void put_text(struct output *output, const struct conversion *conversion, const char *text, size_t length)
{
    size_t padding = conversion->width.value > length ? conversion->width.value - length : 0;
    put_padding(output, ' ', conversion->is_left ? 0 : padding);
    put_bytes(output, text, length);
    put_padding(output, ' ', conversion->is_left ? padding : 0);
}

static void put_string(struct output *output, const struct conversion *conversion, const char *string)
{
    const char *text = string ? string : "(null)";
    size_t length = 0;
    while (!(conversion->precision.is_given && length == conversion->precision.value) && text[length] != '\0')
        length++;
    put_text(output, conversion, text, length);
}

static void put_conversion(struct output *output, struct conversion *conversion, struct arguments *arguments)
{
    take_fields(conversion, arguments);
    if (conversion->letter == '%') {
        put(output, '%');
    } else if (conversion->letter == 'c') {
        char byte = (char)va_arg(arguments->list, int);
        put_text(output, conversion, &byte, 1);
    } else if (conversion->letter == 's') {
        put_string(output, conversion, va_arg(arguments->list, const char *));
    } else if (conversion->letter == 'p') {
        put_pointer(output, conversion, va_arg(arguments->list, const void *));
    } else if (is_one_of(conversion->letter, "di")) {
        put_signed(output, conversion, take_signed(conversion->size, arguments));
    } else {
        put_unsigned(output, conversion, take_unsigned(conversion->size, arguments));
    }
}

size_t format_string_va(char *buffer, size_t capacity, const char *format, va_list list)
{
    struct output output = {buffer, capacity, 0};
    struct arguments arguments;
    va_copy(arguments.list, list);
    while (*format != '\0') {
        if (*format != '%') {
            put(&output, *format++);
            continue;
        }
        struct conversion conversion = {.size = SIZE_INT};
        const char *end = read_conversion(&conversion, format + 1);
        if (is_known(&conversion))
            put_conversion(&output, &conversion, &arguments);
        else
            put_bytes(&output, format, (size_t)(end - format));
        format = end;
    }
    va_end(arguments.list);
    if (capacity > 0)
        buffer[output.length < capacity ? output.length : capacity - 1] = '\0';
    return output.length;
}

size_t format_string(char *buffer, size_t capacity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_va(buffer, capacity, format, arguments);
    va_end(arguments);
    return length;
}

size_t format_append(char *buffer, size_t capacity, size_t length, const char *format, ...)
{
    bool has_room = length < capacity;
    va_list arguments;
    va_start(arguments, format);
    length +=
        format_string_va(has_room ? buffer + length : NULL, has_room ? capacity - length : 0, format, arguments);
    va_end(arguments);
    return length;
}
