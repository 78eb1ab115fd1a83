# SPDX-License-Identifier: MIT
# Property tests: tests/property/property.h says how to write one, docs/property-tests.md how to run one.

# tenorite_add_property_test(NAME test_unit_property SOURCES file... [LINK library...] [LABELS label...]
# [TIMEOUT seconds]): a program whose main() calls property_main(), and the ctest test `host.unit_property`, labelled
# `host` and `property`. LINK names what is tested: in this project tenorite_host, elsewhere whatever one likes.
function(tenorite_add_property_test)
    cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME;TIMEOUT" "SOURCES;LABELS;LINK")
    if(test_UNPARSED_ARGUMENTS OR NOT test_NAME OR NOT test_SOURCES)
        message(FATAL_ERROR "tenorite_add_property_test needs NAME and SOURCES; unknown: ${test_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT test_TIMEOUT)
        set(test_TIMEOUT 300)
    endif()
    add_executable(${test_NAME} ${test_SOURCES})
    target_link_libraries(${test_NAME} PRIVATE ${test_LINK} tenorite_property)
    string(REGEX REPLACE "^test_" "host." name ${test_NAME})
    add_test(NAME ${name} COMMAND ${test_NAME})
    get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    set_tests_properties(${name} PROPERTIES LABELS "host;${folder};property;${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()
