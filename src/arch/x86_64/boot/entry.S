/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/uart_16550.h>

#include "arch/x86_64/layout.h"

/*
 * From the boot loader to C.
 *
 * Multiboot2 loaders and PVH hosts enter boot_entry in 32-bit protected mode, paging off, with a pointer to their
 * information in EBX; Multiboot2 also puts its magic number in EAX, PVH puts one at (EBX). The stub checks that the
 * loader and the CPU are what the kernel needs, builds the boot page tables, enters long mode, and calls
 *
 *     void arch_start(uint32_t loader_magic, uint32_t information);      (start.c)
 *
 * in the higher half, on main_stack. What is missing is said on the first serial port and in VGA text memory; then
 * the stub ends the machine with PANIC_EXIT_CODE (where QEMU's isa-debug-exit is present) or halts.
 *
 * Boot page tables: the first BOOT_WINDOW_GIB GiB of physical memory, in 2 MiB pages, both at address 0 (where this
 * code runs; arch_start drops it) and at PHYSICAL_WINDOW_BASE; the first BOOT_IMAGE_BYTES, in 4 KiB pages, at
 * KERNEL_BASE.
 */

/* Multiboot2 specification 2.0, 3.1.1 "Layout of Multiboot2 header". */
.set MULTIBOOT2_HEADER_MAGIC, 0xe85250d6
.set MULTIBOOT2_ARCHITECTURE_I386, 0

/* 3.1.9 "Flags tag", 3.1.10 "The framebuffer tag of Multiboot2 header": the loader may pass a framebuffer, text mode, or no
 * screen. The framebuffer's size is a wish; the boot menu (iso/grub.cfg.in) has the last word. */
.set HEADER_TAG_END, 0
.set HEADER_TAG_CONSOLE_FLAGS, 4
.set HEADER_TAG_FRAMEBUFFER, 5
.set HEADER_TAG_OPTIONAL, 1
.set CONSOLE_TEXT_SUPPORTED, 2
.set FRAMEBUFFER_WIDTH, 1024
.set FRAMEBUFFER_HEIGHT, 768
.set FRAMEBUFFER_BITS_PER_PIXEL, 32

.section .multiboot2_header, "a", @progbits
.balign 8
multiboot2_header:
    .long MULTIBOOT2_HEADER_MAGIC
    .long MULTIBOOT2_ARCHITECTURE_I386
    .long multiboot2_header_end - multiboot2_header
    .long -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCHITECTURE_I386 + (multiboot2_header_end - multiboot2_header))

    .short HEADER_TAG_CONSOLE_FLAGS, HEADER_TAG_OPTIONAL
    .long 12        /* size */
    .long CONSOLE_TEXT_SUPPORTED
    .balign 8

    .short HEADER_TAG_FRAMEBUFFER, HEADER_TAG_OPTIONAL
    .long 20        /* size */
    .long FRAMEBUFFER_WIDTH, FRAMEBUFFER_HEIGHT, FRAMEBUFFER_BITS_PER_PIXEL
    .balign 8

    .short HEADER_TAG_END, 0
    .long 8         /* size */
multiboot2_header_end:

/* Xen, "x86/HVM direct boot ABI": ELF note XEN_ELFNOTE_PHYS32_ENTRY. */
.set XEN_ELFNOTE_PHYS32_ENTRY, 18

.section .note.pvh, "a", @note
    .long 4         /* length of the name */
    .long 4         /* length of the descriptor */
    .long XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long boot_entry

/* Page table entry bits: Intel SDM vol. 3A, 4.5 "4-Level Paging and 5-Level Paging". */
.set PTE_PRESENT_WRITABLE, 0x3
.set PTE_HUGE, 0x80
.set TABLE_ENTRIES, 512

.set CR0_PG_WP, 0x80010000
.set CR4_PAE_PGE, 0xa0
.set MSR_EFER, 0xc0000080
.set EFER_LME, 1 << 8
.set EFER_NXE, 1 << 11
.set EFLAGS_ID, 1 << 21
.set CPUID_EXTENDED_FEATURES, 0x80000001
.set CPUID_EDX_NX, 20
.set CPUID_EDX_LONG_MODE, 29
.set CPUID_ECX_RDRAND, 30

.section .boot.text, "ax", @progbits
.code32
.globl boot_entry
.type boot_entry, @function
boot_entry:
    cli
    cld
    movl $boot_stack_top, %esp
    pushl $0                            /* loaders leave EFLAGS undefined: NT would break the first iretq */
    popfl
    movl %eax, %esi
    movl %ebx, %edi
    call check_loader
    call check_cpu
    call build_tables
    jmp enter_long_mode
.size boot_entry, . - boot_entry

/* ESI: the loader's magic, EDI: its information. Leaves the magic of the recognised loader in ESI. */
.type check_loader, @function
check_loader:
    cmpl $MULTIBOOT2_ENTRY_MAGIC, %esi
    je 1f
    movl $message_loader, %ebp
    cmpl $PVH_START_INFO_MAGIC, (%edi)
    jne fail
    movl $PVH_START_INFO_MAGIC, %esi
