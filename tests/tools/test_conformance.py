# SPDX-License-Identifier: MIT
"""check_conformance.py names a row that is missing, one without a test, and a test that there is not."""

import unittest

import check_conformance


def table(title, count):
    return f"\n## {title}\n" + "".join(f"| {number} | words | `host.a / works` |\n" for number in range(1, count + 1))


class Conformance(unittest.TestCase):
    def complaints(self, change=lambda text: text, tests=("host.a",)):
        text = "".join(table(title, count) for title, count in check_conformance.TABLES.items())
        return list(check_conformance.complaints_of(change(text), tests, lambda test: "static void works(void)"))

    def test_a_complete_table_is_well(self):
        self.assertEqual(self.complaints(), [])

    def test_a_missing_row_is_named(self):
        found = self.complaints(lambda text: text.replace("| 75 | words | `host.a / works` |\n", ""))
        self.assertEqual(found, ["Cases: the rows are not 1 to 75"])

    def test_a_row_without_a_test_is_named(self):
        found = self.complaints(lambda text: text.replace("| 7 | words | `host.a / works` |", "| 7 | words | none |", 1))
        self.assertEqual(found, ["Cases 7: no test"])

    def test_a_test_that_there_is_not_is_named(self):
        self.assertEqual(len(self.complaints(tests=())), sum(check_conformance.TABLES.values()))

    def test_a_function_that_there_is_not_is_named(self):
        found = self.complaints(lambda text: text.replace("| 3 | words | `host.a / works` |", "| 3 | w | `host.a / wor` |", 1))
        self.assertEqual(found, ["Cases 3: host.a has no wor"])


if __name__ == "__main__":
    unittest.main()
