# SPDX-License-Identifier: MIT
"""Each rule of tools/layer_check.py fires on a small tree that breaks it, and only then."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).resolve().parents[2] / "tools" / "layer_check.py"
LICENCE = "/* SPDX-License-Identifier: MIT */\n"


class LayerCheck(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.write("include/tenorite/mm/heap.h",
                   "#pragma once\n#include <tenorite/lib/text.h>\n#include <stdint.h>\n")

    def write(self, name, text, licence=LICENCE):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(licence + text, encoding="utf-8")

    def check(self):
        command = [sys.executable, "-B", str(CHECKER), str(self.root)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1 if result.stdout else 0, result.stderr)
        return result.stdout.splitlines()

    def expect(self, place, rule):
        findings = self.check()
        self.assertEqual(len(findings), 1, findings)
        self.assertTrue(findings[0].startswith(f"{place}: {rule}: "), findings)

    def test_a_tree_that_keeps_the_rules_is_clean(self):
        self.write("src/main.c", "#include <tenorite/app/shell.h>\n#include <tenorite/lib/text.h>\n")
        self.write("src/task/executor.c", "#include <tenorite/task/executor.h>\n#include <tenorite/mm/heap.h>\n")
        self.write("src/arch/x86_64/traps.c", '#include "traps.h"\n#include <tenorite/arch/impl/cpu.h>\n')
        self.write("src/arch/x86_64/traps.h", "#pragma once\n")
        self.write("tests/host/lib/test_text.c",
                   "#include <string.h>\n#if 1\n#endif\n#include <tenorite/app/shell.h>\n")
        self.assertEqual(self.check(), [])

    def test_a_public_include_may_not_point_right(self):
        self.write("src/mm/heap.c", "#include <tenorite/mm/heap.h>\n#include <tenorite/task/executor.h>\n")
        self.expect("src/mm/heap.c:3", "layer")

    def test_a_header_may_not_point_right_either(self):
        self.write("include/tenorite/lib/text.h", "#pragma once\n#  include  <tenorite/arch/cpu.h>\n")
        self.expect("include/tenorite/lib/text.h:3", "layer")

    def test_every_pair_of_layers_is_ordered(self):
        layers = ("lib", "arch", "mm", "task", "drivers", "app")
        for own in layers:
            self.write(f"src/{own}/all.c", "".join(f"#include <tenorite/{other}/all.h>\n" for other in layers))
        findings = self.check()
        self.assertEqual(len(findings), 5 + 4 + 3 + 2 + 1, findings)
        self.assertTrue(all(": layer: " in finding for finding in findings), findings)

    def test_an_include_of_no_layer_is_reported(self):
        self.write("src/mm/heap.c", "#include <tenorite/memory/heap.h>\n")
        self.expect("src/mm/heap.c:2", "layer")

    def test_a_file_outside_the_layers_is_reported(self):
        self.write("src/misc/helper.c", "#include <tenorite/lib/text.h>\n")
        self.expect("src/misc/helper.c:2", "layer")

    def test_a_private_header_is_for_its_own_layer(self):
        self.write("src/arch/x86_64/layout.h", "#pragma once\n")
        self.write("src/mm/heap.c", '#include "../arch/x86_64/layout.h"\n')
        self.expect("src/mm/heap.c:2", "private")

    def test_a_private_header_named_from_src_is_for_its_own_layer_too(self):
        self.write("src/arch/x86_64/layout.h", "#pragma once\n")
        self.write("src/main.c", '#include "arch/x86_64/layout.h"\n')
        self.expect("src/main.c:2", "private")

    def test_the_untyped_mapper_is_for_mm_alone(self):
        for name in ("mapper_core.h", "mapper_memory.h"):
            self.write("src/mm/mapper.c", f"#include <tenorite/mm/{name}>\n")
            self.write("src/task/executor.c", f"#include <tenorite/mm/{name}>\n")
            self.expect("src/task/executor.c:2", "untyped")

    def test_headers_of_the_c_library_are_refused(self):
        self.write("src/lib/text.c", "#include <string.h>\n")
        self.expect("src/lib/text.c:2", "libc")

    def test_headers_of_the_c_library_are_refused_in_include_too(self):
        self.write("include/tenorite/lib/text.h", "#pragma once\n#include <stdlib.h>\n")
        self.expect("include/tenorite/lib/text.h:3", "libc")

    def test_each_conditional_is_refused(self):
        for conditional in ("#if X", "#ifdef X", "#ifndef X", "  # elif X"):
            with self.subTest(conditional):
                self.write("src/lib/text.c", f"{conditional}\n")
                self.expect("src/lib/text.c:2", "conditional")

    def test_conditionals_are_found_in_assembly_and_linker_scripts(self):
        for name in ("src/arch/x86_64/entry.S", "src/arch/x86_64/kernel.ld.in", "src/CMakeLists.txt"):
            with self.subTest(name):
                self.write(name, "#if X\n")
                self.expect(f"{name}:2", "conditional")
                (self.root / name).unlink()

    def test_the_assembler_and_compiler_h_may_have_conditionals(self):
        self.write("include/tenorite/lib/compiler.h", "#ifdef __clang__\n#endif\n")
        self.write("src/arch/x86_64/traps.h", "#ifndef __ASSEMBLER__\n#endif\n")
        self.assertEqual(self.check(), [])

    def test_a_missing_licence_line_is_reported(self):
        for name in ("src/mm/heap.c", "tools/tool.py", "cmake/Flags.cmake", "tests/CMakeLists.txt", ".ci/run",
                     "tenorite", ".github/workflows/ci.yml"):
            with self.subTest(name):
                self.write(name, "text\n", licence="")
                self.expect(f"{name}:1", "licence")
                (self.root / name).unlink()

    def test_a_script_has_its_licence_below_the_interpreter(self):
        self.write("tools/tool.py", "#!/usr/bin/env python3\n# SPDX-License-Identifier: MIT\n", licence="")
        self.assertEqual(self.check(), [])

    def test_500_lines_are_enough(self):
        self.write("tests/host/mm/test_heap.c", "\n" * 499)
        self.assertEqual(self.check(), [])
        self.write("tests/host/mm/test_heap.c", "\n" * 500)
        self.expect("tests/host/mm/test_heap.c:501", "file-length")

    def test_a_function_of_60_lines_is_enough(self):
        for lines in (60, 61):
            body = "    work();\n" * lines
            self.write("src/mm/heap.c", f"void heap_init(void)\n{{\n{body}}}\n\nstruct heap {{\n    int x;\n}};\n")
            if lines == 60:
                self.assertEqual(self.check(), [])
        self.expect("src/mm/heap.c:3", "function-length")

    def test_what_was_built_is_not_looked_at(self):
        self.write("build/dev/generated.c", "#include <tenorite/app/shell.h>\n", licence="")
        self.assertEqual(self.check(), [])

    def test_wrong_arguments_are_a_usage_error(self):
        result = subprocess.run([sys.executable, "-B", str(CHECKER), "--nonsense"], capture_output=True, check=False)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()
