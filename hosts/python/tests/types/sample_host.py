"""A host as its users write it, for type checkers: nothing here is Any, and what is wrong is told before it runs."""

from __future__ import annotations

import array
import ctypes
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple

import omezarr_native as omz
from omezarr_native import Channel, Compression, Dimension, DimensionType, Plate, Position


class Image:
    """As images of other packages look."""

    def __array__(self) -> object:
        return memoryview(b"")


def settings(path: Path) -> Dict[str, object]:
    return {
        "root_path": path,
        "dtype": omz.DataType.UINT16,
        "compression": Compression.ZSTD,
        "plate": Plate.from_standard_wells(96),
        "dimensions": [
            Dimension("p", coords=[Position("one", plate_row="A", plate_column="1")]),
            Dimension("c", type=DimensionType.CHANNEL, coords=[Channel("DAPI"), "GFP"]),
            *omz.dims_from_standard_axes({"y": 32, "x": 32}, scales={"x": 0.5}),
        ],
    }


def acquire(path: Path) -> Tuple[int, Optional[int]]:
    buffer = (ctypes.c_uint16 * 1024)()
    metadata: Mapping[str, object] = {"delta_t": 0.5}
    with omz.create_stream(settings(path), casting="safe", progress=True) as stream:
        data = bytes(2048)
        frames: List[omz.Frame] = [data, bytearray(data), memoryview(buffer), array.array("H", data), buffer, Image()]
        for frame in frames:
            taken: bool = stream.append(frame, frame_metadata=metadata, index={"c": "DAPI"})
            if not taken:
                break
        with stream.slot() as pixels:
            pixels[0, 0] = 1
        stream.lend(buffer)
        stream.set_metadata("lab", {"gain": 2})
        shape: List[str] = stream.keys
        stats: omz.Stats = stream.stats()
    return stats.frames_appended + len(shape), stats.free_bytes


async def acquire_in_tasks(path: Path) -> str:
    async with omz.create_stream(settings(path)) as stream:
        await stream.aappend(bytes(2048))
        where: str = stream.path
    return where


def wrong(stream: omz.Stream) -> None:
    """Each of these is told by a type checker: where one is not, the comment is unused, which is an error."""
    omz.create_stream(7)  # type: ignore[arg-type]
    stream.append(3)  # type: ignore[arg-type]
    stream.append([1, 2])  # type: ignore[arg-type]
    stream.append(bytes(1), index="three")  # type: ignore[arg-type]
    stream.append(bytes(1), frame_metadata=5)  # type: ignore[arg-type]
    stream.frames  # type: ignore[attr-defined]
    stream.skip(2)  # type: ignore[misc]
    Channel(emission_wavelength_nm=3)  # type: ignore[call-arg]
    Dimension("t", count="many")  # type: ignore[arg-type]


def read(path: Path) -> Tuple[float, Optional[str], Optional[bool]]:
    with omz.open(path) as dataset:
        level: omz.Level = dataset.level("Pos0/0")
        plane = level[3, :, ::2]
        mean = float(plane.mean()) + float(level[..., 0].mean())
        names: List[Optional[str]] = [image.name for image in dataset]
        image: omz.Image = dataset[0]
        unit = image.axes[0]["unit"]
        size: int = image.info["levels"][0]["shape"][0]
        complete: Optional[bool] = dataset.info["complete"]
    return mean + size + len(names), unit, complete
