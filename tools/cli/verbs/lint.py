# SPDX-License-Identifier: MIT
"""Checks layers, sizes and licence lines (tools/layer_check.py), then runs clang-tidy over the kernel's sources.

Examples:
  ./tenorite lint            everything
  ./tenorite lint --layers   only the layer check: under a second

Exit status: 0 clean, 1 findings, 2 wrong usage, 77 layers clean but clang-tidy skipped: it must be version 14.
"""

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import project
import style_tools
import terminal

# clang-tidy understands clang's flags, so the compile database is that of the preset which builds by clang.
PRESET = "clang"


def add_arguments(parser):
    parser.add_argument("--layers", action="store_true", help="only tools/layer_check.py")


def perform(options, _passed_on):
    layers = subprocess.run([sys.executable, "-B", str(project.ROOT / "tools/layer_check.py"), str(project.ROOT)],
                            check=False).returncode
    if options.layers:
        return terminal.EXIT_OK if layers == 0 else terminal.EXIT_FAILURE
    try:
        program = style_tools.find_pinned("clang-tidy")
    except terminal.Failure as error:
        if layers == 0:
            raise
        terminal.say(str(error))
        return terminal.EXIT_FAILURE
    is_clean = run_clang_tidy(program)
    return terminal.EXIT_OK if layers == 0 and is_clean else terminal.EXIT_FAILURE


def run_clang_tidy(program):
    project.configure(PRESET)
    files = write_database()
    command = [program, "--quiet", f"-p={database_directory()}"]

    def check(path):
        return subprocess.run(command + [path], cwd=project.ROOT, capture_output=True, text=True, check=False)

    failed = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for path, result in zip(files, pool.map(check, files)):
            if result.returncode != 0 or result.stdout.strip():
                failed += 1
                print(f"{os.path.relpath(path, project.ROOT)}:\n{result.stdout or result.stderr}", flush=True)
    terminal.say(f"clang-tidy: {len(files) - failed} of {len(files)} files are clean")
    return failed == 0


def database_directory():
    return project.build_directory(PRESET) / "lint"


def write_database():
    """Writes a compile database with each kernel source once (the host tests compile some a second time)."""
    entries = {}
    everything = json.loads((project.build_directory(PRESET) / "compile_commands.json").read_text(encoding="utf-8"))
    for entry in everything:
        words = entry.get("arguments") or shlex.split(entry["command"])
        is_kernel = entry["file"].startswith(f"{project.ROOT}/src/") and entry["file"].endswith(".c")
        if is_kernel and "-mcmodel=kernel" in words:
            entries.setdefault(entry["file"], entry)
    if not entries:
        raise terminal.Failure("the compile database names no kernel source")
    database_directory().mkdir(exist_ok=True)
    (database_directory() / "compile_commands.json").write_text(json.dumps(list(entries.values())), encoding="utf-8")
    return sorted(entries)
