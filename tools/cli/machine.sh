# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# What a machine needs for Tenorite: finding it (doctor), installing it (setup). POSIX sh, read by ./tenorite, which
# has say(), exit_failure and exit_usage.
#
# One table, `requirements`, drives doctor, setup and the set-up that other verbs do on their own.

# check             what must be there: PROGRAM[>=VERSION] (several names: a/b), file:PATH[,PATH...], header:NAME,
#                   or clang-runtime
# group             which verbs need it; see groups_of
# apt dnf pacman brew  the package that gives it; `-` where another row or the base system does
requirements='
python3>=3.9                           every  python3             python3               python             python
gcc>=12                                build  gcc                 gcc                   gcc                gcc
header:stdio.h                         build  libc6-dev           glibc-devel           glibc              -
ld                                     build  binutils            binutils              binutils           x86_64-elf-binutils
cmake>=3.25                            build  cmake               cmake                 cmake              cmake
ninja                                  build  ninja-build         ninja-build           ninja              ninja
grub-mkrescue/grub2-mkrescue           build  grub-common         grub2-tools-extra     grub               x86_64-elf-grub
file:/usr/lib/grub/i386-pc/multiboot2.mod,/usr/share/grub2/i386-pc/multiboot2.mod      build  grub-pc-bin         grub2-pc-modules      grub  x86_64-elf-grub
file:/usr/lib/grub/x86_64-efi/multiboot2.mod,/usr/share/grub2/x86_64-efi/multiboot2.mod  build  grub-efi-amd64-bin  grub2-efi-x64-modules  grub  x86_64-elf-grub
xorriso                                build  xorriso             xorriso               libisoburn         xorriso
mformat                                build  mtools              mtools                mtools             mtools
qemu-system-x86_64                     build  qemu-system-x86     qemu-system-x86-core  qemu-system-x86    qemu
gdb                                    build  gdb                 gdb                   gdb                gdb
header:cmocka.h                        build  libcmocka-dev       libcmocka-devel       cmocka             cmocka
clang>=14                              test   clang               clang                 clang              llvm
clang-runtime                          test   libclang-rt-dev     compiler-rt           compiler-rt        llvm
clang-format                           style  clang-format        clang-tools-extra     clang              clang-format
clang-tidy                             style  clang-tidy          clang-tools-extra     clang              llvm
'

# --- what is installed ------------------------------------------------------------------------------------------

# Sets $found to the version number in the first line of `PROGRAM --version`, or to `found`.
find_version() {
    found=found
    read -r line <<LINE
$("$1" --version 2>/dev/null </dev/null)
LINE
    while :; do
        case $line in
        *'('*')'*) line="${line%%'('*}${line#*')'}" ;;
        *) break ;;
        esac
    done
    set -f
    for word in $line; do
        case $word in
        [0-9]*.[0-9]*) found=$word ;;
        esac
    done
    set +f
}

# Sets $found to what a check finds, empty if nothing.
probe() {
    found=''
    case $1 in
    file:*)
        first_existing "${1#file:}"
        ;;
    header:*)
        header=${1#header:}
        first_existing "/usr/include/$header,/usr/local/include/$header,/opt/homebrew/include/$header"
        if [ -z "$found" ] && command -v gcc >/dev/null 2>&1 &&
            printf '#include <%s>\n' "$header" | gcc -E -x c - >/dev/null 2>&1; then
            found=$header
        fi
        ;;
    clang-runtime)
        command -v clang >/dev/null 2>&1 || return 0
        first_existing "$(clang -print-file-name=libclang_rt.asan-x86_64.a),$(clang -print-file-name=libclang_rt.asan.a)"
        ;;
    *)
        names=${1%%'>='*}
        while [ -n "$names" ]; do
            name=${names%%/*}
            if command -v "$name" >/dev/null 2>&1; then
                found=$name
                return 0
            fi
            case $names in
            */*) names=${names#*/} ;;
            *) names='' ;;
            esac
        done
        ;;
    esac
}

