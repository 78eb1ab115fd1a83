/* SPDX-License-Identifier: MIT */
#pragma once

#include "property.h"

/*
 * Random operations on an address space, with a source of frames that runs dry at any point, against mapper_model.h.
 * After each operation: the answer is one that the model allows; after an error all tables are as they were; every page
 * of the model shows what it ought to, by the mapper and by hand; nothing else is mapped; no frame is lost; as much was
 * flushed as had to be.
 */
const char *mapper_agrees_with_a_flat_model(struct draws *draws);
