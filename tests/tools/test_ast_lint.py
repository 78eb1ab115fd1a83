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
FLAGS = f"-std=gnu2x -O2 -DTENORITE_STATIC_CONTRACTS -DTENORITE_DEBUG=1 -I{ROOT}/include -I{ROOT}/src/arch/x86_64/include"
HEAD = """\
#include <tenorite/lib/mutex.h>
#include <tenorite/mm/mapper.h>
static MUTEX(int) counter = MUTEX_INIT(0);
static inline void any(struct mapper *mapper, page_4k page)
{
"""
FIRST_LINE = 6


@unittest.skipUnless(CLANG, "no clang here")
class AstLint(unittest.TestCase):
    def lint(self, body, outside=""):
        """Findings in a function with that body, and maybe more before it: (line of the body, rule)."""
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory) / "source.c"
            source.write_text(HEAD + body + "\n}\n" + outside, encoding="utf-8")
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
            found.append((int(number) - FIRST_LINE, rule.strip()))
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
