# SPDX-License-Identifier: MIT
# Benchmarks that are programs of this computer: the library's release build, with the kernel's own flags.

#   bench_add_programs(NAME LAYERS layer... MEASURED file... HOSTED file... [DEFINITIONS word...] [LIBRARIES name...] [LTO])
#
# Adds NAME_checked, which has the hardening that K11 asks for, NAME_unchecked, which is without it, and a target NAME for
# both. LAYERS are compiled with the kernel's flags, and so is what is MEASURED, floors included; HOSTED is what needs
# the C library. The rest is for both.
function(bench_add_programs name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "LTO" "" "LAYERS;MEASURED;HOSTED;DEFINITIONS;LIBRARIES")
    set(common ${PROJECT_SOURCE_DIR}/tests/bench/common)
    set(kernel_flags ${TENORITE_MACHINE_FLAGS} ${TENORITE_WARNING_FLAGS_${TENORITE_COMPILER}}
        ${TENORITE_CONTRACT_FLAGS_${TENORITE_COMPILER}} -O2)
    list(REMOVE_ITEM kernel_flags -mcmodel=kernel) # for addresses that a program of this computer cannot have
    set(hardening_flags_checked ${TENORITE_HARDENING_FLAGS_${TENORITE_COMPILER}})
    set(hardening_flags_unchecked "")

    get_target_property(library_sources tenorite_host SOURCES)
    string(REPLACE ";" "|" layers "${arg_LAYERS}")
    list(FILTER library_sources INCLUDE REGEX "/src/(${layers})/")

    foreach(variant checked unchecked)
        # The library, and the loops that are measured.
        set(library ${name}_library_${variant})
        add_library(${library} STATIC ${library_sources} ${PROJECT_SOURCE_DIR}/src/arch/x86_64/memory.S
                    ${common}/machine.c ${common}/tables.c ${common}/heaps.c ${arg_MEASURED})
        target_include_directories(${library} PUBLIC ${common} ${common}/include ${PROJECT_SOURCE_DIR}/include
            ${PROJECT_SOURCE_DIR}/src/arch/x86_64/include ${PROJECT_BINARY_DIR}/generated
            PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_compile_definitions(${library} PUBLIC TENORITE_DEBUG=0 TENORITE_STATIC_CONTRACTS ${arg_DEFINITIONS})
        target_compile_options(${library} PRIVATE $<$<COMPILE_LANGUAGE:C>:${kernel_flags}>
            ${TENORITE_MESSAGE_PATH_FLAGS} $<$<COMPILE_LANGUAGE:C>:${hardening_flags_${variant}}>)

        # What needs the C library; never under sanitizers. The kernel's memcpy and memset, in the library, are for
        # nobody else.
        set(program ${name}_${variant})
        add_executable(${program} ${common}/main.c ${common}/bench.c ${arg_HOSTED})
        target_compile_options(${program} PRIVATE ${TENORITE_WARNING_FLAGS_${TENORITE_COMPILER}}
            ${TENORITE_CONTRACT_FLAGS_${TENORITE_COMPILER}} -O2)
        target_compile_definitions(${program} PRIVATE _GNU_SOURCE)
        target_link_libraries(${program} PRIVATE ${library} ${arg_LIBRARIES})
        target_link_options(${program} PRIVATE -no-pie -Wl,--exclude-libs,ALL)
        if(arg_LTO)
            set_target_properties(${library} ${program} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
        endif()
    endforeach()

    add_custom_target(${name})
    add_dependencies(${name} ${name}_checked ${name}_unchecked)
endfunction()
