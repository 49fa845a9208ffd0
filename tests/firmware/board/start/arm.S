/* Start-up of a Cortex-M, in instructions that all of them have. */
    .syntax unified
    .section .vectors, "a"
    .word _stack_top
    .word board_start
    /* What should not happen. */
    .rept 14
    .word board_fault
    .endr

    .section .text.start, "ax"
    .thumb_func
    .globl board_start
    .type board_start, %function
board_start:
    /* The FPU: full access to coprocessors 10 and 11. Where there is none, this does nothing. */
    ldr r0, =0xe000ed88
    ldr r1, [r0]
    ldr r2, =0xf00000
    orrs r1, r2
    str r1, [r0]
    dsb
    isb
    /* The counter: all of its 24 bits, by the processor's clock. */
    ldr r0, =0xe000e010
    ldr r1, =0xffffff
    str r1, [r0, #4]
    str r1, [r0, #8]
    movs r1, #5
    str r1, [r0]
    ldr r0, =_bss_start
    ldr r1, =_bss_end
    movs r2, #0
1:  cmp r0, r1
    bhs 2f
    str r2, [r0]
    adds r0, #4
    b 1b
2:  bl board_run
    .ltorg

    /* Prints the byte in r0. */
    .section .text.board_put, "ax"
    .thumb_func
    .globl board_put
    .type board_put, %function
board_put:
    push {r0}
    mov r1, sp
    movs r0, #3
    bkpt #0xab
    add sp, #4
    bx lr

    /* Ends the emulation: QEMU exits with the code in r0. */
    .section .text.board_exit, "ax"
    .thumb_func
    .globl board_exit
    .type board_exit, %function
board_exit:
    mov r1, r0
    ldr r0, =0x20026
    push {r0, r1}
    mov r1, sp
    movs r0, #0x20
    bkpt #0xab
1:  b 1b
    .ltorg

    /* A fault ends the emulation with a code of its own. */
    .section .text.board_fault, "ax"
    .thumb_func
    .globl board_fault
    .type board_fault, %function
board_fault:
    movs r0, #102
    ldr r1, =board_exit
    bx r1
    .ltorg

    /* Fills the stack between the address in r1 and the caller with the pattern in r0, and returns its stack pointer. Uses
       no stack itself. */
    .section .text.board_paint, "ax"
    .thumb_func
    .globl board_paint
    .type board_paint, %function
board_paint:
    mov r2, sp
1:  cmp r1, r2
    bhs 2f
    str r0, [r1]
    adds r1, #4
    b 1b
2:  mov r0, sp
    bx lr

    /* Counts a thousand times two instructions, the one that loads the number, and one of the two readings: 2002. */
    .section .text.board_loop, "ax"
    .thumb_func
    .globl board_loop
    .type board_loop, %function
board_loop:
    ldr r3, =0xe000e018
    ldr r1, [r3]
    ldr r0, =1000
1:  subs r0, r0, #1
    bne 1b
    ldr r2, [r3]
    subs r0, r1, r2
    bx lr
    .ltorg
