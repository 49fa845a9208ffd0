/* The firmware's side of the model in C: one file includes the generated header. */
#include "digits.h"

static digits model;

/* The class of a quantized image, and the quantized probabilities. */
uint32_t digits_run(const uint8_t *image, int16_t *probabilities)
{
    digits_predict_quantized(&model, image, probabilities);
    return digits_classify_quantized(&model, image);
}
