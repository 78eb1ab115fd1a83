# SPDX-License-Identifier: MIT
"""./tenorite doctor and setup, on machines that lack things."""

import unittest

from workspace import EVERY_TOOL, Workspace

WITHOUT_NINJA = [tool for tool in EVERY_TOOL if tool != "ninja"]
CALLS_OF_APT = ["apt-get update", "apt-get install -y --no-install-recommends ninja-build"]
INSTALL_NINJA = "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ninja-build"


def add_apt(workspace, user_id, installs=True):
    """An apt-get that notes how it was called and, on `install`, makes ninja appear."""
    workspace.add_tool("id", f"echo {user_id}")
    make_ninja = f"printf '#!/bin/sh\\necho 99.1\\n' >{workspace.bin}/ninja; chmod +x {workspace.bin}/ninja"
    workspace.add_tool("apt-get", f"""
        echo "apt-get $*" >>{workspace.root}/log
        case $1 in install) {make_ninja if installs else ':'} ;; esac""")


def add_sudo(workspace):
    workspace.add_tool("sudo", f'echo "sudo $*" >>{workspace.root}/log; [ "$1" != -n ] || shift; exec "$@"')


def add_old_cmake(workspace, installed="3.18.4-2", candidate="3.18.4-2"):
    """A cmake that is too old, and an apt-cache that knows what is installed and what could be."""
    workspace.add_tool("cmake", "echo cmake version 3.18.4")
    workspace.add_tool("apt-cache", f"""
        [ "$*" = "policy cmake" ] || exit 1
        printf '%s\\n' cmake: '  Installed: {installed}' '  Candidate: {candidate}' '  Version table:'""")


def log_of(workspace):
    path = workspace.root / "log"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


class Doctor(unittest.TestCase):
    def test_a_machine_with_everything_is_well(self):
        result = Workspace(self).run("doctor")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertNotIn("missing", result.stdout)
        self.assertRegex(result.stdout, r"(?m)^gcc +99\.1 +gcc$")

    def test_a_machine_with_nothing_names_every_package(self):
        result = Workspace(self, tools=(), has_python=False).run("doctor")
        self.assertEqual(result.returncode, 1)
        for tool, package in (("python3", "python3"), ("gcc", "gcc"), ("cmake", "cmake"), ("ninja", "ninja-build"),
                              ("qemu-system-x86_64", "qemu-system-x86"), ("grub-mkrescue", "grub-common"),
                              ("mformat", "mtools"), ("clang-runtime", "libclang-rt-dev"), ("ld.lld", "lld"),
                              ("llvm-objcopy", "llvm")):
            self.assertRegex(result.stdout, rf"(?m)^{tool} +missing +{package}$")

    def test_of_one_preset_only_its_own_tools_are_listed(self):
        workspace = Workspace(self, [tool for tool in EVERY_TOOL if tool not in ("gcc", "ld", "gdb", "xorriso")])
        result = workspace.run("doctor", "--preset", "freestanding")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("ld.lld", result.stdout)
        self.assertNotRegex(result.stdout, "(?m)^(gcc|ld|gdb|xorriso|stdio.h) ")
        self.assertEqual(workspace.run("doctor").returncode, 1)

    def test_a_tool_that_is_too_old_is_a_problem(self):
        workspace = Workspace(self)
        workspace.add_tool("gcc", "echo 'gcc (Debian 99.2.0-14) 11.4.0'")
        result = workspace.run("doctor")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"(?m)^gcc +11\.4\.0, needs 12 +gcc$")

    def test_the_sanitizer_runtime_fits_the_installed_clang(self):
        workspace = Workspace(self)
        workspace.add_tool("clang", "echo 'Ubuntu clang version 18.1.3 (1ubuntu1)'")
        self.assertIn("libclang-rt-18-dev", workspace.run("doctor").stdout)

    def test_colour_is_for_terminals_without_no_color(self):
        workspace = Workspace(self)
        self.assertIn("\033[32m", workspace.run_on_terminal("doctor")[1])
        self.assertIn("\033[32m", workspace.run_on_terminal("doctor", NO_COLOR="")[1])
        self.assertNotIn("\033", workspace.run_on_terminal("doctor", NO_COLOR="0")[1])
        self.assertNotIn("\033", workspace.run_on_terminal("doctor", TERM="dumb")[1])
        self.assertNotIn("\033", workspace.run("doctor").stdout)


    def test_the_qemu_of_the_environment_is_looked_at(self):
        workspace = Workspace(self)
        for name in ("/nonexistent", str(workspace.root), "no-such-qemu"):
            with self.subTest(name):
                result = workspace.run("doctor", QEMU=name)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stdout, rf"(?m)^QEMU \(environment\) +missing +{name}$")
                self.assertIn(f"variable QEMU names no program: {name}", result.stderr)
                self.assertNotIn("setup", result.stderr)
                self.assertEqual(workspace.run("setup", QEMU=name).returncode, 1)
        for name in (f"{workspace.bin}/qemu-system-x86_64", "gdb"):
            with self.subTest(name):
                result = workspace.run("doctor", QEMU=name)
                self.assertEqual(result.returncode, 0)
                self.assertRegex(result.stdout, rf"(?m)^QEMU \(environment\) +99\.1 +{name}$")


