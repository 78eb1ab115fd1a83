# SPDX-License-Identifier: MIT
# Kernel tests: each boots a kernel in a QEMU of its own, and tools/vm/ judges what becomes of it.

set(TENORITE_VM_RUNNER ${CMAKE_CURRENT_LIST_DIR}/../tools/vm/run_test.py)
set(TENORITE_VM_EXPECTATIONS "pass|fail|panic|hang|triple-fault|powered-off|reboot|exception=[0-9]+|exit=[0-9]+")
set(TENORITE_VM_ISO_BOOTS "^(bios|uefi|usb|uefi-usb)$")
# The runner ends a test by itself and reports why; CTest's own limit is for a runner that does not.
set(TENORITE_VM_GRACE_SECONDS 15)

# tenorite_add_qemu_test(NAME name (SOURCES file... | KERNEL target)
#     [EXPECT pass|fail|panic|hang|triple-fault|powered-off|reboot|exception=N|exit=N]   default pass
#     [TIMEOUT seconds]     default 20, with UEFI 90; the environment's TENORITE_TIMEOUT_SCALE, a whole number,
#                           multiplies it
#     [BOOT pvh|microvm|bios|uefi|usb|uefi-usb]   default pvh. pvh, microvm: by QEMU itself; the others: by GRUB on an
#                           ISO, as CD or USB disk, under BIOS or UEFI. All but pvh add the label `boot`. A UEFI test
#                           skips where OVMF is not installed
#     [SCREEN text|framebuffer]   what the ISO's boot menu asks for, default text (under UEFI that means pixels, too)
#     [PIXELS WIDTHxHEIGHTxBITS]  the mode that the boot menu asks for where there are pixels, default 1024x768x32
#     [MENU_SECONDS n]      how long the boot menu waits, default 0: it is not shown
#     [MEMORY mib] [MACHINE name] [CPU name] [VGA name|none] [APPEND command_line]
#     [INPUT script.py]     its drive(vm) types, reads serial line and screen: tools/vm/README.md
#     [GDB]                 the guest waits before its first instruction, for vm.gdb() or vm.cont()
#     [LABELS label...] [QEMU_ARGS argument...])
#
# Adds the ctest test `qemu.<name>`, labelled `qemu`; none where it needs an ISO and TENORITE_ISO is OFF. SOURCES make a
# kernel target `qemu_<name>`; KERNEL takes one that exists. Logs of every run are in vm-logs/ of the build directory.
function(tenorite_add_qemu_test)
    cmake_parse_arguments(PARSE_ARGV 0 test "GDB"
                          "NAME;KERNEL;EXPECT;TIMEOUT;BOOT;SCREEN;PIXELS;MENU_SECONDS;MEMORY;MACHINE;CPU;VGA;APPEND;INPUT"
                          "SOURCES;LABELS;QEMU_ARGS")
    _tenorite_check_qemu_test()
    if(test_BOOT MATCHES "${TENORITE_VM_ISO_BOOTS}" AND DEFINED TENORITE_ISO AND NOT TENORITE_ISO)
        return()
    endif()
    _tenorite_timeout_scale(scale)
    if(NOT test_KERNEL)
        set(test_KERNEL qemu_${test_NAME})
        tenorite_add_kernel(${test_KERNEL} ${test_SOURCES})
    endif()

    set(arguments --name ${test_NAME} --kernel $<TARGET_FILE:${test_KERNEL}> --boot ${test_BOOT}
        --expect ${test_EXPECT} --timeout ${test_TIMEOUT} --log-dir ${PROJECT_BINARY_DIR}/vm-logs)
    if(QEMU_SYSTEM_X86_64)
        list(APPEND arguments --qemu ${QEMU_SYSTEM_X86_64})
    endif()
    foreach(option SCREEN MEMORY MACHINE CPU VGA)
        if(DEFINED test_${option})
            string(TOLOWER ${option} name)
            list(APPEND arguments --${name} ${test_${option}})
        endif()
    endforeach()
    if(NOT test_BOOT STREQUAL "pvh")
        list(APPEND test_LABELS boot)
        list(REMOVE_DUPLICATES test_LABELS)
    endif()
    if(test_BOOT MATCHES "${TENORITE_VM_ISO_BOOTS}")
        _tenorite_test_iso(iso_file)
        list(APPEND arguments --iso ${iso_file})
    elseif(DEFINED test_APPEND)
        list(APPEND arguments "--append=${test_APPEND}")
    endif()
    if(test_INPUT)
        get_filename_component(script ${test_INPUT} ABSOLUTE)
        list(APPEND arguments --input ${script})
    endif()
    if(test_GDB)
        list(APPEND arguments --gdb)
    endif()
    list(TRANSFORM test_QEMU_ARGS PREPEND --qemu-arg=)

    math(EXPR limit "${test_TIMEOUT} * ${scale} + ${TENORITE_VM_GRACE_SECONDS}")
    add_test(NAME qemu.${test_NAME}
             COMMAND ${Python3_EXECUTABLE} ${TENORITE_VM_RUNNER} ${arguments} ${test_QEMU_ARGS})
    set_tests_properties(qemu.${test_NAME} PROPERTIES LABELS "qemu;${test_LABELS}" TIMEOUT ${limit}
                                                      SKIP_RETURN_CODE 77 PROCESSORS 1)
