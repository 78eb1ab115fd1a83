# SPDX-License-Identifier: MIT
"""hwreport tells of the machine what QEMU tells of it by its monitor."""

import re

from shell_support import PROMPT, on_serial, wait_ready

BEGIN, END = "==== Tenorite hardware report: begin ====", "==== Tenorite hardware report: end ===="
COLUMNS = 100
# As the report calls them, and QEMU's properties of a CPU.
FEATURES = {"nx": "nx", "1g-pages": "pdpe1gb", "smep": "smep", "smap": "smap", "umip": "umip", "pat": "pat",
            "apic": "apic", "x2apic": "x2apic", "tsc": "tsc", "invariant-tsc": "invtsc",
            "tsc-deadline": "tsc-deadline", "rdrand": "rdrand", "rdseed": "rdseed", "hypervisor": "hypervisor"}
# Register and bit of each protection: SDM vol. 3A, 2.5 "Control Registers", 2.2.1 "Extended Feature Enable Register".
PROTECTIONS = {"wp": ("CR0", 16), "nx": ("EFER", 11), "smep": ("CR4", 20), "smap": ("CR4", 21), "umip": ("CR4", 11)}
FIRMWARE = {"pvh": "not known", "microvm": "not known", "bios": "BIOS", "usb": "BIOS", "uefi": "UEFI",
            "uefi-usb": "UEFI"}


class Report:
    """sections: lines by title, without their indentation."""

    def __init__(self, lines):
        assert lines[0] == BEGIN and lines[-1] == END, lines
        for line in lines:
            assert len(line) <= COLUMNS and re.fullmatch("[ -~]*", line), line
        self.head = lines[1]
        self.sections = {}
        for line in lines[2:-1]:
            if line.startswith("  "):
                self.sections[title].append(line[2:])
            else:
                title = line
                assert title not in self.sections, lines
                self.sections[title] = []

    def fields(self, title):
        """The lines of a section as name and text; lines of the same name are joined."""
        fields = {}
        for line in self.sections[title]:
            name, text = line[:14].strip(), line[15:]
            fields[name] = fields[name] + " " + text if name in fields else text
        return fields


def yes_and_no(text):
    return {name: value == "yes" for name, value in (fact.split("=") for fact in text.split())}


def check_cpu(vm, report):
    path = vm.qmp("query-cpus-fast")[0]["qom-path"]

    def asked(name):
        return vm.qmp("qom-get", path=path, property=name)

    cpu = report.fields("CPU")
    assert cpu["name"].rstrip() == asked("model-id").strip(), cpu
    assert cpu["vendor"] == (f"{asked('vendor')}, family {asked('family')}, model {asked('model'):#x}, "
                             f"stepping {asked('stepping')}"), cpu
    virtual_bits = 57 if asked("la57") else 48
    assert cpu["addresses"] == f"{asked('phys-bits')} bits physical, {virtual_bits} bits virtual", cpu
    assert cpu["hypervisor"] == "TCGTCGTCGTCG", cpu
    told = yes_and_no(cpu["features"])
    assert told == {name: asked(property) for name, property in FEATURES.items()}, told
    registers = vm.registers()
    values = {name: int(re.search(rf"\b{name} *=([0-9a-f]+)", registers).group(1), 16)
              for name in ("CR0", "CR4", "EFER")}
    used = yes_and_no(cpu["in use"])
    assert used == {name: bool(values[register] >> bit & 1)
                    for name, (register, bit) in PROTECTIONS.items()}, (used, values)


def ram_of(vm):
    """Ranges of RAM, both ends included, as QEMU maps them for the CPU. With firmware's shadows, which are RAM too."""
    text = vm.monitor("info mtree -f")
    view = re.search(r'FlatView #\d+\r?\n(?: AS [^\n]*\n)*? AS "memory".*?(?=FlatView|\Z)', text, re.DOTALL).group(0)
    found = re.findall(r"([0-9a-f]{16})-([0-9a-f]{16}) \(prio [^)\n]*(?:\)[^)\n]*)?\): \S*ram\b", view)
    ranges = sorted((int(start, 16), int(end, 16)) for start, end in found)
    joined = []
    for start, end in ranges:
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def check_memory(vm, report):
    ram = ram_of(vm)
    assert ram, vm.monitor("info mtree -f")
    usable_bytes = 0
    for line in report.sections["memory map, as the loader reported it"]:
        start, end, kib, kind = re.fullmatch(r"0x(\w{16})  0x(\w{16}) +(\d+) KiB  (.*)", line).groups()
        start, end = int(start, 16), int(end, 16)
        assert end - start + 1 == int(kib) * 1024, line
        if kind == "usable":
            assert any(first <= start and end <= last for first, last in ram), (line, ram)
            usable_bytes += end - start + 1
    mib = vm.settings.memory_mib
    assert mib - 8 <= usable_bytes / 2**20 <= mib, usable_bytes
    free, total = map(int, re.fullmatch(r"(\d+) KiB free of (\d+) KiB", report.sections["memory"][0]).groups())
    assert 0 < free <= total <= usable_bytes // 1024, (free, total)


def read_memory(vm, address, length):
    """Physical memory, read by QEMU's monitor."""
    text = vm.monitor(f"xp /{length}bx {address:#x}")
    return bytes(int(byte, 16) for line in text.splitlines() for byte in line.partition(":")[2].split())


