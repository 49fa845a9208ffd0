"""The cases of spec/ops for images in other frames: frame."""

import random

from .conv_cases import images
from .rule_cases import file


def shown(f, oy, ox):
    """The input position that an output position shows (R2 copies codes), or None for a border."""
    at = []
    for axis, position in (("height", oy), ("width", ox)):
        y = axis == "height"
        pad, cut, repeat = (f["pad_top"], f["cut_top"], f["repeat_y"]) if y else (f["pad_left"], f["cut_left"], f["repeat_x"])
        inside = position - pad
        source = inside // repeat + cut
        if inside < 0 or source >= f[f"input_{axis}"]:
            return None
        at.append(source)
    return at[0] * f["input_width"] + at[1]


def framed(f, row):
    out = []
    for oy in range(f["output_height"]):
        for ox in range(f["output_width"]):
            position, channels = shown(f, oy, ox), f["channels"]
            out += [f["padding"]] * channels if position is None else row[position * channels : (position + 1) * channels]
    return out


def frame():
    rng = random.Random("frame")
    made = []

    def one(name, why, size, channels, pad=((0, 0), (0, 0)), crop=((0, 0), (0, 0)), repeat=(1, 1), padding=10):
        output = [(n - sum(cut)) * times + sum(sides) for n, sides, cut, times in zip(size, pad, crop, repeat, strict=True)]
        f = {
            "input_height": size[0], "input_width": size[1], "output_height": output[0], "output_width": output[1],
            "cut_top": crop[0][0], "cut_left": crop[1][0], "pad_top": pad[0][0], "pad_left": pad[1][0],
            "repeat_y": repeat[0], "repeat_x": repeat[1], "channels": channels, "padding": padding,
        }  # fmt: skip
        rows = images(rng, size, channels)
        made.append({"name": name, "why": why, "rule": "R2"} | f | {"input": rows, "output": [framed(f, row) for row in rows]})

    one("the same", "a copy", (2, 3), 2)
    one("one pixel", "nothing but borders around it", (1, 1), 1, pad=((1, 1), (1, 1)))
    one("padded", "each side another width; the code of zero is not 0", (3, 4), 2, pad=((1, 2), (3, 0)), padding=128)
    one("padded at the end", "nothing in front", (2, 2), 3, pad=((0, 1), (0, 2)), padding=255)
    one("padded along time", "height one", (1, 6), 3, pad=((0, 0), (2, 1)))
    one("cropped", "each side another width", (5, 6), 2, crop=((1, 2), (3, 1)))
    one("cropped along time", "height one", (1, 7), 4, crop=((0, 0), (2, 1)))
    one("cropped to one", "the last position", (4, 4), 5, crop=((3, 0), (3, 0)))
    one("twice", "2 x 2", (2, 3), 2, repeat=(2, 2))
    one("rows three times", "columns once", (2, 3), 2, repeat=(3, 1))
    one("columns three times", "rows once: along time", (1, 4), 3, repeat=(1, 3))
    one("all at once", "cut, repeated, padded", (4, 5), 3, pad=((1, 0), (2, 1)), crop=((1, 0), (2, 0)), repeat=(2, 3), padding=77)
    one("17 channels", "more than four at once", (2, 2), 17, pad=((1, 1), (1, 1)), padding=3)
    return file("Images in other frames (R2): codes [y][x][channel] in and out.", made)


def files():
    return {"ops/frame.toml": frame()}
