/* Start-up of an Xtensa, in instructions that the smallest have, without register windows. Rust has no inline assembly
   for it, so all that the board does by instructions is here. */

    /* Where the machine starts. */
    .section .reset, "ax"
    .align 4
    j 1f
    .align 4
start_address:
    .word board_start
1:  l32r a0, start_address
    jx a0

    /* Where it goes for what should not happen, a fault of the kernel, of the user, or in the handling of one: the
       emulation ends with a code of its own. */
    .section .vectors, "ax"
    .macro fault at
    .org \at
    movi a2, 1
    movi a3, 102
    .byte 0x00, 0x51, 0x00
    .endm
    fault 0x00
    fault 0x40
    fault 0xc0

    .section .text.start, "ax"
    .globl board_start
    .align 4
board_start:
    movi a1, _stack_top
    /* No exception is being handled, and interrupts stay off. */
    movi a2, 0x2f
    wsr a2, ps
    rsync
    movi a2, _bss_start
    movi a3, _bss_end
    movi a4, 0
1:  bgeu a2, a3, 2f
    s32i a4, a2, 0
    addi a2, a2, 4
    j 1b
2:  call0 board_run

    /* Prints the byte in a2, by the emulator's write(1, stack, 1). */
    .section .text.board_put, "ax"
    .globl board_put
    .align 4
board_put:
    addi a1, a1, -16
    s8i a2, a1, 0
    movi a2, 4
    movi a3, 1
    mov a4, a1
    movi a5, 1
    .byte 0x00, 0x51, 0x00
    addi a1, a1, 16
    ret

    /* Ends the emulation: QEMU exits with the code in a2. */
    .section .text.board_exit, "ax"
    .globl board_exit
    .align 4
board_exit:
    mov a3, a2
    movi a2, 1
    .byte 0x00, 0x51, 0x00
1:  j 1b

    /* Fills the stack between the address in a3 and the caller with the pattern in a2, and returns its stack pointer. Uses
       no stack itself. */
    .section .text.board_paint, "ax"
    .globl board_paint
    .align 4
board_paint:
1:  bgeu a3, a1, 2f
    s32i a2, a3, 0
    addi a3, a3, 4
    j 1b
2:  mov a2, a1
    ret
