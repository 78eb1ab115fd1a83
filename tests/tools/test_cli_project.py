# SPDX-License-Identifier: MIT
"""When ./tenorite configures again: what a build directory was made with has changed."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "cli"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "vm"))
import project  # noqa: E402


class CompilersThatCameLater(unittest.TestCase):
    def is_new(self, cache, installed):
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "CMakeCache.txt").write_text(cache, encoding="utf-8")
            with mock.patch.object(project, "build_directory", lambda _preset: Path(directory)), \
                    mock.patch.object(project.shutil, "which", lambda name: name if name in installed else None):
                return project.has_new_compiler("dev")

    def test_a_compiler_that_was_missing_and_is_there_now_counts(self):
        cache = "TENORITE_GCC:FILEPATH=/usr/bin/gcc\nTENORITE_CLANG:FILEPATH=TENORITE_CLANG-NOTFOUND\n"
        self.assertTrue(self.is_new(cache, ("gcc", "clang")))
        self.assertFalse(self.is_new(cache, ("gcc",)))

    def test_a_compiler_that_was_there_does_not(self):
        cache = "TENORITE_GCC:FILEPATH=/usr/bin/gcc\nTENORITE_CLANG:FILEPATH=/usr/bin/clang\n"
        self.assertFalse(self.is_new(cache, ("gcc", "clang")))

    def test_without_a_build_directory_nothing_is_new(self):
        with mock.patch.object(project, "build_directory", lambda _preset: Path("/nonexistent")):
            self.assertFalse(project.has_new_compiler("dev"))


if __name__ == "__main__":
    unittest.main()
