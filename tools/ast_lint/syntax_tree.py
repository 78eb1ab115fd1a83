# SPDX-License-Identifier: MIT
"""clang's syntax tree of one source file: its top-level declarations, one by one, with their places.

`clang -ast-dump=json` writes tens of megabytes for a source of a hundred lines, most of it for headers. So the text is cut
where a top-level declaration begins, and only those that a rule wants to see are parsed. Names of files and line numbers
are left out by clang where they are those of the place before: both are carried along.
"""

import json
import re
import subprocess
from dataclasses import dataclass

# A top-level declaration's first and last line, by their indentation.
DECLARATION = re.compile(r"^    \{$.*?^    \}", re.MULTILINE | re.DOTALL)
INCLUDED_FROM = re.compile(r'"includedFrom": \{\s*"file": "[^"]*"\s*\}')
FILE = re.compile(r'"file": "([^"]*)"')
LINE = re.compile(r'"line": (\d+)')
# What clang knows and gcc's options ask for, and the diagnostics, which are the compiler's business.
DUMP = ["-fsyntax-only", "-w", "-Xclang", "-ast-dump=json"]


class DumpFailed(Exception):
    """clang does not compile the file."""


@dataclass(frozen=True)
class Place:
    path: str
    line: int


@dataclass(frozen=True)
class Location:
    """Where something is written, and where the macro that wrote it is used; the same without a macro."""

    spelled: Place
    used: Place


def dump(command, directory):
    """The text of the tree. `command` compiles the file."""
    words = [word for word in command if word != "-c"]
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    result = subprocess.run(words + DUMP, cwd=directory, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise DumpFailed(result.stderr)
    return result.stdout


class Tree:
    def __init__(self, text):
        self.text = text
        self.path, self.line = "", 0

    def declarations(self, is_wanted):
        """Yields (tree, node) for each top-level declaration whose text is wanted. Resolve its locations before the next."""
        end = 0
        for match in DECLARATION.finditer(self.text):
            chunk = match.group()
            if is_wanted(chunk):
                yield json.loads(chunk)
            else:
                self._pass_over(chunk)
            end = match.end()
        if end == 0:
            raise DumpFailed("no declaration in what clang wrote")

    def _pass_over(self, chunk):
        plain = INCLUDED_FROM.sub("", chunk) if "includedFrom" in chunk else chunk
        files, lines = FILE.findall(plain), LINE.findall(plain)
        self.path = files[-1] if files else self.path
        self.line = int(lines[-1]) if lines else self.line

    def _place(self, record):
        self.path = record.get("file", self.path)
        self.line = record.get("line", self.line)
        return Place(self.path, self.line)

    def location(self, record):
        """Of a `loc`, `begin` or `end`; each has to be asked for, in the order of the text. None for an empty one."""
        if "spellingLoc" in record:
            spelled = self._place(record["spellingLoc"])
            return Location(spelled, self._place(record["expansionLoc"]))
        if "offset" not in record:
            return None
        place = self._place(record)
        return Location(place, place)

    def walk(self, node, parents=()):
        """Yields (node, location, parents) in the order of the text; parents from the outermost to the nearest."""
        location = None
        if "loc" in node:
            location = self.location(node["loc"])
        if "range" in node:
            begin = self.location(node["range"]["begin"])
            self.location(node["range"]["end"])
            location = location or begin
        yield node, location, parents
        for child in node.get("inner", ()):
            if child:
                yield from self.walk(child, (*parents, (node, location)))
