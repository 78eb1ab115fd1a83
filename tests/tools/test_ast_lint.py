# SPDX-License-Identifier: MIT
"""Each rule of tools/ast_lint fires on a source that breaks it, at the right line, and on nothing else."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = ROOT / "tools/ast_lint/ast_lint.py"
CLANG = shutil.which("clang")
FLAGS = f"-std=gnu2x -O2 -DTENORITE_STATIC_CONTRACTS -DTENORITE_DEBUG=1 -DTENORITE_TASK_PRIORITIES=3 -I{ROOT}/include -I{ROOT}/src/arch/x86_64/include"
HEAD = """\
#include <tenorite/lib/mutex.h>
#include <tenorite/mm/mapper.h>
static MUTEX(int) counter = MUTEX_INIT(0);
static inline void any(struct mapper *mapper, page_4k page)
{
"""
FIRST_LINE = 6
COROUTINES = """\
#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>
struct pair { int first, second; };
struct keeper { int *kept; };
void fill(int *value);
void keeper_init(struct keeper *self, int *value);
enum poll keeper_poll(struct keeper *self, struct context *context);
void keeper_drop(struct keeper *self);
FUTURE_TYPE(keeper);
"""
AWAIT = "AWAIT(yield, &self->yield);\n"


@unittest.skipUnless(CLANG, "no clang here")
class AstLint(unittest.TestCase):
    def lint(self, body, outside="", head=HEAD, first_line=FIRST_LINE):
        """Findings in a function with that body, and maybe more after it: (line of the body, rule)."""
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory) / "source.c"
            source.write_text(head + body + "\n}\n" + outside, encoding="utf-8")
            database = Path(directory) / "database.json"
            database.write_text(json.dumps([{"directory": directory, "file": str(source),
                                             "command": f"{CLANG} {FLAGS} -c -o x.o {source}"}]), encoding="utf-8")
            result = subprocess.run([sys.executable, "-B", str(LINT), str(database)], capture_output=True, text=True,
                                    timeout=60, check=False)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        found = []
        for line in result.stdout.splitlines():
            path, number, rule = line.split(":")[:3]
            self.assertTrue(path.endswith("source.c"), line)
            found.append((int(number) - first_line, rule.strip()))
        self.assertEqual(result.returncode, 1 if found else 0)
        return found

    def test_proper_use_is_clean(self):
        self.assertEqual(self.lint("""
            MUST_FLUSH(token, unmap(mapper, page));
            if (held_error(&token) == MAP_OK)
                flush_held(&token);
            enum map_error error = flush(map_to(mapper, page, (frame_4k){}, PAGE_FLAGS(PRESENT)));
            (void)error;
            for (int i = 0; i < 3; i++) {
                WITH_LOCK(&counter, c) {
                    for (;;)
                        break;
                    switch (*c) {
                    case 1:
                        break;
                    }
                }
                if (i == 2)
                    break;
                continue;
            }
            UNSAFE("tested") {
                paging_root_write((phys_addr){0}, unsafe);
            }"""), [])

    def test_a_token_needs_must_flush(self):
        self.assertEqual(self.lint("__auto_type token = unmap(mapper, page);\n(void)token;"), [(0, "token")])
        self.assertEqual(self.lint("\nmap_token_result token = map_to(mapper, page, (frame_4k){}, PAGE_FLAGS(PRESENT));\n"
                                   "(void)token;"), [(1, "token")])

    def test_a_token_may_not_hide_in_a_struct(self):
        self.assertEqual([rule for _line, rule in self.lint("", "struct box { map_token_result token; };\n")], ["token"])

    def test_a_must_check_result_may_not_be_cast_away(self):
        self.assertEqual(self.lint("(void)mapper_core_translate(mapper, 3);"), [(0, "discarded")])
        self.assertEqual(self.lint("(void)unmap(mapper, page);"), [(0, "discarded")])
        self.assertEqual(self.lint("(void)(mapper_core_translate(mapper, 3));"), [(0, "discarded")])

    def test_an_unsafe_token_comes_out_of_a_block(self):
        self.assertEqual(self.lint("paging_root_write((phys_addr){0}, (struct unsafe_token){});"), [(0, "unsafe-token")])
        self.assertEqual(self.lint("struct unsafe_token mine = {};\npaging_root_write((phys_addr){0}, mine);"),
                         [(0, "unsafe-token")])

    def test_a_jump_that_leaves_only_the_block_is_refused(self):
        self.assertEqual(self.lint("WITH_LOCK(&counter, c) {\nif (*c) break;\n}"), [(1, "leaves-block")])
        self.assertEqual(self.lint('for (;;) {\nUNSAFE("x") {\ncontinue;\n}\n}'), [(2, "leaves-block")])
        self.assertEqual(self.lint("for (;;) {\nWITH_LOCK(&counter, c) {\nswitch (*c) {\ndefault: continue;\n}\n}\n}"),
                         [(3, "leaves-block")])

    def check_coroutines(self, *cases):
        """Each case is a body, or (before, body, cleanup), and the lines in it of lost locals; all go to clang at once."""
        text, expected = COROUTINES, []
        for number, (parts, lines) in enumerate(cases):
            before, body, cleanup = ("", parts, "") if isinstance(parts, str) else parts
            text += (f"ASYNC_STATIC_FRAME(worker{number}, int turn; struct yield yield; struct keeper keeper;);\n"
                     f"ASYNC(worker{number})\n{{\n{before}ASYNC_BEGIN;\n")
            first_line = text.count("\n") + 1
            text += f"{body}\nASYNC_CLEANUP;\n{cleanup}\nASYNC_END;\n}}\n"
            expected += [(first_line + line, "lost-local") for line in lines]
        self.assertEqual(self.lint("void close_the_last(void) {", head=text, first_line=0), expected)

    def test_a_local_that_an_await_loses_is_refused(self):
        self.check_coroutines(
            (f"int x;\nfill(&x);\n{AWAIT}fill(&x);", [0]),
            (f"int x;\nfill(&x);\n{AWAIT}self->turn = x;", [0]),
            (f"int array[4];\nfill(array);\n{AWAIT}self->turn = array[0];", [0]),
            (f"struct pair pair;\nfill(&pair.second);\n{AWAIT}self->turn = pair.second;", [0]),
            (f"int x;\nfill(&x);\nif (self->turn) {{\n{AWAIT}}}\nself->turn = x;", [0]),
            (f"\nint x;\n{AWAIT}fill(&x);", [1]))

    def test_a_loop_brings_a_use_behind_the_await(self):
        self.check_coroutines(
            (f"int x;\nfor (;;) {{\nfill(&x);\n{AWAIT}}}", [0]),
            (f"for (;;) {{\nint x;\nfill(&x);\nself->turn = x;\n{AWAIT}}}", []))

    def test_a_local_before_the_coroutine_begins_is_lost_too(self):
        self.check_coroutines(
            (("int x;\n", f"fill(&x);\n{AWAIT}self->turn = x;", ""), [-2]),
            (("int x;\n", "fill(&x);\nself->turn = x;", ""), []),
            (("int x;\n", "fill(&x);", "self->turn = x;"), [-2]))

    def test_locals_between_two_awaits_are_fine(self):
        self.check_coroutines(
            (f"{AWAIT}int x;\nfill(&x);\nself->turn = x;\n", []),
            (f"{AWAIT}{{\nint x;\nfill(&x);\nself->turn = x;\n}}\n{AWAIT}", []),
            (f"int x;\nfill(&x);\nself->turn = x;\n{AWAIT}", []),
            (f"for (self->turn = 0; self->turn < 3; self->turn++) {{\nint x;\nfill(&x);\n{AWAIT}}}", []),
            (f"static int kept;\nfill(&kept);\n{AWAIT}fill(&kept);", []),
            (f"int x;\nfill(&x);\n{AWAIT}self->turn = sizeof(x);", []),
            (f"fill(&self->turn);\n{AWAIT}fill(&self->turn);", []))

    def test_the_address_of_a_local_is_not_for_the_future_that_is_awaited(self):
        self.check_coroutines(
            ("int x = 1;\nAWAIT(keeper, &self->keeper, &x);", [0]),
            ("int array[2] = {};\nAWAIT(keeper, &self->keeper, array);", [0]),
            ("AWAIT(keeper, &self->keeper, &self->turn);", []),
            ("static int kept;\nAWAIT(keeper, &self->keeper, &kept);", []))

    def test_a_source_that_does_not_compile_is_an_error(self):
        with tempfile.TemporaryDirectory() as directory:
            database = Path(directory) / "database.json"
            database.write_text(json.dumps([{"directory": directory, "file": "none.c", "command": f"{CLANG} -c none.c"}]),
                                encoding="utf-8")
            result = subprocess.run([sys.executable, "-B", str(LINT), str(database)], capture_output=True, text=True,
                                    timeout=60, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("none.c", result.stderr)


if __name__ == "__main__":
    unittest.main()
