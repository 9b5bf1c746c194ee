"""Makes a failing case smaller, as long as it fails in the same way."""

from __future__ import annotations

import copy
from typing import Any, Callable, Iterator

from .case import DEFAULT_SCRIPT, Case

_MOST_TRIES = 150


def shrink(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Tries what makes it smaller, over and over, until nothing does or it took long enough."""
    tries = 0
    found = True
    while found:
        found = False
        for smaller in _smaller(case):
            tries += 1
            if tries > _MOST_TRIES:
                return case
            if fails(smaller):
                case, found = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for key, usual in DEFAULT_SCRIPT.items():
        if key in case.script and case.script[key] != usual:
            yield _changed(case, lambda one: one.script.pop(key))
    if (case.script.get("frames") or 0) > 1:
        for fewer in (1, case.script["frames"] - 1):
            yield _changed(case, lambda one: one.script.update(frames=fewer))
    arrays = case.settings.get("arrays")
    for place in range(len(arrays or []) if len(arrays or []) > 1 else 0):
        yield _changed(case, lambda one: one.settings["arrays"].pop(place))
    for key in [key for key in case.settings if key not in ("arrays", "dimensions", "dtype")]:
        yield _changed(case, lambda one: one.settings.pop(key))
    for place in range(len(arrays) if arrays else 1):
        yield from _smaller_camera(case, place)


def _smaller_camera(case: Case, place: int) -> Iterator[Case]:
    def camera_of(one: Case) -> dict[str, Any]:
        return one.settings["arrays"][place] if "arrays" in one.settings else one.settings

    camera = camera_of(case)
    for key in [key for key in camera if key not in ("key", "dimensions", "dtype", "arrays")]:
        yield _changed(case, lambda one: camera_of(one).pop(key))
    for key in list(camera.get("pyramid") or {}):
        yield _changed(case, lambda one: camera_of(one)["pyramid"].pop(key))
    for number in range(len(camera["dimensions"]) - 2):
        yield _changed(case, lambda one: camera_of(one)["dimensions"].pop(number))
    for number, dimension in enumerate(camera["dimensions"]):
        for fewer in {1, 2, 3, (dimension.get("count") or 0) // 2} if dimension.get("count") else ():
            if 0 < fewer < dimension["count"]:
                yield _changed(case, lambda one: camera_of(one)["dimensions"][number].update(count=fewer))
        for index in range(len(dimension.get("coords") or [])):
            if len(dimension["coords"]) > 1:
                yield _changed(case, lambda one: camera_of(one)["dimensions"][number]["coords"].pop(index))
        for key in [key for key in dimension if key not in ("name", "count", "coords")]:
            yield _changed(case, lambda one: camera_of(one)["dimensions"][number].pop(key))


def _changed(case: Case, change: Callable[[Case], Any]) -> Case:
    other = copy.deepcopy(case)
    change(other)
    return other
