"""Frame numbers by coordinates, as acquisition engines have them."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple, Union, cast

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

    def of_number(self, number: int) -> Dict[str, int]:
        """The index along each dimension."""
        found: Dict[str, int] = {}
        for name, length, _ in reversed(self._axes):
            number, found[name] = (0, number) if length is None else divmod(number, length)
        return {name: found[name] for name, _, _ in self._axes}

    def number_of(self, index: Index) -> int:
        """The number at an index of each dimension; at 0 of those that are not named.

        Raises :class:`FrameIndexError`, ValueError and TypeError, naming what there is.
        """
        if not isinstance(index, Mapping):
            return _whole(index, "index")
        number = known = 0
        for name, length, names in self._axes:
            given = index.get(name)
            if given is None:
                at = 0
            else:
                known += 1
                at = names.get(given, -1) if isinstance(given, str) else _whole(given, name)
                if at < 0 or (length is not None and at >= length):
                    raise self._outside(name, given, length, names)
            number = at if length is None else number * length + at
        if known != len(index):
            self._refuse_unknown(index)
        if number >= 2**63:
            raise FrameIndexError(f"{dict(index)} is beyond what frames can be counted")
        return number


    def _refuse_unknown(self, index: Mapping[str, Any]) -> None:
        known = [name for name, _, _ in self._axes]
        unknown = [name for name in index if name not in known]
        if unknown:
            raise FrameIndexError(
                f"frames are not counted along {', '.join(map(repr, unknown))}; dimensions are {', '.join(known) or 'none'}"
            )

    @staticmethod
    def _outside(name: str, given: object, length: Optional[int], names: Mapping[str, int]) -> FrameIndexError:
        if isinstance(given, str):
            return FrameIndexError(f"{name} has no {given!r}; there are {', '.join(map(repr, names)) or 'no names'}")
        return FrameIndexError(f"{name} is {given}, of {length}")


def _whole(value: Any, what: str) -> int:
    if type(value) is int and 0 <= value < 2**63:
        return value
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
        name = cast(Mapping[str, Any], coord).get("name") if isinstance(coord, Mapping) else coord
        if isinstance(name, str):
            found.setdefault(name, at)
    return found
