"""Models of layers that read several values, in the words of both frameworks: shapes are channels last.

Each case draws its network with the methods of a `Net`, of which each framework has its own.
"""

from .model import Maker, range_of

IMAGE, SEQUENCE, VECTOR = [4, 5, 3], [6, 3], [7]
"""Axes of one shape differ, so that none can stand for another."""

AXES = {
    "keras": {1: ["channels"], 2: ["time", "channels"], 3: ["height", "width", "channels"]},
    "torch": {1: ["channels"], 2: ["channels", "time"], 3: ["channels", "height", "width"]},
}
"""What the axes are, the batch apart, by how many there are."""

OF_TWO = ("subtract", "multiply")
ACTIVATED = ("add", "subtract", "average", "multiply")
REPEATING = ("add", "subtract", "multiply", "maximum", "minimum")
FUNCTIONS = ("add", "subtract", "average", "multiply", "maximum", "minimum")


class Value:
    """What an input or a layer yields: its id, what the framework computed, and what the framework knows it by."""

    def __init__(self, name, array, own=None):
        self.name, self.array, self.own = name, array, own


class Net(Maker):
    """A network in the making, whose layers name what they read."""

    def __init__(self, name, layout):
        super().__init__(name, layout, [1])
        # There is no input but those of `port`.
        self.rows, self.inputs, self.input = 3, None, None
        self.ports, self.results, self.known = [], [], {}

    def port(self, shape):
        """One more input of the network, of a shape that is channels last."""
        if self.layout == "torch":
            shape = [shape[-1], *shape[:-1]]
        name = f"input{len(self.ports)}"
        array = self.draw.uniform([self.rows, *shape], -0.75, 1.25)
        value = self.symbol(Value(name, array), shape)
        self.ports.append(value)
        return value

    def output(self, *values):
        self.results.extend(values)

    def reads(self, values, array, own=None):
        """The value of the last record, which reads these."""
        record = self.layers[-1]
        before = self.layers[-2]["id"] if len(self.layers) > 1 else self.ports[0].name
        names = [value.name for value in values]
        # Left out where it is what the format takes without it.
        if names != [before]:
            record["inputs"] = names
        return Value(record["id"], array, own)

    def several(self, word, *values, activation=None):
        """A layer of several values, and what is fused behind it."""
        array, own = self.compute(word, values, activation)
        self.add({"type": word} | ({"activation": activation} if activation else {}), array)
        return self.reads(values, array, own)

    def concat(self, *values, axis=None, from_end=False):
        """`axis` by its word."""
        record, place = {"type": "concat"}, None
        if axis is not None:
            axes = AXES[self.layout][values[0].array.ndim - 1]
            place = axes.index(axis) - (len(axes) if from_end else 0)
            record["axis"] = place
        # With the batch, and what the framework takes if it is not told.
        array, own = self.join(values, place + 1 if place is not None and place >= 0 else place)
        self.add(record, None)
        return self.reads(values, array, own)

    def layer(self, value, layer, stored="ternary"):
        """A layer of one value."""
        array, own = self.apply(layer, value, stored)
        made = self.reads([value], array, own)
        self.known[made.name] = layer
        return made

    def again(self, first, value):
        """The layer that yields `first` once more, on another value: a record of its own for the same tensors."""
        record = next(record for record in self.layers if record["id"] == first.name)
        kept = {key: field for key, field in record.items() if key not in ("id", "inputs", "range", "samples")}
        array, own = self.repeat(self.known[first.name], value)
        self.add(kept, array)
        return self.reads([value], array, own)

    def several_files(self):
        """Relative path -> bytes: `input.N` and `output.N` for each of several, `input` and `output` for one alone."""
        records = [
            {"id": port.name, "shape": list(port.array.shape[1:]), "range": range_of(port.array), "samples": self.rows}
            for port in self.ports
        ]
        cases = named("input", [port.array for port in self.ports]) | named("output", self.whole())
        return self.written(records, [value.name for value in self.results], cases)


def named(word, arrays):
    return {word: arrays[0]} if len(arrays) == 1 else {f"{word}.{index}": array for index, array in enumerate(arrays)}


