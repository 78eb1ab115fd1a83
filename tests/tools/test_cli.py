# SPDX-License-Identifier: MIT
"""./tenorite's verbs: help, usage errors, the QEMU command, exit statuses, and that QEMU never stays behind."""

import json
import os
import re
import shlex
import shutil
import signal
import sys
import time
import unittest

from workspace import ROOT, Workspace

VERBS = ("doctor", "setup", "build", "run", "test", "fuzz", "debug", "bench", "iso", "clean", "format", "lint")


class Usage(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def test_an_unknown_verb_gets_a_suggestion(self):
        for wrong, right in (("bild", "build"), ("rnu", "run"), ("tets", "test"), ("fromat", "format")):
            with self.subTest(wrong):
                result = self.workspace.run(wrong)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"'./tenorite {right}'", result.stderr)

    def test_a_verb_unlike_all_others_gets_the_list(self):
        result = self.workspace.run("xyzzyplugh")
        self.assertEqual(result.returncode, 2)
        self.assertIn(" ".join(VERBS), result.stderr)

    def test_no_verb_is_a_usage_error(self):
        result = self.workspace.run()
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("Usage:", result.stderr)

    def test_help_names_every_verb_and_exit_status(self):
        result = self.workspace.run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for word in VERBS + ("77 skipped", "124 timeout", "2 wrong usage"):
            self.assertIn(word, result.stdout)

    def test_each_verb_explains_itself_with_examples(self):
        for verb in VERBS:
            for option in ("--help", "-h"):
                with self.subTest(verb, option=option):
                    result = self.workspace.run(verb, option)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.assertRegex(result.stdout, rf"(?s)Examples:\n  (.*)\./tenorite {verb}")

    def test_each_verb_refuses_unknown_options(self):
        for verb in VERBS:
            with self.subTest(verb):
                result = self.workspace.run(verb, "--nonsense")
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"./tenorite {verb} --help", result.stderr)

    def test_the_version_is_the_projects(self):
        text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        declared = re.search(r"project\(tenorite VERSION ([0-9.]+)", text)
        self.assertEqual(self.workspace.run("--version").stdout, f"tenorite {declared.group(1)}\n")

    def test_every_preset_can_be_built_and_tested(self):
        presets = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))
        names = [preset["name"] for preset in presets["configurePresets"] if not preset.get("hidden")]
        for kind in ("buildPresets", "testPresets"):
            shown = (preset for preset in presets[kind] if not preset.get("hidden"))
            of_kind = {preset["name"]: preset["configurePreset"] for preset in shown}
            self.assertEqual(of_kind, {name: name for name in names}, kind)

    def test_an_unknown_preset_is_a_usage_error(self):
        for verb in ("build", "run", "test", "debug", "iso", "clean", "bench"):
            with self.subTest(verb):
                benchmark = ["boot"] if verb == "bench" else []
                result = self.workspace.run(verb, *benchmark, "--preset", "nonsense")
                self.assertEqual(result.returncode, 2)
                self.assertIn("dev", result.stderr)

    def test_only_some_verbs_pass_arguments_on(self):
        self.assertEqual(self.workspace.run("clean", "--", "x").returncode, 2)


