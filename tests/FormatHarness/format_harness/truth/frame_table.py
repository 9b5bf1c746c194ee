"""What came with frames, as arrays and as lists: docs/frame-metadata.md."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..frames import metadata_of
from .axes import type_of
from .images import Camera, Truth

NUMBERS = ("delta_t", "exposure_time", "position_x", "position_y", "position_z")
NO_TIMESTAMP = -(2**63)


def table_of(camera: Camera) -> dict[str, np.ndarray] | None:
    """The arrays over the frame numbers, `json` as a list of documents; None when no frame had any metadata."""
    said = {number: metadata_of(camera.case, camera.key, number) for number in camera.appended}
    said = {number: metadata for number, metadata in said.items() if metadata}
    if not said:
        return None
    rows, axes = camera.rows, len(camera.axes) - 2
    table: dict[str, Any] = {"image": np.full(rows, -1, np.int32), "storage_index": np.full((rows, axes), -1, np.int64)}
    for number, metadata in said.items():
        place = camera.place_of(number)
        table["image"][number] = place.image
        table["storage_index"][number] = place.index
        for name, value in metadata.items():
            if name == "timestamp_ns":
                table.setdefault(name, np.full(rows, NO_TIMESTAMP, np.int64))[number] = value
            elif name in NUMBERS:
                table.setdefault(name, np.full(rows, np.nan))[number] = value
            else:
                table.setdefault("json", [{} for _ in range(rows)])[number][name] = value
    if not axes:
        del table["storage_index"]
    return table


def listed(truth: Truth) -> dict[int, list[dict[str, Any]]]:
    """For each image what `ome_writers.frame_metadata` lists: every plane of a frame, by frame number."""
    lists: dict[int, list[dict[str, Any]]] = {}
    for camera in truth.cameras:
        for number in sorted(camera.appended):
            metadata = metadata_of(camera.case, camera.key, number)
            if metadata:
                for place, _ in camera.planes_of(number):
                    lists.setdefault(place.image, []).append({**metadata, "storage_index": list(place.index)})
    return lists


def time_points(truth: Truth) -> dict[int, np.ndarray]:
    """For each image with a time axis and known times: seconds of each time point's first plane, NaN where unknown."""
    result: dict[int, np.ndarray] = {}
    for camera in truth.cameras:
        axis = next((i for i, one in enumerate(camera.axes) if type_of(one) == "time"), None)
        if axis is not None:
            result.update(_times_along(camera, axis))
    return result


def _times_along(camera: Camera, axis: int) -> dict[int, np.ndarray]:
    """By the camera's clock when any of these planes has a timestamp, counted from the earliest time point that has one."""
    said = {number: metadata_of(camera.case, camera.key, number) or {} for number in camera.appended}
    planes = [(place, metadata) for number, metadata in said.items() for place, _ in camera.planes_of(number)]
    first = {(place.index[axis], place.image): metadata for place, metadata in planes
             if all(at == 0 for i, at in enumerate(place.index) if i != axis)}
    stamps = {at: metadata["timestamp_ns"] for at, metadata in first.items() if "timestamp_ns" in metadata}
    points = {at: metadata["delta_t"] for at, metadata in first.items() if "delta_t" in metadata}
    if stamps:
        origin = stamps[min(stamps)]
        points = {at: (stamp - origin) / 1e9 for at, stamp in stamps.items()}
    result: dict[int, np.ndarray] = {}
    for (point, image), seconds in points.items():
        unknown = np.full(camera.length_of(camera.axes[axis]), np.nan)
        result.setdefault(image, unknown)[point] = seconds
    return result
