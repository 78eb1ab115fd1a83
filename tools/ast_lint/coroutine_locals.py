# SPDX-License-Identifier: MIT
"""The rule of contract K7 that no compiler has: locals of a coroutine that an AWAIT loses.

A coroutine returns at an AWAIT and comes back by a jump, so what a local held is gone. Compilers refuse an initialised
local that the jump skips, and the use of one that was set on the other side. But a local without initialiser whose
address is taken may have been set by anybody: of that one they say nothing. Here, in the order of the text, it is

  lost         declared before an AWAIT (or before ASYNC_CLEANUP, which a drop jumps to) and used after it; in a loop that
               contains the AWAIT but not the declaration, every use is after it
  given away   its address is an argument of the AWAIT itself: the future keeps the address of a local that is gone

An AWAIT is known by the case label that a macro of include/tenorite/task/ writes.
"""

LOOPS = ("ForStmt", "WhileStmt", "DoStmt")
MACROS = "tenorite/task/"
WORD = '"async_resume"'


def is_written_by_macro(location):
    return location is not None and MACROS in location.spelled.path and location.spelled.path != location.used.path


def loops_around(parents):
    """Those of the source; the macros' `do { } while (0)` are none."""
    return {id(node) for node, location in parents if node.get("kind") in LOOPS and not is_written_by_macro(location)}


def named_variable(node):
    """The id of the variable whose memory, or part of it, an expression is; None for anything else."""
    while node.get("kind") in ("ParenExpr", "ArraySubscriptExpr", "ImplicitCastExpr") or (
            node.get("kind") == "MemberExpr" and not node.get("isArrow")):
        if node.get("castKind") not in (None, "ArrayToPointerDecay"):
            return None
        node = node["inner"][0]
    return node["referencedDecl"]["id"] if node.get("kind") == "DeclRefExpr" else None


class Local:
    def __init__(self, node, location, order, loops):
        self.name = node.get("name", "")
        self.is_initialised = "init" in node
        self.location = location
        self.order = order
        self.loops = loops
        self.is_address_taken = False
        self.uses = []


class CoroutineLocals:
    """Is told every node of one function in the order of the text, then asked what it found."""

    def __init__(self):
        self.order = 0
        self.locals = {}
        self.awaits = []
        self.given_away = []
        self.has_seen_start = False

    def see(self, node, location, parents):
        self.order += 1
        kind = node.get("kind")
        if kind == "VarDecl" and "storageClass" not in node and not is_written_by_macro(location):
            self.locals[node["id"]] = Local(node, location, self.order, loops_around(parents))
        elif kind == "CaseStmt" and is_written_by_macro(location):
            if self.has_seen_start:
                self.awaits.append((self.order, location, loops_around(parents)))
            self.has_seen_start = True
        elif kind == "DeclRefExpr":
            self._see_use(node, location, parents)
        elif (kind == "UnaryOperator" and node.get("opcode") == "&") or node.get("castKind") == "ArrayToPointerDecay":
            self._see_address(node, parents)

    def _see_use(self, node, location, parents):
        local = self.locals.get(node["referencedDecl"]["id"])
        if local and not any(parent.get("kind") == "UnaryExprOrTypeTraitExpr" for parent, _place in parents):
            local.uses.append((self.order, location, loops_around(parents)))

    def _see_address(self, node, parents):
        local = self.locals.get(named_variable(node["inner"][0]))
        if not local:
            return
        local.is_address_taken = True
        if any(parent.get("kind") == "DoStmt" and is_written_by_macro(place) for parent, place in parents):
            self.given_away.append(local)

    def findings(self):
        """Yields (location, text)."""
        for local in self.given_away:
            yield local.location, (f"the address of local '{local.name}' is given to an AWAIT, which outlives it: make it "
                                   "a member of the frame")
        for local in self.locals.values():
            line = self._line_of_loss(local)
            if local.is_address_taken and not local.is_initialised and line:
                yield local.location, (f"local '{local.name}' is lost by the AWAIT in line {line} and used after it: make "
                                       "it a member of the frame")

    def _line_of_loss(self, local):
        for await_order, await_location, await_loops in self.awaits:
            if await_order < local.order:
                continue
            for use_order, _location, use_loops in local.uses:
                if use_order > await_order or (await_loops & use_loops) - local.loops:
                    return await_location.used.line
        return None
