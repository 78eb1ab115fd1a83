/* SPDX-License-Identifier: MIT */
#pragma once

/* What the ghost table_level says of a frame; 1 to 4 is a page table. */
#define FREE 0
#define TAKEN (-1)

#include "entries.h"

/* The entry of table t, of level 1 to 4, on the way to page w. */
#define ENTRY_1(t, w) ram.entry[t][(w) % 512]
#define ENTRY_2(t, w) ram.entry[t][(w) / 512 % 512]
#define ENTRY_3(t, w) ram.entry[t][(w) / 262144 % 512]
#define ENTRY_4(t, w) ram.entry[t][(w) / 134217728 % 512]

/*@ logic integer prefix(integer w, integer k) =
      k == 1 ? w / 512 : k == 2 ? w / 262144 : k == 3 ? w / 134217728 : 0;

    predicate covers(integer page, integer k, integer w) =
      (k == 1 ==> w == page) && (k == 2 ==> w / 512 == page / 512) && (k == 3 ==> w / 262144 == page / 262144);

    logic integer entry_at{L}(integer t, integer w, integer k) = ram.entry[t][index(w, k)];

    logic integer stop2{L}(integer t, integer w) = next(ENTRY_2(t, w)) == 0 ? t : next(ENTRY_2(t, w));
    logic integer stop3{L}(integer t, integer w) = next(ENTRY_3(t, w)) == 0 ? t : stop2(next(ENTRY_3(t, w)), w);
    logic integer stop4{L}(integer t, integer w) = next(ENTRY_4(t, w)) == 0 ? t : stop3(next(ENTRY_4(t, w)), w);

    predicate tree{L} =
      (\forall integer t; 0 < t < WINDOW ==> -1 <= table_level[t] <= 4 && 0 <= table_prefix[t] < 134217728) &&
      (\forall integer t, i; 0 < t < WINDOW && 0 <= i < 512 && table_level[t] >= 2 && next(ram.entry[t][i]) != 0 ==>
         table_level[next(ram.entry[t][i])] == table_level[t] - 1 &&
         table_prefix[next(ram.entry[t][i])] == table_prefix[t] * 512 + i);

    predicate is_table{L}(integer t, integer k, integer w) =
      0 < t < WINDOW && table_level[t] == k && table_prefix[t] == prefix(w, k);

    predicate is_root{L}(integer r) = 0 < r < WINDOW && table_level[r] == 4 && table_prefix[r] == 0;

    lemma split1: \forall integer w; 0 <= w ==> w / 512 == w / 262144 * 512 + w / 512 % 512;
    lemma split2: \forall integer w; 0 <= w ==> w / 262144 == w / 134217728 * 512 + w / 262144 % 512;
    lemma split3: \forall integer w; 0 <= w < PAGES ==> w / 134217728 % 512 == w / 134217728;
    lemma split0: \forall integer w; 0 <= w ==> w == w / 512 * 512 + w % 512;

    lemma index_range: \forall integer w, k; 0 <= w ==> 0 <= index(w, k) < 512;
    lemma levels2{L}: \forall integer t, w; tree && 0 <= w && 0 < t < WINDOW && table_level[t] == 2 ==>
      0 < stop2(t, w) < WINDOW && 1 <= table_level[stop2(t, w)] <= 2;
    lemma levels3{L}: \forall integer t, w; tree && 0 <= w && 0 < t < WINDOW && table_level[t] == 3 ==>
      0 < stop3(t, w) < WINDOW && 1 <= table_level[stop3(t, w)] <= 3;
    lemma located2{L}: \forall integer t, w; tree && 0 <= w < PAGES && 0 < t < WINDOW && table_level[t] == 2 &&
      table_prefix[t] == w / 262144 ==> 1 <= table_level[stop2(t, w)] <= 2 && 0 < stop2(t, w) < WINDOW &&
      (table_level[stop2(t, w)] == 1 ==> table_prefix[stop2(t, w)] == w / 512) &&
      (table_level[stop2(t, w)] == 2 ==> stop2(t, w) == t);
    lemma located3{L}: \forall integer t, w; tree && 0 <= w < PAGES && 0 < t < WINDOW && table_level[t] == 3 &&
      table_prefix[t] == w / 134217728 ==> 1 <= table_level[stop3(t, w)] <= 3 && 0 < stop3(t, w) < WINDOW &&
      (table_level[stop3(t, w)] == 1 ==> table_prefix[stop3(t, w)] == w / 512) &&
      (table_level[stop3(t, w)] == 2 ==> table_prefix[stop3(t, w)] == w / 262144) &&
      (table_level[stop3(t, w)] == 3 ==> stop3(t, w) == t);
    lemma located4{L}: \forall integer t, w; tree && 0 <= w < PAGES && is_root(t) ==>
      1 <= table_level[stop4(t, w)] <= 4 && 0 < stop4(t, w) < WINDOW &&
      (table_level[stop4(t, w)] == 1 ==> table_prefix[stop4(t, w)] == w / 512) &&
      (table_level[stop4(t, w)] == 2 ==> table_prefix[stop4(t, w)] == w / 262144) &&
      (table_level[stop4(t, w)] == 3 ==> table_prefix[stop4(t, w)] == w / 134217728) &&
      (table_level[stop4(t, w)] == 4 ==> stop4(t, w) == t);

    predicate same_levels{A, B} =
      \forall integer t; 0 < t < WINDOW ==> \at(table_level[t], A) == \at(table_level[t], B);
    predicate same_prefixes{A, B} =
      \forall integer t; 0 < t < WINDOW ==> \at(table_prefix[t], A) == \at(table_prefix[t], B);
    predicate keeps_tables{A, B} =
      \forall integer t; 0 < t < WINDOW && \at(table_level[t], A) >= 1 ==>
        \at(table_level[t], B) == \at(table_level[t], A) && \at(table_prefix[t], B) == \at(table_prefix[t], A);
    predicate same_entries{A, B} =
      \forall integer t, i; 0 < t < WINDOW && 0 <= i < 512 ==>
        \at(ram.entry[t][i], A) == \at(ram.entry[t][i], B);
    predicate same_entries_but{A, B}(integer table, integer j) =
      \forall integer t, i; 0 < t < WINDOW && 0 <= i < 512 && (t != table || i != j) ==>
        \at(ram.entry[t][i], A) == \at(ram.entry[t][i], B);
    predicate same_tables_but{A, B}(integer table) =
      \forall integer t, i; 0 < t < WINDOW && 0 <= i < 512 && t != table ==>
        \at(ram.entry[t][i], A) == \at(ram.entry[t][i], B);

    predicate untouched{A, B} = same_entries{A, B} && same_levels{A, B} && same_prefixes{A, B};
    predicate same_table_entries{A, B} =
      \forall integer t, i; 0 < t < WINDOW && 0 <= i < 512 && \at(table_level[t], A) >= 1 ==>
        \at(ram.entry[t][i], A) == \at(ram.entry[t][i], B);

    predicate same_stops2{A, B} = \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES &&
      \at(table_level[t], A) == 2 ==> stop2{A}(t, w) == stop2{B}(t, w);
    predicate same_stops3{A, B} = \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES &&
      \at(table_level[t], A) == 3 ==> stop3{A}(t, w) == stop3{B}(t, w);
    predicate same_stops4{A, B} = \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES &&
      \at(table_level[t], A) == 4 ==> stop4{A}(t, w) == stop4{B}(t, w);

    logic integer stop{L}(integer t, integer w, integer k) =
      k == 1 ? t : k == 2 ? stop2(t, w) : k == 3 ? stop3(t, w) : stop4(t, w);
    predicate relinked2{A, B}(integer table, integer k, integer page, integer below) =
      \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES && \at(table_level[t], A) == 2 ==>
        (k == 2 && t == table && w / 512 % 512 == page / 512 % 512 ==> stop2{B}(t, w) == below) &&
        (k == 2 && !(t == table && w / 512 % 512 == page / 512 % 512) ==> stop2{B}(t, w) == stop2{A}(t, w)) &&
        (k > 2 ==> stop2{B}(t, w) == stop2{A}(t, w));
    predicate relinked3{A, B}(integer table, integer k, integer page, integer below) =
      \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES && \at(table_level[t], A) == 3 ==>
        (k == 2 && stop3{A}(t, w) == table && w / 512 % 512 == page / 512 % 512 ==> stop3{B}(t, w) == below) &&
        (k == 2 && !(stop3{A}(t, w) == table && w / 512 % 512 == page / 512 % 512) ==> stop3{B}(t, w) == stop3{A}(t, w)) &&
        (k == 3 && t == table && w / 262144 % 512 == page / 262144 % 512 ==> stop3{B}(t, w) == stop2{B}(below, w)) &&
        (k == 3 && !(t == table && w / 262144 % 512 == page / 262144 % 512) ==> stop3{B}(t, w) == stop3{A}(t, w)) &&
        (k > 3 ==> stop3{B}(t, w) == stop3{A}(t, w));
    predicate relinked4_at_2{A, B}(integer table, integer k, integer page, integer below) =
      k == 2 ==> \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES && \at(table_level[t], A) == 4 ==>
        (stop4{A}(t, w) == table && w / 512 % 512 == page / 512 % 512 ==> stop4{B}(t, w) == below) &&
        (!(stop4{A}(t, w) == table && w / 512 % 512 == page / 512 % 512) ==> stop4{B}(t, w) == stop4{A}(t, w));
    predicate relinked4_at_3{A, B}(integer table, integer k, integer page, integer below) =
      k == 3 ==> \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES && \at(table_level[t], A) == 4 ==>
        (stop4{A}(t, w) == table && w / 262144 % 512 == page / 262144 % 512 ==> stop4{B}(t, w) == stop2{B}(below, w)) &&
        (!(stop4{A}(t, w) == table && w / 262144 % 512 == page / 262144 % 512) ==> stop4{B}(t, w) == stop4{A}(t, w));
    predicate relinked4_at_4{A, B}(integer table, integer k, integer page, integer below) =
      k == 4 ==> \forall integer t, w; 0 < t < WINDOW && 0 <= w < PAGES && \at(table_level[t], A) == 4 ==>
        (t == table && w / 134217728 % 512 == page / 134217728 % 512 ==> stop4{B}(t, w) == stop3{B}(below, w)) &&
        (!(t == table && w / 134217728 % 512 == page / 134217728 % 512) ==> stop4{B}(t, w) == stop4{A}(t, w));
*/

