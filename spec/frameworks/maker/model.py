"""A model file in the making: what both frameworks have in common."""

import numpy

from . import file
from .draw import Draw

BENDS = [0.0, 0.25, 0.5, 0.75, 1.0]
"""Where the activations of the cases bend: the first inputs of each case."""


class Maker:
    """Collects records and tensors while the layers of a case run one after the other."""

    def __init__(self, name, layout, shape):
        self.name, self.layout = name, layout
        self.draw = Draw(f"{layout} {name}")
        self.rows = 2 if len(shape) == 3 else 4
        self.inputs = self.draw.uniform([self.rows, *shape], -0.75, 1.25)
        self.inputs.flat[: len(BENDS)] = BENDS
        self.input = {"id": "input", "shape": list(shape)}
        self.layers, self.tensors = [], {}
        self.is_indices = False

    def indices(self, rows):
        """Makes the inputs indices of a table of so many rows, the first and the last among them."""
        shape = self.inputs.shape
        drawn = [self.draw.random.randrange(rows) for _ in range(self.inputs.size)]
        drawn[:2] = [0, rows - 1]
        self.inputs = numpy.array(drawn, dtype=numpy.float32).reshape(shape)
        self.input |= {"bits": 16} if rows > 256 else {}
        self.is_indices = True

    def table(self, record, shape, stored):
        """A table of vectors, which stays in the record and in the file as `stored` says; its floats."""
        name = f"layer{len(self.layers)}"
        if stored in ("real", "ranged"):
            table = self.draw.uniform(shape, -1.0, 1.5)
            self.tensor(record, "embedding", name, table)
            return table
        kernel = self.kernel(shape, shape[1], False, stored)
        record["weights"] = precision(stored).get("weights", "ternary")
        self.weights(record, "embedding", "scale", name, kernel)
        return kernel[0]

    def kernel(self, shape, outputs, outputs_first, stored):
        """A kernel in the framework's layout: its floats, and its integers and scales if those are what is stored."""
        taps = int(numpy.prod(shape)) // outputs
        integers = self.draw.integers(outputs, taps, stored)
        scales = self.draw.scales(outputs, stored, taps)
        floats = integers.astype(numpy.float32) * scales[:, None]
        put = (lambda rows: rows.reshape(shape)) if outputs_first else (lambda rows: rows.T.reshape(shape))
        return put(floats), put(integers) if stored in ("trits", "codes") else None, scales

    def weights(self, record, key, scale_key, name, kernel):
        """Puts a kernel that is to be stored in one way or the other into the file."""
        floats, integers, scales = kernel
        record["tensors"][key] = f"{name}.{key}"
        self.tensors[f"{name}.{key}"] = floats if integers is None else integers
        if integers is not None:
            record["tensors"][scale_key] = f"{name}.{scale_key}"
            self.tensors[f"{name}.{scale_key}"] = scales

    def tensor(self, record, key, name, values):
        record["tensors"][key] = f"{name}.{key}"
        self.tensors[f"{name}.{key}"] = values

    def add(self, record, values):
        """A layer, and the activations that its range is that of: nothing if it has none of its own."""
        if values is not None:
            record |= {"range": range_of(values), "samples": self.rows}
        self.layers.append({"id": f"layer{len(self.layers)}", **record})

    def files(self, seen, outputs):
        """Relative path -> bytes. `seen` is the input after normalization."""
        inputs = [self.input | ({} if self.is_indices else {"range": range_of(seen), "samples": self.rows})]
        return self.written(inputs, [self.layers[-1]["id"]], {"input": self.inputs, "output": outputs})

    def written(self, inputs, outputs, cases):
        """Relative path -> bytes: records of the inputs, ids of the outputs, and what goes in and comes out."""
        metadata = {
            "version": 1,
            "name": self.name,
            "layout": self.layout,
            "inputs": inputs,
            "layers": self.layers,
            "outputs": outputs,
        }
        cases = {name: array.astype(numpy.float32) for name, array in cases.items()}
        return {
            f"{self.layout}/{self.name}.safetensors": file.write(self.tensors, metadata),
            f"{self.layout}/{self.name}.cases.safetensors": file.write(cases),
        }


def range_of(values):
    """As few digits as tell the f32 from its neighbours."""
    return [float(str(end)) for end in (values.min(), values.max())]


def precision(stored):
    """The field `weights`, where it is not the default."""
    return {"weights": "int8"} if stored in ("int8", "codes") else {}


def either(pair):
    """[n, n] as n, as most people write it, and so [n], what a sequence has."""
    numbers = [int(n) for n in pair]
    return numbers[0] if numbers == numbers[:1] * len(numbers) else numbers
