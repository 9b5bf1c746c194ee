"""Plates and their wells."""

from __future__ import annotations

import re
from typing import Any, Iterator

from ..dataset import Dataset
from ..problem import Problem
from ..truth.images import Truth
from .images import paths_of


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    if truth.plate is None:
        return
    plate, given = truth.plate, dataset.ome("").get("plate") or {}
    for key, names in (("rows", plate["row_names"]), ("columns", plate["column_names"])):
        if given.get(key) != [{"name": name} for name in names]:
            yield Problem("plate", "", f"{key} are {given.get(key)}")
    wells = _wells_of(truth)
    expected = [{"path": f"{row}/{column}", "rowIndex": plate["row_names"].index(row),
                 "columnIndex": plate["column_names"].index(column)} for row, column in wells]
    if sorted(given.get("wells") or [], key=str) != sorted(expected, key=str):
        yield Problem("plate", "", f"wells are {given.get('wells')}, not {expected}")
    if given.get("field_count") != max(len(images) for images in wells.values()):
        yield Problem("plate", "", f"field_count is {given.get('field_count')}")
    paths = paths_of(truth, dataset)
    for (row, column), images in wells.items():
        yield from _check_well(truth, dataset, f"{row}/{column}", images, paths)


def _wells_of(truth: Truth) -> dict[tuple[str, str], list[int]]:
    wells: dict[tuple[str, str], list[int]] = {}
    for number, image in enumerate(truth.images):
        wells.setdefault((image.position["plate_row"], image.position["plate_column"]), []).append(number)
    return wells


def _check_well(truth: Truth, dataset: Dataset, path: str, images: list[int], paths: list[str]) -> Iterator[Problem]:
    """Fields are numbered alike in all wells: some readers look in each for those of the first. Or they have names."""
    given: list[dict[str, Any]] = (dataset.ome(path).get("well") or {}).get("images") or []
    fields = [str(one.get("path")) for one in given]
    if truth.plate.get("field_paths") == "names":
        are_right = len(fields) == len(images) == len({field.lower() for field in fields})
        are_right = are_right and all(re.fullmatch(r"[A-Za-z0-9._-]+", field) for field in fields)
    else:
        are_right = fields == [str(number) for number in range(len(images))]
    if not are_right:
        yield Problem("well", path, f"fields are {fields}")
    if [paths[number] for number in images] != [f"{path}/{field}" for field in fields]:
        yield Problem("well", path, f"the series' images are {[paths[number] for number in images]}")
    runs = truth.plate.get("acquisitions")
    for one, number in zip(given, images):
        expected = _run_of(truth.images[number].position, runs)
        if one.get("acquisition") != expected:
            yield Problem("well", path, f"{one} is of acquisition {expected}")


def _run_of(position: dict[str, Any], runs: list[dict[str, Any]] | None) -> int | None:
    if not runs:
        return None
    only = runs[0].get("id", 0) if len(runs) == 1 else None
    return position.get("plate_acquisition", only)
