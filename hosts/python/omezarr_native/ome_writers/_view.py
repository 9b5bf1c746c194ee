"""A stream's frames as one array in the order of acquisition, while they come and afterwards."""

from __future__ import annotations

import itertools
import operator
import threading
from typing import TYPE_CHECKING, Any, Callable, List, Mapping, Optional, Sequence, Tuple, Union, cast

from .._dataset import Dataset, open as open_dataset
from .._levels import Level
from .._types import Pixels
from ._settings import AcquisitionSettings
from ._tracker import Coords, Tracker

if TYPE_CHECKING:
    import numpy

    from .._stream import Stream

#: What selects along a dimension.
Index = Union[int, slice]


class Signal:
    """Functions without arguments that are called when something has changed."""

    def __init__(self) -> None:
        self._callbacks: List[Callable[[], object]] = []

    def connect(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Calls the function from now on. Returns it."""
        self._callbacks.append(callback)
        return callback

    def disconnect(self, callback: Callable[[], object]) -> None:
        """Calls it no more."""
        self._callbacks.remove(callback)

    def emit(self) -> None:
        """Calls all."""
        for callback in list(self._callbacks):
            callback()


class Source:
    """The images of a stream: of the running one as long as it runs, then of the dataset."""

    def __init__(self, stream: Stream, images: Sequence[str]) -> None:
        self._stream = stream
        self._images = images
        arrays = cast("Sequence[Mapping[str, Sequence[str]]]", stream.layout["arrays"])
        #: The axes of each image.
        self.axes: Sequence[str] = arrays[0]["dimension_names"]
        self._path = stream.path
        self._lock = threading.Lock()
        self._dataset: Optional[Dataset] = None
        self._is_live = False

    def level(self, image: int) -> Level:
        """Full resolution of an image, with every frame so far."""
        with self._lock:
            dataset = self._dataset
            if dataset is not None and self._is_live and self._stream.closed:
                dataset.close()
                dataset = None
            if dataset is None:
                dataset = self._open()
            elif self._is_live:
                dataset.refresh()
            self._dataset = dataset
        path = self._images[image]
        return dataset.level("0" if path == "." else f"{path}/0")

    def _open(self) -> Dataset:
        self._is_live = not self._stream.closed
        return self._stream.view() if self._is_live else open_dataset(self._path)


class StreamView:
    """All frames as one array: its axes are the dimensions of the settings, in the order of acquisition.

    Integers and slices select, as in numpy; what has not come yet reads as 0. It is read when it is indexed.
    """

    def __init__(
        self,
        settings: AcquisitionSettings,
        source: Source,
        frames: Callable[[], int],
        dynamic_shape: bool,
        strict: bool,
    ) -> None:
        import numpy

        names = [dimension.name for dimension in settings.dimensions]
        #: The dimensions that are axes of an image, as they are stored, and those that select one.
        self._stored = [names.index(name) for name in source.axes]
        self._selecting = [axis for axis in range(len(names)) if axis not in self._stored]
        self._settings = settings
        self._source = source
        self._frames = frames
        self._is_dynamic = dynamic_shape
        self._is_strict = strict and dynamic_shape
        self._tracker = Tracker(settings)
        self._dtype = cast("numpy.dtype[numpy.generic]", numpy.dtype(str(settings.dtype)))
        self._coords_changed = Signal()

    @property
    def coords_changed(self) -> Signal:
        """Told when the shape has grown, on a thread of the stream's."""
        return self._coords_changed

    @property
    def dims(self) -> Tuple[str, ...]:
        """The names of the dimensions."""
        return tuple(dimension.name for dimension in self._settings.dimensions)

    @property
    def coords(self) -> Mapping[str, Coords]:
        """What is at each index: names, or a range."""
        frames = self._frames()
        return self._tracker.coords(frames) if self._is_dynamic else self._tracker.full_coords(self._unbounded(frames))

    @property
    def shape(self) -> Tuple[int, ...]:
        """Of the frames so far, or of all that are declared."""
        return tuple(len(coords) for coords in self.coords.values())

    @property
    def dtype(self) -> numpy.dtype[numpy.generic]:
        """That of the frames."""
        return self._dtype

    @property
    def ndim(self) -> int:
        """Dimensions, rows and columns included."""
        return len(self._settings.dimensions)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Union[Index, Tuple[Index, ...]]) -> Pixels:
        keys = list(key) if isinstance(key, tuple) else [key]
        if len(keys) > self.ndim:
            raise IndexError(f"too many indices for array: array is {self.ndim}-dimensional, but {len(keys)} were indexed")
        keys += [slice(None)] * (self.ndim - len(keys))
        return self._read([self._selected(axis, one) for axis, one in enumerate(keys)])

    def __array__(self, dtype: object = None, copy: Optional[bool] = None) -> Pixels:
        if copy is False:
            raise ValueError("reading a view makes a new array")
        values = self[()]
        return values if dtype is None else values.astype(cast(Any, dtype))

    def __repr__(self) -> str:
        return f"StreamView(shape={self.shape}, dtype={self.dtype})"

    def _unbounded(self, frames: int) -> int:
        reached = self._tracker.reached(frames)
        return reached[0] if reached else 0

    def _selected(self, axis: int, key: object) -> Union[int, range]:
        size = self.shape[axis]
        if isinstance(key, slice):
            return range(*key.indices(size))
        at = operator.index(cast(int, key))
        found = at + size if at < 0 else at
        most = size if self._is_strict or at < 0 else self._settings.dimensions[axis].count
        if found < 0 or (most is not None and found >= most):
            raise IndexError(f"index {at} is out of bounds for dimension {self.dims[axis]!r} with size {size}")
        return found

    def _read(self, selected: List[Union[int, range]]) -> Pixels:
        """Image by image; what selects them has axes of its own in the result."""
        import numpy

        values: Pixels = numpy.zeros([len(one) for one in selected if isinstance(one, range)], self._dtype)
        kept = [axis for axis, one in enumerate(selected) if isinstance(one, range)]
        chosen = [selected[axis] for axis in self._selecting]
        for places in itertools.product(*(enumerate([one] if isinstance(one, int) else one) for one in chosen)):
            image = 0
            for axis, (_, index) in zip(self._selecting, places):
                image = image * (self._settings.dimensions[axis].count or 1) + index
            place_of = {axis: place for axis, (place, _) in zip(self._selecting, places)}
            into = tuple(place_of.get(axis, slice(None)) for axis in kept)
            values[into] = self._of_image(image, selected)
        return values

    def _of_image(self, image: int, selected: List[Union[int, range]]) -> Pixels:
        """A part of an image, its axes in the order of acquisition."""
        import numpy

        values = self._filled(self._source.level(image), [selected[axis] for axis in self._stored])
        kept = [axis for axis in self._stored if isinstance(selected[axis], range)]
        back = [kept.index(axis) for axis in sorted(kept)]
        return cast(Pixels, numpy.transpose(values, back).astype(self._dtype, copy=False))

    @staticmethod
    def _filled(level: Level, selected: List[Union[int, range]]) -> Pixels:
        """What is stored of a selection, and 0 where nothing is yet."""
        import numpy

        values = numpy.zeros([len(one) for one in selected if isinstance(one, range)], level.dtype)
        key: List[Index] = []
        into: List[slice] = []
        for one, size in zip(selected, level.shape):
            if isinstance(one, int):
                if one >= size:
                    return values
                key.append(one)
                continue
            there = [place for place, at in enumerate(one) if at < size]
            if not there:
                return values
            into.append(slice(there[0], there[-1] + 1))
            key.append(_as_slice(one[there[0] : there[-1] + 1]))
        values[tuple(into)] = level[tuple(key)]
        return values


def _as_slice(selected: range) -> slice:
    # Backwards to the first element, a range stops at -1, which a slice takes for the last one.
    return slice(selected.start, None if selected.stop < 0 else selected.stop, selected.step)