first_existing() {
    paths=$1
    while [ -n "$paths" ]; do
        path=${paths%%,*}
        case $path in
        /*) [ -e "$path" ] && found=$path && return 0 ;;
        esac
        case $paths in
        *,*) paths=${paths#*,} ;;
        *) paths='' ;;
        esac
    done
    return 0
}

# is_at_least FOUND WANTED: compares MAJOR.MINOR.
is_at_least() {
    found_minor=${1#*.} wanted_minor=0
    case $2 in
    *.*) wanted_minor=${2#*.} ;;
    esac
    found_minor=${found_minor%%[!0-9]*}
    [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${found_minor:-0}" -ge "$wanted_minor" ]; }
}

# Which rows of the table a verb needs.
groups_of() {
    case $1 in
    test) echo every build test ;;
    lint) echo every build test style ;;
    format) echo every style ;;
    clean) echo every ;;
    *) echo every build ;;
    esac
}

# The manager whose column applies here: the first that is installed.
find_manager() {
    manager=''
    for candidate in apt-get dnf pacman brew; do
        if command -v "$candidate" >/dev/null 2>&1; then
            manager=${candidate%-get}
            return 0
        fi
    done
}

# Sets $package to the column of a row that belongs to a manager: package_for MANAGER APT DNF PACMAN BREW
package_for() {
    case $1 in
    dnf) package=$3 ;;
    pacman) package=$4 ;;
    brew) package=$5 ;;
    *) package=$2 ;;
    esac
    # Debian keeps the sanitizer runtimes of each clang apart; the unversioned package fits the default clang only.
    if [ "$package" = libclang-rt-dev ] && command -v clang >/dev/null 2>&1; then
        find_version clang
        package=libclang-rt-${found%%.*}-dev
    fi
}

# Sets $packages (and $lacking, the names of the checks) to what is missing for the groups, in MANAGER's names.
# With `all` as first argument, to every package. collect all|missing MANAGER GROUP...
collect() {
    which=$1 for_manager=$2
    shift 2
    groups=" $* " packages='' lacking=''
    while read -r check group apt dnf pacman brew; do
        case $groups in
        *" $group "*) ;;
        *) continue ;;
        esac
        if [ -z "$check" ]; then
            continue
        fi
        if [ "$which" = missing ]; then
            probe "$check"
            [ -z "$found" ] || continue
        fi
        shown_name "$check"
        lacking="$lacking $shown"
        package_for "$for_manager" "$apt" "$dnf" "$pacman" "$brew"
        case " $packages " in
        *" $package "* | *' - '*) ;;
        *) [ "$package" = - ] || packages="$packages $package" ;;
        esac
    done <<TABLE
$requirements
TABLE
    packages=${packages# } lacking=${lacking# }
}

shown_name() {
    shown=${1%%'>='*}
    case $shown in
    file:*) shown=${shown#file:} shown=${shown%%,*} shown=${shown#/usr/lib/} ;;
    header:*) shown=${shown#header:} ;;
    */*) shown=${shown%%/*} ;;
    esac
}

# --- doctor -----------------------------------------------------------------------------------------------------

doctor() {
    find_manager
    bad='' good='' plain=''
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
        bad=$(printf '\033[31m') good=$(printf '\033[32m') plain=$(printf '\033[0m')
    fi
    problems=0
    printf '%-33s %-22s %s\n' TOOL FOUND PACKAGE
    while read -r check group apt dnf pacman brew; do
        if [ -n "$check" ]; then
            doctor_row "$check" "$apt" "$dnf" "$pacman" "$brew"
        fi
    done <<TABLE
$requirements
TABLE
    if [ "$problems" -gt 0 ]; then
        say "$problems missing or too old. Next: ./tenorite setup"
        return "$exit_failure"
    fi
    say "everything is there. Next: ./tenorite run"
}

doctor_row() {
    probe "$1"
    state=$found colour=$good
    case $1 in
    file:* | header:* | clang-runtime) [ -z "$found" ] || state=found ;;
    *)
        if [ -n "$found" ]; then
            find_version "$found"
            state=$found
        fi
        ;;
    esac
    case $1 in
    *'>='*)
        if [ -n "$state" ] && [ "$state" != found ] && ! is_at_least "$state" "${1#*'>='}"; then
            state="$state, needs ${1#*'>='}" colour=$bad problems=$((problems + 1))
        fi
        ;;
    esac
    if [ -z "$state" ]; then
        state=missing colour=$bad problems=$((problems + 1))
    fi
    shown_name "$1"
    package_for "$manager" "$2" "$3" "$4" "$5"
    printf '%-33s %s%-22s%s %s\n' "$shown" "$colour" "$state" "$plain" "$package"
}

# --- setup ------------------------------------------------------------------------------------------------------

# Sets $command_line to what installs the packages: install_command MANAGER PREFIX PACKAGES
install_command() {
    case $1 in
    dnf) command_line="$2dnf install -y $3" ;;
    pacman) command_line="$2pacman -S --needed $3" ;;
    brew) command_line="brew install $3" ;;
    *) command_line="$2apt-get update && $2env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $3" ;;
    esac
}

print_all_commands() {
    for each in apt dnf pacman brew; do
        collect "$1" "$each" every build test style
        install_command "$each" '' "$packages"
        printf '%-7s %s\n' "$each:" "$command_line"
    done
}

is_ci() {
    case ${CI:-} in
    '' | 0 | false) return 1 ;;
    esac
}

# install_missing GROUP...: returns 0 when everything of the groups is there afterwards.
install_missing() {
    find_manager
    collect missing "$manager" "$@"
    if [ -z "$lacking" ]; then
        return 0
    fi
    say "missing: $lacking"
    case $manager in
    '')
        say "no package manager that Tenorite knows; install one of these sets:"
        print_all_commands missing
        return "$exit_usage"
        ;;
    dnf | pacman | brew)
        install_command "$manager" 'sudo ' "$packages"
        say "install the packages, then try again:"
        printf '%s\n' "$command_line"
        return "$exit_usage"
        ;;
    esac
    if [ "$(id -u)" = 0 ]; then
        prefix=''
    elif command -v sudo >/dev/null 2>&1 && { is_ci || [ -t 0 ]; }; then
        prefix='sudo '
    else
        install_command apt 'sudo ' "$packages"
        say "no rights to install packages here; as root, or with sudo:"
        printf '%s\n' "$command_line"
        return "$exit_usage"
    fi
    install_command apt "$prefix" "$packages"
    say "installing: $command_line"
    if [ -n "$prefix" ] && ! is_ci && ! ask "Run this command?"; then
        say "nothing was installed"
        return "$exit_failure"
    fi
    run_apt "$@"
}

ask() {
    printf '%s [y/N] ' "$1" >&2
    read -r answer || return 1
    case $answer in
    y | Y | yes | Yes) ;;
    *) return 1 ;;
    esac
}

# Installs $packages. Standard input stays untouched: it may be meant for the guest of `./tenorite run`.
run_apt() {
    set_up_groups=$*
    sudo=''
    if [ -n "$prefix" ]; then
        sudo=sudo
        [ -t 0 ] || sudo='sudo -n'
    fi
    # shellcheck disable=SC2086 # both are lists of words
    {
        $sudo apt-get update </dev/null >&2 || say "apt-get update failed; trying the package lists that are here"
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages </dev/null >&2 ||
            {
                say "apt-get failed; see its messages above"
                return "$exit_failure"
            }
        hash -r
        collect missing apt $set_up_groups
    }
    if [ -n "$lacking" ]; then
        say "still missing after the installation: $lacking"
        return "$exit_failure"
    fi
}

setup() {
    case ${1:-} in
    --print) print_all_commands all ;;
    *) install_missing every build test style && say "everything is there. Next: ./tenorite run" ;;
    esac
}