class Setup(unittest.TestCase):
    def test_nothing_is_done_when_nothing_is_missing(self):
        workspace = Workspace(self)
        add_apt(workspace, 0)
        self.assertEqual(workspace.run("setup").returncode, 0)
        self.assertEqual(log_of(workspace), [])

    def test_root_installs_what_is_missing_and_no_more(self):
        workspace = Workspace(self, WITHOUT_NINJA)
        add_apt(workspace, 0)
        result = workspace.run("setup")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(log_of(workspace), CALLS_OF_APT)
        self.assertEqual(result.stdout, "")

    def test_an_installation_that_gave_nothing_is_a_failure(self):
        workspace = Workspace(self, WITHOUT_NINJA)
        add_apt(workspace, 0, installs=False)
        result = workspace.run("setup")
        self.assertEqual(result.returncode, 1)
        self.assertIn("still missing after the installation: ninja", result.stderr)

    def test_without_rights_or_terminal_the_line_is_printed(self):
        for has_sudo in (False, True):
            with self.subTest(has_sudo=has_sudo):
                workspace = Workspace(self, WITHOUT_NINJA)
                add_apt(workspace, 1000)
                if has_sudo:
                    add_sudo(workspace)
                result = workspace.run("setup")
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stdout, f"sudo apt-get update && sudo {INSTALL_NINJA}\n")
                self.assertEqual(log_of(workspace), [])

    def test_sudo_is_used_after_asking(self):
        for answer, status in (("n", 1), ("", 1), ("y", 0)):
            with self.subTest(answer):
                workspace = Workspace(self, WITHOUT_NINJA)
                add_apt(workspace, 1000)
                add_sudo(workspace)
                code, printed = workspace.run_on_terminal("setup", typed=f"{answer}\n")
                self.assertEqual(code, status, printed)
                self.assertIn(f"sudo {INSTALL_NINJA}", printed)
                self.assertIn("[y/N]", printed)
                self.assertEqual(log_of(workspace)[:1], ["sudo apt-get update"] if status == 0 else [])

    def test_ci_means_yes(self):
        workspace = Workspace(self, WITHOUT_NINJA)
        add_apt(workspace, 1000)
        add_sudo(workspace)
        self.assertEqual(workspace.run("setup", CI="true").returncode, 0)
        self.assertEqual(log_of(workspace)[0], "sudo -n apt-get update")

    def test_other_package_managers_get_their_line(self):
        for manager, line in (("dnf", "sudo dnf install -y ninja-build"), ("pacman", "sudo pacman -S --needed ninja"),
                              ("brew", "brew install ninja")):
            with self.subTest(manager):
                workspace = Workspace(self, WITHOUT_NINJA)
                workspace.add_tool(manager, "exit 1")
                result = workspace.run("setup")
                self.assertEqual((result.returncode, result.stdout), (2, f"{line}\n"))

    def test_without_a_package_manager_all_lines_are_printed(self):
        result = Workspace(self, WITHOUT_NINJA).run("setup")
        self.assertEqual(result.returncode, 2)
        self.assertEqual([line.split(":")[0] for line in result.stdout.splitlines()], ["apt", "dnf", "pacman", "brew"])

    def test_print_shows_every_package_for_each_manager(self):
        result = Workspace(self).run("setup", "--print")
        self.assertEqual(result.returncode, 0)
        apt, dnf, pacman, brew = result.stdout.splitlines()
        self.assertIn(" qemu-system-x86 ", apt)
        self.assertIn(" grub2-tools-extra ", dnf)
        self.assertIn(" libisoburn ", pacman)
        self.assertIn(" qemu ", brew)
        for line in (apt, dnf, pacman, brew):
            packages = line.split(":")[1].split()
            self.assertNotIn("-", packages)
            names = packages if line != apt else packages[packages.index("install"):]
            self.assertEqual(len(names), len(set(names)), line)


    def test_print_for_one_preset_leaves_out_what_it_does_not_need(self):
        workspace = Workspace(self)
        for preset, needed, unneeded in (
                ("dev", {"gcc", "binutils", "clang", "grub-common"}, set()),
                ("clang", {"clang", "lld", "llvm", "libc6-dev", "grub-common"}, {"gcc", "binutils"}),
                ("freestanding", {"clang", "lld", "llvm", "fonts-spleen"},
                 {"gcc", "binutils", "libc6-dev", "libcmocka-dev", "grub-common", "xorriso", "gdb", "clang-tidy"})):
            with self.subTest(preset):
                result = workspace.run("setup", "--print", "--preset", preset)
                packages = set(result.stdout.splitlines()[0].split())
                self.assertEqual(packages & (needed | unneeded), needed)

    def test_optional_groups_are_added_by_name_only(self):
        workspace = Workspace(self)
        plain = workspace.run("setup", "--print").stdout.splitlines()[0].split()
        for words, package in ((("--with", "proof"), "frama-c-base"), (("--with=bench",), "libjemalloc2"),
                               (("--with", "peers"), "librust-tokio-dev")):
            with self.subTest(package):
                self.assertNotIn(package, plain)
                self.assertIn(package, workspace.run("setup", "--print", *words).stdout.splitlines()[0].split())
        both = workspace.run("doctor", "--with", "proof", "--with", "bench")
        self.assertEqual(both.returncode, 1)
        self.assertRegex(both.stdout, r"(?m)^frama-c +missing +frama-c-base$")
        self.assertEqual(workspace.run("doctor").returncode, 0)
        for words in (("--with", "everything"), ("--with",)):
            result = workspace.run("setup", *words)
            self.assertEqual(result.returncode, 2)
            self.assertIn("there are proof bench peers", result.stderr)

    def test_what_no_package_gives_is_a_failure_that_names_it(self):
        workspace = Workspace(self, [tool for tool in EVERY_TOOL if tool != "ld"])
        workspace.add_tool("brew", "exit 1")
        result = workspace.run("setup")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("missing, and no package of brew gives it: ld. See docs/setup.md", result.stderr)
        self.assertNotIn("everything is there", result.stderr)
        self.assertEqual(workspace.run("setup", "--preset", "freestanding").returncode, 0)

    def test_wrong_words_are_usage_errors(self):
        workspace = Workspace(self)
        for arguments in (("setup", "now"), ("setup", "--preset"), ("setup", "--preset", "nonsense"),
                          ("setup", "--preset="), ("doctor", "--print"), ("doctor", "--preset", "_base")):
            with self.subTest(arguments):
                result = workspace.run(*arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"see ./tenorite {arguments[0]} --help", result.stderr)


