"""A level of an image as an array that is read when it is indexed."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, List, Optional, Sequence, SupportsIndex, Tuple, Union, cast

from ._info import LevelInfo
from ._types import Key, Pixels

if TYPE_CHECKING:
    import numpy

    from ._dataset import Dataset


class Level:
    """A level of an image as an array that is read when it is indexed: ``level[3, :, ::2]``.

    Integers, slices (also with negative steps) and an ellipsis select as in numpy; only the chunks that are touched are
    read. The shape grows with :meth:`Dataset.refresh`.
    """

    def __init__(self, dataset: Dataset, image: int, level: int) -> None:
        self._dataset = dataset
        self._image = image
        self._level = level

    @property
    def info(self) -> LevelInfo:
        """``path``, ``shape``, ``data_type``, ``chunk_shape``, ``shard_shape``, ``codecs``, ``scale``, ``translation``."""
        return self._dataset.image_info(self._image)["levels"][self._level]

    @property
    def shape(self) -> Tuple[int, ...]:
        return tuple(self.info["shape"])

    @property
    def dtype(self) -> numpy.dtype[numpy.generic]:
        """Of the pixels."""
        import numpy

        return cast("numpy.dtype[numpy.generic]", numpy.dtype(self.info["data_type"]))

    @property
    def ndim(self) -> int:
        return len(self.info["shape"])

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.info["element_bytes"]

    @property
    def chunks(self) -> Tuple[int, ...]:
        """Elements of a chunk along each axis: what is read and decoded at once."""
        return tuple(self.info["chunk_shape"])

    @property
    def shards(self) -> Optional[Tuple[int, ...]]:
        shape = self.info["shard_shape"]
        return None if shape is None else tuple(shape)

    @property
    def scale(self) -> Tuple[float, ...]:
        return tuple(self.info["scale"])

    @property
    def translation(self) -> Tuple[float, ...]:
        return tuple(self.info["translation"])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Key) -> Pixels:
        return self.read(key)[0]

    def __array__(self, dtype: object = None, copy: Optional[bool] = None) -> Pixels:
        if copy is False:
            raise ValueError("reading a level makes a new array")
        values = self.read(...)[0]
        return values if dtype is None else values.astype(cast("numpy.dtype[numpy.generic]", dtype), copy=False)

    def read(self, key: Key = ...) -> Tuple[Pixels, int]:
        """What ``level[key]`` gives, and how many chunks of it are not stored and read as the fill value."""
        import numpy

        axes = _axes(key, self.shape)
        values: Pixels = numpy.empty([axis.count for axis in axes], self.dtype)
        missing = 0
        if values.size:
            missing = self._dataset.read_region(self._image, self._level, axes, values)
        # Backwards is forwards, seen from the other end; an integer has no axis.
        return values[tuple(axis.view for axis in axes)], missing

    def __repr__(self) -> str:
        return f"<omezarr_native.Level {self.info['path']!r}: {self.shape} {self.info['data_type']}>"


class ReadAxis:
    """What is read along an axis, always forwards, and how the result is seen."""

    def __init__(self, key: object, length: int, axis: int) -> None:
        self.view: Union[int, slice]
        if isinstance(key, slice):
            selected = range(*key.indices(length))
            self.view = slice(None, None, -1 if selected.step < 0 else 1)
            if selected.step < 0:
                selected = selected[::-1]
            self.start, self.count, self.step = (selected.start, len(selected), selected.step) if selected else (0, 0, 1)
            return
        index = operator.index(cast(SupportsIndex, key))
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
        self.start, self.count, self.step, self.view = index % length, 1, 1, 0


def _axes(key: object, shape: Sequence[int]) -> List[ReadAxis]:
    keys: List[object] = list(cast("Sequence[object]", key)) if isinstance(key, tuple) else [key]
    ellipses = sum(one is Ellipsis for one in keys)
    if ellipses > 1 or len(keys) - ellipses > len(shape):
        raise IndexError(f"{len(keys)} indices are too many for {len(shape)} axes")
    everything = [slice(None)] * (len(shape) - len(keys) + ellipses)
    if ellipses:
        at = next(i for i, one in enumerate(keys) if one is Ellipsis)
        keys[at : at + 1] = everything
    else:
        keys += everything
    return [ReadAxis(one, length, axis) for axis, (one, length) in enumerate(zip(keys, shape))]
