/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper.h>

/*
 * The oracle for the mapper: a flat list of cells, each of which is mapped or not. Nothing here looks at page tables.
 *
 * The model covers two halves of two neighbouring GiB: the last two of the lower half and the first two of the kernel
 * half, whose addresses are far apart and whose page numbers are neighbours. A half is divided into areas of 2 MiB, an
 * area into cells; to keep the list short, what a test never names by itself is one cell.
 *
 *     area                 0            1              2       |      3              4               5
 *     2 MiB areas         510           1              1       |      1              1              510
 *     4 KiB pages in   all 510 areas   508 1 1 1 1   1 1 508 1 1 | 1 1 508 1 1   1 1 1 1 508    all 510 areas
 *     each cell                                            GiB boundary
 *
 * All pages of a cell are always mapped alike: what a test names begins and ends at bounds of cells.
 */
enum {
    MODEL_HALVES = 2,
    MODEL_GIBS = 2,  /* in a half */
    MODEL_AREAS = 6, /* in a half, three in a GiB */
    MODEL_CELLS = 22 /* in a half */
};

struct model_cell {
    uint64_t page_bytes; /* of the pages that map it; 0: it is not mapped */
    uint64_t physical;   /* of its first byte */
    page_flags flags;
};

struct model_half {
    struct model_cell cells[MODEL_CELLS];
    bool has_level_3;              /* tables that exist, whether or not they are empty */
    bool has_level_2[MODEL_GIBS];  /* for the areas of each GiB */
    bool has_level_1[MODEL_AREAS]; /* for the pages of each area; of all 2 MiB in it, or none */
};

struct mapper_model {
    struct paging_features features;
    struct model_half halves[MODEL_HALVES];
};

/* Cells [first, end) of a half. */
struct model_span {
    unsigned half;
    unsigned first, end;
};

/* Where cell `cell` begins; for MODEL_CELLS, where the last one ends (0 at the end of the address space). */
uint64_t model_address(unsigned half, unsigned cell);

unsigned model_area_of(unsigned cell);
unsigned model_gib_of(unsigned cell);

/* The page of `bytes` that cell `cell` begins with or lies in. Every cell has one of 1 GiB; those of areas 0 and 5 have
 * none of 2 MiB, and those of several pages none of 4 KiB: ask model_has_page(). */
bool model_has_page(unsigned cell, uint64_t bytes);
struct model_span model_page(unsigned half, unsigned cell, uint64_t bytes);

/* A table for pages smaller than `bytes` where the page would be. */
bool model_has_smaller_table(const struct model_half *half, struct model_span page, uint64_t bytes);

/* Sets of errors: the functions below return all that the operation may give. 0: it has to succeed. */
typedef uint32_t error_set;
error_set error_set_of(enum map_error error);

error_set model_flag_errors(unsigned half, page_flags flags);
error_set model_map_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes,
                           uint64_t physical, page_flags flags, uint64_t free_frames);
error_set model_unmap_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes);
error_set model_update_errors(const struct mapper_model *model, struct model_span page, uint64_t bytes,
                              page_flags flags);

/* What the operations do when they succeed. */
void model_map(struct mapper_model *model, struct model_span page, uint64_t bytes, uint64_t physical,
               page_flags flags);
void model_unmap(struct mapper_model *model, struct model_span page);
void model_update(struct mapper_model *model, struct model_span page, page_flags flags);

/* The same for ranges: any cells of one half, page after page, the largest that fit. Errors of any page may be the
 * answer. Where they are none, model_map_range() has mapped the range in *model. */
error_set model_map_range(struct mapper_model *model, struct model_span range, uint64_t physical, page_flags flags,
                          uint64_t largest, uint64_t free_frames);
error_set model_unmap_range_errors(const struct mapper_model *model, struct model_span range);

/* Takes tables away that are empty and have an entry for the range. */
void model_clean_up(struct mapper_model *model, struct model_span range, bool keeps_level_3);

/* Tables, without the root; and entries that map pages of 4 KiB, 2 MiB, 1 GiB. */
struct model_counts {
    uint64_t tables;
    uint64_t pages[3];
};
struct model_counts model_count(const struct mapper_model *model);
