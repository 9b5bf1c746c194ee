"""read_zarr.py DATASET: reads every array of a Zarr v3 hierarchy whole, with zarr-python.

Prints one JSON object a line. An array: {"path", "shape", "dtype", "sha256"} of its elements in C order, little-endian.
What could not be read: {"path", "error"}. The exit status is 1 when there was an error or no array.
"""

import hashlib
import json
import os
import sys
import warnings

import numpy as np
import zarr

BLOCK_BYTES = 64 << 20  # held at once, about


def blocks(array, index=()):
    """The array's elements in C order, a block at a time."""
    axis = len(index)
    if axis == array.ndim:
        yield array[index]
        return
    outer = (array.shards or array.chunks)[axis]
    row = int(np.prod(array.shape[axis + 1:], dtype=np.int64)) * array.dtype.itemsize
    if row * min(outer, array.shape[axis]) > BLOCK_BYTES and axis + 1 < array.ndim:
        for i in range(array.shape[axis]):
            yield from blocks(array, (*index, i))
        return
    step = max(outer, BLOCK_BYTES // max(1, row) // outer * outer)
    for start in range(0, array.shape[axis], step):
        yield array[(*index, slice(start, start + step))]


def read(path, folder):
    array = zarr.open_array(folder, mode="r")
    digest = hashlib.sha256()
    for block in blocks(array):
        block = np.asarray(block)
        digest.update(block.astype(block.dtype.newbyteorder("<")).tobytes())
    return {"path": path, "shape": list(array.shape), "dtype": array.dtype.name, "sha256": digest.hexdigest()}


def main(root):
    warnings.filterwarnings("error", message=".*not recognized as a component of a Zarr hierarchy.*")
    # OME-Zarr has this file there.
    warnings.filterwarnings("ignore", message="Object at METADATA.ome.xml is not recognized.*")
    arrays = errors = 0
    for folder, folders, files in os.walk(root):
        folders.sort()
        if "zarr.json" not in files:
            continue
        path = os.path.relpath(folder, root).replace(os.sep, "/")
        try:
            with open(os.path.join(folder, "zarr.json"), encoding="utf-8") as file:
                kind = json.load(file)["node_type"]
            if kind == "group":
                # Also what a browser does: list what is in the group.
                members = {name for name, _ in zarr.open_group(folder, mode="r").members()}
                there = {name for name in folders if os.path.exists(os.path.join(folder, name, "zarr.json"))}
                if members != there:
                    raise ValueError(f"members are {sorted(members)}, folders with a zarr.json are {sorted(there)}")
                continue
            folders.clear()
            result = read(path, folder)
            arrays += 1
        except Exception as error:  # whatever a reader throws at a dataset is what has to be reported
            result = {"path": path, "error": f"{type(error).__name__}: {error}"}
            errors += 1
        print(json.dumps(result), flush=True)
    return 1 if errors or not arrays else 0


sys.exit(main(sys.argv[1]))
