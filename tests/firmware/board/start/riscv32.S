/* Start-up of a 32-bit RISC-V. */
    .section .text.start, "ax"
    .globl _start
_start:
    la sp, _stack_top
    la t0, _bss_start
    la t1, _bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  j board_run

    /* Prints the byte in a0: what is written to this device appears on the host, and it may be written at any time. */
    .section .text.board_put, "ax"
    .globl board_put
board_put:
    li t0, 0x10000000
    sb a0, 0(t0)
    ret

    /* Ends the emulation by the test device: QEMU exits with the code in a0. */
    .section .text.board_exit, "ax"
    .globl board_exit
board_exit:
    li t0, 0x100000
    li t1, 0x5555
    beqz a0, 1f
    slli a0, a0, 16
    li t1, 0x3333
    or t1, t1, a0
1:  sw t1, 0(t0)
2:  j 2b

    /* Fills the stack between the address in a1 and the caller with the pattern in a0, and returns its stack pointer. Uses
       no stack itself. */
    .section .text.board_paint, "ax"
    .globl board_paint
board_paint:
1:  bgeu a1, sp, 2f
    sw a0, 0(a1)
    addi a1, a1, 4
    j 1b
2:  mv a0, sp
    ret

    /* Counts a thousand times two instructions, the one that loads the number, and one of the two readings: 2002. */
    .section .text.board_loop, "ax"
    .globl board_loop
board_loop:
    .option arch, +zicsr
    csrr t1, minstret
    li t0, 1000
1:  addi t0, t0, -1
    bnez t0, 1b
    csrr a0, minstret
    sub a0, a0, t1
    ret