class TooOld(unittest.TestCase):
    """doctor, setup and the other verbs agree on programs that are there, but too old."""

    def setUp(self):
        self.workspace = Workspace(self)

    def check(self, status, *words):
        for verb in ("setup", "build"):
            with self.subTest(verb):
                self.assertEqual(self.workspace.run("doctor").returncode, 1)
                result = self.workspace.run(verb)
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertNotIn("everything is there", result.stderr)
                for word in words:
                    self.assertIn(word, result.stderr)

    def test_the_needed_version_is_named_without_a_package_manager(self):
        self.workspace.add_tool("gcc", "echo 'gcc (Debian 10.2.1-6) 10.2.1'")
        self.check(2, "too old: gcc 10.2.1, version 12 or newer is needed")

    def test_a_package_that_has_a_newer_version_is_updated(self):
        add_old_cmake(self.workspace, candidate="3.25.1-1")
        self.workspace.add_tool("id", "echo 0")
        self.workspace.add_tool("apt-get", f"""
            case "$*" in *' cmake') printf '#!/bin/sh\\necho 3.25.1\\n' >{self.workspace.bin}/cmake ;; esac""")
        result = self.workspace.run("setup")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.workspace.run("doctor").returncode, 0)

    def test_a_distribution_that_has_no_newer_version_is_named_as_the_reason(self):
        for user_id in (0, 1000):
            with self.subTest(user_id=user_id):
                add_old_cmake(self.workspace)
                add_apt(self.workspace, user_id)
                self.check(1, "cmake 3.25 or newer is needed, and this distribution has only 3.18.4-2")

    def test_without_apt_cache_an_installation_that_did_not_help_is_explained(self):
        self.workspace.add_tool("cmake", "echo cmake version 3.18.4")
        add_apt(self.workspace, 0)
        self.check(1, "cmake 3.25 or newer is needed, and this distribution has only 3.18.4")

    def test_a_program_that_hides_a_good_one_is_named_and_nothing_is_installed(self):
        add_old_cmake(self.workspace, installed="3.25.1-1", candidate="3.25.1-1")
        for user_id in (0, 1000):
            with self.subTest(user_id=user_id):
                add_apt(self.workspace, user_id)
                self.check(1, f"{self.workspace.bin}/cmake is cmake 3.18.4 and hides the package cmake 3.25.1-1")
        self.assertEqual(log_of(self.workspace), [])

    def test_epochs_of_package_versions_do_not_count(self):
        self.workspace.add_tool("gcc", "echo 'gcc (Debian 10.2.1-6) 10.2.1'")
        self.workspace.add_tool("apt-cache", "echo 'Installed: 40:10.2.1-1'; echo 'Candidate: 40:10.2.1-1'")
        add_apt(self.workspace, 1000)
        self.check(1, "gcc 12 or newer is needed, and this distribution has only 10.2.1-1")

    def test_other_package_managers_get_their_line(self):
        add_old_cmake(self.workspace)
        self.workspace.add_tool("dnf", "exit 1")
        self.check(2, "too old: cmake 3.18.4, version 3.25 or newer is needed", "needs a newer distribution")


