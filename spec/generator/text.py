"""TOML as these files need it: stable, readable in a diff, and exact (a float's `repr` reads back as the same f64)."""

WIDTH = 118


class Hex(int):
    """An integer that is a bit pattern."""

    def digits(self):
        return f"0x{int(self):08x}" if self < 2**32 else f"0x{int(self):016x}"


def value(x):
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, Hex):
        return x.digits()
    if isinstance(x, (int, float)):
        return repr(x)
    if isinstance(x, str):
        assert '"' not in x and "\\" not in x and x.isprintable()
        return f'"{x}"'
    if isinstance(x, dict):
        return "{ " + ", ".join(f"{key} = {value(item)}" for key, item in x.items()) + " }"
    return array(list(x))


def array(items):
    texts = [value(item) for item in items]
    one_line = "[" + ", ".join(texts) + "]"
    if len(one_line) <= 100:
        return one_line
    if isinstance(items[0], (str, list)):
        return "[\n" + "".join(f"  {text},\n" for text in texts) + "]"
    lines, line = [], " "
    for text in texts:
        if len(line) + len(text) + 2 > WIDTH:
            lines.append(line)
            line = " "
        line += f" {text},"
    return "[\n" + "\n".join(lines + [line]) + "\n]"


def document(head, fields, cases):
    """A whole file: comment lines, top-level fields, then the cases."""
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    parts = ["".join(f"# {line}\n" for line in head)]
    if fields:
        parts.append("".join(f"{key} = {value(item)}\n" for key, item in fields.items()))
    for case in cases:
        parts.append("[[case]]\n" + "".join(f"{key} = {value(item)}\n" for key, item in case.items()))
    return "\n".join(parts)
