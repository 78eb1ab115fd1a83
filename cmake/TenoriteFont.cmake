# SPDX-License-Identifier: MIT
# The font of the framebuffer console. It belongs to the machine that builds, not to this repository.

set(default_font /usr/share/consolefonts/spleen-8x16.psfu.gz)
set(default_font_licence /usr/share/doc/fonts-spleen/copyright)
set(TENORITE_FONT ${default_font} CACHE FILEPATH
    "The framebuffer console's font: PSF 1 or 2, with a Unicode table, 4 to 8 pixels wide and 6 to 32 high")
set(TENORITE_FONT_LICENCE ${default_font_licence} CACHE FILEPATH
    "The font's licence: its text is put on every ISO, because the kernel there contains the font")

if(TENORITE_FONT STREQUAL default_font)
    tenorite_require_file(fonts-spleen ${TENORITE_FONT})
elseif(TENORITE_FONT_LICENCE STREQUAL default_font_licence AND NOT TENORITE_FONT MATCHES "/spleen-[^/]*$")
    message(FATAL_ERROR "TENORITE_FONT is ${TENORITE_FONT}: set TENORITE_FONT_LICENCE to the file with its licence")
endif()
if(NOT EXISTS "${TENORITE_FONT}")
    message(FATAL_ERROR "TENORITE_FONT: there is no ${TENORITE_FONT}")
endif()
if(NOT EXISTS "${TENORITE_FONT_LICENCE}")
    message(FATAL_ERROR "TENORITE_FONT_LICENCE: there is no ${TENORITE_FONT_LICENCE}; it has to travel with the font")
endif()

find_package(Python3 3.9 COMPONENTS Interpreter)
if(NOT Python3_Interpreter_FOUND)
    message(FATAL_ERROR "Tenorite's font is made by Python 3.9 or newer. Debian and Ubuntu: apt-get install python3")
endif()

set(TENORITE_FONT_TOOLS ${CMAKE_CURRENT_LIST_DIR}/../tools/font)

# tenorite_font_source(RESULT): the C file with the font, made where it is asked for. What has it as a source depends on
# the target tenorite_font too.
function(tenorite_font_source result)
    set(source ${PROJECT_BINARY_DIR}/generated/console_font.c)
    add_custom_command(
        OUTPUT ${source}
        COMMAND ${Python3_EXECUTABLE} -B ${TENORITE_FONT_TOOLS}/make_font.py ${TENORITE_FONT} ${source}
        DEPENDS ${TENORITE_FONT} ${TENORITE_FONT_TOOLS}/make_font.py ${TENORITE_FONT_TOOLS}/psf.py
        COMMENT "Making the console font from ${TENORITE_FONT}"
        VERBATIM)
    add_custom_target(tenorite_font DEPENDS ${source})
    set(${result} ${source} PARENT_SCOPE)
endfunction()
