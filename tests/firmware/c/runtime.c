/* What compilers call by themselves, where there is no library of C. It is compiled so that none of it becomes a call
   of itself. */
#include <stddef.h>
#include <stdint.h>

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

#ifdef __xtensa__
/* What gcc for the ESP8266 leaves to its ROM. */

uint64_t __umulsidi3(uint32_t a, uint32_t b)
{
    uint32_t a_low = a & 0xffff, a_high = a >> 16, b_low = b & 0xffff, b_high = b >> 16;
    uint32_t low = a_low * b_low;
    uint32_t middle = a_high * b_low + (low >> 16);
    uint32_t other = a_low * b_high + (middle & 0xffff);
    uint32_t high = a_high * b_high + (middle >> 16) + (other >> 16);
    return (uint64_t)high << 32 | (other << 16 | (low & 0xffff));
}

uint64_t __muldi3(uint64_t a, uint64_t b)
{
    uint32_t a_low = (uint32_t)a, b_low = (uint32_t)b;
    uint32_t high = (uint32_t)(a >> 32) * b_low + a_low * (uint32_t)(b >> 32);
    return __umulsidi3(a_low, b_low) + ((uint64_t)high << 32);
}

static uint32_t divide(uint32_t a, uint32_t b, uint32_t *rest)
{
    uint32_t quotient = 0, left = 0;
    int bit;
    for (bit = 31; bit >= 0; bit--) {
        /* Shifted beyond 32 bits it would be larger than any divisor. */
        uint32_t beyond = left >> 31;
        left = left << 1 | (a >> bit & 1);
        if (beyond != 0 || left >= b) {
            left -= b;
            quotient |= UINT32_C(1) << bit;
        }
    }
    *rest = left;
    return quotient;
}

uint32_t __udivsi3(uint32_t a, uint32_t b)
{
    uint32_t rest;
    return divide(a, b, &rest);
}

uint32_t __umodsi3(uint32_t a, uint32_t b)
{
    uint32_t rest;
    divide(a, b, &rest);
    return rest;
}

int32_t __divsi3(int32_t a, int32_t b)
{
    uint32_t quotient = __udivsi3(a < 0 ? -(uint32_t)a : (uint32_t)a, b < 0 ? -(uint32_t)b : (uint32_t)b);
    return (int32_t)((a < 0) != (b < 0) ? -quotient : quotient);
}

/* One thread and no interrupts: any access is atomic. */
uint32_t __atomic_load_4(const volatile void *from, int order)
{
    (void)order;
    return *(const volatile uint32_t *)from;
}

void __atomic_store_4(volatile void *to, uint32_t value, int order)
{
    (void)order;
    *(volatile uint32_t *)to = value;
}

uint8_t __atomic_load_1(const volatile void *from, int order)
{
    (void)order;
    return *(const volatile uint8_t *)from;
}

void __atomic_store_1(volatile void *to, uint8_t value, int order)
{
    (void)order;
    *(volatile uint8_t *)to = value;
}
#endif
