"""How far an acquisition has come along each dimension. Frames come in the order of acquisition, so their number tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ._settings import AcquisitionSettings

#: Coordinates along a dimension: names, or a range of indices.
Coords = Union[Sequence[str], Sequence[float], range]


@dataclass(frozen=True)
class CoordUpdate:
    """A frame that came, or the last one that was skipped."""

    #: What has been reached along each dimension: the names so far, or a range.
    max_coords: Mapping[str, Coords]
    #: The index of the frame along each dimension; 0 along rows and columns.
    current_indices: Mapping[str, int]
    #: Its number in the order of acquisition.
    frame_number: int
    #: Whether it is beyond all earlier frames along some dimension.
    is_high_water_mark: bool


class Tracker:
    """Frame numbers and indices of one acquisition."""

    def __init__(self, settings: AcquisitionSettings) -> None:
        self._dimensions = settings.dimensions[:-2]
        self._frame = {dimension.name: dimension.count or 0 for dimension in settings.frame_dimensions}
        sizes = [dimension.count for dimension in self._dimensions]
        strides: List[int] = []
        stride = 1
        for size in reversed(sizes):
            strides.append(stride)
            stride *= size or 1
        #: Of each dimension the frames until its index grows, and its length.
        self._axes: List[Tuple[int, Optional[int]]] = list(zip(reversed(strides), sizes))
        self._names: List[Optional[List[str]]] = [_names(dimension.coords) for dimension in self._dimensions]

    def indices(self, number: int) -> Tuple[int, ...]:
        """Along each dimension, but for rows and columns."""
        return tuple(_digit(number // stride, size) for stride, size in self._axes)

    def reached(self, frames: int) -> Tuple[int, ...]:
        """How many indices of each dimension the first frames have touched."""
        return tuple(_touched((frames - 1) // stride, size) if frames > 0 else 0 for stride, size in self._axes)

    def coords(self, frames: int) -> Dict[str, Coords]:
        """The same as coordinates, with rows and columns."""
        found: Dict[str, Coords] = {}
        for dimension, names, count in zip(self._dimensions, self._names, self.reached(frames)):
            found[dimension.name] = range(count) if names is None else names[:count]
        found.update({name: range(count) for name, count in self._frame.items()})
        return found

    def full_coords(self, unbounded: int) -> Dict[str, Coords]:
        """Of all that is declared; along an unbounded dimension as many as given."""
        found: Dict[str, Coords] = {}
        for dimension, names in zip(self._dimensions, self._names):
            count = unbounded if dimension.count is None else dimension.count
            found[dimension.name] = range(count) if names is None else names
        found.update({name: range(count) for name, count in self._frame.items()})
        return found

    def update(self, before: int, after: int) -> CoordUpdate:
        """After some frames were appended or skipped."""
        indices = {dimension.name: at for dimension, at in zip(self._dimensions, self.indices(after - 1))}
        indices.update(dict.fromkeys(self._frame, 0))
        return CoordUpdate(self.coords(after), indices, after - 1, self.reached(before) != self.reached(after))


def _digit(steps: int, size: Optional[int]) -> int:
    return steps if size is None else steps % size


def _touched(steps: int, size: Optional[int]) -> int:
    return steps + 1 if size is None else min(steps + 1, size)


def _names(coords: Optional[Sequence[object]]) -> Optional[List[str]]:
    if not coords:
        return None
    return [str(getattr(coord, "name", coord)) for coord in coords]
