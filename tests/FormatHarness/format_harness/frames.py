"""The pixels and metadata of each frame, from the seed, and the bytes in which a camera hands the pixels over."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import COLOURS, Case, count_of, planes_of, random_of

PACKED_BITS = {"mono10p": 10, "mono12p": 12, "mono12packed": 12}


def dtype_of(camera: dict[str, Any]) -> np.dtype:
    return np.dtype(camera["dtype"])


def bits_of(camera: dict[str, Any]) -> int | None:
    """The bits that the camera fills, where they are fewer than the dtype's."""
    frame = camera.get("frame") or {}
    return frame.get("significant_bits") or PACKED_BITS.get(frame.get("pixel_format"))


def size_of(camera: dict[str, Any]) -> tuple[int, int]:
    rows, columns = camera["dimensions"][-2:]
    return count_of(rows), count_of(columns)


def pixels_of(case: Case, key: str, camera: dict[str, Any], number: int) -> np.ndarray:
    """A frame's planes (colours, rows, columns) as they are to be stored."""
    chance = random_of(case, "pixels", key, number)
    shape, dtype = (planes_of(camera), *size_of(camera)), dtype_of(camera)
    bits = bits_of(camera)
    kind = case.says("pixels")
    if dtype.kind == "f":
        values = chance.normal(50, 400, shape).astype(dtype)
        if kind == "odd floats":
            odd = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0], dtype)
            values = np.where(chance.random(shape) < 0.3, odd[chance.integers(len(odd), size=shape)], values)
        return np.full(shape, 1.5, dtype) if kind == "flat" else values
    most = (1 << bits) - 1 if bits else np.iinfo(dtype).max
    least = np.iinfo(dtype).min
    if bits and dtype.kind == "i":
        least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    if kind == "flat":
        return np.full(shape, min(100, most), dtype)
    if kind == "sparse":
        return np.where(chance.random(shape) < 0.01, dtype.type(min(3000, most)), dtype.type(min(100, most)))
    if kind == "gradient":
        ramp = np.arange(shape[1] * shape[2]).reshape(1, *shape[1:]) + 7 * number
        return (ramp % (min(most, 4000) + 1) * np.ones((shape[0], 1, 1), np.int64)).astype(dtype)
    return chance.integers(least, most, size=shape, dtype=dtype, endpoint=True)


def bytes_of(case: Case, key: str, camera: dict[str, Any], number: int) -> bytes:
    """The frame as the camera hands it over."""
    planes, frame = pixels_of(case, key, camera, number), camera.get("frame") or {}
    rows = _rows(planes, frame.get("pixel_format"), random_of(case, "unstored", key, number))
    stride = frame.get("row_stride") or 0
    if stride:
        junk = random_of(case, "junk", key, number).integers(0, 256, (len(rows), stride), dtype=np.uint8)
        junk[:, :rows.shape[1]] = rows
        return junk.tobytes()[:(len(rows) - 1) * stride + rows.shape[1]]
    return rows.tobytes()


def _rows(planes: np.ndarray, pixel_format: str | None, chance: np.random.Generator) -> np.ndarray:
    """Rows of bytes."""
    height = planes.shape[1]
    if pixel_format in PACKED_BITS:
        return _packed(planes[0], pixel_format)
    if pixel_format in COLOURS:
        # What is not stored can be anything.
        unstored = chance.integers(0, np.iinfo(planes.dtype).max, planes[0].shape, planes.dtype, endpoint=True)
        planes = np.stack([planes[at] if (at := "rgba".find(one)) in range(len(planes)) else unstored
                           for one in COLOURS[pixel_format]])
    interleaved = np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    return interleaved.astype(interleaved.dtype.newbyteorder("<")).view(np.uint8).reshape(height, -1)


def _packed(plane: np.ndarray, pixel_format: str) -> np.ndarray:
    bits = PACKED_BITS[pixel_format]
    height, width = plane.shape
    row_bytes = (bits * width + 7) // 8
    if pixel_format == "mono12packed":
        even = np.zeros((height, width + width % 2), np.uint16)
        even[:, :width] = plane
        first, second = even[:, 0::2], even[:, 1::2]
        packed = np.stack([first >> 4, (second & 15) << 4 | first & 15, second >> 4], axis=-1)
        return packed.astype(np.uint8).reshape(height, -1)[:, :row_bytes]
    one_by_one = plane[:, :, None] >> np.arange(bits) & 1  # the lowest bit first
    return np.packbits(one_by_one.reshape(height, -1).astype(np.uint8), axis=1, bitorder="little")


def metadata_of(case: Case, key: str, number: int) -> dict[str, Any] | None:
    """What the host says of a frame."""
    chance, kind = random_of(case, "metadata", key, number), case.says("metadata")
    if kind == "none" or (kind == "some" and chance.random() < 0.4):
        return None
    known: dict[str, Any] = {"delta_t": number * 0.25 + float(chance.integers(0, 64)) / 512}
    if kind == "numbers":
        return known
    offered = {
        "exposure_time": float(chance.integers(1, 100)) / 64, "position_x": float(chance.integers(-999, 999)) / 4,
        "position_y": float(chance.integers(-999, 999)) / 4, "position_z": float(chance.integers(-999, 999)) / 8,
        "timestamp_ns": 10**15 + number * 10**7 + int(chance.integers(0, 10**6)), "note": f"µ {number} \"quoted\" \U0001F52C",
        "nested": {"list": [1, 2.5, None, True], "empty": {}},
    }
    known.update({name: value for name, value in offered.items() if chance.random() < 0.6})
    if kind == "some" and chance.random() < 0.3:
        del known["delta_t"]
    return known or None