def cases():
    """Names, and what draws the network of that name."""
    for word in FUNCTIONS:
        yield from function(word)
    yield "add_relu6", lambda net: repeated(net, "add")
    yield from concats()
    images = (residual, residual_pool, bottleneck, squeeze, branches, dense_blocks, normalized_branches, pre_norm)
    for draw in (*images, heads, read_output, mixed, siamese, gate, sequence):
        yield f"network_{draw.__name__}", draw


def made(net):
    """Relative path -> bytes, of the framework whose `Net` it is."""
    found = {}
    for name, draw in cases():
        name = f"several_{name}"
        maker = net(name)
        draw(maker)
        files = maker.several_files()
        assert not found.keys() & files.keys(), name
        found |= files
    return found


def function(word):
    def of(*shapes, activation=None):
        def draw(net):
            net.output(net.several(word, *map(net.port, shapes), activation=activation))

        return draw

    yield f"{word}_two", of(IMAGE, IMAGE)
    yield f"{word}_vectors", of(VECTOR, VECTOR)
    if word not in OF_TWO:
        yield f"{word}_three", of(IMAGE, IMAGE, IMAGE)
    if word in ACTIVATED:
        yield f"{word}_relu", of(IMAGE, IMAGE, activation="relu")
    if word in REPEATING:
        yield f"{word}_channels", of(IMAGE, [3])
        yield f"{word}_channels_first", of([3], IMAGE)
        yield f"{word}_ones", of(IMAGE, [1, 1, 3])
        yield f"{word}_channels_of_time", of(SEQUENCE, [3])
    if word in REPEATING and word not in OF_TWO:
        yield f"{word}_channels_of_three", of([3], IMAGE, [1, 1, 3])


def repeated(net, word):
    """A value that is read more than once, and sums beyond 6."""
    x, y = net.port(IMAGE), net.port(IMAGE)
    net.output(net.several(word, x, x, y, x, y, x, x, activation="relu6"))


def concats():
    def of(*shapes, **options):
        def draw(net):
            net.output(net.concat(*map(net.port, shapes), **options))

        return draw

    for shape in (IMAGE, SEQUENCE, VECTOR):
        axes = AXES["keras"][len(shape)]
        word = {3: "image", 2: "sequence", 1: "vector"}[len(shape)]
        yield f"concat_{word}", of(shape, [*shape[:-1], 2])
        for place, axis in enumerate(axes):
            other = [extent + (2 if index == place else 0) for index, extent in enumerate(shape)]
            yield f"concat_{word}_{axis}", of(shape, other, axis=axis)
            yield f"concat_{word}_{axis}_from_end", of(other, shape, axis=axis, from_end=True)
            yield f"concat_{word}_{axis}_of_three", of(shape, other, shape, axis=axis)
    yield "concat_of_concat", concat_of_concat


def concat_of_concat(net):
    """Pieces of pieces, along two axes."""
    x, y = net.port([2, 3, 2]), net.port([2, 3, 1])
    wide = net.concat(x, y, axis="channels")
    net.output(net.conv(net.concat(wide, wide, axis="height"), 2, 2))


def residual(net):
    """Two blocks, the second with a convolution on its shortcut."""
    x = net.port([6, 5, 2])
    y = net.conv(net.relu(net.conv(x, 2, 3, same=True)), 2, 3, same=True)
    x = net.several("add", x, y, activation="relu")
    y = net.conv(x, 4, 3, same=True, stored="int8")
    net.output(net.relu(net.several("add", net.conv(x, 4, 1), y)))


def residual_pool(net):
    """The shortcut is a pool; the sum goes on to a dense layer."""
    x = net.port([6, 4, 2])
    y = net.conv(net.max_pool(x), 2, 1, stored="int8")
    total = net.several("average", net.max_pool(x), y, net.average_pool(x))
    net.output(net.dense(net.flatten(total), 3, stored="int8"))


def bottleneck(net):
    """The layers between are read by none else; the difference is that of what goes in and comes out."""
    x = net.port([5, 5, 4])
    y = net.relu(net.conv(x, 2, 1, stored="int8"))
    y = net.relu(net.conv(y, 2, 3, same=True, stored="int8"))
    net.output(net.several("subtract", x, net.conv(y, 4, 1, stored="int8"), activation="relu"))


