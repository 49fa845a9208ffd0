#!/usr/bin/env python3
"""Writes models and what a framework computes with them: spec/frameworks/keras and spec/frameworks/torch.

    python3 spec/frameworks/make.py keras           write anew, with the versions of requirements-keras.txt
    python3 spec/frameworks/make.py torch           likewise
    python3 spec/frameworks/make.py keras --check   change nothing; fail where a file differs

Weights, inputs and metadata are always the same bytes; outputs and ranges are compared within 1e-6, for the frameworks'
sums depend on the machine.
"""

import os
import sys
from pathlib import Path

import numpy
from maker import file

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-6


def without_ranges(item):
    """The metadata without what is observed."""
    if isinstance(item, dict):
        return {key: without_ranges(value) for key, value in item.items() if key not in ("range", "depthwise_range", "sum_range")}
    return [without_ranges(value) for value in item] if isinstance(item, list) else item


def differ(old, new):
    """What is not the same, in a word; None if all is."""
    (old, old_text), (new, new_text) = file.read(old), file.read(new)
    if without_ranges(old_text) != without_ranges(new_text):
        return "the metadata"
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new or old[name].shape != new[name].shape:
            return f"the tensor {name}"
        tolerance = TOLERANCE if name.startswith("output") else 0
        if not numpy.allclose(old[name], new[name], rtol=tolerance, atol=tolerance):
            return f"the values of {name}"
    return None


def check(framework, made):
    """Names every difference; true if there is none."""
    found = {str(path.relative_to(HERE)) for path in (HERE / framework).glob("*")}
    clean = True
    for path in sorted(found | made.keys()):
        if path not in made:
            reason = "not written by this script"
        elif path not in found:
            reason = "missing"
        else:
            reason = differ((HERE / path).read_bytes(), made[path])
        if reason is not None:
            print(f"{path}: {reason}")
            clean = False
    return clean


def main(arguments):
    if not arguments or arguments[0] not in ("keras", "torch") or arguments[1:] not in ([], ["--check"]):
        print(__doc__)
        return False
    framework = arguments[0]
    if framework == "keras":
        os.environ |= {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
        from maker.keras_cases import made
    else:
        from maker.torch_cases import made
    files = made()
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")
    if arguments[1:]:
        return check(framework, files)
    folder = HERE / framework
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.safetensors"):
        path.unlink()
    for path, content in files.items():
        (HERE / path).write_bytes(content)
    return True


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
