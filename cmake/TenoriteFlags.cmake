# SPDX-License-Identifier: MIT
# Compiler flags, in four groups, for gcc and for clang: contract tests run both, whichever of them builds the kernel.
#
#   TENORITE_CONTRACT_FLAGS_<C>   diagnostics that a contract relies on: errors in every preset, and for every user
#   TENORITE_HARDENING_FLAGS_<C>  K11 and the stack protector: in every kernel
#   TENORITE_MACHINE_FLAGS        what ring 0 on x86-64 demands
#   TENORITE_WARNING_FLAGS_<C>    everything else; errors only with TENORITE_WARNINGS_ARE_ERRORS (preset ci)
#
# TENORITE_KERNEL_FLAGS_<C> is their sum. <C> is GCC or CLANG.

option(TENORITE_DEBUG "Run-time checks that cost time: moved futures, poisoned memory" ON)
set(TENORITE_TASK_PRIORITIES 3 CACHE STRING "Priorities of tasks, 1 to 4")
option(TENORITE_WARNINGS_ARE_ERRORS "Fail on every warning, not only on broken contracts" OFF)
option(TENORITE_SANITIZE "Host tests under AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(TENORITE_SANITIZE_MEMORY "Host tests of tasks under MemorySanitizer; for clang" OFF)
option(TENORITE_COVERAGE "Host tests count which lines and branches run; for gcc" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug is -O0: contracts that need the optimizer panic at run time" FORCE)
endif()
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_MINSIZEREL "-Os -g")
set(CMAKE_C_STANDARD 23)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(contract_flags_both
    -Werror=unused-result -Werror=deprecated-declarations -Werror=switch-enum -Werror=switch
    -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=implicit-function-declaration
    -Werror=return-type -Werror=uninitialized -Werror=format -Werror=array-bounds)
set(TENORITE_CONTRACT_FLAGS_GCC ${contract_flags_both} -Werror=jump-misses-init -Werror=maybe-uninitialized
    -Werror=use-after-free -Werror=free-nonheap-object -Werror=mismatched-dealloc)
set(TENORITE_CONTRACT_FLAGS_CLANG ${contract_flags_both} -Werror=conditional-uninitialized
    -Werror=sometimes-uninitialized)

set(TENORITE_MACHINE_FLAGS -ffreestanding -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only -mcmodel=kernel
    -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fcf-protection=none)

# gcc's plain `bounds` leaves out every array at the end of a struct.
set(hardening_flags_both -fstack-protector-strong -mstack-protector-guard=global)
set(TENORITE_HARDENING_FLAGS_GCC ${hardening_flags_both} -fsanitize=bounds-strict -fsanitize-undefined-trap-on-error
    -ftrivial-auto-var-init=zero -fstack-clash-protection)
set(TENORITE_HARDENING_FLAGS_CLANG ${hardening_flags_both} -fsanitize=bounds -fsanitize-trap=bounds
    -ftrivial-auto-var-init=pattern)
# clang 14 checks them; clang 16 to 19, at least, do so where no array but `[]` counts as one of open length.
if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 16)
    list(APPEND TENORITE_HARDENING_FLAGS_CLANG -fstrict-flex-arrays=3)
endif()

set(warning_flags_both -Wall -Wextra -Wshadow -Wvla -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wwrite-strings)
set(TENORITE_WARNING_FLAGS_GCC ${warning_flags_both})
set(TENORITE_WARNING_FLAGS_CLANG ${warning_flags_both})
set(TENORITE_KERNEL_WARNING_FLAGS -Wframe-larger-than=2048)

foreach(compiler GCC CLANG)
    if(TENORITE_WARNINGS_ARE_ERRORS)
        list(APPEND TENORITE_WARNING_FLAGS_${compiler} -Werror)
    endif()
    set(TENORITE_KERNEL_FLAGS_${compiler} ${TENORITE_MACHINE_FLAGS} ${TENORITE_HARDENING_FLAGS_${compiler}}
        ${TENORITE_WARNING_FLAGS_${compiler}} ${TENORITE_KERNEL_WARNING_FLAGS} ${TENORITE_CONTRACT_FLAGS_${compiler}})
endforeach()

if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(TENORITE_COMPILER GCC)
else()
    set(TENORITE_COMPILER CLANG)
endif()

# What the optimizer-based contracts ask for is proved at -O2, -O3 and -Os; below (Debug, -Og, -O1, unknown build types)
# they panic at run time.
set(TENORITE_STATIC_CONTRACTS $<$<CONFIG:RelWithDebInfo,Release,MinSizeRel>:TENORITE_STATIC_CONTRACTS>)
# Messages name files as in the repository; debug information keeps whole paths, for debuggers to find them.
set(TENORITE_MESSAGE_PATH_FLAGS -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
