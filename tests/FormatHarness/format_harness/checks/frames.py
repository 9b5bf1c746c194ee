"""How the acquisition went, and what came with frames, in the attributes."""

from __future__ import annotations

from typing import Any, Iterator

from ..dataset import Dataset
from ..problem import Problem
from ..truth import frame_table
from ..truth.images import Camera, Truth
from .images import paths_of

_MOST_LISTED = 10_000


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    own = dataset.own("")
    if own.get("ended") != "finalized":
        yield Problem("outcome", "", f"ended is {own.get('ended')!r}")
    if own.get("complete") is not all(_is_complete(camera) for camera in truth.cameras):
        yield Problem("outcome", "", f"complete is {own.get('complete')}")
    declared = {camera.declared for camera in truth.cameras if camera.declared not in (None, camera.numbers)}
    told = {one["frames_declared"] for one in [own, *(own.get("arrays") or [])] if "frames_declared" in one}
    if told != declared:
        yield Problem("outcome", "", f"frames_declared is {told}, not {declared}")
    yield from _check_counts(own, truth.cameras)
    if "arrays" in truth.case.settings:
        for camera, given in zip(truth.cameras, own.get("arrays") or [{}] * len(truth.cameras)):
            yield from _check_counts(given, [camera])
            yield from _check_missing(given, camera)
    else:
        yield from _check_missing(own, truth.cameras[0])
    yield from _check_lists(truth, dataset)


def _is_complete(camera: Camera) -> bool:
    """Every frame up to the last one, or of a declared shape that stays."""
    return len(camera.appended) + len(camera.skipped) == (camera.declared if camera.ending is None else camera.extent)


def _check_counts(given: dict[str, Any], cameras: list[Camera]) -> Iterator[Problem]:
    appended, skipped = (sum(len(getattr(camera, what)) for camera in cameras) for what in ("appended", "skipped"))
    expected = {"frames_appended": appended, "frames_stored": appended, "frames_skipped": skipped, "frames_dropped": 0}
    there = {key: given.get(key) for key in expected}
    if there != expected:
        yield Problem("counts", "", f"{there}, not {expected}")


def _check_missing(given: dict[str, Any], camera: Camera) -> Iterator[Problem]:
    runs = [(first, count) for first, count in given.get("missing_frames") or []]
    missing = [number for first, count in runs for number in range(first, first + count)]
    expected = sorted(set(range(camera.numbers)) - set(camera.appended))
    if missing != expected or any(count < 1 for _, count in runs):
        yield Problem("missing frames", "", f"{runs}, not {expected}")


def _check_lists(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    expected = frame_table.listed(truth)
    for number, path in enumerate(paths_of(truth, dataset)):
        given = (dataset.attributes(path).get("ome_writers") or {}).get("frame_metadata") or []
        if given != expected.get(number, []) and len(expected.get(number, [])) <= _MOST_LISTED:
            yield Problem("frame metadata", path, f"{given}, not {expected.get(number, [])}"[:2000])
