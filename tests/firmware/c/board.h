/* The board, seen from a program in C: lines of `key value…`, and the words that the host put in memory. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* Of the start-up code, which calls the first. */
void board_run(void);
void board_put(uint32_t byte);
void board_exit(uint32_t code);

/* There is no <string.h> where there is no library. */
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* How many words the host put there; they come behind. */
static inline const uint32_t *board_data(uint32_t *words)
{
    const volatile uint32_t *data = (const volatile uint32_t *)BOARD_DATA;
    *words = *data;
    return (const uint32_t *)BOARD_DATA + 1;
}

static inline void board_text(const char *text)
{
    while (*text != 0) {
        board_put((uint32_t)*text++);
    }
}

/* A value of a line. */
static inline void board_number(int32_t value)
{
    char digits[10];
    uint32_t left = value < 0 ? -(uint32_t)value : (uint32_t)value;
    int length = 0;
    board_text(value < 0 ? " -" : " ");
    do {
        digits[length++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    while (length > 0) {
        board_put((uint32_t)digits[--length]);
    }
}

#endif
