# SPDX-License-Identifier: MIT
"""tools/contracts/check.py believes a contract only if the misuse fails for the stated reason and the rest compiles."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).resolve().parents[2] / "tools" / "contracts" / "check.py"
FLAGS = ["-std=gnu2x", "-O2", "-Wall", "-Werror=unused-result"]
FAMILIES = [family for family in ("gcc", "clang") if shutil.which(family)]

KEPT = """/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type 'enum outcome' */
/* clang: ignoring return value of function declared with 'nodiscard' */
enum [[nodiscard]] outcome { FINE, BAD };
enum outcome must_look(void);

int use(void)
{
#ifdef MISUSE
    must_look();
    return 0;
#else
    return must_look() == FINE;
#endif
}
"""


class ContractCheck(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.case = Path(directory.name) / "case.c"

    def run_check(self, family, source, flags=None, compiler=None):
        self.case.write_text(source, encoding="utf-8")
        compiler = compiler or shutil.which(family) or family
        command = [sys.executable, "-B", str(CHECKER), "--compiler", family, compiler,
                   "--case", str(self.case), "--flags", *(FLAGS if flags is None else flags)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def expect_broken(self, source, message, flags=None):
        for family in FAMILIES:
            with self.subTest(compiler=family):
                result = self.run_check(family, source, flags)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(message, result.stderr)

    def test_some_compiler_is_installed(self):
        self.assertTrue(FAMILIES)

    def test_a_kept_contract_passes(self):
        for family in FAMILIES:
            with self.subTest(compiler=family):
                result = self.run_check(family, KEPT)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"{family} refuses the misuse", result.stdout)

    def test_a_misuse_that_compiles_fails(self):
        self.expect_broken(KEPT.replace("    must_look();\n", "    (void)sizeof must_look();\n"),
                           "the misuse compiles")

    def test_a_misuse_that_only_warns_fails(self):
        self.expect_broken(KEPT, "the misuse compiles", ["-std=gnu2x", "-O2", "-Wall"])

    def test_another_error_than_the_expected_one_fails(self):
        self.expect_broken(KEPT.replace("    must_look();\n", "    undeclared_name = 1;\n"), "no error matches")

    def test_every_stated_pattern_must_match(self):
        second = "/* gcc: never said */\n/* clang: never said */\nenum [["
        self.expect_broken(KEPT.replace("enum [[", second, 1), "no error matches `never said`")

    def test_a_pattern_is_not_found_in_warnings_or_quoted_source(self):
        source = KEPT.replace("    must_look();\n", "    int must_look_unused;\n    undeclared_name = 1;\n")
        source = source.replace("ignoring return value of type 'enum outcome'", "unused variable")
        self.expect_broken(source.replace("ignoring return value of function declared with 'nodiscard'", "unused variable"),
                           "no error matches")

    def test_a_broken_proper_use_fails(self):
        self.expect_broken(KEPT.replace("return must_look() == FINE;", "return undeclared_name;"),
                           "the proper use does not compile")

    def test_a_proper_use_with_warnings_fails(self):
        self.expect_broken(KEPT.replace("    return must_look() == FINE;", "    int unused;\n    return must_look() == FINE;"),
                           "the proper use compiles with diagnostics")

    def test_a_case_without_expectation_fails(self):
        self.expect_broken(KEPT.replace("/* gcc: ", "/* ").replace("/* clang: ", "/* "), "the case has no line /* ")

    def test_a_case_without_misuse_fails(self):
        self.expect_broken(KEPT.replace("#ifdef MISUSE", "#ifdef OTHER"), "the case has no #ifdef MISUSE")

    def test_optimizer_errors_fire(self):
        source = """/* SPDX-License-Identifier: MIT */
/* gcc: declared with attribute error: never reach this */
/* clang: never reach this */
void breach(void) __attribute__((error("never reach this")));
void use(int value);
void use(int value)
{
#ifdef MISUSE
    if (value != 3)
#else
    if (value * 2 % 2 != 0)
#endif
        breach();
}
"""
        for family in FAMILIES:
            with self.subTest(compiler=family):
                self.assertEqual(self.run_check(family, source).returncode, 0)

    def test_a_compiler_that_cannot_refuse_says_so_and_still_compiles_the_proper_use(self):
        for family in FAMILIES:
            with self.subTest(compiler=family):
                lines = KEPT.splitlines(keepends=True)
                lines[1:3] = ["/* gcc: none: too weak */\n", "/* clang: none: too weak */\n"]
                source = "".join(lines).replace("    must_look();\n", "")
                result = self.run_check(family, source)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"{family} cannot refuse this: too weak", result.stdout)
                self.assertEqual(self.run_check(family, source.replace("== FINE", "==")).returncode, 1)

    def test_none_beside_a_pattern_fails(self):
        self.expect_broken("/* gcc: none: x */\n/* gcc: y */\n/* clang: none: x */\n/* clang: y */\n#ifdef MISUSE\n#endif\n",
                           "stands beside other expectations")

    def test_a_compiler_that_is_missing_is_a_skip_that_says_so(self):
        for family in ("gcc", "clang"):
            result = self.run_check(family, KEPT, compiler=f"{family}-NOTFOUND")
            self.assertEqual((result.returncode, result.stdout), (77, f"skipped: no {family} here\n"))

    def test_an_unknown_compiler_family_is_wrong_usage(self):
        self.assertEqual(self.run_check("icc", KEPT).returncode, 2)


if __name__ == "__main__":
    unittest.main()
