# SPDX-License-Identifier: MIT
# Finds the programs and libraries that this build needs, and no others. What is missing is a configure error that names
# the package. Included before the languages are enabled, because CMake's own check of a compiler names no packages.
#
# gcc builds with binutils; clang with lld and LLVM's tools, and needs neither gcc nor binutils. A build for another
# system than this one (cmake/toolchains/) has no C library, hence no host tests.

option(TENORITE_ISO "Bootable ISO images; OFF leaves them out, and the tests that boot them" ON)

function(_tenorite_fail_missing what package)
    message(FATAL_ERROR "Tenorite needs ${what}. Debian and Ubuntu: apt-get install ${package} "
                        "(./tenorite doctor lists everything, ./tenorite setup installs it)")
endfunction()

# tenorite_require_program(VARIABLE PACKAGE name...): sets VARIABLE to the first of the names that is found.
function(tenorite_require_program variable package)
    find_program(${variable} NAMES ${ARGN})
    if(NOT ${variable})
        list(JOIN ARGN " or " names)
        _tenorite_fail_missing("${names}" ${package})
    endif()
    mark_as_advanced(${variable})
endfunction()

# The same for programs that clang finds beside itself, where versions do not mix, or in PATH.
function(tenorite_require_program_of_clang variable package)
    foreach(name IN LISTS ARGN)
        if(NOT ${variable})
            execute_process(COMMAND ${compiler} -print-prog-name=${name} OUTPUT_VARIABLE path
                            OUTPUT_STRIP_TRAILING_WHITESPACE)
            if(IS_ABSOLUTE "${path}")
                set(${variable} ${path} CACHE FILEPATH "As clang finds it")
            endif()
        endif()
    endforeach()
    tenorite_require_program(${variable} ${package} ${ARGN})
endfunction()

# tenorite_require_file(PACKAGE path...): at least one of the paths must exist.
function(tenorite_require_file package)
    foreach(path IN LISTS ARGN)
        if(EXISTS ${path})
            return()
        endif()
    endforeach()
    list(JOIN ARGN " or " paths)
    _tenorite_fail_missing("${paths}" ${package})
endfunction()

# Sets RESULT to whether the program is of a FAMILY, GCC or CLANG. Its name does not say: macOS calls a clang gcc.
function(_tenorite_is_compiler result program family)
    set(GCC "Free Software Foundation")
    set(CLANG "clang version")
    execute_process(COMMAND ${program} --version OUTPUT_VARIABLE answer ERROR_QUIET)
    string(FIND "${answer}" "${${family}}" position)
    if(position LESS 0)
        set(${result} FALSE PARENT_SCOPE)
    else()
        set(${result} TRUE PARENT_SCOPE)
    endif()
endfunction()

# Contracts are tested with both families, whichever of them builds; where one is missing, its tests are skipped.
function(_tenorite_find_for_contracts family name)
    find_program(TENORITE_${family} NAMES ${name})
    mark_as_advanced(TENORITE_${family})
    if(TENORITE_${family})
        _tenorite_is_compiler(fits ${TENORITE_${family}} ${family})
    endif()
    if(NOT TENORITE_${family} OR NOT fits)
        set(TENORITE_${family} TENORITE_${family}-NOTFOUND PARENT_SCOPE)
        message(STATUS "No ${name} here: contract tests with ${name} will be skipped")
    endif()
endfunction()

# The compiler, as CMake will choose it.
if(CMAKE_C_COMPILER)
    set(compiler ${CMAKE_C_COMPILER})
elseif(DEFINED ENV{CC})
    separate_arguments(compiler UNIX_COMMAND "$ENV{CC}")
    list(GET compiler 0 compiler)
else()
    tenorite_require_program(TENORITE_ANY_COMPILER gcc cc gcc clang)
    set(compiler ${TENORITE_ANY_COMPILER})
endif()
execute_process(COMMAND ${compiler} --version RESULT_VARIABLE without_compiler OUTPUT_QUIET ERROR_QUIET)
if(without_compiler)
    get_filename_component(name ${compiler} NAME)
    _tenorite_fail_missing(${compiler} ${name})
endif()
_tenorite_is_compiler(is_clang ${compiler} CLANG)

if(is_clang)
    tenorite_require_program_of_clang(TENORITE_LD lld ld.lld)
    tenorite_require_program_of_clang(CMAKE_AR llvm llvm-ar ar)
    tenorite_require_program_of_clang(CMAKE_RANLIB llvm llvm-ranlib ranlib)
    string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -fuse-ld=lld")
else()
    tenorite_require_program(TENORITE_LD binutils ld)
endif()

if(NOT CMAKE_CROSSCOMPILING)
    execute_process(COMMAND ${compiler} -E -x c -include stdio.h /dev/null RESULT_VARIABLE without_headers
                    OUTPUT_QUIET ERROR_QUIET)
    if(without_headers)
        message(FATAL_ERROR "Tenorite's host tests, and CMake's check of the compiler, need the C library's headers. "
                            "Debian and Ubuntu: apt-get install libc6-dev (or: cmake --preset freestanding)")
    endif()
endif()

if(TENORITE_ISO)
    if(is_clang)
        tenorite_require_program_of_clang(TENORITE_OBJCOPY llvm llvm-objcopy objcopy)
    else()
        tenorite_require_program(TENORITE_OBJCOPY binutils objcopy llvm-objcopy)
    endif()
    tenorite_require_program(GRUB_MKRESCUE grub-common grub-mkrescue grub2-mkrescue)
    tenorite_require_program(XORRISO xorriso xorriso)
    tenorite_require_program(MFORMAT mtools mformat)
    tenorite_require_file(grub-pc-bin /usr/lib/grub/i386-pc/multiboot2.mod /usr/share/grub2/i386-pc/multiboot2.mod)
    tenorite_require_file(grub-efi-amd64-bin /usr/lib/grub/x86_64-efi/multiboot2.mod
                          /usr/share/grub2/x86_64-efi/multiboot2.mod)
endif()

if(BUILD_TESTING)
    tenorite_require_program(QEMU_SYSTEM_X86_64 qemu-system-x86 qemu-system-x86_64)
    if(NOT CMAKE_CROSSCOMPILING)
        tenorite_require_program(GDB gdb gdb)
        _tenorite_find_for_contracts(GCC gcc)
        _tenorite_find_for_contracts(CLANG clang)
    endif()
    find_package(Python3 3.9 COMPONENTS Interpreter)
    if(NOT Python3_Interpreter_FOUND)
        message(FATAL_ERROR "Tenorite's tests need Python 3.9 or newer. Debian and Ubuntu: apt-get install python3")
    endif()
endif()
