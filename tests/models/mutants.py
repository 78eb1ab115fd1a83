#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the sources of src/task in seeded ways, one at a time, and checks that a program finds each out.

The program is built again with the broken sources in place of the right ones, and must fail, crash or hang. A mutant that
passes, does not build, or whose text is no longer in the source fails the script; so does a control, in which nothing is
broken, that does not pass.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASK = ROOT / "src/task"
SET_BIT = "!cpu_local_test_and_set_bit(&task->state, TASK_SCHEDULED_BIT)"

CONTROL = "control: nothing is broken"
PASSES = "status 0"

# name, file, text, replacement
INJECTION = [
    ("a lost wake: idle without the second look", "executor.c", "    if (has_work(executor)) {\n        interrupts_enable();\n    } else {\n        executor->statistics.idles++;\n        cpu_idle_while_null(&executor->inbox);", "    {\n        executor->statistics.idles++;\n        cpu_idle();"),
    ("the second look leaves out the alarm", "executor.c", "    if (has_work(executor)) {\n        interrupts_enable();", "    if (has_ready_task(executor)) {\n        interrupts_enable();"),
    ("the idle wait itself does not look", "executor.c", "cpu_idle_while_null(&executor->inbox);", "cpu_idle();"),
    ("a double enqueue: test-and-set in two steps", "waker.c", SET_BIT, "!(task->state & TASK_SCHEDULED) && (task->state |= TASK_SCHEDULED)"),
    ("interrupts stay on during the last look", "executor.c", "    interrupts_disable();\n    __atomic_store_n(&executor->is_idle, true", "    __atomic_store_n(&executor->is_idle, true"),
    ("the flag is cleared after the poll, too", "executor.c", "step(executor, fifo_take(fifo));", "{\n            struct task *task = fifo_take(fifo);\n\n            step(executor, task);\n            cpu_local_clear_bits(&task->state, TASK_SCHEDULED);\n        }"),
    ("handlers append to the FIFO", "ready_queue.h", "if (LIKELY(!interrupts_in_handler()))", "if (true)"),
    ("the inbox is taken by load and store", "ready_queue.h", "__atomic_exchange_n(&executor->inbox, NULL, __ATOMIC_ACQUIRE)", "executor->inbox;\n    executor->inbox = NULL"),
    ("a handler pushes without compare-and-swap", "ready_queue.h", "!__atomic_compare_exchange_n(&executor->inbox, &task->next, task, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))", "(__atomic_store_n(&executor->inbox, task, __ATOMIC_RELEASE), false))"),
    ("cancelling sets its flag by load and store", "executor.c", "cpu_local_set_bits(&task->state, TASK_CANCELLED);", "task->state |= TASK_CANCELLED;"),
    ("the end clears LIVE by load and store", "executor.c", "cpu_local_clear_bits(&task->state, TASK_LIVE);", "task->state &= ~(uint32_t)TASK_LIVE;"),
    ("the CPU sleeps though an alarm has rung", "executor.c", "return has_ready_task(executor) || timer_is_due(executor);", "return has_ready_task(executor);"),
    ("an alarm during the expiry is forgotten", "executor.c", "    __atomic_store_n(&executor->has_alarm_rung, false, __ATOMIC_RELAXED);\n    now_ns = clock_ns();\n    if (executor->alarm_ns <= now_ns)\n        executor->alarm_ns = UINT64_MAX; /* it has rung: what is due at that time again has to be armed again */\n    timer_queue_expire(&executor->timers, now_ns, EXECUTOR_TIMER_BATCH);\n", "    now_ns = clock_ns();\n    if (executor->alarm_ns <= now_ns)\n        executor->alarm_ns = UINT64_MAX; /* it has rung: what is due at that time again has to be armed again */\n    timer_queue_expire(&executor->timers, now_ns, EXECUTOR_TIMER_BATCH);\n    __atomic_store_n(&executor->has_alarm_rung, false, __ATOMIC_RELAXED);\n"),
    ("a doorbell is not looked at again", "doorbell.c", "        if (!is_rung(self->doorbell)) /*", "        if (true) /*"),
    ("a byte queue is not looked at again", "byte_queue.c", "        if (is_empty(self->queue)) /*", "        if (true) /*"),
    ("a pool's slot is free while its task ends", "task_pool.c", "if (__atomic_load_n(&task->next, __ATOMIC_ACQUIRE) != task)", "if (task_state_load(task) & (TASK_LIVE | TASK_SCHEDULED))"),
    ("a joiner is woken before the task has finished", "executor.c", "    cpu_local_set_bits(&task->state, TASK_FINISHED);\n    waker_slot_wake(&joinable->joiner);", "    waker_slot_wake(&joinable->joiner);\n    (void)joinable;"),
    ("interrupts stay on while waiters are looked at", "notify.c", "    WITH_WAITERS(&notify->waiters)\n    {\n        if (self->waiter.state", "    {\n        if (self->waiter.state"),
    ("a message is copied out with interrupts on", "channel.c", "    WITH_RING(channel)\n    {\n        memcpy(message, place(channel, channel->first), channel->message_bytes);\n        channel->first = (channel->first + 1) % channel->capacity;\n        channel->count--;\n    }\n", "    memcpy(message, fetch(channel), channel->message_bytes);\n"),
]

