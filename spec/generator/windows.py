"""The section "Windows" of docs/arithmetic.md: sizes and padding, and the positions that a window sees."""

from .rules import RuleError


def axis(size, kernel, stride, dilation, mode, explicit=None):
    """(output size, padding before, padding after) along one axis."""
    reach = dilation * (kernel - 1) + 1
    if mode == "same":
        output = -(-size // stride)
        total = max((output - 1) * stride + reach - size, 0)
        return output, total // 2, total - total // 2
    before, after = explicit if mode == "explicit" else (0, 0)
    assert mode in ("valid", "explicit")
    room = size + before + after - reach
    if room < 0:
        raise RuleError("window larger than its input")
    return room // stride + 1, before, after


def refuse_unseen(size, kernel, stride, dilation, output, before):
    """A pool refuses a window without a tap inside the image: along both axes, one by one, a tap has to be."""
    for o in range(output):
        if not any(0 <= o * stride - before + j * dilation < size for j in range(kernel)):
            raise RuleError("window without a tap inside its image")


def window(size, kernel, stride=(1, 1), padding="valid", dilation=(1, 1)):
    """The record of a window; pairs are (height, width), explicit padding is ((top, bottom), (left, right))."""
    sides = ["explicit"] * 2 if isinstance(padding, tuple) else [padding] * 2
    given = padding if isinstance(padding, tuple) else [None] * 2
    (height, top, _), (width, left, _) = (
        axis(*one) for one in zip(size, kernel, stride, dilation, sides, given, strict=True)
    )
    return {
        "input_height": size[0], "input_width": size[1], "output_height": height, "output_width": width,
        "kernel_height": kernel[0], "kernel_width": kernel[1], "stride_y": stride[0], "stride_x": stride[1],
        "dilation_y": dilation[0], "dilation_x": dilation[1], "pad_top": top, "pad_left": left,
    }  # fmt: skip


def positions(w):
    """For every output position, in the order [y][x], its taps in the order [ky][kx]: the input position y·width + x,
    or None on padding."""
    for oy in range(w["output_height"]):
        for ox in range(w["output_width"]):
            taps = []
            for ky in range(w["kernel_height"]):
                for kx in range(w["kernel_width"]):
                    y = oy * w["stride_y"] - w["pad_top"] + ky * w["dilation_y"]
                    x = ox * w["stride_x"] - w["pad_left"] + kx * w["dilation_x"]
                    inside = 0 <= y < w["input_height"] and 0 <= x < w["input_width"]
                    taps.append(y * w["input_width"] + x if inside else None)
            yield taps


def pool_taps(w):
    """As `positions`, for a pool, which refuses a window without a tap inside the image."""
    for taps in positions(w):
        if all(tap is None for tap in taps):
            raise RuleError("window without a tap inside its image")
        yield taps
