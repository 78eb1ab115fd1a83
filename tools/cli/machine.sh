# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# What a machine needs for Tenorite, and finding it (doctor). POSIX sh, read by ./tenorite, which has say(),
# exit_failure and exit_usage.
#
# One table, `requirements`, drives doctor, setup and the set-up that other verbs do on their own (tools/cli/setup.sh).

# check             what must be there: PROGRAM[>=VERSION] (several names: a/b), file:NAME=PATH[,PATH...] (one of them),
#                   header:NAME, or clang-runtime
# group             who needs it; see groups_of
# apt dnf pacman brew  the package that gives it; `-` where the manager has none (docs/setup.md says what to do then)
requirements='
python3>=3.9                           every  python3             python3               python             python
cmake>=3.25                            build  cmake               cmake                 cmake              cmake
ninja                                  build  ninja-build         ninja-build           ninja              ninja
qemu-system-x86_64                     build  qemu-system-x86     qemu-system-x86-core  qemu-system-x86    qemu
file:console-font=/usr/share/consolefonts/spleen-8x16.psfu.gz  build  fonts-spleen  -  -  -
gcc>=12                                gcc    gcc                 gcc                   gcc                -
ld                                     gcc    binutils            binutils              binutils           -
clang>=14                              clang  clang               clang                 clang              llvm
ld.lld                                 clang  lld                 lld                   lld                lld
llvm-objcopy                           clang  llvm                llvm                  llvm               llvm
header:stdio.h                         host   libc6-dev           glibc-devel           glibc              -
header:cmocka.h                        host   libcmocka-dev       libcmocka-devel       cmocka             -
grub-mkrescue/grub2-mkrescue           iso    grub-common         grub2-tools-extra     grub               -
file:grub/i386-pc=/usr/lib/grub/i386-pc/multiboot2.mod,/usr/share/grub2/i386-pc/multiboot2.mod  iso  grub-pc-bin  grub2-pc-modules  grub  -
file:grub/x86_64-efi=/usr/lib/grub/x86_64-efi/multiboot2.mod,/usr/share/grub2/x86_64-efi/multiboot2.mod  iso  grub-efi-amd64-bin  grub2-efi-x64-modules  grub  -
xorriso                                iso    xorriso             xorriso               libisoburn         -
mformat                                iso    mtools              mtools                mtools             -
gdb                                    gdb    gdb                 gdb                   gdb                gdb
file:ovmf=/usr/share/OVMF/OVMF_CODE_4M.fd,/usr/share/OVMF/OVMF_CODE.fd,/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2,/usr/share/edk2/ovmf/OVMF_CODE.fd,/usr/share/edk2/x64/OVMF_CODE.4m.fd,/usr/share/edk2-ovmf/x64/OVMF_CODE.fd,/usr/share/qemu/edk2-x86_64-code.fd,/usr/local/share/qemu/edk2-x86_64-code.fd,/opt/homebrew/share/qemu/edk2-x86_64-code.fd  uefi  ovmf  edk2-ovmf  edk2-ovmf  qemu
clang-runtime                          test   libclang-rt-dev     compiler-rt           compiler-rt        llvm
gcovr                                  coverage  gcovr           gcovr                 -                  gcovr
frama-c                                proof  frama-c-base        frama-c               -                  -
why3                                   proof  why3                why3                  -                  -
z3                                     proof  z3                  z3                    z3                 z3
cvc4                                   proof  cvc4                -                     -                  -
spin                                   proof  spin                -                     -                  spin
file:jemalloc=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2,/usr/lib64/libjemalloc.so.2,/usr/lib/libjemalloc.so.2  bench  libjemalloc2  jemalloc  jemalloc  -
file:mimalloc=/usr/lib/x86_64-linux-gnu/libmimalloc.so.2,/usr/lib64/libmimalloc.so.2,/usr/lib/libmimalloc.so.2  bench  libmimalloc2.0  mimalloc  mimalloc  -
rustc                                  peers  rustc           rust                  rust               rust
cargo                                  peers  cargo           cargo                 rust               rust
file:tokio=/usr/share/doc/librust-tokio-dev  peers  librust-tokio-dev  -  -  -
file:futures=/usr/share/doc/librust-futures-dev  peers  librust-futures-dev  -  -  -
file:async-executor=/usr/share/doc/librust-async-executor-dev  peers  librust-async-executor-dev  -  -  -
clang-format                           style  clang-format        clang-tools-extra     clang              clang-format
clang-tidy                             style  clang-tidy          clang-tools-extra     clang              llvm
'

