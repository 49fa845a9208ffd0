/* The firmware's side of the convolutional model in C: one file includes the generated header. */
#include "mnist.h"

static mnist model;

/* The class of a quantized image, and the quantized outputs. */
uint32_t mnist_run(const uint8_t *image, int16_t *outputs)
{
    mnist_predict_quantized(&model, image, outputs);
    return mnist_classify_quantized(&model, image);
}
