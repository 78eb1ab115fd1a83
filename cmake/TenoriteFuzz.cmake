# SPDX-License-Identifier: MIT
# Fuzz targets: a program each under libFuzzer in the preset `fuzz` (clang); everywhere else one that replays the stored
# corpus, as a ctest test.

option(TENORITE_FUZZ "Fuzz targets under libFuzzer instead of replaying the stored corpus; for clang" OFF)

if(TENORITE_FUZZ)
    if(NOT TENORITE_COMPILER STREQUAL "CLANG")
        message(FATAL_ERROR "TENORITE_FUZZ needs clang: cmake --preset fuzz")
    endif()
    # Coverage feedback from the code under test; only the targets have libFuzzer's main().
    list(APPEND TENORITE_HOST_FLAGS -fsanitize=fuzzer-no-link)
endif()

# tenorite_add_fuzz_target(NAME target SOURCES file... [MUTATOR file] [LINK library...]): the program `fuzz_<target>`, and the ctest test
# `fuzz.<target>`, labelled `fuzz`, which runs it once on each file in corpus/<target> of the calling directory.
# MUTATOR is compiled under libFuzzer only.
function(tenorite_add_fuzz_target)
    cmake_parse_arguments(PARSE_ARGV 0 fuzz "" "NAME;MUTATOR" "SOURCES;LINK")
    if(fuzz_UNPARSED_ARGUMENTS OR NOT fuzz_NAME OR NOT fuzz_SOURCES)
        message(FATAL_ERROR "tenorite_add_fuzz_target needs NAME and SOURCES; unknown: ${fuzz_UNPARSED_ARGUMENTS}")
    endif()
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${fuzz_NAME})
    add_executable(fuzz_${fuzz_NAME} ${fuzz_SOURCES})
    target_link_libraries(fuzz_${fuzz_NAME} PRIVATE ${fuzz_LINK} tenorite_host)
    if(TENORITE_FUZZ)
        target_sources(fuzz_${fuzz_NAME} PRIVATE ${fuzz_MUTATOR})
        target_link_options(fuzz_${fuzz_NAME} PRIVATE -fsanitize=fuzzer)
        set(arguments -runs=0 ${corpus})
    else()
        target_sources(fuzz_${fuzz_NAME} PRIVATE replay_main.c)
        set(arguments ${corpus})
    endif()
    add_test(NAME fuzz.${fuzz_NAME} COMMAND fuzz_${fuzz_NAME} ${arguments})
    set_tests_properties(fuzz.${fuzz_NAME} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()