/*@
    predicate at_table{L}(integer r, integer t, integer k, integer page) =
      is_table(t, k, page) &&
      (k == 1 ==> \forall integer w; 0 <= w < PAGES && w / 512 == page / 512 ==> stop4(r, w) == t) &&
      (k == 2 ==> \forall integer w; 0 <= w < PAGES && w / 262144 == page / 262144 ==> stop4(r, w) == stop2(t, w)) &&
      (k == 3 ==> \forall integer w; 0 <= w < PAGES && w / 134217728 == page / 134217728 ==>
                    stop4(r, w) == stop3(t, w)) &&
      (k == 4 ==> t == r) && 1 <= k <= 4;
*/

/*@
    predicate maps{L}(struct mapper *mapper, integer leaf, integer k, integer frame, integer flags) =
      state(mapper->frame_limit, leaf, k) == MAP_OK && leaf_frame_of(leaf, k) == frame &&
      leaf_flags_of(leaf, k) == usable(mapper->has_no_execute, flags);
*/

/*@ axiomatic Chains {
    predicate fresh{L}(integer top, integer top_level, integer page, integer k, integer leaf) =
      \forall integer w; 0 <= w < PAGES && prefix(w, top_level) == prefix(page, top_level) ==>
        0 < stop(top, w, top_level) < WINDOW && 1 <= table_level[stop(top, w, top_level)] <= top_level &&
        (covers(page, k, w) ==> table_level[stop(top, w, top_level)] == k &&
           entry_at(stop(top, w, top_level), w, k) == leaf) &&
        (!covers(page, k, w) ==>
           entry_at(stop(top, w, top_level), w, table_level[stop(top, w, top_level)]) == 0);

    predicate keeps_fresh{A, B}(integer top, integer k, integer page) =
      \forall integer kk, leaf; fresh{A}(top, k, page, kk, leaf) ==> fresh{B}(top, k, page, kk, leaf);

    lemma extend2{L}: \forall integer table, below, page, k, leaf;
      tree && 0 <= page < PAGES && is_table(table, 2, page) && is_table(below, 1, page) && 1 <= k < 2 &&
      next(ENTRY_2(table, page)) == below &&
      (\forall integer i; 0 <= i < 512 && i != page / 512 % 512 ==> ram.entry[table][i] == 0) &&
      fresh(below, 1, page, k, leaf) ==> fresh(table, 2, page, k, leaf);
    lemma extend3{L}: \forall integer table, below, page, k, leaf;
      tree && 0 <= page < PAGES && is_table(table, 3, page) && is_table(below, 2, page) && 1 <= k < 3 &&
      next(ENTRY_3(table, page)) == below &&
      (\forall integer i; 0 <= i < 512 && i != page / 262144 % 512 ==> ram.entry[table][i] == 0) &&
      fresh(below, 2, page, k, leaf) ==> fresh(table, 3, page, k, leaf);
    } */

