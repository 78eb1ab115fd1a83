/* SPDX-License-Identifier: MIT */
#pragma once

#include "arch/x86_64/boot/byte_span.h"

/* What to write into the sleep type fields of PM1a and PM1b control: 0..7. */
struct sleep_types {
    bool are_known;
    uint8_t a, b;
};

/*
 * The sleep types of soft-off, as the DSDT or an SSDT states them in AML: Name (_S5, Package () {a, b, ...}).
 *
 * There is no AML interpreter: the name is looked for as bytes, and understood where a package of at least two whole
 * numbers, each 0..7, follows it. Not understood: _S5 as a method, elements that are names or are computed, a package of
 * variable length, and the single element of some firmware before ACPI 2.0. What looks like the declaration inside other
 * data would be taken for it.
 *
 * `table` includes its header. Pure; never panics; linear in the length.
 * Source: ACPI 6.5, 7.4.2 "\_Sx (System States)", 20.2 "AML Grammar Definition": 20.2.2 "Name Objects Encoding", 20.2.3
 * "Data Objects Encoding", 20.2.4 "Package Length Encoding".
 */
struct sleep_types sleep_types_find(struct byte_span table);
