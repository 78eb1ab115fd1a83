# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# Installing what a machine lacks for Tenorite (setup). POSIX sh, read by ./tenorite after tools/cli/machine.sh.
#
# A program can be too old in three ways: its package can be updated; another program of that name comes first in PATH
# and hides a good one; or the distribution has no newer one. The first is updated, the others are explained.

# Sets $command_line to what installs the packages: install_command MANAGER PREFIX PACKAGES
install_command() {
    case $1 in
    dnf) command_line="$2dnf install -y $3" ;;
    pacman) command_line="$2pacman -S --needed $3" ;;
    brew) command_line="brew install $3" ;;
    *) command_line="$2apt-get update && $2env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $3" ;;
    esac
}

# print_all_commands all|missing GROUP...
print_all_commands() {
    which_packages=$1
    shift
    for each in apt dnf pacman brew; do
        collect "$which_packages" "$each" "$@"
        install_command "$each" '' "$packages"
        printf '%-7s %s\n' "$each:" "$command_line"
    done
}

is_ci() {
    case ${CI:-} in
    '' | 0 | false) return 1 ;;
    esac
}

# install_missing GROUP...: returns 0 when everything of the groups that has a package is there afterwards; what has none
# is left to the configure step, which may be told of another place.
install_missing() {
    find_manager
    collect missing "$manager" "$@"
    [ -z "$unpackaged" ] || say "missing, and no package of $manager gives it: $unpackaged. See docs/setup.md"
    if is_complete; then
        return 0
    fi
    report_incomplete
    case $manager in
    '')
        say "no package manager that Tenorite knows; install one of these sets:"
        print_all_commands missing "$@"
        return "$exit_usage"
        ;;
    dnf | pacman | brew)
        install_command "$manager" 'sudo ' "$packages"
        say "install the packages, then try again:"
        [ -z "$outdated" ] || say "what stays too old after that needs a newer distribution"
        printf '%s\n' "$command_line"
        return "$exit_usage"
        ;;
    esac
    refuse_hidden || return
    if [ "$(id -u)" = 0 ]; then
        prefix=''
    elif command -v sudo >/dev/null 2>&1 && { is_ci || [ -t 0 ]; }; then
        prefix='sudo '
    else
        refuse_unobtainable || return
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

# Sets $installed and $candidate to the versions of an apt package; empty where there is none or apt does not say.
find_apt_versions() {
    installed='' candidate=''
    command -v apt-cache >/dev/null 2>&1 || return 0
    while read -r key value; do
        case $key,$value in
        *,'(none)') ;;
        Installed:,*) installed=${value#*:} ;;
        Candidate:,*) candidate=${value#*:} ;;
        esac
    done <<POLICY
$(LC_ALL=C apt-cache policy "$1" 2>/dev/null </dev/null)
POLICY
}

# Fails where a program is too old although its package is installed and new enough.
refuse_hidden() {
    status=0
    for each in $outdated; do
        split_outdated "$each"
        find_apt_versions "$package"
        if [ -n "$installed" ] && is_at_least "$installed" "$needed"; then
            say "$(command -v "$tool") is $tool $version and hides the package $package $installed. Next: change PATH"
            status=$exit_failure
        fi
    done
    return "$status"
}

# Fails where apt knows that what it would install is too old as well.
refuse_unobtainable() {
    status=0
    for each in $outdated; do
        split_outdated "$each"
        find_apt_versions "$package"
        if [ -n "$candidate" ] && ! is_at_least "$candidate" "$needed"; then
            say_unobtainable "$candidate"
            status=$exit_failure
        fi
    done
    return "$status"
}

say_unobtainable() {
    say "$tool $needed or newer is needed, and this distribution has only $1. Debian 12 and Ubuntu 24.04 have it"
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
    is_complete && return 0
    [ -z "$lacking" ] || say "still missing after the installation: $lacking"
    explained=no
    refuse_hidden || explained=yes
    refuse_unobtainable || explained=yes
    if [ "$explained" = no ]; then
        for each in $outdated; do
            split_outdated "$each"
            say_unobtainable "$version"
        done
    fi
    return "$exit_failure"
}

# setup GROUP...
setup() {
    install_missing "$@" || return
    check_qemu_variable || return
    [ -z "$unpackaged" ] || return "$exit_failure"
    say "everything is there. Next: ./tenorite run"
}