def check_acpi(vm, report):
    """Follows the tables from where a BIOS leaves the root pointer (ACPI 6.5, 5.2.5.1); UEFI leaves it elsewhere."""
    area = b"".join(read_memory(vm, start, 0x4000) for start in range(0xe0000, 0x100000, 0x4000))
    at = next((at for at in range(0, len(area), 16) if area[at:at + 8] == b"RSD PTR "), None)
    if at is None:
        return
    place, width = (24, 8) if area[at + 15] >= 2 else (16, 4)
    root = int.from_bytes(area[at + place:at + place + width], "little")
    asked = [root]
    length = int.from_bytes(read_memory(vm, root + 4, 4), "little")
    entries = read_memory(vm, root + 36, length - 36)
    asked += [int.from_bytes(entries[i:i + width], "little") for i in range(0, len(entries), width)]
    told = {}
    for line in report.sections["ACPI tables"][1:]:
        signature, address, size = re.match(r"(.{4})  0x(\w{16}) +(\d+) bytes  revision \d+, OEM \".{6}\"$",
                                            line).groups()
        told[int(address, 16)] = (signature, int(size))
    for address in asked:
        header = read_memory(vm, address, 8)
        assert told.get(address) == (header[:4].decode(), int.from_bytes(header[4:], "little")), (address, told)
    assert any(signature == "DSDT" for signature, _ in told.values()), told


# (power-off, reset) as QEMU's machines have them.
POWER = {
    "pc": ("ACPI PM1 control register at I/O port 0x604", "keyboard controller"),
    "pc,i8042=off": ("ACPI PM1 control register at I/O port 0x604", "triple fault"),
    "q35": ("ACPI PM1 control register at I/O port 0x604", "ACPI reset register at I/O port 0xcf9"),
    "microvm,isa-serial=on": ("ACPI sleep control register at memory 0xfea00200",
                              "ACPI reset register at memory 0xfea00202"),
}


def check_power(vm, report):
    told = report.fields("power, what is tried first")
    assert (told["power-off"], told["reset"]) == POWER[vm.settings.machine], told


def check_pci(vm, report):
    if vm.settings.machine.startswith("microvm"):
        assert report.sections["PCI functions"] == ["none"], report.sections["PCI functions"]
        return
    text = vm.monitor("info pci").replace("\r", "")
    asked = {}
    for bus, device, function, rest in re.findall(
            r"Bus +(\d+), device +(\d+), function (\d+):\n((?: {4}.*\n)+)", text):
        identity = re.search(r"PCI device (\w{4}:\w{4})", rest).group(1)
        behind = re.search(r"secondary bus (\d+)", rest)
        asked[f"{int(bus):02x}:{int(device):02x}.{function}"] = (identity, int(behind.group(1)) if behind else None)
    told = {}
    for line in report.sections["PCI functions"]:
        words = line.split()
        behind = re.search(r" to bus (\w\w)$", line)
        told[words[0]] = (words[1], int(behind.group(1), 16) if behind else None)
    assert asked and told == asked, (told, asked)


def check_devices(vm, report):
    devices = report.fields("devices that the kernel uses")
    has_screen = vm.settings.vga != "none"
    has_keyboard = has_screen and "i8042=off" not in vm.settings.machine
    assert devices["serial"].startswith("port 0x3f8, interrupt line 4, FIFO of 16 bytes"), devices
    assert devices["keyboard"].startswith("missing: ") != has_keyboard, devices
    for name, text in devices.items():
        told = f"warning: {name}: {text}" if text.startswith("missing: ") else f"{name}: {text}"
        assert vm.serial_log.count(f"] {told}\r\n") == 1, (told, vm.serial_log)
    assert any(not devices[name].startswith("missing: ") for name in ("vga", "framebuffer") if name in devices) \
        == has_screen, devices


def polls_of_shell(vm):
    shell = next(line for line in on_serial(vm, "tasks") if "shell on serial" in line).split()[0]
    return int(re.match(r"  polls (\d+),", on_serial(vm, f"task {shell}")[1]).group(1))


def drive(vm):
    wait_ready(vm, has_screen=False)
    assert on_serial(vm, "stats on") == []
    before = polls_of_shell(vm)
    # What is typed while the report is printed is not lost.
    vm.send_serial("hwreport\recho typed meanwhile\r")
    answers = vm.wait_serial("\ntyped meanwhile\r\n" + PROMPT).replace("\r", "")
    lines = answers.split("\n")
    report = Report(lines[lines.index(BEGIN):lines.index(END) + 1])
    after = polls_of_shell(vm)
    # It is printed in parts, where there is PCI one for each of its 256 buses: the shell's task is polled for each of
    # them, behind the others.
    assert after - before > (20 if vm.settings.machine.startswith("microvm") else 256), (before, after)

    assert re.fullmatch(r"Tenorite \d+\.\d+\.\d+, built by .*\d, up \d+\.\d{3} s", report.head), report.head
    boot = report.fields("boot")
    assert boot["firmware"] == FIRMWARE[vm.settings.boot], boot
    assert boot["protocol"] == ("PVH" if FIRMWARE[vm.settings.boot] == "not known" else "Multiboot2"), boot
    assert report.sections["command line"] == [f'"{vm.settings.append or ""}"'], report.sections["command line"]
    check_cpu(vm, report)
    check_memory(vm, report)
    check_acpi(vm, report)
    check_power(vm, report)
    check_pci(vm, report)
    check_devices(vm, report)
    vm.send_serial("exit 42\r")
