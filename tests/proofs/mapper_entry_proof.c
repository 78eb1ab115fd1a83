/* SPDX-License-Identifier: MIT */
/* Proves the contracts of mapper_entry.h that the proof of the core relies on, and the facts about entries. */
#define PROOF_OF_ENTRIES
#include <tenorite/mm/mapper_core.h>

#include "entries.h"
#include "entry_contracts.h"

#include "mm/mapper_entry.h"
