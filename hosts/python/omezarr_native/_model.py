"""What settings are made of, in ome-writers' shape: plain dataclasses that dump to the settings document."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

#: Types and units of the standard axes.
_STANDARD_AXES: Dict[str, Tuple[str, Optional[str]]] = {
    "x": ("space", "micrometer"),
    "y": ("space", "micrometer"),
    "z": ("space", "micrometer"),
    "c": ("channel", None),
    "t": ("time", "second"),
    "p": ("position", None),
}

#: Rows and columns of the plates that are sold.
_PLATE_SHAPES = {6: (2, 3), 12: (3, 4), 24: (4, 6), 48: (6, 8), 96: (8, 12), 384: (16, 24), 1536: (32, 48)}


class _Model:
    """A dataclass that dumps like a pydantic model."""

    def model_dump(self, mode: str = "python") -> Dict[str, Any]:
        """All members as plain values, for JSON too, whatever the mode; absent ones are None."""
        return {member.name: _plain(getattr(self, member.name)) for member in dataclasses.fields(self)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if isinstance(value, _Model):
        return value.model_dump()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


@dataclass
class Channel(_Model):
    """A channel; wavelengths in nanometres, the colour as a CSS name or (red, green, blue)."""

    name: str
    excitation_wavelength_nm: Optional[int] = None
    emission_wavelength_nm: Optional[int] = None
    fluorophore: Optional[str] = None
    color: Union[str, Sequence[float], None] = None


@dataclass
class Position(_Model):
    """A stage position; coordinates in the units of the dimensions of space."""

    name: str
    plate_row: Optional[str] = None
    plate_column: Optional[str] = None
    grid_row: Optional[int] = None
    grid_column: Optional[int] = None
    x_coord: Optional[float] = None
    y_coord: Optional[float] = None
    z_coord: Optional[float] = None
    plate_acquisition: Optional[int] = None


@dataclass
class Dimension(_Model):
    """A dimension of the acquisition; without a count and coords it is unbounded."""

    name: str
    count: Optional[int] = None
    type: Optional[str] = None
    coords: Optional[Sequence[Union[str, float, Channel, Position]]] = None
    chunk_size: Optional[int] = None
    shard_size_chunks: Optional[int] = None
    unit: Optional[str] = None
    scale: Optional[float] = None
    translation: Optional[float] = None

    def __post_init__(self) -> None:
        # In JSON a channel or position with a name only looks like the other.
        if self.type is None and self.coords is not None:
            if any(isinstance(coord, Channel) for coord in self.coords):
                self.type = "channel"
            elif any(isinstance(coord, Position) for coord in self.coords):
                self.type = "position"


@dataclass
class PlateAcquisition(_Model):
    """A run in which a plate is acquired; times in seconds since 1970-01-01 UTC."""

    id: int
    name: Optional[str] = None
    description: Optional[str] = None
    maximum_field_count: Optional[int] = None
    start_time: Optional[int] = None
    end_time: Optional[int] = None


def _row_name(row: int) -> str:
    name = ""
    row += 1
    while row > 0:
        row, letter = divmod(row - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@dataclass
class Plate(_Model):
    """A multi-well plate: all its rows and columns, acquired or not."""

    row_names: Sequence[str]
    column_names: Sequence[str]
    name: Optional[str] = None
    acquisitions: Optional[Sequence[PlateAcquisition]] = field(default=None)

    @classmethod
    def from_standard_wells(cls, num_wells_or_shape: Union[int, Tuple[int, int]], name: Optional[str] = None) -> Plate:
        """A plate by its number of wells (6, 12, 24, 48, 96, 384, 1536) or its rows and columns.

        Rows are A, B, ... Z, AA, AB, ..., as in spreadsheets; columns 1, 2, 3, ...
        """
        if isinstance(num_wells_or_shape, tuple):
            shape: Optional[Tuple[int, ...]] = num_wells_or_shape
        else:
            shape = _PLATE_SHAPES.get(num_wells_or_shape)
        if shape is None:
            raise ValueError(f"there is no standard plate of {num_wells_or_shape} wells, only of {list(_PLATE_SHAPES)}")
        if len(shape) != 2 or min(shape) < 1:
            raise ValueError(f"a plate's shape is (rows, columns), each at least 1, not {num_wells_or_shape}")
        rows, columns = shape
        return cls(
            row_names=[_row_name(row) for row in range(rows)],
            column_names=[str(column + 1) for column in range(columns)],
            name=name,
        )


def dims_from_standard_axes(
    sizes: Mapping[str, Union[int, Sequence[Union[str, Channel, Position]], None]],
    chunk_shapes: Optional[Mapping[str, int]] = None,
    shard_shapes: Optional[Mapping[str, int]] = None,
    scales: Optional[Mapping[str, float]] = None,
) -> List[Dimension]:
    """Dimensions from sizes by axis (x, y, z, c, t, p) in the order of acquisition.

    A size is a count, a list of what is there (channels, positions), or None for an unbounded axis. Units are micrometers and
    seconds. Chunk shapes are in elements, shard shapes in chunks, scales in the unit; what is not given is left to the library.
    """
    unknown = [axis for axis in sizes if axis not in _STANDARD_AXES]
    if unknown:
        raise ValueError(f"standard axes are {', '.join(_STANDARD_AXES)}, not {', '.join(map(repr, unknown))}")
    return [_standard_dimension(axis, size, chunk_shapes or {}, shard_shapes or {}, scales or {}) for axis, size in sizes.items()]


def _standard_dimension(
    axis: str,
    size: Union[int, Sequence[Any], None],
    chunks: Mapping[str, int],
    shards: Mapping[str, int],
    scales: Mapping[str, float],
) -> Dimension:
    kind, unit = _STANDARD_AXES[axis]
    counted = size is None or isinstance(size, int)
    return Dimension(
        name=axis,
        count=size if counted else None,  # type: ignore[arg-type]
        type=kind,
        coords=None if counted else list(size),  # type: ignore[arg-type]
        chunk_size=chunks.get(axis),
        shard_size_chunks=shards.get(axis),
        unit=unit,
        scale=scales.get(axis),
    )
