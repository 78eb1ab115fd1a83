# SPDX-License-Identifier: MIT
# Building kernels and bootable images.

set(TENORITE_ARCH_DIR ${CMAKE_CURRENT_LIST_DIR}/../src/arch/x86_64)
set(TENORITE_ISO_DIR ${CMAKE_CURRENT_LIST_DIR}/../iso)

# tenorite_add_kernel(TARGET source...): an ELF with a Multiboot2 header and a PVH note that calls kernel_main().
function(tenorite_add_kernel target)
    if(NOT ARGN)
        message(FATAL_ERROR "tenorite_add_kernel(${target}): name at least one source file")
    endif()
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE tenorite)
    target_compile_options(${target} PRIVATE ${TENORITE_WARNING_FLAGS_${TENORITE_COMPILER}}
                                             ${TENORITE_KERNEL_WARNING_FLAGS})
    set_target_properties(${target} PROPERTIES SUFFIX "")
endfunction()

# tenorite_add_iso(TARGET KERNEL target [OUTPUT file] [COMMAND_LINE text] [SCREEN text|framebuffer]
#     [PIXELS WIDTHxHEIGHTxBITS[,...]] [MENU_SECONDS n] [DEFAULT]): a hybrid image that boots the kernel by GRUB (Multiboot2)
# under BIOS and UEFI, from a CD or a disk. SCREEN says which of the boot menu's entries starts (default text: text mode
# where there is one), PIXELS what a screen of pixels is to be like, the first that the machine has (default
# 1024x768x32,auto), MENU_SECONDS how long the menu waits for somebody to choose (default 0: it is not shown). The file is
# in the target's property ISO_FILE; DEFAULT builds it with `all`.
function(tenorite_add_iso target)
    if(NOT TENORITE_ISO)
        message(FATAL_ERROR "tenorite_add_iso(${target}): this build makes no ISO (TENORITE_ISO is OFF)")
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 iso "DEFAULT" "KERNEL;OUTPUT;COMMAND_LINE;SCREEN;PIXELS;MENU_SECONDS" "")
    if(iso_UNPARSED_ARGUMENTS OR NOT TARGET "${iso_KERNEL}")
        message(FATAL_ERROR "tenorite_add_iso(${target}): KERNEL must name a kernel target; unknown: ${iso_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT iso_OUTPUT)
        set(iso_OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.iso)
    endif()
    if(NOT iso_SCREEN)
        set(iso_SCREEN text)
    elseif(NOT iso_SCREEN MATCHES "^(text|framebuffer)$")
        message(FATAL_ERROR "tenorite_add_iso(${target}): SCREEN ${iso_SCREEN} is neither text nor framebuffer")
    endif()
    if(NOT iso_PIXELS)
        set(iso_PIXELS 1024x768x32,auto)
    elseif(NOT iso_PIXELS MATCHES "^[0-9]+x[0-9]+x[0-9]+(,[0-9]+x[0-9]+x[0-9]+)*(,auto)?$")
        message(FATAL_ERROR "tenorite_add_iso(${target}): PIXELS ${iso_PIXELS} is no WIDTHxHEIGHTxBITS[,...][,auto]")
    endif()
    if(NOT iso_MENU_SECONDS)
        set(iso_MENU_SECONDS 0)
    elseif(NOT iso_MENU_SECONDS MATCHES "^[0-9]+$")
        message(FATAL_ERROR "tenorite_add_iso(${target}): MENU_SECONDS ${iso_MENU_SECONDS} is no whole number")
    endif()
    set(all "")
    if(iso_DEFAULT)
        set(all ALL)
    endif()
    add_custom_command(
        OUTPUT ${iso_OUTPUT}
        COMMAND ${CMAKE_COMMAND} -E env "GRUB_MKRESCUE=${GRUB_MKRESCUE}" "OBJCOPY=${TENORITE_OBJCOPY}"
                "COMMAND_LINE=${iso_COMMAND_LINE}" SCREEN=${iso_SCREEN} PIXELS=${iso_PIXELS} MENU_SECONDS=${iso_MENU_SECONDS}
                "FONT_LICENCE=${TENORITE_FONT_LICENCE}"
                sh ${TENORITE_ISO_DIR}/make_iso.sh $<TARGET_FILE:${iso_KERNEL}> ${iso_OUTPUT}
        DEPENDS ${iso_KERNEL} ${TENORITE_ISO_DIR}/make_iso.sh ${TENORITE_ISO_DIR}/grub.cfg.in ${TENORITE_ISO_DIR}/NOTICE.txt
                ${TENORITE_FONT_LICENCE}
        COMMENT "Making ${iso_OUTPUT}"
        VERBATIM)
    add_custom_target(${target} ${all} DEPENDS ${iso_OUTPUT})
    set_target_properties(${target} PROPERTIES ISO_FILE ${iso_OUTPUT})
endfunction()