THREADS = [
    ("a remote wake sets its flag by load and store", "remote_wake.c", "if (__atomic_fetch_or(&task->remote, REMOTE_FLAG, __ATOMIC_ACQ_REL) & REMOTE_FLAG)\n        return;", "if (task->remote & REMOTE_FLAG)\n        return;\n    task->remote |= REMOTE_FLAG;"),
    ("another CPU changes the state word", "waker.c", "if (!cpu_is_home(task->executor->cpu)) {", "if (false) {"),
    ("the remote inbox is taken by load and store", "remote_wake.c", "__atomic_exchange_n(&executor->remote_inbox, NULL, __ATOMIC_ACQUIRE)", "executor->remote_inbox;\n    executor->remote_inbox = NULL"),
]
SETS = {"injection": INJECTION, "threads": THREADS}


def affected(name):
    """The sources that have to be compiled again when a file is broken."""
    if name.endswith(".c"):
        return [name]
    return [source.name for source in sorted(TASK.glob("*.c")) if f'"{name}"' in source.read_text()]


def overlay(directory, name, text, replacement):
    source = (TASK / name).read_text()
    if source.count(text) != 1:
        return False
    for header in TASK.glob("*.h"):
        shutil.copy(header, directory)
    for again in affected(name):
        shutil.copy(TASK / again, directory)
    (directory / name).write_text(source.replace(text, replacement))
    return True


def run(command, timeout):
    environment = dict(os.environ, TSAN_OPTIONS="halt_on_error=1")
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout, check=False,
                              env=environment)
    except subprocess.TimeoutExpired:
        return None


def verdict(directory, name, options):
    """(found out, how)."""
    objects = list(options.objects)
    for source in affected(name):
        target = directory / f"{source}.o"
        built = run([options.compiler, "-std=gnu2x", "-O2", "-g", "-w", "-fsanitize=thread", *options.flags.split(),
                     f"-I{directory}", *(f"-I{path}" for path in options.include), "-c", str(directory / source), "-o",
                     str(target)], 120)
        if built is None or built.returncode:
            return False, f"does not build: {built.stderr[-500:] if built else 'hangs'}"
        objects = [each for each in objects if not re.search(rf"/{re.escape(source)}\.o(bj)?$", each)] + [str(target)]
    binary = directory / "program"
    linked = run([options.compiler, *objects, *options.link, "-o", str(binary), *options.link_flags.split()], 120)
    if linked is None or linked.returncode:
        return False, f"does not link: {linked.stderr[-500:] if linked else 'hangs'}"
    result = run([str(binary)], options.timeout)
    if result is None:
        return True, "hangs"
    said = re.findall(r"^(?:FAILED|WARNING|unexpected panic): (.*)", result.stdout + result.stderr, re.MULTILINE)
    return result.returncode != 0, said[0][:90] if said else f"status {result.returncode}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--objects", nargs="*", default=[], help="the program's objects, those of src/task among them")
    parser.add_argument("--include", nargs="*", default=[])
    parser.add_argument("--link", nargs="*", default=[], help="libraries and options")
    parser.add_argument("--flags", default="", help="of the compiler, separated by spaces")
    parser.add_argument("--link-flags", default="", help="of the linker, separated by spaces")
    parser.add_argument("--timeout", type=int, default=60)
    options = parser.parse_args()
    mutants, wrong = SETS[options.set], 0
    _, file, text, _ = mutants[0]
    for name, file, text, replacement in [(CONTROL, file, text, text), *mutants]:
        with tempfile.TemporaryDirectory() as temporary:
            directory = pathlib.Path(temporary)
            if not overlay(directory, file, text, replacement):
                print(f"STALE      {name}: its text is not in {file} once")
                wrong += 1
                continue
            found, how = verdict(directory, file, options)
        print(f"{'found out ' if found else 'survived  '} {name}: {how}", flush=True)
        wrong += how != PASSES if name == CONTROL else not found
    print(f"{len(mutants)} mutants and the control, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
