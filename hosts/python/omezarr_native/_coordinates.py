"""Frame numbers by coordinates, as acquisition engines have them."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

from ._errors import FrameIndexError
from ._settings import FrameShape

#: A frame's number in acquisition order, or where it is along the dimensions: ``{"t": 3, "c": "GFP"}``.
Index = Union[int, Mapping[str, Union[int, str]]]


class Coordinates:
    """The dimensions over which one stream or array counts its frames, slowest first."""

    def __init__(self, dimensions: List[Mapping[str, Any]], shape: FrameShape) -> None:
        # A colour camera fills its channels with one frame: they are not counted.
        counted = dimensions[: -3 if shape.samples > 1 else -2]
        self._axes: List[Tuple[str, Optional[int], Dict[str, int]]] = [
            (axis["name"], _length(axis), _names(axis)) for axis in counted
        ]

    def number_of(self, index: Index) -> int:
        """Raises :class:`FrameIndexError`, ValueError and TypeError, naming what there is. Dimensions that are not named count as 0."""
        if not isinstance(index, Mapping):
            return _whole(index, "index")
        unknown = [name for name in index if name not in {axis[0] for axis in self._axes}]
        if unknown:
            known = ", ".join(name for name, _, _ in self._axes) or "none"
            raise FrameIndexError(f"frames are not counted along {', '.join(map(repr, unknown))}; dimensions are {known}")
        number = 0
        for name, length, names in self._axes:
            given = index.get(name, 0)
            if isinstance(given, str):
                if given not in names:
                    raise FrameIndexError(f"{name} has no {given!r}; there are {', '.join(map(repr, names)) or 'no names'}")
                at = names[given]
            else:
                at = _whole(given, f"index of {name}")
            if length is not None and at >= length:
                raise FrameIndexError(f"{name} is {at}, of {length}")
            number = at if length is None else number * length + at
        if number >= 2**63:
            raise FrameIndexError(f"{dict(index)} is beyond what frames can be counted")
        return number


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{what} must be a whole number, not {value!r}")
    number = int(value.__index__())
    if not 0 <= number < 2**63:
        raise ValueError(f"{what} must be from 0 to 2**63 - 1, not {number}")
    return number


def _length(axis: Mapping[str, Any]) -> Optional[int]:
    if axis["count"] is not None:
        return int(axis["count"])
    return None if axis["coords"] is None else len(axis["coords"])


def _names(axis: Mapping[str, Any]) -> Dict[str, int]:
    """Where each named coordinate is; of equal names the first."""
    found: Dict[str, int] = {}
    for at, coord in enumerate(axis["coords"] or []):
        name = coord.get("name") if isinstance(coord, Mapping) else coord
        if isinstance(name, str):
            found.setdefault(name, at)
    return found
