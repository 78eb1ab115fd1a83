# SPDX-License-Identifier: MIT
# Host tests: the kernel's machine-neutral sources, compiled for the host, with doubles for the machine, under cmocka.

# Where libraries lie is known only once a language is enabled, so this one is not looked for in TenoriteTools.
if(BUILD_TESTING AND NOT CMAKE_CROSSCOMPILING)
    find_package(cmocka CONFIG QUIET)
    if(NOT cmocka_FOUND)
        message(FATAL_ERROR "Tenorite's host tests need cmocka. Debian and Ubuntu: apt-get install libcmocka-dev "
                            "(or configure with -DBUILD_TESTING=OFF)")
    endif()
endif()

set(TENORITE_HOST_FLAGS ${TENORITE_WARNING_FLAGS_${TENORITE_COMPILER}} ${TENORITE_CONTRACT_FLAGS_${TENORITE_COMPILER}}
    -fno-omit-frame-pointer)
set(TENORITE_HOST_LINK_FLAGS "")
if(TENORITE_SANITIZE)
    # Under sanitizers the optimizer sees instrumented code, and its guesses at uninitialised variables are wrong.
    list(REMOVE_ITEM TENORITE_HOST_FLAGS -Werror=maybe-uninitialized)
    list(APPEND TENORITE_HOST_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all)
    set(TENORITE_HOST_LINK_FLAGS -fsanitize=address,undefined)
endif()
if(TENORITE_SANITIZE_MEMORY)
    if(NOT TENORITE_COMPILER STREQUAL "CLANG")
        message(FATAL_ERROR "TENORITE_SANITIZE_MEMORY needs clang: cmake --preset msan")
    endif()
    # cmocka is not instrumented and need not be: what it is given it only reads, and it writes nothing that the tests read.
    list(APPEND TENORITE_HOST_FLAGS -fsanitize=memory -fsanitize-memory-track-origins -fno-sanitize-recover=all)
    set(TENORITE_HOST_LINK_FLAGS -fsanitize=memory)
endif()
if(TENORITE_COVERAGE)
    if(NOT TENORITE_COMPILER STREQUAL "GCC")
        message(FATAL_ERROR "TENORITE_COVERAGE needs gcc: cmake --preset coverage")
    endif()
    # Unoptimised, so that each line and branch of the source is one of the program. gcc then takes every local of a function
    # with EXPECT_PANIC in it for one that longjmp may clobber, and guesses at uninitialised
    # variables and at what may be freed as wrongly.
    list(REMOVE_ITEM TENORITE_HOST_FLAGS -Werror=maybe-uninitialized -Werror=free-nonheap-object)
    list(APPEND TENORITE_HOST_FLAGS --coverage -fprofile-abs-path -DTENORITE_COVERAGE -Wno-clobbered
         -Wno-free-nonheap-object)
    list(APPEND TENORITE_HOST_LINK_FLAGS --coverage)
endif()

# tenorite_add_host_test(NAME test_unit SOURCES file...): one cmocka executable, one ctest test `host.unit`, with the
# labels `host`, the folder's name (the layer's), and LABELS.
function(tenorite_add_host_test)
    cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME;TIMEOUT" "SOURCES;LABELS;LINK")
    if(test_UNPARSED_ARGUMENTS OR NOT test_NAME OR NOT test_SOURCES)
        message(FATAL_ERROR "tenorite_add_host_test needs NAME and SOURCES; unknown: ${test_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT test_TIMEOUT)
        set(test_TIMEOUT 120)
    endif()
    add_executable(${test_NAME} ${test_SOURCES})
    target_link_libraries(${test_NAME} PRIVATE ${test_LINK} tenorite_host ${CMOCKA_LIBRARIES})
    target_include_directories(${test_NAME} PRIVATE ${CMOCKA_INCLUDE_DIR})
    string(REGEX REPLACE "^test_" "host." name ${test_NAME})
    add_test(NAME ${name} COMMAND ${test_NAME})
    get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    set(test_LABELS host ${folder} ${test_LABELS})
    list(REMOVE_DUPLICATES test_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()