class DryRun(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self, tools=())
        self.start = "qemu-system-x86_64 -accel tcg -machine pc -cpu max -m 128 -nic none " \
                     "-device isa-debug-exit,iobase=0xf4,iosize=4 -serial mon:stdio"

    def command(self, *arguments, **changes):
        result = self.workspace.run("run", "-n", *arguments, **changes)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_the_iso_is_booted_under_bios(self):
        self.assertEqual(self.command(),
                         f"{self.start} -display none -boot d -cdrom {self.workspace.root}/build/dev/tenorite.iso\n")

    def test_pvh_boots_the_kernel_with_its_command_line(self):
        self.assertEqual(self.command("--boot", "pvh", "--preset", "release", "--append", "log=debug console=serial"),
                         f"{self.start} -display none -kernel {self.workspace.root}/build/release/tenorite.elf "
                         "-append 'log=debug console=serial'\n")

    def test_a_preset_without_an_iso_is_booted_by_pvh(self):
        self.assertIn(" -kernel ", self.command("--preset", "freestanding"))
        result = self.workspace.run("run", "-n", "--preset", "freestanding", "--boot", "bios")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("preset 'freestanding' makes no ISO", result.stderr)
        result = Workspace(self).run("iso", "--preset", "freestanding")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("preset 'freestanding' makes no ISO", result.stderr)

    def test_what_the_build_directory_was_told_counts_more_than_the_preset(self):
        for preset, told, word in (("freestanding", "TENORITE_ISO:BOOL=ON\n", "-cdrom"),
                                   ("dev", "TENORITE_ISO:BOOL=OFF\n", "-kernel"),
                                   ("release", "CMAKE_BUILD_TYPE:STRING=Release\n", "-cdrom")):
            cache = self.workspace.root / "build" / preset / "CMakeCache.txt"
            cache.parent.mkdir(parents=True)
            cache.write_text(told, encoding="utf-8")
            self.assertIn(f" {word} ", self.command("--preset", preset))

    def test_presets_of_the_user_inherit(self):
        path = self.workspace.root / "CMakeUserPresets.json"
        path.write_text(json.dumps({"version": 6, "configurePresets": [
            {"name": "mine", "inherits": ["_base", "freestanding"]},
            {"name": "other", "inherits": "mine", "cacheVariables": {"TENORITE_ISO": {"type": "BOOL", "value": True}}},
        ]}), encoding="utf-8")
        self.assertIn(" -kernel ", self.command("--preset", "mine"))
        self.assertIn(" -cdrom ", self.command("--preset", "other"))

    def test_the_machine_can_be_chosen(self):
        words = shlex.split(self.command("--memory", "64", "--machine", "q35", "--cpu", "qemu64", "--window"))
        self.assertEqual(words[3:9], ["-machine", "q35", "-cpu", "qemu64", "-m", "64"])
        self.assertNotIn("-display", words)

    def test_arguments_behind_dashes_go_to_qemu(self):
        extra = ["-d", "int", "-D", "a file's name", "--", "-n"]
        self.assertEqual(shlex.split(self.command("--", *extra))[-len(extra):], extra)

    def test_the_environment_names_another_qemu(self):
        self.assertTrue(self.command(QEMU="/opt/my qemu").startswith("'/opt/my qemu' -accel tcg "))

    def test_a_guest_that_may_reboot_reboots(self):
        self.assertNotIn("-no-reboot", self.command())

    def test_a_command_line_needs_pvh(self):
        result = self.workspace.run("run", "-n", "--append", "log=debug")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("--boot pvh or microvm", result.stderr)

    def test_memory_must_be_a_number_in_range(self):
        for text in ("0", "-1", "lots", "9999999", "1.5", "²"):
            with self.subTest(text):
                self.assertEqual(self.workspace.run("run", "-n", "--memory", text).returncode, 2)

    def test_memory_that_no_test_covers_is_refused(self):
        for size in ("1", "15"):
            with self.subTest(size):
                result = self.workspace.run("run", "-n", "--memory", size)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn("16 MiB", result.stderr)
        self.assertIn(" -m 16 ", self.command("--memory", "16"))