def squeeze(net):
    """Squeeze and excitation: a factor for each channel, of the image itself."""
    x = net.port([5, 4, 3])
    y = net.conv(x, 3, 3, same=True, stored="int8")
    factor = net.sigmoid(net.dense(net.flatten(net.global_average(y)), 3, stored="int8"))
    net.output(net.several("multiply", y, factor))


def branches(net):
    """Convolutions of several sizes and a pool beside each other."""
    x = net.port([6, 6, 2])
    point = net.conv(x, 2, 1)
    window = net.relu(net.conv(x, 3, 3, same=True))
    large = net.conv(net.conv(x, 1, 1, stored="int8"), 2, 5, same=True)
    net.output(net.max_pool(net.concat(point, window, large, x)))


def dense_blocks(net):
    """Each layer reads all before it."""
    x = net.port([5, 4, 2])
    for _ in range(3):
        x = net.concat(x, net.relu(net.conv(x, 1, 3, same=True, stored="int8")))
    net.output(net.global_average(x))


def normalized_branches(net):
    """A batch norm over branches that have nothing but weights, and one over a branch that somebody else reads."""
    x = net.port([5, 4, 2])
    joined = net.concat(net.conv(x, 3, 3, same=True), net.conv(x, 2, 1, stored="int8"), net.conv(x, 1, 1))
    y = net.relu(net.batch_norm(joined))
    shared = net.conv(y, 2, 1, stored="int8")
    other = net.batch_norm(net.concat(shared, net.conv(y, 2, 3, same=True)))
    net.output(net.global_average(other), net.global_average(shared))


def pre_norm(net):
    """A residual block whose branch begins with a layer norm, as transformers have them."""
    x = net.port([4, 3, 6])
    y = net.relu(net.conv(net.layer_norm(x), 4, 1, stored="int8"))
    net.output(net.layer_norm(net.several("add", x, net.conv(y, 6, 1, stored="int8"))))


def heads(net):
    """Two outputs of one trunk, the one that comes first listed last."""
    x = net.port([5, 4, 2])
    trunk = net.flatten(net.max_pool(net.relu(net.conv(x, 3, 2))))
    first = net.dense(trunk, 4, stored="int8")
    second = net.dense(trunk, 2, stored="int8")
    net.output(second, first)


def read_output(net):
    """An output that another layer reads, and images of two shapes as outputs."""
    x, y = net.port([6, 5, 2]), net.port([6, 5, 2])
    mean = net.several("average", x, y)
    net.output(mean, net.conv(mean, 3, 3, stored="int8"), net.several("maximum", x, y))


def mixed(net):
    """An image, a sequence and a vector."""
    image, steps, vector = net.port([4, 5, 2]), net.port([6, 3]), net.port([4])
    seen = net.dense(net.flatten(net.relu(net.conv(image, 2, 3))), 4, stored="int8")
    heard = net.dense(net.flatten(net.conv1d(steps, 2, 3)), 2, stored="int8")
    net.output(net.dense(net.concat(seen, vector, heard), 3, stored="int8"), net.several("minimum", seen, vector))


def siamese(net):
    """One layer on two inputs."""
    x, y = net.port(VECTOR), net.port(VECTOR)
    first = net.dense(x, 5, stored="codes")
    net.output(net.dense(net.several("subtract", first, net.again(first, y)), 2, stored="int8"))


def gate(net):
    """The larger and the smaller of two, put together again."""
    x, y = net.port(SEQUENCE), net.port(SEQUENCE)
    low, high = net.several("minimum", x, y), net.several("maximum", x, y)
    net.output(net.several("multiply", low, high), net.several("add", net.several("subtract", high, low), x, activation="relu"))


def sequence(net):
    """A residual block along time, and what is added to each channel."""
    x, offset = net.port([8, 2]), net.port([2])
    y = net.conv1d(net.relu(net.conv1d(x, 2, 3, same=True)), 2, 3, same=True, stored="int8")
    net.output(net.several("add", x, y, offset))