# Groups that no verb needs: what they are for says so itself where it is missing. doctor and setup take them by --with.
optional_groups='proof bench peers'

# Homebrew keeps LLVM out of PATH, where macOS has a clang of its own.
for directory in /opt/homebrew/opt/llvm/bin /usr/local/opt/llvm/bin; do
    [ ! -d "$directory" ] || PATH=$PATH:$directory
done

all_groups='every build gcc clang host iso gdb test uefi coverage style'

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
        first_existing "${1#*=}"
        ;;
    header:*)
        header=${1#header:}
        first_existing "/usr/include/$header,/usr/local/include/$header,/opt/homebrew/include/$header"
        for compiler in gcc clang; do
            if [ -z "$found" ] && command -v "$compiler" >/dev/null 2>&1 &&
                printf '#include <%s>\n' "$header" | "$compiler" -E -x c - >/dev/null 2>&1; then
                found=$header
            fi
        done
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

# Sets $found like probe, and of a row with a version also $version (empty if unknown) and, where that is too old,
# $needed to the least that will do.
examine() {
    probe "$1"
    version='' needed=''
    case $1 in
    *'>='*) [ -n "$found" ] || return 0 ;;
    *) return 0 ;;
    esac
    path=$found
    find_version "$path"
    version=$found found=$path
    if [ "$version" = found ]; then
        version=''
    elif ! is_at_least "$version" "${1#*'>='}"; then
        needed=${1#*'>='}
    fi
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

# Which rows of the table a verb needs with a preset: groups_of VERB PRESET. With nothing it knows, all compilers.
groups_of() {
    case $2 in
    dev | release | asan | ci) of_preset='gcc host iso gdb' ;;
    coverage) of_preset='gcc host gdb coverage' ;;
    clang) of_preset='clang host iso gdb' ;;
    freestanding) of_preset=clang ;;
    fuzz | msan) of_preset='clang host gdb' ;;
    *) of_preset='gcc clang host iso gdb' ;;
    esac
    case $1,$2 in
    format,*) echo every style ;;
    lint,*) echo every build clang host iso gdb style ;;
    debug,*) echo every build "$of_preset" gdb ;;
    fuzz,*) echo every build clang host gdb test ;;
    bench,*) echo every build "$of_preset" uefi ;;
    test,coverage | test,freestanding) echo every build "$of_preset" ;;
    test,*) echo every build "$of_preset" clang test uefi ;;
    *) echo every build "$of_preset" ;;
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

# Sets $packages to what is missing or too old for the groups, in MANAGER's names, $lacking to the names of the checks
# that found nothing, $unpackaged to those of them without a package, and $outdated to words
# PROGRAM/VERSION/NEEDED/PACKAGE.
# With `all` as first argument, $packages is every package. collect all|missing MANAGER GROUP...
collect() {
    which=$1 for_manager=$2
    shift 2
    groups=" $* " packages='' lacking='' unpackaged='' outdated=''
    while read -r check group apt dnf pacman brew; do
        case $groups in
        *" $group "*) ;;
        *) continue ;;
        esac
        if [ -z "$check" ]; then
            continue
        fi
        if [ "$which" = missing ]; then
            examine "$check"
            [ -z "$found" ] || [ -n "$needed" ] || continue
            row_version=$version row_needed=$needed
        fi
        shown_name "$check"
        package_for "$for_manager" "$apt" "$dnf" "$pacman" "$brew"
        if [ "$package" = - ]; then
            unpackaged="$unpackaged $shown"
        elif [ "$which" = all ] || [ -z "$row_needed" ]; then
            lacking="$lacking $shown"
        else
            outdated="$outdated $shown/$row_version/$row_needed/$package"
        fi
        case " $packages " in
        *" $package "* | *' - '*) ;;
        *) [ "$package" = - ] || packages="$packages $package" ;;
        esac
    done <<TABLE