class Run(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def run_with_qemu(self, script, *arguments, **options):
        self.workspace.add_tool("qemu-system-x86_64", script)
        return self.workspace.run("run", *arguments, **options)

    def test_the_guests_exit_code_is_returned(self):
        for qemu_status, expected in ((0, 0), (1, 0), (3, 1), (15, 7), (203, 101), (255, 127)):
            with self.subTest(qemu_status):
                self.assertEqual(self.run_with_qemu(f"exit {qemu_status}").returncode, expected)

    def test_statuses_that_no_guest_gives_are_failures(self):
        for script in ("exit 2", "exit 100", "kill -SEGV $$"):
            with self.subTest(script):
                result = self.run_with_qemu(script)
                self.assertEqual(result.returncode, 1)
                self.assertIn("QEMU", result.stderr)

    def test_a_qemu_that_did_not_start_is_not_a_guest_that_exits_with_0(self):
        result = self.run_with_qemu("echo 'qemu-system-x86_64: -foo: invalid option' >&2; exit 1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("invalid option", result.stderr)

    def test_a_warning_of_qemu_does_not_change_the_exit_code(self):
        result = self.run_with_qemu("echo 'qemu-system-x86_64: warning: no such feature' >&2; exit 1")
        self.assertEqual(result.returncode, 0)

    def test_a_qemu_of_the_environment_that_does_not_exist_is_named(self):
        result = self.workspace.run("run", QEMU="/nonexistent")
        self.assertEqual(result.returncode, 1)
        self.assertIn("variable QEMU names no program: /nonexistent", result.stderr)
        self.assertNotIn("doctor", result.stderr)

    def test_the_signal_that_ended_qemu_is_not_mentioned(self):
        result = self.run_with_qemu("""echo 'qemu-system-x86_64: terminating on signal 15 from pid 1 (python3)' >&2
            echo 'qemu-system-x86_64: warning: no such feature' >&2""")
        self.assertNotIn("terminating", result.stderr)
        self.assertIn("no such feature", result.stderr)

    def test_what_the_guest_prints_is_all_of_standard_output(self):
        result = self.run_with_qemu("echo booted; exit 1")
        self.assertEqual(result.stdout, "booted\n")
        self.assertIn("Ctrl-A X", result.stderr)

    def test_a_reader_that_goes_away_ends_the_run_quietly(self):
        self.workspace.add_tool("qemu-system-x86_64", "echo $$; while echo more; do sleep 0.1; done; exec sleep 60")
        process = self.workspace.start("run")
        guest = int(process.stdout.readline())
        process.stdout.close()
        complaints = process.stderr.read()
        self.assertEqual(process.wait(10), 128 + signal.SIGPIPE)
        self.assertNotIn("Traceback", complaints)
        self.assertNotIn("BrokenPipe", complaints)
        self.assertTrue(self.is_gone(guest), f"{guest} still runs")

    def test_piped_input_reaches_the_guest_after_it_started(self):
        script = 'echo ready; read -r line; echo "got $line"; exit 7'
        result = self.run_with_qemu(script, typed="hello\n")
        self.assertEqual((result.returncode, result.stdout), (3, "ready\ngot hello\n"))

    def test_the_guest_runs_on_when_piped_input_ends(self):
        result = self.run_with_qemu("echo ready; sleep 1; echo still; exit 11", typed="")
        self.assertEqual((result.returncode, result.stdout), (5, "ready\nstill\n"))

    def test_on_a_terminal_the_guest_has_it(self):
        script = '[ -t 0 ] && [ -t 1 ] && read -r line && echo "got $line"; exit 9'
        self.workspace.add_tool("qemu-system-x86_64", script)
        status, printed = self.workspace.run_on_terminal("run", typed="hello\n")
        self.assertEqual(status, 4, printed)
        self.assertIn("got hello", printed)

    def test_a_failed_build_starts_no_qemu(self):
        self.workspace.add_tool("cmake", "echo broken >&2; exit 3")
        result = self.run_with_qemu("echo booted")
        self.assertEqual((result.returncode, result.stdout), (1, ""))

    def test_a_window_needs_a_graphical_session(self):
        self.assertEqual(self.run_with_qemu("exit 1", "--window", DISPLAY=":0").returncode, 0)
        result = self.run_with_qemu("exit 1", "--window")
        self.assertEqual(result.returncode, 1)
        self.assertIn("vnc", result.stderr)

    def test_no_qemu_is_left_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number.name):
                self.workspace.add_tool("qemu-system-x86_64", "echo $$; exec sleep 60")
                process = self.workspace.start("run")
                guest = int(process.stdout.readline())
                process.send_signal(number)
                status = process.wait(10)
                process.communicate()
                self.assertEqual(status, -9 if number == signal.SIGKILL else 128 + number)
                self.assertTrue(self.is_gone(guest), f"{guest} still runs")

    @staticmethod
    def is_gone(pid):
        for _ in range(50):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8") as status:
                    if status.read().split()[2] in "ZX":
                        return True
                os.kill(pid, 0)
            except (FileNotFoundError, ProcessLookupError):
                return True
            time.sleep(0.1)
        return False


GUEST_THAT_ENDS = """import re, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(re.search("unix:([^,]*)", " ".join(sys.argv)).group(1))
listener.listen(1)
listener.accept()[0].sendall(b"$W00#b7")
"""
GDB_THAT_IS_SLOW = """import re, socket, sys, time
connection = socket.socket(socket.AF_UNIX)
connection.connect(re.search("target remote (.*)", open(sys.argv[sys.argv.index("-x") + 1]).read()).group(1))
heard = b""
while data := connection.recv(100):
    heard += data
time.sleep(0.3)
connection.sendall(b"+")
print(heard.decode())
"""


class Debug(unittest.TestCase):
    QEMU = """for word; do case $word in unix:*) socket=${word#unix:}; touch "${socket%%%%,*}" ;; esac; done
        echo "$@" >%(root)s/qemu; echo $$ >%(root)s/pid
        trap 'echo "qemu-system-x86_64: terminating on signal 15 from pid 1 (python3)" >&2; exit' TERM
        echo 'qemu-system-x86_64: warning: this is slow' >&2
        while :; do sleep 0.1; done"""
    GDB = """while [ "$1" != -x ]; do shift; done; cat "$2" >%(root)s/script; """

    def setUp(self):
        self.workspace = Workspace(self)
        root = {"root": self.workspace.root}
        self.workspace.add_tool("qemu-system-x86_64", self.QEMU % root)
        self.gdb = self.GDB % root

    def finished_with_gdb(self, script, *arguments):
        self.workspace.add_tool("gdb", self.gdb + script)
        result = self.workspace.run("debug", *arguments)
        guest = int((self.workspace.root / "pid").read_text(encoding="utf-8"))
        self.assertTrue(Run.is_gone(guest), f"{guest} still runs")
        return result

    def debug_with_gdb(self, script, *arguments):
        return self.finished_with_gdb(script, *arguments).returncode

    def test_gdb_stops_at_the_first_line_of_c_and_then_obeys(self):
        batch = self.workspace.root / "my.gdb"
        batch.write_text("info registers\n", encoding="utf-8")
        self.assertEqual(self.debug_with_gdb("exit 0", "--batch", str(batch), "--ex", "backtrace"), 0)
        commands = (self.workspace.root / "script").read_text(encoding="utf-8").splitlines()
        self.assertLess(commands.index("set architecture i386:x86-64"), commands.index("hbreak arch_start"))
        self.assertEqual(commands[-7:-3], ["hbreak arch_start", "continue", f"source {batch}", "backtrace"])
        self.assertIn(" -S ", (self.workspace.root / "qemu").read_text(encoding="utf-8"))

    def test_a_batch_leaves_ending_qemu_to_its_caller(self):
        # gdb's `kill` races with QEMU's end; only where there is a guest can `disconnect` succeed.
        self.assertEqual(self.debug_with_gdb("exit 0", "--batch"), 0)
        commands = (self.workspace.root / "script").read_text(encoding="utf-8").splitlines()
        self.assertEqual(commands[-3:], ["if $_thread", "disconnect", "end"])
        self.assertNotIn("kill", commands)

    def test_gdb_can_acknowledge_the_end_of_a_guest_that_is_gone(self):
        root, python = self.workspace.root, shlex.quote(sys.executable)
        (root / "machine.py").write_text(GUEST_THAT_ENDS, encoding="utf-8")
        (root / "debugger.py").write_text(GDB_THAT_IS_SLOW, encoding="utf-8")
        self.workspace.add_tool("qemu-system-x86_64", f'echo $$ >{root}/pid; exec {python} {root}/machine.py "$@"')
        self.workspace.add_tool("gdb", f'[ "$1" = --version ] || exec {python} {root}/debugger.py "$@"')
        result = self.workspace.run("debug", "--batch")
        self.assertEqual((result.returncode, result.stdout), (0, "$W00#b7\n"), result.stderr)

    def test_qemu_may_warn_but_does_not_say_that_it_was_ended(self):
        result = self.finished_with_gdb("sleep 0.5", "--batch")
        self.assertIn("this is slow", result.stderr)
        self.assertNotIn("terminating", result.stderr)

    def test_a_qemu_of_the_environment_that_does_not_exist_is_named(self):
        result = self.workspace.run("debug", QEMU="/nonexistent")
        self.assertEqual(result.returncode, 1)
        self.assertIn("variable QEMU names no program: /nonexistent", result.stderr)

    def test_a_failing_batch_is_a_failure(self):
        self.assertEqual(self.debug_with_gdb("exit 1", "--batch"), 1)

    def test_a_batch_that_hangs_is_a_timeout(self):
        start = time.monotonic()
        self.assertEqual(self.debug_with_gdb("sleep 30; echo late", "--batch", "--timeout", "1"), 124)
        self.assertLess(time.monotonic() - start, 20, "what gdb started goes with it")

    def test_a_missing_batch_file_is_a_usage_error(self):
        self.assertEqual(self.workspace.run("debug", "--batch", "/nonexistent").returncode, 2)


class Test(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)

    def run_with_ctest(self, script, *arguments):
        self.workspace.add_tool("ctest", script)
        return self.workspace.run("test", *arguments)

    def test_options_become_ctests(self):
        result = self.run_with_ctest('printf "<%s>" "$@"', "-L", "host", "-R", "heap|frames", "-j", "3",
                                     "--", "--repeat", "x")
        self.assertEqual(result.returncode, 0, result.stderr)
        junit = self.workspace.root / "build/dev/junit.xml"
        self.assertIn(f"<--preset><dev><--output-on-failure><--no-tests=error><-j><3><--output-junit><{junit}>"
                      "<-L><host><-R><heap|frames><--repeat><x>", result.stderr)

    def build_command(self, *arguments):
        """What is built for a test run in a build directory that Ninja knows."""
        for name in ("CMakePresets.json", "build/dev/build.ninja"):
            path = self.workspace.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        self.workspace.add_tool("cmake", f'[ "$1" = --version ] || echo "$@" >{self.workspace.root}/cmake')
        self.assertEqual(self.run_with_ctest("exit 0", *arguments).returncode, 0)
        return (self.workspace.root / "cmake").read_text(encoding="utf-8")

    def test_for_host_tests_only_these_are_built(self):
        self.assertRegex(self.build_command("-L", "host", "-R", "heap"), "--build .*--target tests/host/all\n$")

    def test_for_other_tests_everything_is_built(self):
        for arguments in ((), ("-L", "qemu"), ("-L", "host|tools"), ("-R", "host")):
            with self.subTest(arguments):
                command = self.build_command(*arguments)
                self.assertIn("--build", command)
                self.assertNotIn("--target", command)

    def test_results_are_counted_and_the_next_command_named(self):
        junit = self.workspace.root / "build/dev"
        script = f"""mkdir -p {junit}
            echo '<testsuite tests="7" failures="2" disabled="0" skipped="1"/>' >{junit}/junit.xml
            exit 8"""
        result = self.run_with_ctest(script)
        self.assertEqual((result.returncode, result.stdout), (1, "4 passed, 2 failed, 1 skipped\n"))
        self.assertIn("./tenorite test -- --rerun-failed", result.stderr)


class Clean(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self, tools=(), has_python=False)
        self.workspace.add_tool("apt-get", f"touch {self.workspace.root}/installs")
        (self.workspace.bin / "rm").symlink_to(shutil.which("rm"))
        for preset in ("dev", "release"):
            (self.workspace.root / "build" / preset / "src").mkdir(parents=True)

    def tearDown(self):
        self.assertFalse((self.workspace.root / "installs").exists(), "clean needs nothing but the base system")

    def left(self):
        return sorted(path.name for path in (self.workspace.root / "build").iterdir())

    def test_one_preset_goes_alone(self):
        self.assertEqual(self.workspace.run("clean", "--preset", "dev").returncode, 0)
        self.assertEqual(self.left(), ["release"])
        self.assertEqual(self.workspace.run("clean", "--preset=release").returncode, 0)
        self.assertEqual(self.left(), [])
        self.assertEqual(self.workspace.run("clean", "--preset", "dev").returncode, 0)

    def test_a_preset_that_is_no_more_can_still_be_cleaned(self):
        (self.workspace.root / "build/former").mkdir()
        self.assertEqual(self.workspace.run("clean", "--preset", "former").returncode, 0)
        self.assertEqual(self.left(), ["dev", "release"])

    def test_nothing_outside_of_the_build_directory_goes(self):
        presets = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"]
        names = " ".join(preset["name"] for preset in presets if not preset.get("hidden"))
        for name in ("", ".", "..", "../tools", "dev/../../tools", "/tmp", "_base", "nonsense"):
            with self.subTest(name):
                result = self.workspace.run("clean", "--preset", name)
                self.assertEqual(result.returncode, 2)
                self.assertIn(f"there are {names};", result.stderr)
        self.assertEqual(self.left(), ["dev", "release"])
        self.assertTrue((self.workspace.root / "tools/cli").exists())

    def test_a_wrong_word_removes_nothing(self):
        for arguments in (("dev",), ("--preset",), ("--preset", "dev", "x"), ("--", "x")):
            with self.subTest(arguments):
                self.assertEqual(self.workspace.run("clean", *arguments).returncode, 2)
        self.assertEqual(self.left(), ["dev", "release"])

    def test_everything_goes(self):
        self.assertEqual(self.workspace.run("clean").returncode, 0)
        self.assertFalse((self.workspace.root / "build").exists())
        self.assertEqual(self.workspace.run("clean").returncode, 0)


class Format(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace(self)
        (self.workspace.root / "src").mkdir()
        (self.workspace.root / "src/main.c").write_text("", encoding="utf-8")

    def test_check_lists_what_would_change(self):
        self.workspace.add_tool("clang-format", '''[ "$1" = --version ] && echo "version 14.0.6" && exit
            echo "src/main.c:3:1: warning: code should be clang-formatted [-Wclang-format-violations]" >&2''')
        result = self.workspace.run("format", "--check")
        self.assertEqual((result.returncode, result.stdout), (1, "src/main.c\n"))

    def test_check_is_skipped_where_the_version_differs(self):
        self.workspace.add_tool("clang-format", 'echo "version 18.1.3"')
        self.assertEqual(self.workspace.run("format", "--check").returncode, 77)


if __name__ == "__main__":
    unittest.main()
