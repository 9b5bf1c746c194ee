"""Which dimensions are axes of an image, in which order, and which select an image."""

from __future__ import annotations

from typing import Any

from ..case import count_of

Dimension = dict[str, Any]

_ORDER = ["time", "channel or custom", "space"]

_LENGTHS = {
    "angstrom": "Å", "micrometer": "µm", "nanometer": "nm", "millimeter": "mm", "meter": "m", "centimeter": "cm",
    "picometer": "pm", "megameter": "Mm", "inch": "in",
}
_TIMES = {"second": "s", "millisecond": "ms", "microsecond": "µs", "nanosecond": "ns", "minute": "min", "hour": "h", "day": "d"}
_SHORT = {"um": "micrometer", "micron": "micrometer", "sec": "second", "us": "microsecond", "\u03bcm": "micrometer"}
SYMBOLS = {**_LENGTHS, **_TIMES}
_LENGTH_NAMES = {**{symbol: name for name, symbol in _LENGTHS.items()}, **{name: name for name in _LENGTHS}}
_TIME_NAMES = {**{symbol: name for name, symbol in _TIMES.items()}, **{name: name for name in _TIMES}}


def unit_of(dimension: Dimension) -> str | None:
    """The unit by the name that OME-Zarr has for it."""
    unit = dimension.get("unit")
    known = _SHORT.get(unit, unit)
    return {**_LENGTH_NAMES, **_TIME_NAMES}.get(known, unit) if type_of(dimension) in ("space", "time") else unit


def type_of(dimension: Dimension) -> str | None:
    """The type that is given, or else what the coords, the unit and the name say."""
    if dimension.get("type"):
        return dimension["type"]
    objects = [coord for coord in dimension.get("coords") or [] if isinstance(coord, dict)]
    if objects:
        channel = {"excitation_wavelength_nm", "emission_wavelength_nm", "fluorophore", "color"}
        position = {"plate_row", "plate_column", "grid_row", "grid_column", "x_coord", "y_coord", "z_coord", "plate_acquisition"}
        keys = set().union(*objects)
        if keys & channel or keys & position:
            return "channel" if keys & channel else "position"
    unit = _SHORT.get(dimension.get("unit"), dimension.get("unit"))
    if unit in _LENGTH_NAMES:
        return "space"
    if unit in _TIME_NAMES:
        return "time"
    by_name = {"x": "space", "y": "space", "z": "space", "t": "time", "time": "time", "c": "channel", "channel": "channel",
               "p": "position"}
    return by_name.get(dimension["name"].lower())


def _kind(dimension: Dimension) -> str:
    kind = type_of(dimension)
    return kind if kind in ("time", "space", "position") else "channel or custom"


def _rank(dimension: Dimension, place: int) -> tuple[Any, ...]:
    usual = {"time": "t", "channel": "c", "space": "z"}
    return (count_of(dimension) is not None, type_of(dimension) != "channel",
            dimension["name"].lower() != usual.get(type_of(dimension)), -place)


def split(camera: dict[str, Any]) -> tuple[list[Dimension], list[Dimension]]:
    """The axes of each image in storage order, and the dimensions that select the image in order of acquisition.

    An image has its frame's own two axes and one of time, one of space, and one of channels or of another kind. Of several
    that could be one, it is the unbounded one; else channels go before other kinds, the names t, c and z before others, and
    faster dimensions before slower ones.
    """
    outer, frame = camera["dimensions"][:-2], camera["dimensions"][-2:]
    candidates = [(dimension, place) for place, dimension in enumerate(outer) if _kind(dimension) != "position"]
    kept = [dimension for dimension, _ in candidates]
    if not (camera.get("allow_nonconforming") and _fit_together(kept)):
        kinds = {_kind(dimension) for dimension in kept}
        kept = [min((one for one in candidates if _kind(one[0]) == kind), key=lambda one: _rank(*one))[0] for kind in kinds]
    selecting = [dimension for dimension in outer if not any(dimension is one for one in kept)]
    return [*_in_order(camera, [one for one in outer if any(one is axis for axis in kept)]), *frame], selecting


def _fit_together(dimensions: list[Dimension]) -> bool:
    """Up to five axes with the frame's, and of time, of space and of channels one each."""
    kinds = [type_of(one) for one in dimensions if type_of(one) in ("time", "space", "channel")]
    return len(dimensions) <= 3 and len(set(kinds)) == len(kinds)


def conform(axes: list[Dimension], version: str) -> bool:
    """Whether axes are as OME-Zarr demands: time, then channels or another kind, then space; of the first two at most one. In 0.6
    none runs backwards."""
    kinds = [_kind(axis) for axis in axes]
    if version == "0.6" and any((axis.get("scale") or 1) < 0 for axis in axes):
        return False
    return (kinds == sorted(kinds, key=_ORDER.index) and kinds.count("time") <= 1 and kinds.count("channel or custom") <= 1
            and 2 <= kinds.count("space") <= 3)


def _in_order(camera: dict[str, Any], axes: list[Dimension]) -> list[Dimension]:
    order = camera.get("storage_order") or "ome"
    if isinstance(order, list):
        return sorted(axes, key=lambda axis: order.index(axis["name"]))
    if order == "acquisition":
        return axes
    return sorted(axes, key=lambda axis: (_ORDER.index(_kind(axis)), type_of(axis) != "channel"))


def letter_of(axes: list[Dimension], place: int) -> str | None:
    """Whether an axis of space is x, y or z: by its name, or else by its place, if no other has that name."""
    if type_of(axes[place]) != "space":
        return None
    named = axes[place]["name"].lower()
    if named in ("x", "y", "z"):
        return named
    usual = {len(axes) - 1: "x", len(axes) - 2: "y"}.get(place, "z")
    taken = any(type_of(axis) == "space" and axis["name"].lower() == usual for axis in axes)
    return None if taken else usual