endfunction()

# Checks the arguments of the calling tenorite_add_qemu_test and sets the defaults there.
macro(_tenorite_check_qemu_test)
    set(context "tenorite_add_qemu_test(${test_NAME})")
    if(NOT "${test_NAME}" MATCHES "^[A-Za-z0-9_.-]+$")
        message(FATAL_ERROR "${context}: NAME is needed, of letters, digits and _.-")
    endif()
    if(test_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "${context}: unknown arguments: ${test_UNPARSED_ARGUMENTS}")
    endif()
    if(test_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "${context}: no value for ${test_KEYWORDS_MISSING_VALUES}")
    endif()
    if((test_SOURCES AND test_KERNEL) OR (NOT test_SOURCES AND NOT test_KERNEL))
        message(FATAL_ERROR "${context}: needs either SOURCES or KERNEL")
    endif()
    if(test_KERNEL AND NOT TARGET ${test_KERNEL})
        message(FATAL_ERROR "${context}: KERNEL ${test_KERNEL} is no target")
    endif()
    set(timeout 20)
    if("${test_BOOT}" MATCHES "uefi")
        set(timeout 90)
    endif()
    foreach(default EXPECT=pass BOOT=pvh TIMEOUT=${timeout})
        string(REGEX MATCH "^([A-Z]+)=(.*)$" unused ${default})
        if(NOT DEFINED test_${CMAKE_MATCH_1})
            set(test_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
        endif()
    endforeach()
    if(NOT test_EXPECT MATCHES "^(${TENORITE_VM_EXPECTATIONS})$")
        message(FATAL_ERROR "${context}: EXPECT ${test_EXPECT} is none of ${TENORITE_VM_EXPECTATIONS}")
    endif()
    if(NOT test_BOOT MATCHES "^(pvh|microvm)$|${TENORITE_VM_ISO_BOOTS}")
        message(FATAL_ERROR "${context}: BOOT ${test_BOOT} is none of pvh, microvm, bios, uefi, usb, uefi-usb")
    endif()
    if(DEFINED test_SCREEN AND NOT (test_BOOT MATCHES "${TENORITE_VM_ISO_BOOTS}"
                                    AND test_SCREEN MATCHES "^(text|framebuffer)$"))
        message(FATAL_ERROR "${context}: SCREEN takes text or framebuffer, and a BOOT from the ISO")
    endif()
    foreach(number TIMEOUT MEMORY)
        if(DEFINED test_${number} AND NOT test_${number} MATCHES "^[1-9][0-9]*$")
            message(FATAL_ERROR "${context}: ${number} ${test_${number}} is not a positive whole number")
        endif()
    endforeach()
    get_filename_component(script "${test_INPUT}" ABSOLUTE)
    if(test_INPUT AND NOT EXISTS ${script})
        message(FATAL_ERROR "${context}: no INPUT script ${script}")
    endif()
endmacro()

# An ISO for each kernel, command line and screen that tests boot, shared by the tests that use the same.
function(_tenorite_test_iso result)
    set(name ${test_KERNEL}_test_iso)
    if(test_APPEND)
        string(SHA256 digest "${test_APPEND}")
        string(SUBSTRING ${digest} 0 8 digest)
        string(APPEND name _${digest})
    endif()
    if(NOT DEFINED test_SCREEN)
        set(test_SCREEN text)
    elseif(test_SCREEN STREQUAL "framebuffer")
        string(APPEND name _framebuffer)
    endif()
    if(DEFINED test_PIXELS)
        string(APPEND name _${test_PIXELS})
    endif()
    if(DEFINED test_MENU_SECONDS)
        string(APPEND name _menu_${test_MENU_SECONDS})
    endif()
    if(NOT TARGET ${name})
        tenorite_add_iso(${name} KERNEL ${test_KERNEL} COMMAND_LINE "${test_APPEND}" SCREEN ${test_SCREEN}
            PIXELS "${test_PIXELS}" MENU_SECONDS "${test_MENU_SECONDS}" DEFAULT)
    endif()
    set(${result} $<TARGET_PROPERTY:${name},ISO_FILE> PARENT_SCOPE)
endfunction()

function(_tenorite_timeout_scale result)
    set(scale 1)
    if(NOT "$ENV{TENORITE_TIMEOUT_SCALE}" STREQUAL "")
        set(scale $ENV{TENORITE_TIMEOUT_SCALE})
    endif()
    if(NOT scale MATCHES "^[1-9][0-9]*$")
        message(FATAL_ERROR "TENORITE_TIMEOUT_SCALE=${scale} in the environment is not a positive whole number")
    endif()
    set(${result} ${scale} PARENT_SCOPE)
endfunction()
