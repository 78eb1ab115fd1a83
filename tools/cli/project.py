# SPDX-License-Identifier: MIT
"""Where things are in the repository, and how CMake is asked to make them."""

import json
import os
import re
import shutil
from pathlib import Path

import children
import terminal

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
DEFAULT_PRESET = "dev"
KERNEL_TARGET = "tenorite_kernel"
ISO_TARGET = "iso"
CMAKE_TRUE = ("ON", "TRUE", "YES", "Y", "1")


def build_directory(preset):
    return BUILD / preset


def kernel_path(preset):
    return build_directory(preset) / "tenorite.elf"


def iso_path(preset):
    return build_directory(preset) / "tenorite.iso"


def preset_files():
    return [path for path in (ROOT / "CMakePresets.json", ROOT / "CMakeUserPresets.json") if path.exists()]


def preset_names():
    """Every configure preset that can be named, the user's own included."""
    presets = []
    for path in preset_files():
        presets += json.loads(path.read_text(encoding="utf-8")).get("configurePresets", [])
    return [preset["name"] for preset in presets if not preset.get("hidden")]


def add_preset_option(parser):
    parser.add_argument("--preset", default=DEFAULT_PRESET, metavar="P",
                        help=f"CMake preset: {', '.join(preset_names())} (default {DEFAULT_PRESET})")


def check_preset(preset):
    names = preset_names()
    if preset not in names:
        raise terminal.UsageError(f"no preset '{preset}'; there are {', '.join(names)}")


def makes_iso(preset):
    """Whether the preset's build has an ISO: what its build directory was told, else what the preset says."""
    cache = build_directory(preset) / "CMakeCache.txt"
    if cache.exists():
        match = re.search(r"^TENORITE_ISO:\w+=(.*)$", cache.read_text(encoding="utf-8"), re.MULTILINE)
        return match is None or match.group(1).upper() in CMAKE_TRUE
    described = {}
    for path in preset_files():
        for each in json.loads(path.read_text(encoding="utf-8")).get("configurePresets", []):
            described[each["name"]] = each
    return str(inherited_variable(described, preset, "TENORITE_ISO", "ON")).upper() in CMAKE_TRUE


def inherited_variable(described, preset, name, default):
    """A cache variable of a preset, or of the first preset that it inherits it from."""
    value = described[preset].get("cacheVariables", {}).get(name)
    if value is not None:
        return value["value"] if isinstance(value, dict) else value
    parents = described[preset].get("inherits", [])
    for parent in [parents] if isinstance(parents, str) else parents:
        value = inherited_variable(described, parent, name, None)
        if value is not None:
            return value
    return default


def check_iso(preset):
    check_preset(preset)
    if not makes_iso(preset):
        raise terminal.UsageError(f"preset '{preset}' makes no ISO: take another, or run it with --boot pvh")


def is_configured(preset):
    """False also when the presets changed after the build system was written."""
    for name in ("build.ninja", "Makefile"):
        written = build_directory(preset) / name
        if written.exists():
            return all(path.stat().st_mtime <= written.stat().st_mtime for path in preset_files())
    return False


def has_new_compiler(preset):
    """Whether a compiler came after the build system was written, which left out its contract tests: `./tenorite run` on a
    fresh machine installs fewer of them than `./tenorite test` does."""
    cache = build_directory(preset) / "CMakeCache.txt"
    text = cache.read_text(encoding="utf-8") if cache.exists() else ""
    return any(re.search(rf"^TENORITE_{name.upper()}:\w+=.*-NOTFOUND$", text, re.MULTILINE) and shutil.which(name)
               for name in ("gcc", "clang"))


def configure(preset):
    check_preset(preset)
    is_complete = is_configured(preset) and not has_new_compiler(preset)
    if not is_complete and children.call(["cmake", "--preset", preset], ROOT) != 0:
        raise terminal.Failure(f"cmake --preset {preset} failed; ./tenorite doctor shows what is missing")


def build(preset, target=None):
    """Brings one target, or everything, up to date."""
    configure(preset)
    command = ["cmake", "--build", "--preset", preset, "--parallel", str(os.cpu_count() or 1)]
    if target:
        command += ["--target", target]
    if children.call(command, ROOT) != 0:
        raise terminal.Failure(f"the build failed; see the first error above (preset {preset})")
