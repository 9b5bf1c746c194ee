"""Reads a dataset in a folder and in a single file: by zipfile, by zarr-python's ZipStore, and by omezarr_native.

compare_single_file.py PACKAGE LIBRARY FOLDER FILE prints a line of JSON: how many entries and arrays were compared.
"""

import json
import os
import sys
import zipfile

import numpy
import zarr
from zarr.storage import ZipStore


def walk(folder):
    for path, folders, files in os.walk(folder):
        for name in files:
            full = os.path.join(path, name)
            yield os.path.relpath(full, folder).replace(os.sep, "/"), full


def compare_entries(folder, file):
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        files = dict(walk(folder))
        infos = archive.infolist()
        assert sorted(info.filename for info in infos) == sorted(files)
        assert infos[0].filename == "zarr.json"
        for info in infos:
            assert info.compress_type == zipfile.ZIP_STORED, info
            with open(files[info.filename], "rb") as one:
                assert archive.read(info) == one.read(), info.filename
        version = json.loads(archive.comment)["ome"]["version"]
        assert version == json.loads(archive.read("zarr.json"))["attributes"]["ome"]["version"]
        return len(infos)


def compare_arrays(folder, file):
    paths = [key.rpartition("/")[0] for key, full in walk(folder) if key.endswith("zarr.json")]
    arrays = [path for path in paths if json.load(open(os.path.join(folder, path, "zarr.json")))["node_type"] == "array"]
    store = ZipStore(file, mode="r")
    for path in arrays:
        packed, plain = (zarr.open_array(where, path=path, mode="r") for where in (store, folder))
        assert numpy.array_equal(packed[...], plain[...]), path
    return len(arrays)


def compare_images(package, library, folder, file):
    sys.path.insert(0, package)
    os.environ["OMEZARR_NATIVE_LIBRARY"] = library
    import omezarr_native

    with omezarr_native.open(file) as packed, omezarr_native.open(folder) as plain:
        assert packed.info == plain.info
        count = 0
        for one, other in zip(packed, plain):
            assert one.info == other.info
            for level, same in zip(one, other):
                assert numpy.array_equal(level[...], same[...])
            count += 1
        return count


if __name__ == "__main__":
    package, library, folder, file = sys.argv[1:]
    print(json.dumps({"entries": compare_entries(folder, file), "arrays": compare_arrays(folder, file),
                      "images": compare_images(package, library, folder, file)}))
