# SPDX-License-Identifier: MIT
"""Finds OVMF, the UEFI firmware for virtual machines: its code, and the template of its variables.

Distributions disagree about the place. Looked at, in this order: what the environment's OVMF names (the file with the
code, or a directory), DIRECTORIES, and QEMU's firmware descriptors (QEMU, docs/interop/firmware.json). Builds for
Secure Boot are left out: they need a machine with SMM, and start only what is signed.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from errors import FirmwareMissing

# Builds for 4 MiB of flash come first: distributions have dropped the others, or will.
NAMES = (
    ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),                  # Debian, Ubuntu
    ("OVMF_CODE_4M.qcow2", "OVMF_VARS_4M.qcow2"),            # Fedora
    ("OVMF_CODE.4m.fd", "OVMF_VARS.4m.fd"),                  # Arch
    ("ovmf-x86_64-4m-code.bin", "ovmf-x86_64-4m-vars.bin"),  # openSUSE
    ("edk2-x86_64-code.fd", "edk2-i386-vars.fd"),            # QEMU's own, as Homebrew has them
    ("OVMF_CODE.fd", "OVMF_VARS.fd"),
    ("ovmf-x86_64-code.bin", "ovmf-x86_64-vars.bin"),
)
DIRECTORIES = ("/usr/share/OVMF", "/usr/share/edk2/ovmf", "/usr/share/edk2/x64", "/usr/share/edk2-ovmf/x64",
               "/usr/share/edk2-ovmf", "/usr/share/qemu", "/usr/local/share/qemu", "/opt/homebrew/share/qemu")
DESCRIPTORS = ("/etc/qemu/firmware", "/usr/share/qemu/firmware")
UNWANTED_FEATURES = {"requires-smm", "secure-boot", "enrolled-keys"}

HOW_TO_GET_IT = ("Debian and Ubuntu: apt-get install ovmf; Fedora and Arch: edk2-ovmf; or name its CODE file, or the "
                 "directory, in the environment: OVMF=/path")


@dataclass(frozen=True)
class Firmware:
    """Paths of two files, the formats that QEMU is to read them in."""

    code: str
    variables: str
    code_format: str = "raw"
    variables_format: str = "raw"


def find(named=None, directories=DIRECTORIES, descriptors=DESCRIPTORS):
    """The firmware to use; FirmwareMissing says what is not there. `named` stands in for the environment's OVMF."""
    named = os.environ.get("OVMF") if named is None else named
    if named:
        # Absolute, so that a command that was printed can be repeated elsewhere.
        return find_named(Path(named).absolute())
    found = find_in(directories) or find_described(descriptors)
    if found is None:
        raise FirmwareMissing(f"no UEFI firmware (OVMF) here; {HOW_TO_GET_IT}")
    return found


def find_named(path):
    if path.is_dir():
        found = find_in([path])
        if found is None:
            raise FirmwareMissing(f"OVMF={path}: none of {', '.join(code for code, _ in NAMES)} with its VARS is there")
        return found
    variables = path.with_name(dict(NAMES).get(path.name) or path.name.replace("CODE", "VARS").replace("code", "vars"))
    if not path.is_file():
        raise FirmwareMissing(f"OVMF={path}: no such file")
    if variables == path or not variables.is_file():
        raise FirmwareMissing(f"OVMF={path}: no file of variables (VARS) beside it")
    return pair(path, variables)


def find_in(directories):
    for code, variables in NAMES:
        for directory in map(Path, directories):
            if (directory / code).is_file() and (directory / variables).is_file():
                return pair(directory / code, directory / variables)
    return None


def pair(code, variables):
    formats = ["qcow2" if path.suffix == ".qcow2" else "raw" for path in (code, variables)]
    return Firmware(str(code), str(variables), *formats)


def find_described(directories):
    """The first descriptor, in the order of their file names, that fits and whose files are there."""
    files = [path for directory in directories for path in Path(directory).glob("*.json")]
    for path in sorted(files, key=lambda file: file.name):
        try:
            found = described(json.loads(path.read_text(encoding="utf-8")))
            if found and Path(found.code).is_file() and Path(found.variables).is_file():
                return found
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def described(descriptor):
    """None where the descriptor is of firmware for something else."""
    architectures = [target["architecture"] for target in descriptor["targets"]]
    mapping = descriptor["mapping"]
    if "uefi" not in descriptor["interface-types"] or "x86_64" not in architectures or mapping["device"] != "flash":
        return None
    if UNWANTED_FEATURES.intersection(descriptor["features"]):
        return None
    code, variables = mapping["executable"], mapping["nvram-template"]
    return Firmware(code["filename"], variables["filename"], code["format"], variables["format"])
