"""Dimensions of an acquisition."""

from __future__ import annotations

import enum
import warnings
from dataclasses import dataclass
from typing import List, Mapping, Optional, Sequence, Tuple, Union, cast

from ._base import Model, a_count, a_number, a_text
from ._coordinates import Channel, Position, channels_of, positions_of
from ._units import LENGTHS, TIMES, ngff_unit, type_of_unit

#: Elements of ``coords``.
Coordinate = Union[str, float, Channel, Position]

DIMENSION_TYPES: Tuple[str, ...] = ("space", "time", "channel", "position", "other")
_TYPES_BY_NAME = {"x": "space", "y": "space", "z": "space", "c": "channel", "t": "time", "p": "position"}


@dataclass
class Dimension(Model):
    """A dimension of the acquisition; without a count and coords it is unbounded, which only the first one may be.

    Parameters
    ----------
    name
        Becomes the axis's name; ``t``, ``c``, ``z``, ``y``, ``x`` are what readers know best.
    count
        Elements along it; None with ``coords``: their number.
    type
        ``space``, ``time``, ``channel``, ``position`` or ``other``; None: by the coords, or else by the unit, or else by the
        name, if it is that of a standard axis.
    coords
        What is at each index: texts, numbers, :class:`Channel`, :class:`Position`.
    chunk_size, shard_size_chunks
        Elements of a chunk, chunks of a shard.
    unit
        Of space and time: a name of OME-Zarr, or a symbol, such as ``µm``.
    scale, translation
        Size of an element and place of the first one, in the unit.
    """

    name: str
    count: Optional[int] = None
    type: Optional[str] = None
    coords: Optional[Sequence[Coordinate]] = None
    chunk_size: Optional[int] = None
    shard_size_chunks: Optional[int] = None
    unit: Optional[str] = None
    scale: Optional[float] = None
    translation: Optional[float] = None

    def _check(self) -> None:
        self._put("name", a_text("name", self.name))
        for member in ("count", "chunk_size", "shard_size_chunks"):
            self._put(member, a_count(member, getattr(self, member)))
        for member in ("scale", "translation"):
            self._put(member, a_number(member, getattr(self, member)))
        if self.type is not None and self.type not in DIMENSION_TYPES:
            raise ValueError(f"type must be one of {', '.join(DIMENSION_TYPES)}, not {self.type!r}")
        coords = None if self.coords is None else self._listed(self.coords)
        kind = self.type or _inferred_type(coords, self.unit) or _TYPES_BY_NAME.get(self.name.lower())
        if kind == "position":
            coords = self._positions(coords)
        if coords is not None:
            self._check_coords(coords, kind)
        if self.unit is not None:
            self._put("unit", _checked_unit(self.unit, kind))
        if kind is not None:
            self._put("type", kind)

    @staticmethod
    def _listed(coords: object) -> List[object]:
        try:
            return list(cast("Sequence[object]", coords))
        except TypeError:
            raise ValueError("`coords` must be an iterable type.") from None

    def _positions(self, coords: Optional[List[object]]) -> List[object]:
        if coords is None:
            if self.count is None:
                raise NotImplementedError(
                    "Unbounded position dimensions (count=None) are not yet implemented: give coords, or a count."
                )
            return [Position(name=str(at)) for at in range(self.count)]
        if not coords:
            raise NotImplementedError("Empty coords for position dimensions are not yet implemented: give names, or a count.")
        return coords

    def _check_coords(self, coords: List[object], kind: Optional[str]) -> None:
        if self.count is not None and self.count != len(coords):
            raise ValueError(f"Length of coords ({len(coords)}) does not match count ({self.count}).")
        for model, of in ((Channel, "channel"), (Position, "position")):
            if any(isinstance(coord, model) for coord in coords):
                if not all(isinstance(coord, (str, model)) for coord in coords):
                    raise ValueError(f"May not mix {model.__name__} objects with other coord types.")
                if kind != of:
                    raise ValueError(f"{model.__name__} objects in coords require type={of!r}, got type={kind!r}")
        if kind == "channel":
            self._put("coords", channels_of(coords))
        elif kind == "position":
            self._put("coords", positions_of(coords))
        else:
            for coord in coords:
                if isinstance(coord, bool) or not isinstance(coord, (str, int, float)):
                    raise ValueError(f"coords are texts and numbers, not {coord!r}")
            self._put("coords", coords)
        self._put("count", len(coords))


