# SPDX-License-Identifier: MIT
"""Builds the fuzz targets by clang and runs them under libFuzzer with AddressSanitizer and UBSan, one after the other.

What a run needs of memory is bounded. Inputs that reached something new go to build/fuzz/inputs/TARGET, where the next
run starts from; inputs of findings go to build/fuzz/findings/TARGET.

Examples:
  ./tenorite fuzz                           every target, 10^7 executions each: minutes
  ./tenorite fuzz pvh --runs 100000         one target, seconds
  ./tenorite fuzz multiboot2 --keep         then add to the stored corpus what covers more than it does

Exit status: 0 no finding, 1 a finding or a failure, 2 wrong usage.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from typing import Optional

import children
import project
import terminal

PRESET = "fuzz"
DEFAULT_RUNS = 10**7
MAX_INPUT_BYTES = 4096
MEMORY_LIMIT_MIB = 1024
QUARANTINE_MIB = 32
INPUT_SECONDS = 10


def targets():
    """Each has a directory of stored inputs."""
    return sorted(path.name for path in corpus_directory("").glob("*") if path.is_dir())


def corpus_directory(target):
    return project.ROOT / "tests/fuzz/corpus" / target


def add_arguments(parser):
    parser.add_argument("targets", nargs="*", metavar="TARGET",
                        help=f"one of {', '.join(targets())} (default: all of them)")
    parser.add_argument("--runs", type=terminal.whole_number(1, 10**12), default=DEFAULT_RUNS, metavar="N",
                        help=f"executions of each target (default {DEFAULT_RUNS})")
    parser.add_argument("--keep", action="store_true",
                        help="add to tests/fuzz/corpus the new inputs that cover more than what is there")


@dataclass(frozen=True)
class Outcome:
    """What libFuzzer said at the end of a run."""

    executions: int
    seconds: Optional[int]    # None: it did not come to its end
    coverage: int             # edges of the program's control flow
    finding: Optional[str]    # None: there was none
    input_path: Optional[str]


# Our own words first: a sanitizer's summary names but the abort() behind them.
FINDINGS = (re.compile(r"^\S+:\d+: does not hold: .*$", re.MULTILINE),
            re.compile(r"^\w+: FAILED: .*$", re.MULTILINE),
            re.compile(r"^unexpected panic: .*$", re.MULTILINE),
            re.compile(r"^.*: runtime error: .*$", re.MULTILINE),
            re.compile(r"^SUMMARY: (.*)$", re.MULTILINE))


def last_number(pattern, text):
    numbers = re.findall(pattern, text, re.MULTILINE)
    return int(numbers[-1]) if numbers else 0


def parse_output(text):
    """The outcome that libFuzzer's output tells."""
    end = re.search(r"^Done \d+ runs in (\d+) second\(s\)$", text, re.MULTILINE)
    unit = re.search(r"Test unit written to (.+)$", text, re.MULTILINE)
    found = next((match for pattern in FINDINGS if (match := pattern.search(text))), None)
    return Outcome(
        executions=last_number(r"^stat::number_of_executed_units:\s*(\d+)$", text),
        seconds=int(end.group(1)) if end else None,
        coverage=last_number(r"^#\d+\s.*\bcov: (\d+)", text),
        finding=found.group(found.lastindex or 0) if found else None,
        input_path=unit.group(1) if unit else None,
    )


def program(target):
    return project.build_directory(PRESET) / "tests/fuzz" / f"fuzz_{target}"


def output_directory(kind, target):
    path = project.build_directory(PRESET) / kind / target
    path.mkdir(parents=True, exist_ok=True)
    return path


def fuzz_command(target, runs):
    dictionary = project.ROOT / f"tests/fuzz/{target}.dict"
    command = ["nice", str(program(target)), f"-runs={runs}", f"-max_len={MAX_INPUT_BYTES}",
               f"-rss_limit_mb={MEMORY_LIMIT_MIB}", f"-timeout={INPUT_SECONDS}", "-print_final_stats=1",
               f"-artifact_prefix={output_directory('findings', target)}/"]
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    return command + [str(output_directory("inputs", target)), str(corpus_directory(target))]


def run_logged(command, log):
    """Runs a libFuzzer program with its output in a file; (exit status, output)."""
    environment = dict(os.environ, ASAN_OPTIONS=f"quarantine_size_mb={QUARANTINE_MIB}")
    with log.open("wb") as output:
        with children.running(command, True, cwd=project.ROOT, env=environment, stdin=subprocess.DEVNULL,
                              stdout=output, stderr=subprocess.STDOUT) as child:
            status = child.wait()
    return status, log.read_text(encoding="utf-8", errors="replace")


def is_clean(target, status, outcome, runs):
    """Reports the outcome in one line, or two."""
    if outcome.finding or outcome.input_path:
        print(f"{target}: a finding: {outcome.finding}", flush=True)
        print(f"  input: {outcome.input_path}", flush=True)
        return False
    if status != 0 or outcome.seconds is None or outcome.executions < runs:
        print(f"{target}: ended early, with exit status {status} after {outcome.executions} executions", flush=True)
        return False
    print(f"{target}: {outcome.executions} executions in {outcome.seconds} s, no finding, {outcome.coverage} edges",
          flush=True)
    return True


def fuzz(target, runs):
    log = project.build_directory(PRESET) / f"fuzz-{target}.log"
    status, text = run_logged(fuzz_command(target, runs), log)
    good = is_clean(target, status, parse_output(text), runs)
    if not good:
        terminal.say(f"all it said: {log}")
    return good


def keep_new_inputs(target):
    """Adds the inputs that reach code which no stored one does. How often they pass an edge does not count: that
    would be some hundred files more."""
    stored = corpus_directory(target)
    before = len(list(stored.iterdir()))
    log = project.build_directory(PRESET) / f"merge-{target}.log"
    command = [str(program(target)), "-merge=1", "-use_counters=0", str(stored), str(output_directory("inputs", target))]
    if run_logged(command, log)[0] != 0:
        raise terminal.Failure(f"merging the inputs of {target} failed; see {log}")
    terminal.say(f"{len(list(stored.iterdir())) - before} new inputs in {stored}")


def perform(options, _passed_on):
    unknown = [target for target in options.targets if target not in targets()]
    if unknown:
        raise terminal.UsageError(f"no target '{unknown[0]}'; there are {', '.join(targets())}")
    chosen = options.targets or targets()
    project.build(PRESET, "tests/fuzz/all")
    results = [fuzz(target, options.runs) for target in chosen]
    if options.keep:
        for target in chosen:
            keep_new_inputs(target)
    return terminal.EXIT_OK if all(results) else terminal.EXIT_FAILURE
