"""PyTorch models of layers that read several values: functions of tensors, which PyTorch runs one after the other."""

from functools import reduce

import torch
from torch import nn
from torch.nn import functional

from . import torch_layers
from .several import Net

FUNCTIONS = {
    "add": lambda tensors: reduce(torch.add, tensors),
    "subtract": lambda tensors: torch.sub(*tensors),
    "average": lambda tensors: torch.stack(tensors).mean(0),
    "multiply": lambda tensors: torch.mul(*tensors),
    "maximum": lambda tensors: reduce(torch.maximum, tensors),
    "minimum": lambda tensors: reduce(torch.minimum, tensors),
}

ACTIVATIONS = {None: lambda tensor: tensor, "relu": functional.relu, "relu6": functional.relu6}


class TorchNet(Net):
    """A value has nothing but its array."""

    def __init__(self, name):
        super().__init__(name, "torch")

    def symbol(self, value, _):
        return value

    def compute(self, word, values, activation):
        axes = max(value.array.ndim for value in values)
        tensors = [torch.from_numpy(value.array) for value in values]
        # One number for each channel is x[:, :, None, None] beside images.
        tensors = [tensor.reshape(*tensor.shape, *[1] * (axes - tensor.dim())) for tensor in tensors]
        return ACTIVATIONS[activation](FUNCTIONS[word](tensors)).numpy(), None

    def join(self, values, axis):
        return torch.cat([torch.from_numpy(value.array) for value in values], 1 if axis is None else axis).numpy(), None

    def apply(self, module, value, stored):
        module.eval().requires_grad_(False)
        return torch_layers.ADD[type(module)](self, module, value.array, stored), None

    def repeat(self, module, value):
        return torch_layers.run(module, value.array), None

    def whole(self):
        return [value.array for value in self.results]

    def conv(self, value, filters, kernel, same=False, stored="ternary"):
        padding = "same" if same else 0
        return self.layer(value, nn.Conv2d(value.array.shape[1], filters, kernel, padding=padding), stored)

    def conv1d(self, value, filters, kernel, same=False, stored="ternary"):
        padding = "same" if same else 0
        return self.layer(value, nn.Conv1d(value.array.shape[1], filters, kernel, padding=padding), stored)

    def dense(self, value, units, stored="ternary"):
        return self.layer(value, nn.Linear(value.array.shape[1], units), stored)

    def flatten(self, value):
        return self.layer(value, nn.Flatten())

    def batch_norm(self, value):
        return self.layer(value, nn.BatchNorm2d(value.array.shape[1]), "negative")

    def layer_norm(self, value):
        return self.layer(value, torch_layers.ChannelNorm(value.array.shape[1]))

    def relu(self, value):
        return self.layer(value, nn.ReLU())

    def sigmoid(self, value):
        return self.layer(value, nn.Sigmoid())

    def max_pool(self, value):
        return self.layer(value, nn.MaxPool2d(2))

    def average_pool(self, value):
        return self.layer(value, nn.AvgPool2d(2))

    def global_average(self, value):
        return self.layer(value, nn.AdaptiveAvgPool2d(1))