1:  ret
.size check_loader, . - check_loader

.type check_cpu, @function
check_cpu:
    /* CPUID exists where EFLAGS.ID can be toggled (SDM vol. 2A, CPUID). */
    pushfl
    popl %eax
    movl %eax, %ecx
    xorl $EFLAGS_ID, %eax
    pushl %eax
    popfl
    pushfl
    popl %eax
    pushl %ecx
    popfl
    xorl %ecx, %eax
    movl $message_cpuid, %ebp
    testl $EFLAGS_ID, %eax
    jz fail
    movl $message_long_mode, %ebp
    movl $0x80000000, %eax
    cpuid
    cmpl $CPUID_EXTENDED_FEATURES, %eax
    jb fail
    movl $CPUID_EXTENDED_FEATURES, %eax
    cpuid
    btl $CPUID_EDX_LONG_MODE, %edx
    jnc fail
    ret
.size check_cpu, . - check_cpu

/* Fills `count` entries from `table` on with value, value + step, ... */
.macro FILL_ENTRIES table, count, value, step
    movl $\table, %ebx
    movl $\value, %eax
    movl $\count, %ecx
1:  movl %eax, (%ebx)
    movl $0, 4(%ebx)
    addl $\step, %eax
    addl $8, %ebx
    loop 1b
.endm

.type build_tables, @function
build_tables:
    movl $boot_tables_start, %ebx       /* a loader zeroes this, but nothing is lost by being sure */
    movl $(boot_tables_end - boot_tables_start) / 4, %ecx
1:  movl $0, (%ebx)
    addl $4, %ebx
    loop 1b
    FILL_ENTRIES boot_window_tables, (BOOT_WINDOW_GIB*TABLE_ENTRIES), (PTE_PRESENT_WRITABLE+PTE_HUGE), 0x200000
    FILL_ENTRIES boot_window_pdpt, BOOT_WINDOW_GIB, (boot_window_tables+PTE_PRESENT_WRITABLE), PAGE_BYTES
    FILL_ENTRIES boot_image_tables, (BOOT_IMAGE_TABLES*TABLE_ENTRIES), PTE_PRESENT_WRITABLE, PAGE_BYTES
    FILL_ENTRIES boot_image_directory, BOOT_IMAGE_TABLES, (boot_image_tables+PTE_PRESENT_WRITABLE), PAGE_BYTES
    movl $boot_image_directory + PTE_PRESENT_WRITABLE, boot_image_pdpt + ((KERNEL_BASE >> 30) & 511) * 8
    movl $boot_window_pdpt + PTE_PRESENT_WRITABLE, boot_root_table
    movl $boot_window_pdpt + PTE_PRESENT_WRITABLE, boot_root_table + ((PHYSICAL_WINDOW_BASE >> 39) & 511) * 8
    movl $boot_image_pdpt + PTE_PRESENT_WRITABLE, boot_root_table + ((KERNEL_BASE >> 39) & 511) * 8
    ret
.size build_tables, . - build_tables

/* SDM vol. 3A, 10.8.5 "Initializing IA-32e Mode". NXE is set where the CPU has it, so that NX bits are never reserved. Of
 * CR4 nothing is kept: loaders leave LA57 as firmware set it, and by these tables of 4 levels it would be a triple fault. */
.type enter_long_mode, @function
enter_long_mode:
    movl $CPUID_EXTENDED_FEATURES, %eax
    cpuid
    movl %edx, %ebp
    movl $CR4_PAE_PGE, %eax
    movl %eax, %cr4
    movl $boot_root_table, %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_LME, %eax
    btl $CPUID_EDX_NX, %ebp
    jnc 1f
    orl $EFER_NXE, %eax
1:  wrmsr
    movl %cr0, %eax
    orl $CR0_PG_WP, %eax
    movl %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $KERNEL_CODE_SELECTOR, $enter_higher_half
.size enter_long_mode, . - enter_long_mode

/* EBP: a message. Prints it on the serial port and the VGA text screen, and ends the machine. */
.type fail, @function
fail:
    call serial_prepare
    movl $TEXT_SCREEN_PHYSICAL, %edi
    movl $message_prefix, %esi
    call print
    movl %ebp, %esi
    call print
    movl $message_suffix, %esi
    call print
.globl boot_failed
boot_failed:                /* everything has been said: a place for a breakpoint */
    movw $DEBUG_EXIT_PORT, %dx
    movl $BOOT_FAILURE_EXIT_CODE, %eax
    outl %eax, %dx
1:  cli
    hlt
    jmp 1b
.size fail, . - fail

/* The UART at COM1: 115200 baud, 8 data bits, no parity, FIFO on. drivers/serial.c does the real work later. */
.macro WRITE_PORT port, value
    movw $\port, %dx
    movb $\value, %al
    outb %al, %dx
.endm

