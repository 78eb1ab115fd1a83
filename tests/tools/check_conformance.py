#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks docs/conformance.md against the tests: check_conformance.py BUILD_DIRECTORY

The tables number 75 cases and 27 traps without a gap; each row names at least one test; each `CTest name / function` is a
test of that build, and its source defines the function. Exit status: 0 all true, 1 something is not, and is named.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"Cases": 75, "Traps": 27}


def rows_of(text, title):
    """(number, what the row names) of a section's table."""
    section = text.split(f"\n## {title}\n", 1)[-1].split("\n## ", 1)[0]
    found = []
    for line in section.splitlines():
        match = re.match(r"\| (\d+) \|.*\|(.*)\|$", line)
        if match:
            found.append((int(match[1]), re.findall(r"`([^`]+)`", match[2])))
    return found


def complaints_of(text, tests, source_of):
    """What is wrong, a line each. `source_of` gives the text of a CTest test's sources."""
    for title, count in TABLES.items():
        rows = rows_of(text, title)
        if [number for number, _names in rows] != list(range(1, count + 1)):
            yield f"{title}: the rows are not 1 to {count}"
        for number, names in rows:
            if not names:
                yield f"{title} {number}: no test"
            for name in names:
                test, _, function = name.partition(" / ")
                if test not in tests:
                    yield f"{title} {number}: there is no test {test}"
                elif function and not re.search(rf"\b{re.escape(function)}\b", source_of(test)):
                    yield f"{title} {number}: {test} has no {function}"


def source_of(test):
    kind, _, name = test.partition(".")
    pattern = {"host": f"host/*/test_{name}.c", "qemu": f"qemu/**/{name}.c"}.get(kind)
    return "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob(pattern)) if pattern else ""


def main():
    listing = subprocess.run(["ctest", "--test-dir", sys.argv[1], "--show-only=json-v1"], capture_output=True, text=True,
                             check=True)
    tests = {test["name"] for test in json.loads(listing.stdout)["tests"]}
    complaints = list(complaints_of((ROOT / "docs/conformance.md").read_text(encoding="utf-8"), tests, source_of))
    for complaint in complaints:
        print(complaint)
    print(f"conformance: {sum(TABLES.values())} rows, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
