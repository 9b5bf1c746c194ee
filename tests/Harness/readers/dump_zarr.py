"""dump_zarr.py: reads whole datasets with zarr-python, one after the other, for a program that compares their bytes.

A line of standard input is one JSON object: {"dataset": FOLDER, "out": FILE}. The bytes of all arrays (C order, little-endian) go into
the file, one array after the other. The answer is one line: {"arrays": [{"path", "shape", "dtype", "bytes"}], "errors": [{"path", "error"}]}.
"""

import json
import os
import sys
import warnings

import numpy as np
import zarr


def check_group(folder, folders):
    """Opens a group, and lists what is in it as a browser does."""
    members = {name for name, _ in zarr.open_group(folder, mode="r").members()}
    there = {name for name in folders if os.path.exists(os.path.join(folder, name, "zarr.json"))}
    if members != there:
        raise ValueError(f"members are {sorted(members)}, folders with a zarr.json are {sorted(there)}")


def dump_array(folder, path, out):
    array = zarr.open_array(folder, mode="r")
    values = np.asarray(array[...])
    data = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False)).tobytes()
    out.write(data)
    return {"path": path, "shape": list(array.shape), "dtype": array.dtype.name, "bytes": len(data)}


def dump(root, out):
    arrays, errors = [], []
    for folder, folders, files in os.walk(root):
        folders.sort()
        path = os.path.relpath(folder, root).replace(os.sep, "/")
        if "zarr.json" not in files:
            continue
        try:
            with open(os.path.join(folder, "zarr.json"), encoding="utf-8") as file:
                kind = json.load(file)["node_type"]
            if kind == "group":
                check_group(folder, folders)
                continue
            folders.clear()
            arrays.append(dump_array(folder, path, out))
        except Exception as error:  # whatever a reader throws at a dataset is what has to be reported
            errors.append({"path": path, "error": f"{type(error).__name__}: {error}"[:2000]})
    return {"arrays": arrays, "errors": errors}


def main():
    # Hidden files that a killed writer left behind are no part of the hierarchy, and harm nobody.
    warnings.filterwarnings("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        with open(request["out"], "wb") as out:
            answer = dump(request["dataset"], out)
        print(json.dumps(answer), flush=True)


main()
