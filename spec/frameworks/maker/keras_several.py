"""Keras models of layers that read several values, as a user would make them: with the functional API."""

import keras
import numpy
from keras import layers

from . import keras_layers
from .several import Net, Value

LAYERS = {
    "add": layers.Add,
    "subtract": layers.Subtract,
    "average": layers.Average,
    "multiply": layers.Multiply,
    "maximum": layers.Maximum,
    "minimum": layers.Minimum,
}


class KerasNet(Net):
    """A value's own is its symbol in the functional model."""

    def __init__(self, name):
        super().__init__(name, "keras")

    def symbol(self, value, shape):
        return Value(value.name, value.array, keras.Input(shape))

    def merge(self, layer, values):
        array = numpy.asarray(layer([value.array for value in values]))
        return array, layer([value.own for value in values])

    def compute(self, word, values, activation):
        array, own = self.merge(LAYERS[word](), values)
        # Keras has the function as a layer of its own.
        return self.repeat(layers.Activation(activation), Value(None, array, own)) if activation else (array, own)

    def join(self, values, axis):
        return self.merge(layers.Concatenate() if axis is None else layers.Concatenate(axis), values)

    def apply(self, layer, value, stored):
        if not layer.built:
            layer.build(value.array.shape)
        return keras_layers.ADD[type(layer)](self, layer, value.array, stored), layer(value.own)

    def repeat(self, layer, value):
        return keras_layers.run(layer, value.array), layer(value.own)

    def whole(self):
        """What the model yields as a user would run it."""
        model = keras.Model([port.own for port in self.ports], [value.own for value in self.results])
        outputs = model([port.array for port in self.ports], training=False)
        # Of one output it may be no list.
        outputs = [numpy.asarray(array) for array in (outputs if isinstance(outputs, list | tuple) else [outputs])]
        for array, value in zip(outputs, self.results, strict=True):
            assert numpy.allclose(array, value.array, rtol=1e-6, atol=1e-6), self.name
        return outputs

    def conv(self, value, filters, kernel, same=False, stored="ternary"):
        return self.layer(value, layers.Conv2D(filters, kernel, padding="same" if same else "valid"), stored)

    def conv1d(self, value, filters, kernel, same=False, stored="ternary"):
        return self.layer(value, layers.Conv1D(filters, kernel, padding="same" if same else "valid"), stored)

    def dense(self, value, units, stored="ternary"):
        return self.layer(value, layers.Dense(units), stored)

    def flatten(self, value):
        return self.layer(value, layers.Flatten())

    def batch_norm(self, value):
        return self.layer(value, layers.BatchNormalization(), "negative")

    def layer_norm(self, value):
        return self.layer(value, layers.LayerNormalization())

    def relu(self, value):
        return self.layer(value, layers.ReLU())

    def sigmoid(self, value):
        return self.layer(value, layers.Activation("sigmoid"))

    def max_pool(self, value):
        return self.layer(value, layers.MaxPooling2D(2))

    def average_pool(self, value):
        return self.layer(value, layers.AveragePooling2D(2))

    def global_average(self, value):
        return self.layer(value, layers.GlobalAveragePooling2D())
