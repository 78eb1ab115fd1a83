#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Refuses what types and optimizers cannot: rules of the contracts that need clang's syntax tree.

Usage: ast_lint.py DATABASE [FILE...]

DATABASE is a compile_commands.json of clang; FILE limits it to sources whose path ends so. The rules, as they are named
in the output (docs/contracts.md has the contracts):
  token         K3: a variable or a member that holds a flush token, and was not declared by MUST_FLUSH
  discarded     K9: a must-check result that is cast to (void)
  unsafe-token  K4: a struct unsafe_token that no UNSAFE block gave
  leaves-block  K4, K5: a break or continue that leaves an UNSAFE or WITH_LOCK block, not the loop around it
  lost-local    K7: a local of a coroutine that an AWAIT loses (coroutine_locals.py)

Prints one line for each finding, `path:line: rule: text`; exit status 1 if there is any, 2 for wrong usage or a source that
clang does not compile.
"""

import json
import os
import shlex
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import coroutine_locals
from syntax_tree import DumpFailed, Tree, dump

TOKEN_STATE = "struct flush_state"
UNSAFE_TOKEN = "struct unsafe_token"
MACRO_HEADERS = {"UNSAFE": "tenorite/lib/unsafe.h", "WITH_LOCK": "tenorite/lib/mutex.h"}
TOKEN_HEADER = "tenorite/mm/flush.h"
LOOPS = ("ForStmt", "WhileStmt", "DoStmt")


def type_names(node):
    described = node.get("type", {})
    return [described.get(key, "").removeprefix("const ") for key in ("qualType", "desugaredQualType")]


def has_child(node, kind):
    return any(child.get("kind") == kind for child in node.get("inner", ()))


def called_function(node):
    """The function that an expression calls, through casts, parentheses and _Generic; None for anything else."""
    while node and node.get("kind") in ("ParenExpr", "ImplicitCastExpr", "ConstantExpr", "ExprWithCleanups"):
        node = node["inner"][0]
    if not node or node.get("kind") != "CallExpr":
        return None
    callee = node["inner"][0]
    while callee.get("kind") in ("ParenExpr", "ImplicitCastExpr", "UnaryOperator"):
        callee = callee["inner"][0]
    if callee.get("kind") == "GenericSelectionExpr":
        chosen = next((branch for branch in callee["inner"] if branch.get("selected")), {})
        callee = next((child for child in chosen.get("inner", ()) if child.get("kind") == "DeclRefExpr"), callee)
    return callee.get("referencedDecl", {}).get("name")


class Checker:
    """Reads the declarations of one source file in order; a rule knows what earlier declarations said."""

    def __init__(self):
        self.token_types = set()
        self.must_check = set()

    def is_wanted(self, chunk):
        """Whether a declaration can teach or break anything; a look at its text saves parsing it."""
        return any(word in chunk for word in ('"WarnUnusedResultAttr"', TOKEN_STATE, UNSAFE_TOKEN, '"BreakStmt"',
                                              '"ContinueStmt"', '"ToVoid"', coroutine_locals.WORD,
                                              *self.token_types))

    def learn(self, node):
        if node.get("kind") == "RecordDecl" and any(
                child.get("kind") == "FieldDecl" and TOKEN_STATE in type_names(child) for child in node.get("inner", ())):
            self.token_types.add(f"struct {node.get('name')}")
        if node.get("kind") == "FunctionDecl" and has_child(node, "WarnUnusedResultAttr"):
            self.must_check.add(node.get("name"))

    def check(self, node, location, parents):
        """Yields (rule, text)."""
        kind = node.get("kind")
        if kind in ("VarDecl", "FieldDecl"):
            yield from self.check_variable(node, location)
        if kind in ("VarDecl", "CompoundLiteralExpr") and UNSAFE_TOKEN in type_names(node) and not is_spelled_in(
                location, MACRO_HEADERS["UNSAFE"]):
            yield "unsafe-token", "a struct unsafe_token made by hand: state the reason in an UNSAFE block"
        if kind == "CStyleCastExpr" and node.get("castKind") == "ToVoid":
            name = called_function(node["inner"][0])
            if name in self.must_check:
                yield "discarded", f"the result of {name}() is cast to (void)"
        if kind in ("BreakStmt", "ContinueStmt"):
            yield from check_leaving(node, location, parents)

    def check_variable(self, node, location):
        names = type_names(node)
        if node["kind"] == "FieldDecl":
            is_token = any(name in self.token_types for name in names)
        else:
            is_token = any(name in self.token_types for name in names) and not has_child(node, "CleanupAttr")
        if is_token and not is_spelled_in(location, TOKEN_HEADER):
            yield "token", f"'{node.get('name', '')}' holds a flush token: declare tokens by MUST_FLUSH"


def is_spelled_in(location, header):
    return location is not None and location.spelled.path.endswith(header)


def macro_of_loop(location):
    """The macro that wrote a loop, as far as a rule knows it."""
    for macro, header in MACRO_HEADERS.items():
        if is_spelled_in(location, header):
            return macro
    return None


def check_leaving(node, location, parents):
    """A break or continue binds to the nearest loop (or, for break, switch)."""
    if any(is_spelled_in(location, header) for header in MACRO_HEADERS.values()):
        return
    kinds = LOOPS + (("SwitchStmt",) if node["kind"] == "BreakStmt" else ())
    nearest = next((place for parent, place in reversed(parents) if parent.get("kind") in kinds), None)
    macro = macro_of_loop(nearest)
    if macro:
        word = "break" if node["kind"] == "BreakStmt" else "continue"
        yield "leaves-block", f"this {word} leaves the {macro} block, not a loop around it"


def findings_of(job):
    """(findings, error) of one compile command."""
    entry, root = job
    words = entry.get("arguments") or shlex.split(entry["command"])
    checker = Checker()
    findings = []

    def add(location, rule, text):
        path = os.path.normpath(os.path.join(entry["directory"], location.used.path))
        shown = os.path.relpath(path, root) if path.startswith(f"{root}{os.sep}") else path
        findings.append((shown, location.used.line, rule, text))

    try:
        tree = Tree(dump(words, entry["directory"]))
        for declaration in tree.declarations(checker.is_wanted):
            checker.learn(declaration)
            function = coroutine_locals.CoroutineLocals()
            for node, location, parents in tree.walk(declaration):
                function.see(node, location, parents)
                for rule, text in checker.check(node, location, parents):
                    add(location, rule, text)
            for location, text in function.findings():
                add(location, "lost-local", text)
    except DumpFailed as error:
        return [], f"{entry['file']}: {error}"
    return findings, None


def check_all(entries, root):
    jobs = [(entry, str(root)) for entry in entries]
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(findings_of, jobs))
    findings = sorted({finding for found, _error in results for finding in found})
    return findings, [error for _found, error in results if error]


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    entries = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    if arguments[1:]:
        entries = [entry for entry in entries if entry["file"].endswith(tuple(arguments[1:]))]
    if not entries:
        print("ast_lint: no source to check", file=sys.stderr)
        return 2
    findings, errors = check_all(entries, Path(__file__).resolve().parents[2])
    for path, line, rule, text in findings:
        print(f"{path}:{line}: {rule}: {text}")
    for error in errors:
        print(f"ast_lint: {error}", file=sys.stderr)
    print(f"ast_lint: {len(findings)} findings in {len(entries)} files", file=sys.stderr)
    return 2 if errors else 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
