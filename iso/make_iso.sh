#!/bin/sh
# SPDX-License-Identifier: MIT
# make_iso.sh KERNEL OUTPUT: a hybrid ISO that boots KERNEL by GRUB under BIOS and UEFI.
#
# From the environment: FONT_LICENCE (the file with the licence of the kernel's font), GRUB_MKRESCUE and OBJCOPY
# (programs), COMMAND_LINE (for the kernel), SCREEN (the menu entry that starts: text, the default, or framebuffer),
# PIXELS (GRUB's gfxpayload where there are pixels, default 1024x768x32,auto), MENU_SECONDS (how long the boot menu
# waits, default 0: it is not shown), SOURCE_DATE_EPOCH (seconds, default 0: the same kernel gives the same image, except for
# four bytes in the EFI system partition's serial number).
set -eu

kernel=$1
output=$2
here=$(cd "$(dirname "$0")" && pwd)
epoch=${SOURCE_DATE_EPOCH:-0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/iso

# What a Multiboot2 boot from a CD or a USB disk needs; the default is every module GRUB has, 20 MB of them. GRUB's EFI
# program asks for every partition map, and complains on the screen about each one that is missing.
modules="multiboot2 normal test iso9660 fat search configfile all_video part_gpt part_msdos part_acorn part_amiga
    part_apple part_bsd part_dfly part_dvh part_plan part_sun part_sunpc"

# The command line as GRUB's script language takes it literally: what could mean something there gets a backslash.
command_line=$(printf '%s' "${COMMAND_LINE:-}" | sed 's/[^A-Za-z0-9_=.,:\/+ -]/\\&/g')

mkdir -p "$stage/boot/grub" "$stage/licences"
"${OBJCOPY:-objcopy}" --strip-debug "$kernel" "$stage/boot/tenorite.elf"
sed "s/@SCREEN@/${SCREEN:-text}/; s/@PIXELS@/${PIXELS:-1024x768x32,auto}/; s/@MENU_SECONDS@/${MENU_SECONDS:-0}/" \
    "$here/grub.cfg.in" | while IFS= read -r line; do
    case $line in
    *@COMMAND_LINE@*) printf '%s%s%s\n' "${line%%@COMMAND_LINE@*}" "$command_line" "${line#*@COMMAND_LINE@}" ;;
    *) printf '%s\n' "$line" ;;
    esac
done > "$stage/boot/grub/grub.cfg"
cp "$here/NOTICE.txt" "$stage/licences/"
cp "$here/../LICENSE" "$stage/licences/tenorite-MIT.txt"
cp "$FONT_LICENCE" "$stage/licences/font.txt"
if [ -r /usr/share/common-licenses/GPL-3 ]; then
    cp /usr/share/common-licenses/GPL-3 "$stage/licences/grub-GPL-3.txt"
else
    echo "make_iso: /usr/share/common-licenses/GPL-3 is not there: the image names GRUB's licence by its address" >&2
fi
find "$stage" -exec touch -h -d "@$epoch" {} +

if ! SOURCE_DATE_EPOCH=$epoch "${GRUB_MKRESCUE:-grub-mkrescue}" -o "$output" \
    --install-modules="$modules" --locales= --fonts= --themes= "$stage" \
    -- -volume_date all_file_dates "=$epoch" -volume_date uuid 2024010100000000 > "$work/log" 2>&1; then
    cat "$work/log" >&2
    rm -f "$output"
    exit 1
fi