class ImplicitSetup(unittest.TestCase):
    def test_a_verb_installs_what_it_lacks_and_goes_on(self):
        workspace = Workspace(self, WITHOUT_NINJA)
        add_apt(workspace, 0)
        note = f'echo "cmake $*" >>{workspace.root}/log'
        workspace.add_tool("cmake", f'[ "$1" = --version ] && echo 99.1 || {note}')
        result = workspace.run("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(log_of(workspace)[:3], CALLS_OF_APT + ["cmake --preset dev"])

    def test_a_verb_does_not_install_what_only_others_need(self):
        workspace = Workspace(self, [tool for tool in EVERY_TOOL if not tool.startswith("clang-")])
        add_apt(workspace, 0)
        self.assertEqual(workspace.run("build").returncode, 0)
        self.assertEqual(log_of(workspace), [])

    def test_a_preset_that_needs_clang_asks_for_it(self):
        workspace = Workspace(self, [tool for tool in EVERY_TOOL if tool != "clang"])
        add_apt(workspace, 1000)
        result = workspace.run("build", "--preset", "clang")
        self.assertEqual(result.returncode, 2)
        self.assertIn("missing: clang\n", result.stderr)

    def test_a_verb_asks_for_the_compiler_of_its_preset_and_no_other(self):
        def without(*unwanted):
            workspace = Workspace(self, [tool for tool in EVERY_TOOL if tool not in unwanted])
            add_apt(workspace, 1000)
            return workspace

        gnu, llvm = ("gcc", "ld"), ("clang", "ld.lld", "llvm-objcopy")
        foreign = gnu + ("grub-mkrescue", "xorriso", "mformat", "gdb")
        for workspace, preset, status in (
                (without(*gnu), "clang", 0), (without(*gnu), "dev", 2), (without(*llvm), "dev", 0),
                (without(*llvm), "clang", 2), (without(*foreign), "freestanding", 0), (without(*gnu), "nonsense", 2),
                (without(*gnu, "xorriso"), "fuzz", 0)):
            with self.subTest(preset, status=status):
                result = workspace.run("build", f"--preset={preset}")
                self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(without("gdb").run("debug", "--preset", "freestanding").returncode, 2)
        for verb, workspace in (("test", without(*foreign)), ("fuzz", without(*gnu, "xorriso"))):
            preset = ["--preset", "freestanding"] if verb == "test" else []
            self.assertNotIn("missing", workspace.run(verb, *preset).stderr)
        self.assertIn("missing: clang clang-runtime\n", without("clang").run("fuzz").stderr)

    def test_a_verb_goes_on_without_what_no_package_gives(self):
        workspace = Workspace(self, [tool for tool in EVERY_TOOL if tool != "ld"])
        workspace.add_tool("brew", "exit 1")
        result = workspace.run("build")
        self.assertEqual(result.returncode, 0)
        self.assertIn("no package of brew gives it: ld", result.stderr)

    def test_without_rights_a_verb_prints_the_line_and_stops(self):
        workspace = Workspace(self, WITHOUT_NINJA)
        add_apt(workspace, 1000)
        result = workspace.run("run")
        self.assertEqual(result.returncode, 2)
        self.assertIn(INSTALL_NINJA, result.stderr)

    def test_asking_for_help_installs_nothing(self):
        workspace = Workspace(self, tools=())
        add_apt(workspace, 0)
        self.assertEqual(workspace.run("run", "--help").returncode, 0)
        self.assertEqual(workspace.run("run", "-n").returncode, 0)
        self.assertEqual(log_of(workspace), [])

    def test_what_python_has_to_answer_fails_without_it_and_installs_nothing(self):
        for old in (False, True):
            workspace = Workspace(self, tools=(), has_python=False)
            add_apt(workspace, 0)
            if old:
                workspace.add_tool("python3", "echo Python 3.7.3")
            for arguments in (("run", "--help"), ("run", "-n"), ("build", "-h")):
                with self.subTest(arguments, old=old):
                    result = workspace.run(*arguments)
                    self.assertEqual((result.returncode, result.stdout), (1, ""))
                    self.assertIn("too old: python3 3.7.3" if old else "missing: python3", result.stderr)
                    self.assertIn(f"'./tenorite {' '.join(arguments)}' needs that. Next:", result.stderr)
            self.assertEqual(log_of(workspace), [])

    def test_verbs_in_sh_explain_themselves_without_python(self):
        workspace = Workspace(self, tools=(), has_python=False)
        for verb in ("doctor", "setup", "clean"):
            with self.subTest(verb):
                result = workspace.run(verb, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertIn(f"Usage: ./tenorite {verb}", result.stdout)


if __name__ == "__main__":
    unittest.main()
