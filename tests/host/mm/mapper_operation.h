/* SPDX-License-Identifier: MIT */
#pragma once

#include "mapper_model.h"
#include "property.h"

/* What the operations of mapper_property.c have in common. */
extern struct mapper_model mapper_operation_model;

/* Mostly what is allowed, now and then what is not. */
page_flags mapper_operation_draw_flags(struct draws *draws);

/* Compares the answer with what the model allows; after an error, also the tables with what they were. */
void mapper_operation_check_answer(struct draws *draws, error_set allowed, enum map_error error);

/* Compares what was flushed with `pages` pages from `first` on, or everything if they are too many; 0: nothing. */
void mapper_operation_check_flushes(virt_addr first, uint64_t pages);

/* Operations on ranges. */
void mapper_try_map_range(struct draws *draws);
void mapper_try_map_scattered(struct draws *draws);
void mapper_try_unmap_range(struct draws *draws);
void mapper_try_update_range(struct draws *draws);
void mapper_try_clean_up(struct draws *draws);
