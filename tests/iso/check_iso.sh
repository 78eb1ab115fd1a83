#!/bin/sh
# SPDX-License-Identifier: MIT
# check_iso.sh ISO PYTHON FONT_LICENCE: the image is small, boots by BIOS and UEFI, holds a kernel that loaders recognise,
# and carries the notices of what is in it.
set -u

iso=$1
python=$2
font_licence=$3
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit_bytes=6000000
failures=0

complain() {
    echo "check_iso: $*"
    failures=$((failures + 1))
}

bytes=$(wc -c < "$iso")
[ "$bytes" -lt "$limit_bytes" ] || complain "$iso has $bytes bytes, the limit is $limit_bytes"

files=$(xorriso -indev "$iso" -find / -type f 2>/dev/null)
for file in /boot/tenorite.elf /boot/grub/grub.cfg /boot/grub/i386-pc/multiboot2.mod \
    /boot/grub/x86_64-efi/multiboot2.mod /efi.img /licences/NOTICE.txt /licences/tenorite-MIT.txt; do
    echo "$files" | grep -qF "'$file'" || complain "$file is missing"
done
if [ -r /usr/share/common-licenses/GPL-3 ]; then
    echo "$files" | grep -qF "'/licences/grub-GPL-3.txt'" || complain "the text of GRUB's licence is missing"
fi

xorriso -osirrox on -indev "$iso" -extract /licences/font.txt "$work/font.txt" 2>/dev/null
cmp -s "$font_licence" "$work/font.txt" || complain "/licences/font.txt is not $font_licence"

boot_records=$(xorriso -indev "$iso" -report_el_torito plain 2>/dev/null)
echo "$boot_records" | grep -q 'El Torito boot img.*BIOS' || complain "no boot record for BIOS"
echo "$boot_records" | grep -q 'El Torito boot img.*UEFI' || complain "no boot record for UEFI"

xorriso -osirrox on -indev "$iso" -extract /boot/tenorite.elf "$work/kernel" 2>/dev/null
"$python" -B "$source/tests/image/check_image.py" "$work/kernel" "$source/src/arch/x86_64/layout.h" ||
    complain "the stripped kernel in $iso is not as it should be"

echo "check_iso: $bytes bytes, $failures failures"
[ "$failures" -eq 0 ]
