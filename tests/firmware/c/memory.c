/* What compilers call by themselves, where there is no library of C. Compiled so that none of it becomes a call of
   itself. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    unsigned char *y = to;
    const unsigned char *x = from;
    while (bytes-- > 0) {
        *y++ = *x++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    unsigned char *y = to;
    const unsigned char *x = from;
    if (y < x) {
        return memcpy(to, from, bytes);
    }
    while (bytes-- > 0) {
        y[bytes] = x[bytes];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    unsigned char *y = to;
    while (bytes-- > 0) {
        *y++ = (unsigned char)value;
    }
    return to;
}

int memcmp(const void *one, const void *other, size_t bytes)
{
    const unsigned char *x = one, *y = other;
    for (; bytes > 0; bytes--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}