.type serial_prepare, @function
serial_prepare:
    WRITE_PORT UART_COM1_BASE+UART_INTERRUPT_ENABLE, 0
    WRITE_PORT UART_COM1_BASE+UART_LINE_CONTROL, UART_LCR_DIVISOR_ACCESS
    WRITE_PORT UART_COM1_BASE+UART_DIVISOR_LOW, 1
    WRITE_PORT UART_COM1_BASE+UART_DIVISOR_HIGH, 0
    WRITE_PORT UART_COM1_BASE+UART_LINE_CONTROL, UART_LCR_8N1
    WRITE_PORT UART_COM1_BASE+UART_FIFO_CONTROL, UART_FCR_ENABLE|UART_FCR_CLEAR_RECEIVER|UART_FCR_CLEAR_TRANSMITTER
    WRITE_PORT UART_COM1_BASE+UART_MODEM_CONTROL, UART_MCR_DATA_TERMINAL_READY|UART_MCR_REQUEST_TO_SEND
    ret
.size serial_prepare, . - serial_prepare

.set VGA_WHITE_ON_RED, 0x4f
.set SERIAL_WAIT_LIMIT, 0x10000

/* ESI: a NUL-terminated string, EDI: the next VGA text cell. Every wait is bounded. */
.type print, @function
print:
    lodsb
    testb %al, %al
    jz 3f
    movb $VGA_WHITE_ON_RED, %ah
    cmpb $0x20, %al
    jb 1f
    movw %ax, (%edi)
    addl $2, %edi
1:  movb %al, %bl
    movl $SERIAL_WAIT_LIMIT, %ecx
    movw $UART_COM1_BASE + UART_LINE_STATUS, %dx
2:  inb %dx, %al
    testb $UART_LSR_HOLDING_EMPTY, %al
    loopz 2b
    movw $UART_COM1_BASE + UART_DATA, %dx
    movb %bl, %al
    outb %al, %dx
    jmp print
3:  ret
.size print, . - print

message_prefix:
    .asciz "Tenorite cannot start: "
message_loader:
    .asciz "the loader speaks neither Multiboot2 nor PVH"
message_cpuid:
    .asciz "this CPU has no CPUID instruction"
message_long_mode:
    .asciz "this CPU has no 64-bit long mode"
message_suffix:
    .asciz ".\r\n"

.code64
.type enter_higher_half, @function
enter_higher_half:
    movabsq $higher_half_entry, %rax
    jmp *%rax
.size enter_higher_half, . - enter_higher_half

.balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff    /* KERNEL_CODE_SELECTOR: 64-bit code */
    .quad 0x00cf93000000ffff    /* KERNEL_DATA_SELECTOR: data */
boot_gdt_pointer:
    .short . - boot_gdt - 1
    .long boot_gdt

.section .boot.bss, "aw", @nobits
.balign PAGE_BYTES
.globl boot_root_table, boot_image_tables
boot_tables_start:
boot_root_table:
    .skip PAGE_BYTES
boot_window_pdpt:
    .skip PAGE_BYTES
boot_window_tables:
    .skip BOOT_WINDOW_GIB * PAGE_BYTES
boot_image_pdpt:
    .skip PAGE_BYTES
boot_image_directory:
    .skip PAGE_BYTES
boot_image_tables:
    .skip BOOT_IMAGE_TABLES * PAGE_BYTES
boot_tables_end:
boot_stack:
    .skip 512
boot_stack_top:

/* ESI: magic, EDI: information, upper halves undefined. No C function runs before the stack protector has its canary. */
.section .text, "ax", @progbits
.type higher_half_entry, @function
higher_half_entry:
    movw $KERNEL_DATA_SELECTOR, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorl %eax, %eax
    movw %ax, %fs
    movw %ax, %gs
    leaq main_stack_top(%rip), %rsp
    xorl %ebp, %ebp
    movl %edi, %r8d
    call choose_canary
    movl %esi, %edi
    movl %r8d, %esi
    pushq %rbp              /* return address 0: the root of every backtrace */
    jmp arch_start
.size higher_half_entry, . - higher_half_entry

/* Time stamp counter mixed with RDRAND where there is one (10 tries: SDM vol. 1, 7.3.17.1); the lowest byte is zero so
 * that string functions stop at it. */
.type choose_canary, @function
choose_canary:
    movl $1, %eax
    cpuid
    movl %ecx, %r9d
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    movabsq $0x9e3779b97f4a7c15, %rdx
    imulq %rdx, %rax
    btl $CPUID_ECX_RDRAND, %r9d
    jnc 2f
    movl $10, %ecx
1:  rdrand %rdx
    jc 3f
    loop 1b
    jmp 2f
3:  xorq %rdx, %rax
2:  xorb %al, %al
    movq %rax, __stack_chk_guard(%rip)
    ret
.size choose_canary, . - choose_canary

.section .data, "aw", @progbits
.balign 8
.globl __stack_chk_guard
.type __stack_chk_guard, @object
__stack_chk_guard:
    .quad 0
.size __stack_chk_guard, . - __stack_chk_guard

.section .note.GNU-stack, "", @progbits
