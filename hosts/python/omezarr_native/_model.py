"""What settings are made of, in ome-writers' shape: dataclasses that check their values and dump to the settings document."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
from dataclasses import dataclass
from typing import Callable, ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ._json import dumps_settings

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


class DimensionType(str, enum.Enum):
    """What a dimension is."""

    SPACE = "space"
    TIME = "time"
    CHANNEL = "channel"
    POSITION = "position"
    OTHER = "other"


class DataType(str, enum.Enum):
    """Types of pixels."""

    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"


class Compression(str, enum.Enum):
    """How chunks are compressed, with default parameters."""

    NONE = "none"
    BLOSC_LZ4 = "blosc-lz4"
    BLOSC_ZSTD = "blosc-zstd"
    ZSTD = "zstd"


class Backpressure(str, enum.Enum):
    """What an append does when there is no place for its frame: wait, fail, or drop the frame and count it."""

    BLOCK = "block"
    FAIL = "fail"
    DROP = "drop"


class Fsync(str, enum.Enum):
    """When data must survive a power cut."""

    NEVER = "never"
    FINALIZE = "finalize"
    FLUSH = "flush"


class PyramidMethod(str, enum.Enum):
    """How several pixels become one of the next level."""

    MEAN = "mean"
    DECIMATE = "decimate"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    MODE = "mode"


#: Of a member: what is wrong with a value, or None.
_Check = Callable[[object], Optional[str]]


def _text(value: object) -> Optional[str]:
    return None if isinstance(value, str) else "must be a text"


def _name(value: object) -> Optional[str]:
    return None if isinstance(value, str) and value.strip() else "must be a text that is not empty"


def _number(value: object) -> Optional[str]:
    is_number = hasattr(value, "__float__") and not isinstance(value, (bool, str))
    return None if is_number and math.isfinite(float(value)) else "must be a finite number"  # type: ignore[arg-type]


def _whole_from(least: int) -> _Check:
    def check(value: object) -> Optional[str]:
        is_whole = hasattr(value, "__index__") and not isinstance(value, bool)
        return None if is_whole and int(value) >= least else f"must be a whole number from {least}"  # type: ignore[call-overload]

    return check


def _list_of(what: str, *kinds: type) -> _Check:
    def check(value: object) -> Optional[str]:
        is_list = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
        if is_list and all(isinstance(item, kinds) and not isinstance(item, bool) for item in value):  # type: ignore[attr-defined]
            return None
        return f"must be a list of {what}"

    return check


def _one_of(kind: type[enum.Enum]) -> _Check:
    values = [member.value for member in kind]
    return lambda value: None if value in values else f"must be one of {', '.join(values)}"


def _color(value: object) -> Optional[str]:
    if _name(value) is None or _list_of("numbers", int, float)(value) is None:
        return None
    return "must be a CSS name, or a list of red, green and blue"


def _moment(value: object) -> Optional[str]:
    return None if isinstance(value, datetime.datetime) else _whole_from(0)(value)


class _Model:
    """A dataclass that dumps like a pydantic model, and like one refuses values when it is made and when they are set."""

    _checks: ClassVar[Mapping[str, _Check]] = {}
    _required: ClassVar[Sequence[str]] = ("name",)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dataclass_fields__:  # type: ignore[attr-defined]
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        check = self._checks.get(name)
        wrong = None if check is None or (value is None and name not in self._required) else check(value)
        if wrong is not None:
            raise ValueError(f"{type(self).__name__}.{name} is {value!r}; it {wrong}")
        super().__setattr__(name, value)

    def model_dump(self, mode: str = "python") -> Dict[str, object]:
        """All members as plain values, for JSON too, whatever the mode; absent ones are None."""
        return {member.name: _plain(getattr(self, member.name)) for member in dataclasses.fields(self)}

    def model_dump_json(self) -> str:
        """The same as the text of a JSON document."""
        return dumps_settings(self.model_dump())


def _plain(value: object) -> object:
    if isinstance(value, _Model):
        return value.model_dump()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


@dataclass
class Channel(_Model):
    """A channel; wavelengths in nanometres, the colour as a CSS name or (red, green, blue)."""

    name: str
    excitation_wavelength_nm: Optional[float] = None
    emission_wavelength_nm: Optional[float] = None
    fluorophore: Optional[str] = None
    color: Union[str, Sequence[float], None] = None

    _checks: ClassVar[Mapping[str, _Check]] = {
        "name": _name,
        "excitation_wavelength_nm": _number,
        "emission_wavelength_nm": _number,
        "fluorophore": _text,
        "color": _color,
    }


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

    _checks: ClassVar[Mapping[str, _Check]] = {
        "name": _name,
        "plate_row": _name,
        "plate_column": _name,
        **dict.fromkeys(("grid_row", "grid_column", "plate_acquisition"), _whole_from(0)),
        **dict.fromkeys(("x_coord", "y_coord", "z_coord"), _number),
    }


@dataclass
class Dimension(_Model):
    """A dimension of the acquisition; without a count and coords it is unbounded."""

    name: str
    count: Optional[int] = None
    type: Union[DimensionType, str, None] = None
    coords: Optional[Sequence[Union[str, float, Channel, Position]]] = None
    chunk_size: Optional[int] = None
    shard_size_chunks: Optional[int] = None
    unit: Optional[str] = None
    scale: Optional[float] = None
    translation: Optional[float] = None

    _checks: ClassVar[Mapping[str, _Check]] = {
        "name": _name,
        **dict.fromkeys(("count", "chunk_size", "shard_size_chunks"), _whole_from(1)),
        "type": _one_of(DimensionType),
        "coords": _list_of("texts, numbers, channels or positions", str, int, float, Channel, Position),
        "unit": _text,
        **dict.fromkeys(("scale", "translation"), _number),
    }

    def __post_init__(self) -> None:
        # In JSON a channel or position with a name only looks like the other.
        if self.type is None and self.coords is not None:
            if any(isinstance(coord, Channel) for coord in self.coords):
                self.type = "channel"
            elif any(isinstance(coord, Position) for coord in self.coords):
                self.type = "position"


@dataclass
class PlateAcquisition(_Model):
    """A run in which a plate is acquired; times in seconds since 1970-01-01 UTC, or as datetime."""

    id: int
    name: Optional[str] = None
    description: Optional[str] = None
    maximum_field_count: Optional[int] = None
    start_time: Union[int, datetime.datetime, None] = None
    end_time: Union[int, datetime.datetime, None] = None

    _required: ClassVar[Sequence[str]] = ("id",)
    _checks: ClassVar[Mapping[str, _Check]] = {
        "id": _whole_from(0),
        **dict.fromkeys(("name", "description"), _text),
        "maximum_field_count": _whole_from(1),
        **dict.fromkeys(("start_time", "end_time"), _moment),
    }


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
    acquisitions: Optional[Sequence[PlateAcquisition]] = None

    _required: ClassVar[Sequence[str]] = ("row_names", "column_names")
    _checks: ClassVar[Mapping[str, _Check]] = {
        **dict.fromkeys(("row_names", "column_names"), _list_of("texts", str)),
        "name": _text,
        "acquisitions": _list_of("PlateAcquisition", PlateAcquisition),
    }

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
    for given in (chunk_shapes, shard_shapes, scales):
        lost = [axis for axis in given or {} if axis not in sizes]
        if lost:
            raise ValueError(f"{', '.join(map(repr, lost))} is given, but sizes are of {', '.join(sizes)}")
    return [_standard_dimension(axis, size, chunk_shapes or {}, shard_shapes or {}, scales or {}) for axis, size in sizes.items()]


def _standard_dimension(
    axis: str,
    size: Union[int, Sequence[Union[str, Channel, Position]], None],
    chunks: Mapping[str, int],
    shards: Mapping[str, int],
    scales: Mapping[str, float],
) -> Dimension:
    kind, unit = _STANDARD_AXES[axis]
    is_list = isinstance(size, Sequence) and not isinstance(size, str)
    return Dimension(
        name=axis,
        count=None if is_list else size,  # type: ignore[arg-type]
        type=kind,
        coords=list(size) if is_list else None,  # type: ignore[arg-type]
        chunk_size=chunks.get(axis),
        shard_size_chunks=shards.get(axis),
        unit=unit,
        scale=scales.get(axis),
    )
