# SPDX-License-Identifier: MIT
"""Builds the peers of tests/bench/async_figures.py: runtimes of Rust's, as the distribution packages them.

Debian installs crates as sources, below REGISTRY, where cargo finds them without a network. Only our own programs
(tests/bench/async/peers/) are here; they are copied, since cargo leaves a file beside what it builds.
"""

import os
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).with_name("async") / "peers"
REGISTRY = Path("/usr/share/cargo/registry")
CRATES = {"tokio": ("tokio", "tokio"), "LocalPool": ("local_pool", "futures-executor"),
          "async-executor": ("async_executor", "async-executor")}
PACKAGES = {"tokio": "librust-tokio-dev", "LocalPool": "librust-futures-dev",
            "async-executor": "librust-async-executor-dev"}


def find_cargo():
    """(cargo, its environment): the distribution's own before another one that comes first in PATH."""
    packaged = Path("/usr/bin/cargo")
    if packaged.exists() and Path("/usr/bin/rustc").exists():
        return str(packaged), {**os.environ, "RUSTC": "/usr/bin/rustc"}
    return shutil.which("cargo"), dict(os.environ)


def build(directory):
    """({peer: program}, {peer: why it is missing})"""
    programs, missing = {}, {}
    cargo, environment = find_cargo()
    for peer, (name, crate) in CRATES.items():
        if cargo is None:
            missing[peer] = "no cargo"
        elif not list(REGISTRY.glob(f"{crate}-[0-9]*")):
            missing[peer] = f"no {crate} in {REGISTRY}"
        else:
            problem = build_one(cargo, environment, Path(directory), name)
            if problem:
                missing[peer] = problem
            else:
                programs[peer] = str(Path(directory) / "target" / "release" / f"bench_{name}")
    return programs, missing


def build_one(cargo, environment, directory, name):
    """Why there is no program afterwards, empty if there is one."""
    shutil.copytree(SOURCES, directory / "sources", dirs_exist_ok=True)
    command = [cargo, "build", "--release", "--offline", "--quiet", "--target-dir", str(directory / "target"),
               "--manifest-path", str(directory / "sources" / name / "Cargo.toml"),
               "--config", 'source.crates-io.replace-with="distribution"',
               "--config", f'source.distribution.directory="{REGISTRY}"']
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment,
                            stdin=subprocess.DEVNULL)
    return "" if result.returncode == 0 else "cargo failed: " + " | ".join(result.stderr.strip().splitlines()[:4])


def versions():
    """What is compared with, in words."""
    found = []
    for crate in ("tokio", "futures-executor", "async-executor"):
        found += sorted(path.name for path in REGISTRY.glob(f"{crate}-[0-9]*"))
    compiler = Path("/usr/bin/rustc")
    if compiler.exists():
        found.append(subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout.strip())
    return ", ".join(found)
