"""Reads and writes safetensors: a header in JSON, then the tensors, in the order of their names."""

import json

import numpy

DTYPES = {"F32": numpy.dtype("<f4"), "I8": numpy.dtype("int8")}


def write(tensors, metadata=None):
    """The bytes of a file with the arrays and, if given, the entry `bitneural` of its `__metadata__`."""
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = {"bitneural": json.dumps(metadata, separators=(",", ":"))}
    # Floats first, so that each lies at a multiple of four bytes.
    for name, array in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        dtype = next(word for word, dtype in DTYPES.items() if dtype == array.dtype)
        assert numpy.isfinite(array).all(), name
        piece = numpy.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


def read(file):
    """The arrays and the metadata."""
    length = int.from_bytes(file[:8], "little")
    header, data = json.loads(file[8 : 8 + length]), file[8 + length :]
    metadata = header.pop("__metadata__", {}).get("bitneural")
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata and json.loads(metadata)
