# SPDX-License-Identifier: MIT
"""The ways in which a kernel gets into a machine, and QEMU's arguments for each; shared by test runner, benchmarks and
./tenorite.

pvh, microvm     QEMU loads the ELF itself, by its PVH note; of firmware there is only what the machine needs
bios, usb        GRUB on the ISO, from a CD or a USB disk, under BIOS
uefi, uefi-usb   the same ISO under UEFI
"""

from dataclasses import dataclass

import uefi_firmware


@dataclass(frozen=True)
class BootPath:
    """`medium` is what the kernel is read from: `kernel` for the ELF, `cd` or `usb` for the ISO. `machine` is QEMU's
    name of the usual one. `smallest_mib` is the least memory that is tested.
    """

    medium: str
    machine: str
    is_uefi: bool = False
    smallest_mib: int = 16


PATHS = {
    "pvh": BootPath("kernel", "pc"),
    "bios": BootPath("cd", "pc"),
    "uefi": BootPath("cd", "q35", is_uefi=True, smallest_mib=64),
    "usb": BootPath("usb", "pc"),
    "uefi-usb": BootPath("usb", "q35", is_uefi=True, smallest_mib=64),
    "microvm": BootPath("kernel", "microvm,isa-serial=on"),
}


def machine_name(machine):
    """`q35` of `q35,smm=off`."""
    return machine.partition(",")[0]


def check_machine(name, machine):
    """ValueError says which machines the path needs."""
    path, model = PATHS[name], machine_name(machine)
    if name == "microvm" and model != "microvm":
        raise ValueError(f"--boot microvm is a machine of its own: not --machine {machine}")
    if path.medium != "kernel" and model == "microvm":
        raise ValueError(f"--boot {name} reads the ISO, which the machine microvm cannot; it takes --boot microvm")
    if path.is_uefi and model not in ("pc", "q35") and not model.startswith("pc-"):
        raise ValueError(f"--boot {name} needs the machine pc or q35, not {machine}")


def arguments(name, kernel, iso, append=None):
    """QEMU's arguments for the path, as a list. FirmwareMissing where UEFI is wanted and not installed."""
    path = PATHS[name]
    if path.medium == "kernel":
        return ["-kernel", str(kernel)] + ([] if append is None else ["-append", append])
    return (firmware_arguments() if path.is_uefi else []) + medium_arguments(path.medium, iso)


def medium_arguments(medium, iso):
    if medium == "cd":
        return ["-boot", "d", "-cdrom", str(iso)]
    return ["-drive", f"if=none,id=stick,format=raw,readonly=on,file={escape(iso)}", "-device", "qemu-xhci",
            "-device", "usb-storage,drive=stick,bootindex=0"]


def firmware_arguments():
    """The guest writes its variables to a copy that QEMU makes, and that is gone with QEMU: `snapshot=on`."""
    firmware = uefi_firmware.find()
    return ["-drive", f"if=pflash,unit=0,readonly=on,format={firmware.code_format},file={escape(firmware.code)}",
            "-drive", f"if=pflash,unit=1,snapshot=on,format={firmware.variables_format},"
                      f"file={escape(firmware.variables)}"]


def escape(path):
    """A file name as an option's value: QEMU splits options at commas."""
    return str(path).replace(",", ",,")
