# SPDX-License-Identifier: MIT
"""Checks what compiling does not:

  layers, sizes, licence lines             tools/layer_check.py
  clang-tidy                               over the kernel's sources
  rules that need a syntax tree            tools/ast_lint, over the kernel's sources, kernel tests, examples and the
                                           host tests of tasks
  gcc -fanalyzer                           over the kernel's sources: leaks, double frees, null pointers (contract K13)

Examples:
  ./tenorite lint            everything
  ./tenorite lint --layers   only the layer check: under a second

Exit status: 0 clean, 1 findings, 2 wrong usage, 77 the first is clean but the others were skipped: clang-tidy must be
version 14.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import project
import style_tools
import terminal

# Each tool understands the flags of its own compiler.
CLANG_PRESET = "clang"
GCC_PRESET = "dev"
# gcc 12's analyzer takes members of a struct that a function returns for uninitialised once they are passed on by value;
# the compiler's own -Wmaybe-uninitialized is an error in every build and does not.
ANALYZER = ["-fanalyzer", "-Wno-analyzer-use-of-uninitialized-value"]


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
    results = (layers == 0, run_clang_tidy(program), run_ast_lint(), run_analyzer())
    return terminal.EXIT_OK if all(results) else terminal.EXIT_FAILURE


def run_clang_tidy(program):
    entries = kernel_commands(CLANG_PRESET, "src/")
    database = write_database("tidy", entries)
    command = [program, "--quiet", f"-p={database.parent}"]
    return is_each_clean("clang-tidy", {entry["file"]: command + [entry["file"]] for entry in entries})


def run_ast_lint():
    database = write_database("ast", kernel_commands(CLANG_PRESET, "") + commands_below(CLANG_PRESET, "tests/host/task/"))
    return subprocess.run([sys.executable, "-B", str(project.ROOT / "tools/ast_lint/ast_lint.py"), str(database)],
                          cwd=project.ROOT, check=False).returncode == 0


def run_analyzer():
    if not shutil.which("gcc"):
        terminal.say("no gcc here: gcc -fanalyzer is skipped")
        return True
    commands = {}
    for entry in kernel_commands(GCC_PRESET, "src/"):
        words = command_words(entry)
        words[words.index("-o") + 1] = os.devnull
        commands[entry["file"]] = words + ANALYZER
    return is_each_clean("gcc -fanalyzer", commands)


def is_each_clean(name, commands):
    """Runs the command of each file, and prints what is not clean: a failure, or any output but progress."""
    def check(command):
        return subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=False)

    failed = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for path, result in zip(commands, pool.map(check, commands.values())):
            warnings = result.stderr if "warning:" in result.stderr else ""
            if result.returncode != 0 or result.stdout.strip() or warnings:
                failed += 1
                print(f"{os.path.relpath(path, project.ROOT)}:\n{result.stdout or result.stderr}", flush=True)
    terminal.say(f"{name}: {len(commands) - failed} of {len(commands)} files are clean")
    return failed == 0


def command_words(entry):
    return list(entry.get("arguments") or shlex.split(entry["command"]))


def kernel_commands(preset, folder):
    """The compile database's entries of the folder's sources that are compiled for a kernel, each source once (the host
    tests compile some a second time)."""
    return commands_below(preset, folder, lambda words: "-mcmodel=kernel" in words)


def commands_below(preset, folder, is_wanted=lambda words: True):
    """The entries of the folder's sources whose command is wanted, each source once."""
    project.configure(preset)
    everything = json.loads((project.build_directory(preset) / "compile_commands.json").read_text(encoding="utf-8"))
    entries = {}
    for entry in everything:
        path = entry["file"]
        is_ours = path.startswith(f"{project.ROOT}/{folder}") and not path.startswith(f"{project.BUILD}/")
        if is_ours and path.endswith(".c") and is_wanted(command_words(entry)):
            entries.setdefault(path, entry)
    if not entries:
        raise terminal.Failure(f"the compile database names no source of {folder or 'a kernel'}")
    return [entries[path] for path in sorted(entries)]


def write_database(name, entries):
    path = project.build_directory(CLANG_PRESET) / "lint" / name / "compile_commands.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path
