#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks what the compiler does not: layers, conditionals, library headers, licence lines and sizes.

Usage: layer_check.py [ROOT]

The rules, as they are named in the output:
  layer        lib <- arch <- mm <- task <- drivers <- app <- main: an include may only point left
  private      a header under src/ is for its own layer (for x86_64: for arch) alone
  untyped      the mapper without types, mm/mapper_core.h and mapper_memory.h, is for mm alone
  libc         src/ and include/ use no header of the C library
  conditional  no #if in src/ and include/, but for __ASSEMBLER__ and in compiler.h
  licence      the first line (after #!) carries SPDX-License-Identifier: MIT
  file-length  at most 500 lines
  function-length  at most 60 lines

Prints one line for each finding, `path:line: rule: text`; exit status 1 if there is any, 2 for wrong usage.
"""

import os
import re
import sys
from pathlib import Path

LAYERS = ("lib", "arch", "mm", "task", "drivers", "app", "main")
COMPILER_HEADERS = ("stdarg.h", "stdbool.h", "stddef.h", "stdint.h")
KERNEL_TREES = ("include", "src")
CODE_SUFFIXES = (".c", ".h", ".S", ".py", ".sh", ".cmake")
LICENSED_SUFFIXES = CODE_SUFFIXES + (".in", ".ld", ".yml", ".gdb")
LICENSED_NAMES = ("CMakeLists.txt", "tenorite", "run")
SKIPPED_DIRECTORIES = ("build", "__pycache__", ".git")
LICENCE = "SPDX-License-Identifier: MIT"
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITIONAL = re.compile(r"^ *# *(if|elif)")
PUBLIC_PREFIX = "tenorite/"
UNTYPED_HEADERS = ("tenorite/mm/mapper_core.h", "tenorite/mm/mapper_memory.h")


def layer_of(path):
    """The layer of a file under src/ or include/, None for one that has none (src/CMakeLists.txt)."""
    if path.parts[:2] == ("include", "tenorite") and len(path.parts) > 3:
        return path.parts[2] if path.parts[2] in LAYERS else None
    if path.parts[0] == "src" and path.name == "main.c" and len(path.parts) == 2:
        return "main"
    if path.parts[0] == "src" and len(path.parts) > 2:
        return path.parts[1] if path.parts[1] in LAYERS else None
    return None


def check_public_include(path, name):
    own, target = layer_of(path), name.split("/")[1]
    if target not in LAYERS:
        return "layer", f"<{name}> names no layer; they are {' '.join(LAYERS)}"
    if own is None:
        return "layer", f"this file is in no layer; they are {' '.join(LAYERS)}"
    if LAYERS.index(target) > LAYERS.index(own):
        return "layer", f"{own} may not include <{name}>: {target} is to its right"
    if name in UNTYPED_HEADERS and own != "mm":
        return "untyped", f"<{name}> is for mm alone; <tenorite/mm/mapper.h> has the types"
    return None


def check_private_include(root, path, name):
    """A quoted include: relative to the file, or to src/."""
    for base in (path.parent, Path("src")):
        target = Path(os.path.normpath(base / name))
        if (root / target).is_file() and layer_of(target) is not None:
            if layer_of(target) != layer_of(path):
                return "private", f"\"{name}\" belongs to {layer_of(target)} alone"
            return None
    return None


def check_include(root, path, line):
    match = INCLUDE.match(line)
    if not match:
        return None
    bracket, name = match.groups()
    if name.startswith(PUBLIC_PREFIX):
        return check_public_include(path, name)
    if bracket == '"':
        return check_private_include(root, path, name)
    if name not in COMPILER_HEADERS:
        return "libc", f"<{name}>: the kernel has only {' '.join(COMPILER_HEADERS)}"
    return None


def check_conditional(path, line):
    if CONDITIONAL.match(line) and "__ASSEMBLER__" not in line and path.name != "compiler.h":
        return "conditional", f"'{line.strip()}'"
    return None


def check_kernel_lines(root, path, lines):
    is_c = path.suffix in (".c", ".h", ".S")
    for number, line in enumerate(lines, 1):
        for finding in (check_conditional(path, line), check_include(root, path, line) if is_c else None):
            if finding:
                yield (number, *finding)


def check_licence(lines):
    head = lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]
    if not head or LICENCE not in head[0]:
        yield 1, "licence", f"the first line lacks '{LICENCE}'"


def check_lengths(path, lines):
    """Functions are found by the house style: their braces, and no others, stand alone in the first column."""
    if len(lines) > MAX_FILE_LINES:
        yield len(lines), "file-length", f"{len(lines)} lines; at most {MAX_FILE_LINES}"
    if path.suffix not in (".c", ".h"):
        return
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = number
        elif line.rstrip() == "}" and start is not None:
            if number - start - 1 > MAX_FUNCTION_LINES:
                yield start, "function-length", f"{number - start - 1} lines; at most {MAX_FUNCTION_LINES}"
            start = None


def check_file(root, path):
    """All findings of one file: (line, rule, text). `path` is relative to the root."""
    try:
        lines = (root / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return
    if path.parts[0] in KERNEL_TREES:
        yield from check_kernel_lines(root, path, lines)
    if path.suffix in LICENSED_SUFFIXES or path.name in LICENSED_NAMES:
        yield from check_licence(lines)
    if path.suffix in CODE_SUFFIXES or path.name in LICENSED_NAMES:
        yield from check_lengths(path, lines)


def all_files(root):
    for directory, children, names in os.walk(root):
        children[:] = sorted(name for name in children if name not in SKIPPED_DIRECTORIES)
        for name in sorted(names):
            path = Path(directory) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root)


def check_tree(root):
    return [(path, *finding) for path in all_files(root) for finding in check_file(root, path)]


def main(arguments):
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    findings = check_tree(root)
    for path, line, rule, text in findings:
        print(f"{path}:{line}: {rule}: {text}")
    print(f"layer_check: {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
