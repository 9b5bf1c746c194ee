"""Writes arrays with zarr-python, with all codecs that it has, and reads them with omezarr_native: both must be what was written.

compare_readers.py PACKAGE LIBRARY FOLDER ARRAYS SEED prints a line of JSON for each array.
"""

import json
import os
import random
import sys
import warnings

import numpy
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

warnings.simplefilter("ignore")

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
#: Not BloscLZ and Snappy, which omezarr_native refuses by name.
COMPRESSORS = ["lz4", "lz4hc", "zlib", "zstd"]


def any_compressors(rng, dtype):
    for _ in range(rng.randrange(3)):
        yield rng.choice(
            [
                GzipCodec(level=rng.randrange(10)),
                ZstdCodec(level=rng.randrange(10), checksum=rng.random() < 0.5),
                Crc32cCodec(),
                BloscCodec(
                    typesize=dtype.itemsize,
                    cname=rng.choice(COMPRESSORS),
                    clevel=rng.randrange(10),
                    shuffle=rng.choice(["noshuffle", "shuffle", "bitshuffle"]),
                ),
            ]
        )


def any_chain(rng, chunk, dtype, depth=0):
    chain = []
    # Transposed shards are Zarr, but zarr-python 3.1 does not write them: the tests of OmeZarr.Reading do.
    sharded = depth == 0 and rng.random() < 0.5
    if not sharded and rng.random() < 0.4:
        order = list(range(len(chunk)))
        rng.shuffle(order)
        chain.append(TransposeCodec(order=tuple(order)))
        chunk = [chunk[axis] for axis in order]
    if sharded:
        inner = [rng.choice([d for d in range(1, length + 1) if length % d == 0]) for length in chunk]
        index = [BytesCodec(endian=rng.choice(["little", "big"]))] + [Crc32cCodec()] * rng.randrange(2)
        location = rng.choice(["start", "end"])
        chain.append(
            ShardingCodec(
                chunk_shape=tuple(inner),
                codecs=any_chain(rng, inner, dtype, depth + 1),
                index_codecs=index,
                index_location=location,
            )
        )
        return chain
    endian = rng.choice(["little", "big"])
    return [*chain, BytesCodec(endian=endian), *any_compressors(rng, dtype)]


def any_elements(rng, shape, dtype):
    raw = numpy.random.default_rng(rng.randrange(2**32))
    if dtype.kind == "b":
        return numpy.ones(shape, dtype)
    if dtype.kind in "iu":
        return raw.integers(8, 100, shape).astype(dtype)
    return (raw.normal(size=shape) * 100).astype(dtype)


def any_key(rng, shape):
    key = []
    for length in shape:
        start, stop = sorted((rng.randrange(length + 1), rng.randrange(length + 1)))
        key.append(slice(start, stop, rng.choice([1, 1, 2, 3])))
    return tuple(key)


def write(rng, path):
    rank = rng.randrange(1, 5)
    shape = tuple(rng.randrange(1, 12) for _ in range(rank))
    chunk = tuple(rng.randrange(1, 9) for _ in range(rank))
    dtype = numpy.dtype(rng.choice(DTYPES))
    elements = any_elements(rng, shape, dtype)
    fill = rng.choice(([0] if dtype.kind == "b" else [0, 1, 7]) + ([float("nan"), float("inf"), -float("inf")] if dtype.kind == "f" else []))
    array = zarr.create(
        store=path,
        zarr_format=3,
        shape=shape,
        chunks=chunk,
        dtype=dtype,
        fill_value=dtype.type(fill),
        codecs=any_chain(rng, chunk, dtype),
        chunk_key_encoding=rng.choice([("default", "/"), ("default", "."), ("v2", "."), ("v2", "/")]),
    )
    # The rest is left out, and has the fill value.
    part = tuple(slice(0, rng.randrange(length + 1)) for length in shape)
    array[part] = elements[part]
    return array


def main():
    package, native, folder, arrays, seed = sys.argv[1:]
    sys.path.insert(0, package)
    os.environ["OMEZARR_NATIVE_LIBRARY"] = native
    import omezarr_native

    for number in range(int(arrays)):
        rng = random.Random(int(seed) + number)
        path = os.path.join(folder, f"{number}.zarr")
        array = write(rng, path)
        expected = array[...]
        regions = 0
        with omezarr_native.open(path) as dataset:
            level = dataset[0][0]
            assert level.shape == array.shape and level.dtype == array.dtype
            for key in [..., *(any_key(rng, array.shape) for _ in range(5))]:
                found = level[key]
                if found.tobytes() != numpy.ascontiguousarray(expected[key]).tobytes():
                    raise AssertionError(f"{path} [{key}]: {array.metadata.to_dict()}")
                regions += 1
        print(json.dumps({"path": path, "regions": regions, "elements": int(expected.size)}), flush=True)

    path = os.path.join(folder, "blosclz.zarr")
    zarr.create(store=path, zarr_format=3, shape=(4096,), chunks=(4096,), dtype="uint16",
                codecs=[BytesCodec(), BloscCodec(cname="blosclz", typesize=2)])[...] = 7
    try:
        omezarr_native.open(path)[0][0][...]
    except omezarr_native.DamagedError as error:
        print(json.dumps({"refused": str(error)}))


main()
