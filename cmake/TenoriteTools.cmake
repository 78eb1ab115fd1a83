# SPDX-License-Identifier: MIT
# Finds the programs and libraries a build needs. What is missing is a configure error that names the package.

# tenorite_require_program(VARIABLE PACKAGE name...): sets VARIABLE to the first of the names that is found.
function(tenorite_require_program variable package)
    find_program(${variable} NAMES ${ARGN})
    if(NOT ${variable})
        list(JOIN ARGN " or " names)
        message(FATAL_ERROR "Tenorite needs ${names}. Debian and Ubuntu: apt-get install ${package} "
                            "(./tenorite doctor lists everything, ./tenorite setup installs it)")
    endif()
    mark_as_advanced(${variable})
endfunction()

# tenorite_require_file(PACKAGE path...): at least one of the paths must exist.
function(tenorite_require_file package)
    foreach(path IN LISTS ARGN)
        if(EXISTS ${path})
            return()
        endif()
    endforeach()
    list(JOIN ARGN " or " paths)
    message(FATAL_ERROR "Tenorite needs ${paths}. Debian and Ubuntu: apt-get install ${package} "
                        "(./tenorite doctor lists everything, ./tenorite setup installs it)")
endfunction()

if(NOT CMAKE_C_COMPILER AND NOT DEFINED ENV{CC})
    tenorite_require_program(TENORITE_ANY_COMPILER gcc cc gcc clang)
endif()
tenorite_require_program(TENORITE_LD binutils ld)
tenorite_require_program(TENORITE_OBJCOPY binutils objcopy)
find_path(TENORITE_LIBC_HEADERS stdio.h)
if(NOT TENORITE_LIBC_HEADERS)
    message(FATAL_ERROR "Tenorite's host tests, and CMake's check of the compiler, need the C library's headers. Debian "
                        "and Ubuntu: apt-get install libc6-dev")
endif()
tenorite_require_program(GRUB_MKRESCUE grub-common grub-mkrescue grub2-mkrescue)
tenorite_require_program(XORRISO xorriso xorriso)
tenorite_require_program(MFORMAT mtools mformat)
tenorite_require_file(grub-pc-bin /usr/lib/grub/i386-pc/multiboot2.mod /usr/share/grub2/i386-pc/multiboot2.mod)
tenorite_require_file(grub-efi-amd64-bin /usr/lib/grub/x86_64-efi/multiboot2.mod /usr/share/grub2/x86_64-efi/multiboot2.mod)
if(BUILD_TESTING)
    tenorite_require_program(QEMU_SYSTEM_X86_64 qemu-system-x86 qemu-system-x86_64)
    tenorite_require_program(GDB gdb gdb)
    # Contracts are tested with both compilers, whichever of them builds.
    tenorite_require_program(TENORITE_GCC gcc gcc)
    tenorite_require_program(TENORITE_CLANG clang clang)
    find_package(Python3 3.9 COMPONENTS Interpreter)
    if(NOT Python3_Interpreter_FOUND)
        message(FATAL_ERROR "Tenorite's tests need Python 3.9 or newer. Debian and Ubuntu: apt-get install python3")
    endif()
endif()
