#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the mapper in seeded ways, one at a time, and checks that each is rejected.

The host tests of the mapper judge: a mutant is rejected if one of them fails, crashes or hangs. One that survives goes to
the proof of the function it is in, if the tools are there; with --proof all do. A mutant that survives both, or whose
text is no longer in the source, fails the script.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORE = "mm/mapper_core.c"
ENTRY = "mm/mapper_entry.h"

# name, file, text, replacement, unit and function whose proof rejects it
MUTANTS = [
    ("new tables are not zeroed", CORE, "    mapper_table_clear(mapper, table);\n    /*@ ghost become_table(table, page, level); */\n    write_leaf", "    /*@ ghost become_table(table, page, level); */\n    write_leaf", "mapper_core", "begin_with_leaf"),
    ("middle tables are not zeroed", CORE, "    mapper_table_clear(mapper, table);\n    /*@ ghost become_table(table, page, level); */\n    link_table", "    /*@ ghost become_table(table, page, level); */\n    link_table", "mapper_core", "begin_with_link"),
    ("an existing page is overwritten", CORE, "    if (found != MAP_NOT_MAPPED)\n        return found == MAP_OK", "    if (found != MAP_NOT_MAPPED && found != MAP_OK)\n        return found == MAP_OK", "mapper_core", "map"),
    ("wrong index", ENTRY, "level == 2 ? page / PAGES_2M % 512u", "level == 2 ? page / PAGES_2M % 256u", "mapper_entry", "index_at"),
    ("the next frame is mapped", CORE, "leaf_entry(frame, usable_flags(mapper, flags), level)", "leaf_entry(frame + 1u, usable_flags(mapper, flags), level)", "mapper_core", "map"),
    ("the large bit is ignored", ENTRY, "    if (entry_is_large(entry))\n        return level == 4 ? MAP_DAMAGED_TABLE : MAP_INSIDE_HUGE_PAGE;\n", "", "mapper_entry", "branch_state"),
    ("frames are not given back", CORE, "    give_back(mapper, chain);\n", "", "mapper_core", "take_tables"),
    ("one frame is not given back", CORE, "    if (chain.middle != 0)\n        mapper_frame_free(mapper, chain.middle);\n", "", "mapper_core", "give_back"),
    ("an update keeps the old flags", CORE, "leaf_entry(leaf_frame(old, level), usable_flags(mapper, flags), level)", "leaf_entry(leaf_frame(old, level), leaf_flags(old, level), level)", "mapper_core", "update"),
    ("a large page's PAT bit stays at bit 7", ENTRY, "frame + pat;", "frame;", "mapper_entry", "leaf_entry"),
    ("unmap clears the neighbour", CORE, "replace_leaf(mapper, walk.table, page, level, 0);", "replace_leaf(mapper, walk.table, page + 1u, level, 0);", "mapper_core", "unmap"),
    ("the frame limit is not checked", CORE, "    if (frame >= mapper->frame_limit)\n        return MAP_FRAME_TOO_HIGH;\n", "", "mapper_core", "map"),
    ("a damaged link is followed", ENTRY, "entry_frame(entry) == 0 || entry_frame(entry) >= mapper->table_limit", "entry_frame(entry) == 0", "mapper_entry", "branch_state"),
    ("the lowest table is linked where the highest belongs", CORE, "    return chain.highest;\n", "    return chain.lowest;\n", "mapper_core", "build_tables"),
    ("unmap returns the entry's number with the PAT bit", CORE, "(struct mapper_removal){leaf_frame(old, level), MAP_OK}", "(struct mapper_removal){entry_frame(old), MAP_OK}", "mapper_core", "unmap"),
    ("writable and executable is let through", ENTRY, "    if (entry_is_writable(flags) && !entry_is_no_execute(flags))\n        return MAP_WRITABLE_EXECUTABLE;\n", "", "mapper_entry", "check_flags"),
]


def overlay(directory, name, text, replacement):
    source = (ROOT / "src" / name).read_text()
    if source.count(text) != 1:
        return False
    target = directory / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.replace(text, replacement))
    return True


def rejected_by_host(directory, options):
    """Compiles the mutated core in front of the library's own and runs the mapper's tests on it, one after another."""
    core = directory / CORE
    if not core.exists():
        core.write_text((ROOT / "src" / CORE).read_text())
    flags = options.flags.split()
    binary = directory / "test"
    compile_it = [options.compiler, "-std=gnu2x", "-O1", "-w", f"-I{directory}",
                  *(f"-I{path}" for path in options.include), "-c", str(core), "-o", f"{binary}.o", *flags]
    commands = [compile_it]
    for objects in options.test:
        commands.append([options.compiler, *objects, f"{binary}.o", options.library, "-o", str(binary), *options.link,
                         *flags])
        commands.append([str(binary)])
    for command in commands:
        is_test = command[0] == str(binary)
        try:
            run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return True, "host test (hangs)"
        if run.returncode and not is_test:
            return False, f"does not build: {run.stderr[-500:]}"
        if run.returncode:
            return True, "host test"
    return False, "host tests"


def rejected_by_proof(directory, unit, function, options):
    command = [sys.executable, str(HERE / "run.py"), unit, "--functions", function, "--overlay", str(directory),
               "--timeout", str(options.timeout)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == 77:
        return None, run.stdout.strip()
    lost = [line.removeprefix("not proved: ") for line in run.stdout.splitlines() if line.startswith("not proved")]
    return run.returncode != 0 and bool(lost), f"proof of {function} ({', '.join(lost)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proof", action="store_true")
    parser.add_argument("--timeout", type=int, default=10)
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--library")
    parser.add_argument("--include", nargs="*", default=[])
    parser.add_argument("--test", nargs="*", action="append", default=[], help="the objects of a host test")
    parser.add_argument("--link", nargs="*", default=[])
    parser.add_argument("--flags", default="", help="of compiler and linker, separated by spaces")
    options = parser.parse_args()
    survivors = 0
    for name, file, text, replacement, unit, function in MUTANTS:
        with tempfile.TemporaryDirectory() as temporary:
            directory = pathlib.Path(temporary)
            if not overlay(directory, file, text, replacement):
                print(f"STALE     {name}: its text is not in {file} once")
                survivors += 1
                continue
            if options.proof:
                rejected, by = rejected_by_proof(directory, unit, function, options)
            else:
                rejected, by = rejected_by_host(directory, options)
                if rejected is False and not by.startswith("does not build"):
                    rejected, by = rejected_by_proof(directory, unit, function, options)
            if rejected is None:
                print(f"UNJUDGED  {name}: {by}")
                continue
        print(f"{'rejected ' if rejected else 'SURVIVED '} {name}: {by}", flush=True)
        survivors += not rejected
    print(f"{len(MUTANTS)} mutants, {survivors} survived")
    return 1 if survivors else 0


sys.exit(main())
