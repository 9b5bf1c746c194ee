"""Settings of an acquisition, of which a part may be missing until the stream is made."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple, Union, cast

from .._model import Plate as NativePlate
from ._base import Model, a_text, texts
from ._coordinates import Position
from ._dimension import Dimension

#: Back ends of ome-writers for OME-Zarr: accepted, this package writes by itself.
ZARR_BACKENDS: Tuple[str, ...] = ("auto", "tensorstore", "acquire-zarr", "zarrs-python", "zarr-python", "omezarr-native")
COMPRESSIONS: Tuple[str, ...] = ("blosc-zstd", "blosc-lz4", "zstd", "none")

#: Types that OME-Zarr has no name for here, and what they are stored as: every value is the same.
STORED_AS: Dict[str, str] = {"bool": "uint8", "float16": "float32"}

_SHORT_DTYPES = {
    "?": "bool", "half": "float16", "single": "float32", "double": "float64", "float": "float64", "int": "int64",
    "byte": "int8", "ubyte": "uint8", "short": "int16", "ushort": "uint16",
}  # fmt: skip
_DTYPES = (*(f"{kind}{bits}" for kind in ("uint", "int") for bits in (8, 16, 32, 64)), "float32", "float64", *STORED_AS)
_NO_TIFF = "OME-TIFF is not written by omezarr_native; ome-writers itself does"
_NO_SCRATCH = "scratch arrays are not kept by omezarr_native: give a root_path, on a RAM disk if need be"


@dataclass
class OmeZarrFormat(Model):
    """OME-Zarr, the only format. ``backend`` is accepted for ome-writers' sake."""

    name: str = "ome-zarr"
    backend: str = "auto"
    suffix: str = ".ome.zarr"

    def _check(self) -> None:
        if self.name != "ome-zarr":
            raise ValueError(f"name must be 'ome-zarr', not {self.name!r}")
        if self.backend not in ZARR_BACKENDS:
            raise ValueError(f"backend must be one of {', '.join(ZARR_BACKENDS)}, not {self.backend!r}")

    def get_output_path(self, root_path: str, *, num_positions: int = 1) -> str:
        """Where the dataset is written."""
        return stem_and_suffix(root_path)[0] + self.suffix


class OmeTiffFormat(OmeZarrFormat):
    """Not here: refused in words."""

    def __init__(self, **members: object) -> None:
        raise NotImplementedError(_NO_TIFF)


class ScratchFormat(OmeZarrFormat):
    """Not here: refused in words."""

    def __init__(self, **members: object) -> None:
        raise NotImplementedError(_NO_SCRATCH)


@dataclass
class Plate(Model):
    """A multi-well plate: all its rows and columns, acquired or not."""

    row_names: Sequence[str]
    column_names: Sequence[str]
    name: Optional[str] = None

    def _check(self) -> None:
        for member in ("row_names", "column_names"):
            self._put(member, texts(member, getattr(self, member)))

    @classmethod
    def from_standard_wells(cls, num_wells_or_shape: Union[int, Tuple[int, int]]) -> Plate:
        """A plate by its number of wells (6, 12, 24, 48, 96, 384, 1536) or its rows and columns; row 27 is AA."""
        try:
            plate = NativePlate.from_standard_wells(num_wells_or_shape)
        except ValueError as error:
            raise ValueError(f"Unrecognized standard plate size: {error}") from None
        return cls(row_names=plate.row_names, column_names=plate.column_names)