def _inferred_type(coords: Optional[List[object]], unit: Optional[str]) -> Optional[str]:
    by_unit = type_of_unit(unit)
    by_coords = None
    if any(isinstance(coord, Channel) for coord in coords or []):
        by_coords = "channel"
    elif any(isinstance(coord, Position) for coord in coords or []):
        by_coords = "position"
    if by_coords is not None and by_unit is not None:
        raise ValueError(
            f"Conflicting dimension type inference: coords suggests type={by_coords!r} but unit suggests "
            f"type={by_unit!r}. Please specify an explicit `type` or remove the conflicting field."
        )
    return by_coords or by_unit


def _checked_unit(unit: str, kind: Optional[str]) -> str:
    known = LENGTHS if kind == "space" else TIMES if kind == "time" else None
    if known is None:
        return unit
    name = ngff_unit(unit)
    if name not in known:
        raise ValueError(f"{unit!r} is no unit of {'length' if kind == 'space' else 'time'}; there are {', '.join(known)}")
    return name


class PositionDimension(Dimension):
    """Deprecated: use ``Dimension(type="position", coords=[...])``."""

    def __init__(
        self,
        name: str = "p",
        *,
        positions: Optional[Sequence[Union[str, Position]]] = None,
        coords: Optional[Sequence[Union[str, Position]]] = None,
        count: Optional[int] = None,
    ) -> None:
        warnings.warn(
            "PositionDimension is deprecated. Use Dimension(name='p', type='position', coords=[...]) instead.",
            DeprecationWarning,
            stacklevel=2,
        )
        super().__init__(name, count, "position", positions if coords is None else coords)


class StandardAxis(str, enum.Enum):
    """Axes whose names tell their types and units."""

    X = "x"
    Y = "y"
    Z = "z"
    CHANNEL = "c"
    TIME = "t"
    POSITION = "p"

    def dimension_type(self) -> str:
        """The type of its dimension."""
        return {"c": "channel", "t": "time", "p": "position"}.get(self.value, "space")

    def unit(self) -> Optional[str]:
        """The unit of its dimension, if it has one."""
        return {"space": "micrometer", "time": "second"}.get(self.dimension_type())

    def to_dimension(
        self,
        *,
        count: Optional[int] = None,
        coords: Optional[Sequence[Coordinate]] = None,
        chunk_size: Optional[int] = None,
        shard_size_chunks: Optional[int] = None,
        scale: Optional[float] = None,
    ) -> Dimension:
        """A dimension of this axis."""
        return Dimension(
            name=self.value,
            count=count,
            coords=coords,
            type=self.dimension_type(),
            unit=self.unit(),
            chunk_size=chunk_size,
            shard_size_chunks=shard_size_chunks,
            scale=scale,
        )


def dims_from_standard_axes(
    sizes: Mapping[str, Union[int, Sequence[Union[str, Channel, Position]], None]],
    chunk_shapes: Optional[Mapping[str, int]] = None,
    shard_shapes: Optional[Mapping[str, int]] = None,
) -> List[Dimension]:
    """Dimensions from sizes by axis (x, y, z, c, t, p) in the order of acquisition.

    A size is a count, a list of what is there, or None for an unbounded axis. Chunks are whole frames unless they are given.
    """
    names = [axis.value for axis in StandardAxis]
    wrong = [axis for axis in sizes if _axis_name(axis) not in names]
    if wrong:
        raise ValueError(f"Standard axes names must be one of {names}. Got: {list(sizes)}")
    chunks = {_axis_name(axis): size for axis, size in (chunk_shapes or {}).items()}
    shards = {_axis_name(axis): size for axis, size in (shard_shapes or {}).items()}
    return [
        _standard(StandardAxis(_axis_name(axis)), size, chunks, shards.get(_axis_name(axis))) for axis, size in sizes.items()
    ]


def _axis_name(axis: str) -> str:
    return str(axis.value) if isinstance(axis, StandardAxis) else axis


def _standard(
    axis: StandardAxis,
    size: Union[int, Sequence[Union[str, Channel, Position]], None],
    chunks: Mapping[str, int],
    shard: Optional[int],
) -> Dimension:
    count = size if isinstance(size, int) else None
    chunk = chunks.get(axis.value)
    if chunk is None and axis is not StandardAxis.POSITION:
        chunk = count if axis in (StandardAxis.X, StandardAxis.Y) and count is not None else 1
    coords = None if size is None or isinstance(size, int) else list(size)
    return axis.to_dimension(count=count, coords=coords, chunk_size=chunk, shard_size_chunks=shard)
