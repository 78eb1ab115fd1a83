# SPDX-License-Identifier: MIT
# Kernels from any machine that has clang and lld, whatever programs its own compiler makes (preset freestanding).

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

if(NOT CMAKE_C_COMPILER)
    # Homebrew keeps LLVM out of PATH, where macOS has a clang without lld.
    find_program(CMAKE_C_COMPILER NAMES clang HINTS /opt/homebrew/opt/llvm/bin /usr/local/opt/llvm/bin)
    if(NOT CMAKE_C_COMPILER)
        message(FATAL_ERROR "Tenorite needs clang. Debian and Ubuntu: apt-get install clang lld llvm; macOS: brew install "
                            "llvm lld (./tenorite setup --preset freestanding)")
    endif()
endif()
set(CMAKE_C_COMPILER_TARGET x86_64-unknown-none-elf)
set(CMAKE_ASM_COMPILER_TARGET ${CMAKE_C_COMPILER_TARGET})
set(CMAKE_C_FLAGS_INIT "--start-no-unused-arguments -nostdlibinc --end-no-unused-arguments")

# For bare metal clang 14 links by calling gcc, for Linux by calling lld itself. What it would add for Linux, -nostdlib
# leaves out. The last --target counts.
set(CMAKE_EXE_LINKER_FLAGS_INIT "--target=x86_64-unknown-linux-gnu")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
