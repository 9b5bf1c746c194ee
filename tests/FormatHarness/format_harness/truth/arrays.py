"""All arrays of a dataset by path, and what must be in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks.images import paths_of
from ..dataset import Dataset
from . import frame_table
from .images import Truth


class Texts:
    """The JSON of frames: three arrays, of which only what they say together is fixed."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.documents = documents


def arrays_of(truth: Truth, dataset: Dataset) -> dict[str, Any]:
    """A numpy array for each path; `Texts` for a group that has texts."""
    expected: dict[str, Any] = {}
    times = frame_table.time_points(truth)
    for number, (path, image) in enumerate(zip(paths_of(truth, dataset), truth.images)):
        for level, one in enumerate(image.levels):
            expected[_join(path, str(level))] = one.pixels
        if number in times and times[number].size:
            name = (dataset.own(path).get("time_points") or {}).get("path", "?")
            expected[name if "/" in name else _join(path, name)] = times[number]
    for place, camera in enumerate(truth.cameras):
        table = frame_table.table_of(camera)
        if table is not None:
            group = _group_of(truth, dataset, place)
            for name, column in table.items():
                expected[_join(group, name)] = Texts(column) if name == "json" else column
    return expected


def _group_of(truth: Truth, dataset: Dataset, camera: int) -> str:
    own = dataset.own("")
    if "arrays" in truth.case.settings:
        own = (own.get("arrays") or [{}] * (camera + 1))[camera]
    return (own.get("frame_metadata") or {}).get("path", "?")


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)