$requirements
TABLE
    packages=${packages# } lacking=${lacking# } unpackaged=${unpackaged# } outdated=${outdated# }
}

# Whether the last collect found all there is to install.
is_complete() { [ -z "$lacking$outdated" ]; }

# Sets $tool, $version, $needed and $package from a word of $outdated.
split_outdated() {
    tool=${1%%/*} package=${1##*/}
    version=${1#*/} version=${version%/*}
    needed=${version#*/} version=${version%/*}
}

report_incomplete() {
    [ -z "$lacking" ] || say "missing: $lacking"
    for each in $outdated; do
        split_outdated "$each"
        say "too old: $tool $version, version $needed or newer is needed"
    done
}

shown_name() {
    shown=${1%%'>='*}
    case $shown in
    file:*) shown=${shown#file:} shown=${shown%%=*} ;;
    header:*) shown=${shown#header:} ;;
    */*) shown=${shown%%/*} ;;
    esac
}

# --- doctor -----------------------------------------------------------------------------------------------------

# doctor GROUP...
doctor() {
    find_manager
    groups=" $* "
    bad='' good='' plain=''
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
        bad=$(printf '\033[31m') good=$(printf '\033[32m') plain=$(printf '\033[0m')
    fi
    problems=0
    printf '%-33s %-22s %s\n' TOOL FOUND PACKAGE
    while read -r check group apt dnf pacman brew; do
        case $groups in
        *" $group "*) [ -z "$check" ] || doctor_row "$check" "$apt" "$dnf" "$pacman" "$brew" ;;
        esac
    done <<TABLE
$requirements
TABLE
    doctor_qemu_variable
    if [ "$problems" -gt 0 ]; then
        say "$problems missing or too old. Next: ./tenorite setup"
        return "$exit_failure"
    fi
    check_qemu_variable || return
    say "everything is there. Next: ./tenorite run"
}

doctor_row() {
    examine "$1"
    colour=$good state=${version:-found}
    case $1 in
    file:* | header:* | clang-runtime | *'>='*) ;;
    *)
        if [ -n "$found" ]; then
            find_version "$found"
            state=$found
        fi
        ;;
    esac
    if [ -z "$found" ]; then
        state=missing colour=$bad problems=$((problems + 1))
    elif [ -n "$needed" ]; then
        state="$version, needs $needed" colour=$bad problems=$((problems + 1))
    fi
    shown_name "$1"
    package_for "$manager" "$2" "$3" "$4" "$5"
    printf '%-33s %s%-22s%s %s\n' "$shown" "$colour" "$state" "$plain" "$package"
}

# No package helps against a wrong QEMU= in the environment: it has a row, but is none of the problems for setup.
doctor_qemu_variable() {
    [ -n "${QEMU:-}" ] || return 0
    if is_program "$QEMU"; then
        find_version "$QEMU"
        printf '%-33s %s%-22s%s %s\n' 'QEMU (environment)' "$good" "$found" "$plain" "$QEMU"
    else
        printf '%-33s %s%-22s%s %s\n' 'QEMU (environment)' "$bad" missing "$plain" "$QEMU"
    fi
}

is_program() {
    case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

check_qemu_variable() {
    if [ -n "${QEMU:-}" ] && ! is_program "$QEMU"; then
        say "the environment variable QEMU names no program: $QEMU. Next: correct or unset it"
        return "$exit_failure"
    fi
}
