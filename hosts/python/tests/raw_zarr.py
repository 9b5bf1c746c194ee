"""Reads an uncompressed Zarr v3 array back, without any Zarr library: enough to see that the pixels are right."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np


def attributes(group: Path) -> dict:
    """The attributes of a group or an array."""
    return json.loads((group / "zarr.json").read_text())["attributes"]


def read(array: Path) -> np.ndarray:
    """The whole array; chunks that are not stored read as 0. Shards and compression are refused."""
    metadata = json.loads((array / "zarr.json").read_text())
    codecs = [codec["name"] for codec in metadata["codecs"]]
    if codecs != ["bytes"]:
        raise ValueError(f"can read the codec bytes, not {codecs}")
    chunks = metadata["chunk_grid"]["configuration"]["chunk_shape"]
    shape = metadata["shape"]
    dtype = np.dtype(metadata["data_type"]).newbyteorder("<")
    grid = [-(-size // chunk) for size, chunk in zip(shape, chunks)]
    whole = np.zeros([count * chunk for count, chunk in zip(grid, chunks)], dtype)
    for index in itertools.product(*map(range, grid)):
        file = array.joinpath("c", *map(str, index))
        if file.exists():
            place = tuple(slice(i * chunk, (i + 1) * chunk) for i, chunk in zip(index, chunks))
            whole[place] = np.frombuffer(file.read_bytes(), dtype).reshape(chunks)
    return whole[tuple(map(slice, shape))]
