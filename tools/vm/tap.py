# SPDX-License-Identifier: MIT
"""The results that a test kernel prints (Test Anything Protocol): a plan `1..N`, a line `ok K - name` or
`not ok K - name` for each test, and at the end `# N passed, M failed`. Other lines may stand between them.
"""

import re
from dataclasses import dataclass, field

# Colour and cursor sequences: a firmware's or boot loader's, never the kernel's. ECMA-48, 5.4 "Control sequences"; OVMF
# also prints `\x1b[=3h`.
ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
PLAN = re.compile(r"1\.\.(\d+)$")
RESULT = re.compile(r"(not )?ok (\d+)(?: - (.*))?$")
SUMMARY = re.compile(r"# (\d+) passed, (\d+) failed$")


def lines_of(text):
    """The lines of serial output, without line ends and escape sequences."""
    return [line.rstrip() for line in ESCAPE.sub("", text).replace("\r", "\n").split("\n") if line.strip()]


@dataclass
class Results:
    plans: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    numbers: list = field(default_factory=list)
    summary: tuple = None
    ends_with_summary: bool = False

    def gaps(self):
        """Why these are not the whole and consistent results of a run; None when they are."""
        if len(self.plans) != 1:
            return "no plan line 1..N" if not self.plans else f"{len(self.plans)} plan lines"
        plan, count = self.plans[0], len(self.numbers)
        if plan == 0:
            return "a plan of no tests"
        if count != plan:
            return f"{count} results, {plan} planned"
        if self.numbers != list(range(1, plan + 1)):
            return f"results out of order: {self.numbers}"
        if self.summary is None:
            return "no last line '# N passed, M failed'"
        if not self.ends_with_summary:
            return "results after the line '# N passed, M failed'"
        if self.summary != (len(self.passed), len(self.failed)):
            return f"the last line says {self.summary}, the results {(len(self.passed), len(self.failed))}"
        return None


def parse(text):
    results = Results()
    for line in lines_of(text):
        plan, result, summary = PLAN.match(line), RESULT.match(line), SUMMARY.match(line)
        if plan:
            results.plans.append(int(plan[1]))
        elif result:
            results.numbers.append(int(result[2]))
            (results.failed if result[1] else results.passed).append(result[3] or result[2])
        elif summary:
            results.summary = (int(summary[1]), int(summary[2]))
        if plan or result or summary:
            results.ends_with_summary = bool(summary)
    return results
