# SPDX-License-Identifier: MIT
# Contract tests: each file misuses an interface and must not compile (tools/contracts/check.py).

set(TENORITE_CONTRACT_CHECK ${CMAKE_CURRENT_LIST_DIR}/../tools/contracts/check.py)

# The compilers that contracts are tested with: this build's own, and the other one as TenoriteTools found it.
# A build for another system has only its own.
set(TENORITE_CONTRACT_COMPILER_GCC gcc-NOTFOUND)
set(TENORITE_CONTRACT_COMPILER_CLANG clang-NOTFOUND)
if(NOT CMAKE_CROSSCOMPILING)
    set(TENORITE_CONTRACT_COMPILER_GCC ${TENORITE_GCC})
    set(TENORITE_CONTRACT_COMPILER_CLANG ${TENORITE_CLANG})
endif()
set(TENORITE_CONTRACT_COMPILER_${TENORITE_COMPILER} ${CMAKE_C_COMPILER})

# tenorite_add_contract_tests(DIRECTORY path [FLAGS flag...]): for each .c file of the directory and each compiler one
# ctest test `contract.COMPILER.FILE`, or `contract.COMPILER.FILE.cannot_refuse` where the file declares that. The flags
# are those of every kernel, but that a case may define functions nobody declares; FLAGS come last.
function(tenorite_add_contract_tests)
    cmake_parse_arguments(PARSE_ARGV 0 contract "" "DIRECTORY" "FLAGS")
    if(contract_UNPARSED_ARGUMENTS OR NOT IS_DIRECTORY "${contract_DIRECTORY}")
        message(FATAL_ERROR "tenorite_add_contract_tests: DIRECTORY must exist; unknown: ${contract_UNPARSED_ARGUMENTS}")
    endif()
    file(GLOB cases CONFIGURE_DEPENDS ${contract_DIRECTORY}/*.c)
    set(flags -std=gnu2x -O2 -DTENORITE_STATIC_CONTRACTS -DTENORITE_DEBUG=1 -DTENORITE_TASK_PRIORITIES=3)
    get_target_property(includes tenorite INTERFACE_INCLUDE_DIRECTORIES)
    list(TRANSFORM includes PREPEND -I)
    list(APPEND flags ${includes})
    if(CMAKE_C_COMPILER_TARGET)
        list(APPEND flags --target=${CMAKE_C_COMPILER_TARGET})
    endif()
    foreach(compiler GCC CLANG)
        string(TOLOWER ${compiler} family)
        foreach(case IN LISTS cases)
            get_filename_component(name ${case} NAME_WE)
            file(STRINGS ${case} unable REGEX "^/\\* ${family}: none: ")
            if(unable)
                string(APPEND name .cannot_refuse)
            endif()
            add_test(NAME contract.${family}.${name}
                COMMAND ${Python3_EXECUTABLE} -B ${TENORITE_CONTRACT_CHECK}
                        --compiler ${family} ${TENORITE_CONTRACT_COMPILER_${compiler}} --case ${case}
                        --flags ${flags} ${TENORITE_KERNEL_FLAGS_${compiler}} -Wno-missing-prototypes
                        ${contract_FLAGS}
                COMMAND_EXPAND_LISTS)
            set_tests_properties(contract.${family}.${name} PROPERTIES LABELS contracts TIMEOUT 120
                                                                            SKIP_RETURN_CODE 77)
        endforeach()
    endforeach()
endfunction()
