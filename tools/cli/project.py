# SPDX-License-Identifier: MIT
"""Where things are in the repository, and how CMake is asked to make them."""

import json
import os
from pathlib import Path

import children
import terminal

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
DEFAULT_PRESET = "dev"
KERNEL_TARGET = "tenorite_kernel"
ISO_TARGET = "iso"


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


def is_configured(preset):
    """False also when the presets changed after the build system was written."""
    for name in ("build.ninja", "Makefile"):
        written = build_directory(preset) / name
        if written.exists():
            return all(path.stat().st_mtime <= written.stat().st_mtime for path in preset_files())
    return False


def configure(preset):
    check_preset(preset)
    if not is_configured(preset) and children.call(["cmake", "--preset", preset], ROOT) != 0:
        raise terminal.Failure(f"cmake --preset {preset} failed; ./tenorite doctor shows what is missing")


def build(preset, target=None):
    """Brings one target, or everything, up to date."""
    configure(preset)
    command = ["cmake", "--build", "--preset", preset, "--parallel", str(os.cpu_count() or 1)]
    if target:
        command += ["--target", target]
    if children.call(command, ROOT) != 0:
        raise terminal.Failure(f"the build failed; see the first error above (preset {preset})")