@dataclass
class AcquisitionSettings(Model):
    """What is acquired, and where it is written.

    Parameters
    ----------
    root_path
        The dataset; ``.ome.zarr`` is added unless it ends in ``.zarr``.
    dimensions
        In the order of acquisition, slowest first; the last two are the frame's own. May be missing until the stream is made.
    dtype
        Of the pixels, in all the forms that numpy has. ``bool`` is stored as uint8, ``float16`` as float32.
    format
        ``"auto"``, ``"ome-zarr"``, a back end's name, or :class:`OmeZarrFormat`.
    compression
        ``"blosc-zstd"``, ``"blosc-lz4"``, ``"zstd"``, ``"none"`` or None.
    storage_order
        ``"ome"``, ``"acquisition"``, or the names of all dimensions.
    plate
        The plate that the positions belong to.
    overwrite
        Whether a dataset that is there is replaced.
    """

    root_path: Union[str, "os.PathLike[str]"] = ""
    dimensions: Sequence[Dimension] = ()
    dtype: object = ""
    format: Union[str, OmeZarrFormat] = "auto"
    compression: Optional[str] = None
    storage_order: Union[str, Sequence[str]] = "ome"
    plate: Optional[Plate] = None
    overwrite: bool = False

    def _check(self) -> None:
        self._put("root_path", os.fspath(self.root_path))
        self._put("dimensions", _checked_dimensions(self.dimensions))
        self._put("dtype", dtype_name(self.dtype))
        self._check_format()
        if self.compression is not None and self.compression not in COMPRESSIONS:
            raise ValueError(f"compression must be one of {', '.join(COMPRESSIONS)}, not {self.compression!r}")
        if self.plate is not None:
            self._put("plate", Plate.model_validate(self.plate))
        if self.dimensions:
            self._check_order()
            self._check_plate()

    def _check_format(self) -> None:
        given: object = self.format
        derived = self.__dict__.get("_derived_format")
        if given is derived and isinstance(given, OmeZarrFormat):
            given = given.backend  # of an earlier root_path: its suffix may be another one now
        found = _format_of(given, str(self.root_path))
        if not isinstance(given, OmeZarrFormat):
            self._put("_derived_format", found)
        self._put("format", found)

    # ---- what follows from the dimensions

    @property
    def output_path(self) -> str:
        """Where the dataset is written."""
        self._known("output_path")
        return cast(OmeZarrFormat, self.format).get_output_path(str(self.root_path), num_positions=len(self.positions))

    @property
    def shape(self) -> Tuple[Optional[int], ...]:
        """Elements along each dimension; None of an unbounded one."""
        return tuple(dimension.count for dimension in self._known("shape"))

    @property
    def is_unbounded(self) -> bool:
        """Whether frames may come until somebody stops."""
        return self._known("is_unbounded")[0].count is None

    @property
    def num_frames(self) -> Optional[int]:
        """How many frames there are, or None."""
        total = 1
        for dimension in self._known("num_frames")[:-2]:
            if dimension.count is None:
                return None
            total *= dimension.count
        return total

    @property
    def positions(self) -> Tuple[Position, ...]:
        """In the order of acquisition; one without any dimension of positions."""
        self._known("positions")
        at = self.position_dimension_index
        if at is None:
            return (Position(name="0"),)
        return tuple(cast("Sequence[Position]", self.dimensions[at].coords))

    @property
    def position_dimension_index(self) -> Optional[int]:
        """Which dimension is that of positions, if any."""
        types = [dimension.type for dimension in self._known("position_dimension_index")[:-2]]
        return types.index("position") if "position" in types else None

    @property
    def frame_dimensions(self) -> Tuple[Dimension, ...]:
        """Rows and columns."""
        return self._known("frame_dimensions")[-2:]

    @property
    def index_dimensions(self) -> Tuple[Dimension, ...]:
        """Those that count the frames of a position."""
        return tuple(dimension for dimension in self._known("index_dimensions")[:-2] if dimension.type != "position")

    @property
    def array_dimensions(self) -> Tuple[Dimension, ...]:
        """All but that of positions, in the order of acquisition."""
        return self.index_dimensions + self.frame_dimensions

    @property
    def storage_index_dimensions(self) -> Tuple[Dimension, ...]:
        """Those that count the frames of a position, in the order in which they are stored."""
        dimensions = self.index_dimensions
        if self.storage_order == "acquisition":
            return dimensions
        if self.storage_order == "ome":
            return tuple(sorted(dimensions, key=_ome_order))
        named = {dimension.name: dimension for dimension in dimensions}
        return tuple(named[name] for name in self.storage_order if name in named)

    @property
    def storage_index_permutation(self) -> Optional[Tuple[int, ...]]:
        """Which dimension of the acquisition is stored at each place, or None where the order is the same."""
        names = [dimension.name for dimension in self.index_dimensions]
        order = tuple(names.index(dimension.name) for dimension in self.storage_index_dimensions)
        return None if order == tuple(range(len(order))) else order

    @property
    def array_storage_dimensions(self) -> Tuple[Dimension, ...]:
        """All but that of positions, in the order in which they are stored."""
        return self.storage_index_dimensions + self.frame_dimensions

    def validate_stream_ready(self) -> bool:
        """Raises ValueError while something is missing that a stream needs."""
        if not self.dimensions:
            raise ValueError("settings.dimensions must be set before creating a stream")
        if not self.dtype:
            raise ValueError("settings.dtype must be set before creating a stream")
        return True

    def _known(self, what: str) -> Tuple[Dimension, ...]:
        if not self.dimensions:
            raise ValueError(f"Cannot access {what!r}: dimensions has not been set yet.")
        return tuple(self.dimensions)

    def _check_order(self) -> None:
        order = self.storage_order
        if isinstance(order, str):
            if order not in ("ome", "acquisition"):
                raise ValueError(f"storage_order must be 'ome', 'acquisition' or a list of names, not {order!r}")
            return
        names = [dimension.name for dimension in self.dimensions]
        listed = texts("storage_order", order)
        if listed[-2:] != names[-2:]:
            raise ValueError("storage_order may not (yet) permute the last two dimensions.")
        if sorted(listed) != sorted(names):
            raise ValueError(f"storage_order names {listed!r} don't match acquisition dimension names {names}")
        self._put("storage_order", listed)

    def _check_plate(self) -> None:
        if self.plate is None:
            return
        if self.position_dimension_index is None:
            raise ValueError("Plate mode requires a position dimension in dimensions.")
        lost = [position.name for position in self.positions if position.plate_row is None]
        if lost:
            raise ValueError(
                f"All positions must have row and column for plate mode. Missing row/column for positions: {lost}"
            )
        rows, columns = self.plate.row_names, self.plate.column_names
        outside = [at.name for at in self.positions if at.plate_row not in rows or at.plate_column not in columns]
        if outside:
            warnings.warn(
                f"Some positions have row/column values not in the plate definition: {outside}.", UserWarning, stacklevel=4
            )


