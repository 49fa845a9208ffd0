"""The cases of embeddings: spec/rules/embedding.toml and spec/ops/embedding.toml."""

import random

from .rule_cases import case, file
from .rules import f32


def rule():
    rng = random.Random("embedding")
    spread = [f32(rng.uniform(-2.0, 2.0)) for _ in range(24)]
    low, high = min(spread), max(spread)
    scale = (high - low) / 255
    zero_point = int(-low / scale + 0.5)
    made = [
        case("R33", name, why, scale=s, zero_point=z, entries=entries)
        for name, why, s, z, entries in [
            ("example", "the page's", 0.01, 128, [-0.3]),
            ("halves", "ties go up, on either side of zero", 0.5, 10, [0.25, -0.25, 0.75, -0.75, 1.25, -1.25, 0.0, -0.0]),
            ("ends", "beyond the format codes saturate", 0.01, 128, [1.27, 1.275, 1.28, 100.0, -1.28, -1.285, -1.29, -100.0]),
            ("zeros", "the format of nothing but zeros", 1.0, 0, [0.0, 0.0, 0.0]),
            ("trits", "three values", 2 / 255, 128, [1.0, -1.0, 0.0, 1.0]),
            ("the range of its entries", "all codes from 0 to 255 are used", scale, zero_point, spread),
        ]
    ]
    return file("R33: the codes of a table's real entries.", made)


def looked_up(table, width, indices):
    rows = len(table) // width
    return [u for index in indices for u in table[min(index, rows - 1) * width :][:width]]


def op():
    rng = random.Random("embedding op")
    made = []
    for name, why, element, rows, width, indices in [
        ("two rows", "and whatever is behind them", "u8", 2, 3, [[0], [1], [2], [255]]),
        ("one row", "every index has it", "u8", 1, 5, [[0], [1], [200]]),
        ("one code", "a table of single codes", "u8", 7, 1, [[3, 6, 7, 0], [255, 1, 2, 6]]),
        ("a sequence", "vector after vector", "u8", 11, 4, [[rng.randrange(16) for _ in range(9)] for _ in range(3)]),
        ("all rows", "as many as codes", "u8", 256, 2, [[0, 255, 254, 1], [128, 127, 64, 32]]),
        ("17 codes", "more than four at once", "u8", 5, 17, [[4, 0], [2, 9]]),
        ("wide indices", "more rows than 8 bits name", "u16", 300, 2, [[0, 255, 256, 299, 300, 65535], [44, 43, 298, 257, 1, 32768]]),
        ("few rows for wide indices", "the high byte counts", "u16", 3, 2, [[256, 1], [2, 512]]),
    ]:
        table = [rng.randrange(256) for _ in range(rows * width)]
        made.append(
            {"name": name, "why": why, "rule": "R33", "input_element": element, "rows": rows, "width": width, "table": table}
            | {"input": indices, "output": [looked_up(table, width, row) for row in indices]}
        )
    return file("Embeddings (R33): a row of the table for each index, the last one for those behind it.", made)


def files():
    return {"rules/embedding.toml": rule(), "ops/embedding.toml": op()}