/*@ axiomatic Decisions {
    logic integer decisive{L}(integer r, integer w) = entry_at(stop4(r, w), w, table_level[stop4(r, w)]);
    logic integer decisive_level{L}(integer r, integer w) = table_level[stop4(r, w)];
    predicate unchanged{A, B}(integer r, integer w) =
      decisive{A}(r, w) == decisive{B}(r, w) &&
      (decisive{A}(r, w) != 0 ==> decisive_level{A}(r, w) == decisive_level{B}(r, w));
    predicate others_unchanged{A, B}(integer page, integer k) =
      \forall integer r, w; 0 <= w < PAGES && !covers(page, k, w) && is_root{A}(r) ==> unchanged{A, B}(r, w);
    predicate unseen{A, B} = \forall integer r, w; 0 <= w < PAGES && is_root{A}(r) ==> unchanged{A, B}(r, w);
    lemma transitive{A, B, C}: \forall integer r, w;
      unchanged{A, B}(r, w) && unchanged{B, C}(r, w) ==> unchanged{A, C}(r, w);
    lemma roots{A, B}: \forall integer r; keeps_tables{A, B} && is_root{A}(r) ==> is_root{B}(r);
    lemma then{A, B, C}: \forall integer page, k; unseen{A, B} && keeps_tables{A, B} &&
      others_unchanged{B, C}(page, k) ==> others_unchanged{A, C}(page, k);
    predicate shows{L}(integer r, integer page, integer k, integer leaf) =
      \forall integer w; 0 <= w < PAGES && covers(page, k, w) ==>
        decisive(r, w) == leaf && decisive_level(r, w) == k;

    predicate vacant{L}(integer r, integer page, integer k) =
      \forall integer w; 0 <= w < PAGES && covers(page, k, w) ==> decisive(r, w) == 0;
    lemma vacant1{L}: \forall integer r, t, page, k; tree && 0 <= page < PAGES && is_root(r) &&
      at_table(r, t, 1, page) && entry_at(t, page, 1) == 0 && 1 <= k <= 1 ==> vacant(r, page, k);
    lemma vacant2{L}: \forall integer r, t, page, k; tree && 0 <= page < PAGES && is_root(r) &&
      at_table(r, t, 2, page) && entry_at(t, page, 2) == 0 && 1 <= k <= 2 ==> vacant(r, page, k);
    lemma vacant3{L}: \forall integer r, t, page, k; tree && 0 <= page < PAGES && is_root(r) &&
      at_table(r, t, 3, page) && entry_at(t, page, 3) == 0 && 1 <= k <= 3 ==> vacant(r, page, k);
    lemma vacant4{L}: \forall integer r, t, page, k; tree && 0 <= page < PAGES && is_root(r) &&
      at_table(r, t, 4, page) && entry_at(t, page, 4) == 0 && 1 <= k <= 3 ==> vacant(r, page, k);
    lemma same_table_entry{A, B}: \forall integer t, w, k; same_table_entries{A, B} && 0 < t < WINDOW &&
      \at(table_level[t], A) >= 1 && 0 <= w ==> entry_at{A}(t, w, k) == entry_at{B}(t, w, k);
    lemma unlinked{A, B}: \forall integer r, w; tree{A} && keeps_tables{A, B} && same_table_entries{A, B} &&
      is_root{A}(r) && 0 <= w < PAGES && stop4{A}(r, w) == stop4{B}(r, w) ==> unchanged{A, B}(r, w);
    lemma same_entry{A, B}: \forall integer t, w, k, table, j; same_entries_but{A, B}(table, j) && 0 < t < WINDOW &&
      0 <= w && (t != table || index(w, k) != j) ==> entry_at{A}(t, w, k) == entry_at{B}(t, w, k);
    lemma miss{A, B}: \forall integer r, w, table, j;
      tree{A} && same_levels{A, B} && 0 <= w < PAGES && is_root{A}(r) && same_entries_but{A, B}(table, j) &&
      stop4{A}(r, w) == stop4{B}(r, w) &&
      (stop4{A}(r, w) != table || index(w, \at(table_level[table], A)) != j) ==> unchanged{A, B}(r, w);
    lemma publish2{A, B}: \forall integer r, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 2 &&
      is_table{A}(table, 2, page) && is_table{A}(below, 1, page) && \at(ENTRY_2(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 512 % 512) && relinked4_at_2{A, B}(table, 2, page, below) &&
      fresh{B}(below, 1, page, k, leaf) && is_root{A}(r) && at_table{A}(r, table, 2, page) ==> shows{B}(r, page, k, leaf);
    lemma hit2{A, B}: \forall integer r, w, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 2 &&
      is_table{A}(table, 2, page) && is_table{A}(below, 1, page) && \at(ENTRY_2(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 512 % 512) && relinked4_at_2{A, B}(table, 2, page, below) &&
      fresh{B}(below, 1, page, k, leaf) && is_root{A}(r) && 0 <= w < PAGES &&
      !covers(page, k, w) && stop4{A}(r, w) == table && w / 512 % 512 == page / 512 % 512 ==>
      unchanged{A, B}(r, w);
    lemma others2{A, B}: \forall integer table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 2 &&
      is_table{A}(table, 2, page) && is_table{A}(below, 1, page) && \at(ENTRY_2(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 512 % 512) && relinked4_at_2{A, B}(table, 2, page, below) &&
      fresh{B}(below, 1, page, k, leaf) ==> others_unchanged{A, B}(page, k);
    lemma publish3{A, B}: \forall integer r, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 3 &&
      is_table{A}(table, 3, page) && is_table{A}(below, 2, page) && \at(ENTRY_3(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 262144 % 512) && relinked4_at_3{A, B}(table, 3, page, below) &&
      fresh{B}(below, 2, page, k, leaf) && is_root{A}(r) && at_table{A}(r, table, 3, page) ==> shows{B}(r, page, k, leaf);
    lemma hit3{A, B}: \forall integer r, w, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 3 &&
      is_table{A}(table, 3, page) && is_table{A}(below, 2, page) && \at(ENTRY_3(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 262144 % 512) && relinked4_at_3{A, B}(table, 3, page, below) &&
      fresh{B}(below, 2, page, k, leaf) && is_root{A}(r) && 0 <= w < PAGES &&
      !covers(page, k, w) && stop4{A}(r, w) == table && w / 262144 % 512 == page / 262144 % 512 ==>
      unchanged{A, B}(r, w);
    lemma others3{A, B}: \forall integer table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 3 &&
      is_table{A}(table, 3, page) && is_table{A}(below, 2, page) && \at(ENTRY_3(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 262144 % 512) && relinked4_at_3{A, B}(table, 3, page, below) &&
      fresh{B}(below, 2, page, k, leaf) ==> others_unchanged{A, B}(page, k);
    lemma publish4{A, B}: \forall integer r, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 4 &&
      is_table{A}(table, 4, page) && is_table{A}(below, 3, page) && \at(ENTRY_4(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 134217728 % 512) && relinked4_at_4{A, B}(table, 4, page, below) &&
      fresh{B}(below, 3, page, k, leaf) && is_root{A}(r) && at_table{A}(r, table, 4, page) ==> shows{B}(r, page, k, leaf);
    lemma hit4{A, B}: \forall integer r, w, table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 4 &&
      is_table{A}(table, 4, page) && is_table{A}(below, 3, page) && \at(ENTRY_4(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 134217728 % 512) && relinked4_at_4{A, B}(table, 4, page, below) &&
      fresh{B}(below, 3, page, k, leaf) && is_root{A}(r) && 0 <= w < PAGES &&
      !covers(page, k, w) && stop4{A}(r, w) == table && w / 134217728 % 512 == page / 134217728 % 512 ==>
      unchanged{A, B}(r, w);
    lemma others4{A, B}: \forall integer table, below, page, k, leaf;
      tree{A} && tree{B} && same_levels{A, B} && same_prefixes{A, B} && 0 <= page < PAGES && 1 <= k < 4 &&
      is_table{A}(table, 4, page) && is_table{A}(below, 3, page) && \at(ENTRY_4(table, page), A) == 0 &&
      same_entries_but{A, B}(table, page / 134217728 % 512) && relinked4_at_4{A, B}(table, 4, page, below) &&
      fresh{B}(below, 3, page, k, leaf) ==> others_unchanged{A, B}(page, k);
    } */