def stem_and_suffix(path: str) -> Tuple[str, str]:
    """A path without separators at its end, apart from ``.ome.zarr``, ``.zarr`` or the like."""
    stem = path.rstrip("/" if os.sep == "/" else "/\\") or path
    for extension in (".tiff", ".tif", ".zarr"):
        if stem.lower().endswith(extension):
            stem = stem[: -len(extension)]
            return (stem[:-4], f".ome{extension}") if stem.lower().endswith(".ome") else (stem, extension)
    return stem, ""


def dtype_name(dtype: object) -> str:
    """A dtype's name, of any form that numpy understands."""
    if isinstance(dtype, str):
        if not dtype:
            return ""
        code = _SHORT_DTYPES.get(dtype, dtype).lstrip("<>|=")
        kind = {"u": "uint", "i": "int", "f": "float", "b": "bool"}.get(code[:1])
        if kind is not None and code[1:].isdigit():
            code = kind if kind == "bool" else f"{kind}{8 * int(code[1:])}"
        if code in _DTYPES:
            return code
        raise ValueError(f"Invalid dtype: {dtype!r}")
    if dtype is bool:
        return "bool"
    name: object = getattr(dtype, "name", None)
    if isinstance(name, str):
        return dtype_name(name)
    if isinstance(dtype, type):
        return dtype_name(dtype.__name__)
    raise ValueError(f"Invalid dtype: {dtype!r}")


def _format_of(given: object, root_path: str) -> OmeZarrFormat:
    suffix = stem_and_suffix(root_path)[1]
    members: Dict[str, object] = {"suffix": suffix} if suffix.endswith(".zarr") else {}
    if isinstance(given, OmeZarrFormat):
        return given
    if isinstance(given, dict):
        document = cast("Dict[str, object]", given)
        _refuse_others(str(document.get("name", "ome-zarr")))
        members.update(document)
        return OmeZarrFormat.model_validate(members)
    text = a_text("format", given).lower()
    _refuse_others(text)
    if text == "auto" and suffix.endswith((".tif", ".tiff")):
        raise NotImplementedError(_NO_TIFF)
    if text in ("ome-zarr", "zarr"):
        text = "auto"
    if text not in ZARR_BACKENDS:
        raise ValueError(f"format must be 'auto', 'ome-zarr' or one of {', '.join(ZARR_BACKENDS)}, not {given!r}")
    members["backend"] = text
    return OmeZarrFormat.model_validate(members)


def _refuse_others(name: str) -> None:
    if name in ("ome-tiff", "tiff", "tifffile"):
        raise NotImplementedError(_NO_TIFF)
    if name in ("scratch", "memory"):
        raise NotImplementedError(_NO_SCRATCH)


def _checked_dimensions(given: object) -> Tuple[Dimension, ...]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
        raise ValueError(f"dimensions must be a list, not {given!r}")
    dimensions: List[Dimension] = [Dimension.model_validate(one) for one in cast("Sequence[object]", given)]
    if not dimensions:
        return ()
    if sum(dimension.type == "position" for dimension in dimensions) > 1:
        raise ValueError("Only one position dimension is allowed.")
    if any(dimension.count is None for dimension in dimensions[1:]):
        raise ValueError("Only the first dimension may be unbounded (count=None).")
    if sum(dimension.type != "position" for dimension in dimensions) < 2:
        raise ValueError("At least 2 non-position dimensions are required (usually Y and X).")
    twice = [name for name, count in Counter(dimension.name for dimension in dimensions).items() if count > 1]
    if twice:
        raise ValueError(f"Dimension names must be unique, duplicates: {twice}")
    for dimension in dimensions[-2:]:
        if dimension.type not in ("space", None):
            raise ValueError("The last two dimensions must be spatial dimensions (type='space').")
        if dimension.type is None:
            warnings.warn(
                f"The last two dimensions are expected to have type='space'. Setting type='space' for non-standard dimension "
                f"name {dimension.name!r}.",
                UserWarning,
                stacklevel=5,
            )
    return (*dimensions[:-2], *(one if one.type else one.model_copy(update={"type": "space"}) for one in dimensions[-2:]))


def _ome_order(dimension: Dimension) -> Tuple[int, int]:
    """Time, channels or another kind, space."""
    kind = {"time": 0, "channel": 1, "space": 3}.get(dimension.type or "", 2)
    return kind, {"z": 0, "y": 1, "x": 2}.get(dimension.name, -1) if kind == 3 else 0
