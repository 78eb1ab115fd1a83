/* SPDX-License-Identifier: MIT */
#pragma once

#define TABLES 1099511627776 /* 2^40: one for every frame number */
#define FRAMES 1099511627776 /* 2^40 */
#define PAGES 68719476736    /* 2^36 */

/* The number of frames that the window onto physical memory shows: any. */
/*@ axiomatic Window {
      logic integer WINDOW;
      axiom window: 1 < WINDOW <= TABLES;
    } */

/*
 * What an entry means. The proof of the entries (PROOF_OF_ENTRIES) has the definitions and proves the facts; the proof
 * of the core knows the facts only, so that its provers see no bits.
 *
 *   next(e)               the table that entry e, above level 1, leads to, or 0
 *   state(limit, e, k)    what e, at level k of the page, says about the page
 *   branch(e, k)          what e, at a level k above that of the page, says
 *   leaf_frame_of(e, k)   of an entry that maps
 *   leaf_flags_of(e, k)
 */
/*@ logic integer index(integer w, integer k) =
      k == 1 ? w % 512 : k == 2 ? w / 512 % 512 : k == 3 ? w / 262144 % 512 : w / 134217728 % 512; */

#ifdef PROOF_OF_ENTRIES
#define FACT lemma
/*@ logic integer frame_in(integer e) = e / 4096 % 1099511627776;
    logic integer bit_no_execute(integer e) = e / 9223372036854775808;
    logic integer next(integer e) = e % 2 == 1 && e / 128 % 2 == 0 && frame_in(e) < WINDOW ? frame_in(e) : 0;
    logic integer state(integer limit, integer e, integer k) =
      e == 0                                         ? MAP_NOT_MAPPED
      : e % 2 != 1                                   ? MAP_MARKED_NOT_PRESENT
      : k > 1 && e / 128 % 2 != 1                    ? MAP_HAS_SMALLER_PAGES
      : frame_in(e) >= limit                         ? MAP_DAMAGED_TABLE
      : k == 2 && frame_in(e) % 512 > 1              ? MAP_DAMAGED_TABLE
      : k > 2 && frame_in(e) % 262144 > 1            ? MAP_DAMAGED_TABLE
                                                     : MAP_OK;
    logic integer branch(integer e, integer k) =
      e % 2 != 1         ? MAP_MARKED_NOT_PRESENT
      : e / 128 % 2 == 1 ? (k == 4 ? MAP_DAMAGED_TABLE : MAP_INSIDE_HUGE_PAGE)
      : next(e) == 0     ? MAP_DAMAGED_TABLE
                         : MAP_OK;
    logic integer leaf_frame_of(integer e, integer k) =
      k == 1 ? frame_in(e) : k == 2 ? frame_in(e) / 512 * 512 : frame_in(e) / 262144 * 262144;
    logic integer leaf_pat(integer e, integer k) = k == 1 ? e / 128 % 2 : e / 4096 % 2;
    logic integer leaf_flags_of(integer e, integer k) =
      bit_no_execute(e) * 9223372036854775808 + e % 4096 - e / 128 % 2 * 128 + leaf_pat(e, k) * 128;
    logic integer usable(integer has_no_execute, integer flags) =
      has_no_execute == 0 ? flags % 9223372036854775808 : flags;
    predicate flags_have_form(integer flags) =
      flags % 2 == 1 && (0 <= flags < 4096 || 9223372036854775808 <= flags < 9223372036854779904);
    predicate allowed(integer page, integer flags) =
      flags_have_form(flags) && (page >= 34359738368 ==> flags / 4 % 2 == 0) &&
      (page < 34359738368 ==> flags / 256 % 2 == 0) && (flags / 2 % 2 == 1 ==> bit_no_execute(flags) == 1);
    predicate whole_frame(integer frame, integer k) = (k == 2 ==> frame % 512 == 0) && (k == 3 ==> frame % 262144 == 0);
*/

/*@ axiomatic Bits {
      lemma low_0: \forall integer e; 0 <= e ==> e % 2 == e % 4096 % 2;
      lemma low_7_quotient: \forall integer q, l; 0 <= q && 0 <= l < 4096 ==> (q * 4096 + l) / 128 == q * 32 + l / 128;
      lemma low_7_even: \forall integer q, l; 0 <= q && 0 <= l ==> (q * 32 + l) % 2 == l % 2;
      lemma low_7_split: \forall integer e; 0 <= e ==> e / 128 == e / 4096 * 32 + e % 4096 / 128;
      lemma low_7: \forall integer e; 0 <= e ==> e / 128 % 2 == e % 4096 / 128 % 2;
      lemma low_12: \forall integer e; 0 <= e ==> e / 4096 % 2 == e / 4096 % 1099511627776 % 2;
      lemma whole_2m: \forall integer f; 0 <= f ==> (f - f % 512) % 512 == 0;
      lemma whole_1g: \forall integer f; 0 <= f ==> (f - f % 262144) % 262144 == 0;
      lemma parts: \forall integer e; 0 <= e < 18446744073709551616 ==>
        e == e / 9223372036854775808 * 9223372036854775808 + e / 4503599627370496 % 2048 * 4503599627370496 +
             e / 4096 % 1099511627776 * 4096 + e % 4096;
    } */
#else
#define FACT axiom
/*@ axiomatic Entry {
      logic integer next(integer e);
      logic integer state(integer limit, integer e, integer k);
      logic integer branch(integer e, integer k);
      logic integer leaf_frame_of(integer e, integer k);
      logic integer leaf_flags_of(integer e, integer k);
      logic integer usable(integer has_no_execute, integer flags);
      predicate flags_have_form(integer flags);
      predicate allowed(integer page, integer flags);
      predicate whole_frame(integer frame, integer k);
    } */
#endif

/*@ axiomatic Facts {
      FACT next_range: \forall integer e; 0 <= next(e) < WINDOW;
      FACT next_zero: next(0) == 0;
      FACT state_zero: \forall integer limit, e, k; state(limit, e, k) == MAP_NOT_MAPPED <==> e == 0;
      FACT state_leaf: \forall integer limit, e, k; k >= 2 && state(limit, e, k) == MAP_OK ==> next(e) == 0;
      FACT state_frame: \forall integer limit, e, k; 0 <= e && state(limit, e, k) == MAP_OK && 1 <= k <= 3 ==>
        leaf_frame_of(e, k) < limit;
      FACT branch_next: \forall integer e, k; branch(e, k) == MAP_OK <==> next(e) != 0;
      FACT branch_top: \forall integer e; branch(e, 4) != MAP_INSIDE_HUGE_PAGE;
      FACT room: \forall integer f, limit, k; 2 <= k <= 3 && 0 <= f && whole_frame(f, k) && f < limit &&
        limit % 262144 == 0 ==> f + 1 < limit;
      FACT allowed_form: \forall integer page, flags; allowed(page, flags) ==> flags_have_form(flags);
    } */
