# SPDX-License-Identifier: MIT
# The compilers that are known to do: two families, from the versions on that have what the contracts use.

if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 12)
    message(FATAL_ERROR "Tenorite needs gcc 12 or newer, or clang 14 or newer; this is gcc ${CMAKE_C_COMPILER_VERSION}")
elseif(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 14)
    message(FATAL_ERROR "Tenorite needs clang 14 or newer, or gcc 12 or newer; this is clang ${CMAKE_C_COMPILER_VERSION}")
elseif(NOT CMAKE_C_COMPILER_ID MATCHES "^(GNU|Clang)$")
    message(FATAL_ERROR "Tenorite needs gcc or LLVM's clang; this compiler is ${CMAKE_C_COMPILER_ID} (docs/setup.md)")
endif()
