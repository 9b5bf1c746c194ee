"""Datasets to read: images, levels, and levels as arrays that numpy, dask, napari and matplotlib understand."""

from __future__ import annotations

import ctypes
import json
import math
import operator
import os
import weakref
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union, cast

from ._json import dumps, utf8
from ._library import Library, library

if TYPE_CHECKING:
    import numpy

#: What ``array[...]`` takes: integers, slices and an ellipsis, or a tuple of them.
Key = Any


def open(path: Union[str, "os.PathLike[str]"], *, timeout: Optional[float] = None) -> Dataset:
    """Opens a dataset of any writer, also one that is being written, or a Zarr v3 array by itself.

    ``timeout`` is in seconds, here and in the dataset's calls; None waits for ever.
    """
    native = library()
    handle = ctypes.c_uint64()
    native.check(native.omz_open(utf8(os.fspath(path), "the path"), milliseconds_of(timeout), ctypes.byref(handle)))
    return Dataset(native, handle.value, timeout)


def set_metadata(
    path: Union[str, "os.PathLike[str]"],
    namespace: str,
    metadata: object,
    *,
    group: str = "",
    timeout: Optional[float] = None,
) -> None:
    """Stores a value in the attributes of a dataset that no stream is writing, or of one of its groups, such as ``A/1/0``.

    The value and its name are as for :meth:`Stream.set_metadata`. Raises :class:`AlreadyExistsError` while a stream writes the
    dataset, :class:`NotFoundError` when there is none, or no such group.
    """
    native = library()
    names = (utf8(os.fspath(path), "the path"), utf8(group, "the group"), utf8(namespace, "the namespace"))
    native.check(native.omz_set_dataset_metadata(*names, utf8(dumps(metadata), "metadata"), milliseconds_of(timeout)))


class Dataset:
    """An open dataset. Use it in a ``with`` block, or :meth:`close` it; any thread may read from it.

    ``dataset["0"]`` is a level of the only image, ``dataset["Pos0"]`` an image of a collection, ``dataset["Pos0/0"]`` its
    level, ``dataset[2]`` the image of a number. Metadata is as of the opening or the last :meth:`refresh`.
    """

    def __init__(self, native: Library, handle: int, timeout: Optional[float]) -> None:
        self._native = native
        self._handle = handle
        self._timeout = milliseconds_of(timeout)
        self._finalizer = weakref.finalize(self, native.omz_close, handle)
        self._images: Dict[int, Dict[str, Any]] = {}
        self._info = self._json(-1)

    @property
    def info(self) -> Dict[str, Any]:
        """What there is: ``kind``, ``version``, ``complete``, ``images``, ``plate``, ``missing_frames``, ``attributes``."""
        return self._info

    @property
    def kind(self) -> str:
        """``image``, ``collection``, ``plate`` or ``array``."""
        return str(self._info["kind"])

    @property
    def complete(self) -> Optional[bool]:
        """Whether the acquisition was finished; None when the writer does not say."""
        return self._info["complete"]  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self._info["images"])

    def __iter__(self) -> Iterator[Image]:
        return (Image(self, number) for number in range(len(self)))

    def __getitem__(self, key: Union[int, str]) -> Any:
        if not isinstance(key, str):
            return Image(self, range(len(self))[operator.index(key)])
        paths = [image["path"] for image in self._info["images"]]
        for number, path in enumerate(paths):
            if key == path and path:
                return Image(self, number)
            below = key[len(path) + 1 :] if path and key.startswith(path + "/") else key if not path else None
            if below is not None:
                for level, one in enumerate(self.image_info(number)["levels"]):
                    if one["path"] == below:
                        return Level(self, number, level)
        raise KeyError(f"{key}; the images are {', '.join(paths[:20])}")

    def frame_metadata(self, frame: int, array: Optional[str] = None) -> Dict[str, Any]:
        """What is known of a frame beside its pixels; ``frame`` counts in the order of the acquisition."""
        text = self._native.text(
            lambda buffer, capacity: int(
                self._native.omz_frame_metadata(
                    self._open(), None if array is None else utf8(array, "the array"), frame, self._timeout, buffer, capacity
                )
            )
        )
        return json.loads(text)  # type: ignore[no-any-return]

    def refresh(self) -> bool:
        """Looks at the store anew: a dataset that is being written has grown. Whether its metadata has changed."""
        changed = ctypes.c_int32()
        self._native.check(self._native.omz_refresh(self._open(), self._timeout, ctypes.byref(changed)))
        self._info = self._json(-1)
        self._images = {number: self._json(number) for number in self._images if number < len(self)}
        return bool(changed.value)

    def close(self) -> None:
        """Closes it; a second time does nothing."""
        if self._handle:
            self._handle = 0
            handle = self._finalizer.detach()
            if handle is not None:
                self._native.check(self._native.omz_close(*handle[2]))

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<omezarr_native.Dataset: {self.kind} of {len(self)} images{'' if self._handle else ', closed'}>"

    def _open(self) -> int:
        if not self._handle:
            raise ValueError("the dataset is closed")
        return self._handle

    def _json(self, image: int) -> Dict[str, Any]:
        text = self._native.text(
            lambda buffer, capacity: int(
                self._native.omz_dataset_json(self._open(), image, self._timeout, buffer, capacity)
            )
        )
        return json.loads(text)  # type: ignore[no-any-return]

    def image_info(self, number: int) -> Dict[str, Any]:
        """What is known of one image."""
        if number not in self._images:
            self._images[number] = self._json(number)
        return self._images[number]

    def read_region(self, image: int, level: int, region: List[_Axis], into: numpy.ndarray[Any, Any]) -> int:
        """Fills an array, and tells how many chunks are missing."""
        axes = len(region)
        numbers = ctypes.c_int64 * axes
        missing = ctypes.c_uint64()
        self._native.check(
            self._native.omz_read_region(
                self._open(),
                image,
                level,
                axes,
                numbers(*(axis.start for axis in region)),
                numbers(*(axis.count for axis in region)),
                numbers(*(axis.step for axis in region)),
                into.ctypes.data,
                into.nbytes,
                None,
                self._timeout,
                ctypes.byref(missing),
            )
        )
        return missing.value


class Image:
    """An image of a dataset: its levels, full resolution first, by number or path."""

    def __init__(self, dataset: Dataset, number: int) -> None:
        self._dataset = dataset
        self._number = number

    @property
    def info(self) -> Dict[str, Any]:
        """``name``, ``axes``, ``levels``, ``channels`` and ``attributes``; what is not known is None."""
        return self._dataset.image_info(self._number)

    @property
    def path(self) -> str:
        return str(self.info["path"])

    @property
    def name(self) -> Optional[str]:
        return self.info["name"]  # type: ignore[no-any-return]

    @property
    def axes(self) -> List[Dict[str, Any]]:
        return self.info["axes"]  # type: ignore[no-any-return]

    @property
    def channels(self) -> List[Dict[str, Any]]:
        return self.info["channels"]  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self.info["levels"])

    def __iter__(self) -> Iterator[Level]:
        return (Level(self._dataset, self._number, level) for level in range(len(self)))

    def __getitem__(self, key: Union[int, str]) -> Level:
        if isinstance(key, str):
            for number, level in enumerate(self.info["levels"]):
                if level["path"] == key:
                    return Level(self._dataset, self._number, number)
            raise KeyError(key)
        return Level(self._dataset, self._number, range(len(self))[operator.index(key)])

    def __repr__(self) -> str:
        return f"<omezarr_native.Image {self.path!r}: {len(self)} levels, {self[0].shape} {self[0].dtype}>"


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
    def info(self) -> Dict[str, Any]:
        """``path``, ``shape``, ``data_type``, ``chunk_shape``, ``shard_shape``, ``codecs``, ``scale``, ``translation``."""
        return self._dataset.image_info(self._image)["levels"][self._level]  # type: ignore[no-any-return]

    @property
    def shape(self) -> Tuple[int, ...]:
        return tuple(self.info["shape"])

    @property
    def dtype(self) -> numpy.dtype[Any]:
        import numpy

        return numpy.dtype(self.info["data_type"])

    @property
    def ndim(self) -> int:
        return len(self.info["shape"])

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * int(self.info["element_bytes"])

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

    def __getitem__(self, key: Key) -> Any:
        return self.read(key)[0]

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> numpy.ndarray[Any, Any]:
        if copy is False:
            raise ValueError("reading a level makes a new array")
        values = self.read(...)[0]
        return values if dtype is None else values.astype(dtype, copy=False)  # type: ignore[no-any-return]

    def read(self, key: Key = ...) -> Tuple[Any, int]:
        """What ``level[key]`` gives, and how many chunks of it are not stored and read as the fill value."""
        import numpy

        axes = _axes(key, self.shape)
        values = numpy.empty([axis.count for axis in axes], self.dtype)
        missing = 0
        if values.size:
            missing = self._dataset.read_region(self._image, self._level, axes, values)
        # Backwards is forwards, seen from the other end; an integer has no axis.
        return values[tuple(axis.view for axis in axes)], missing

    def __repr__(self) -> str:
        return f"<omezarr_native.Level {self.info['path']!r}: {self.shape} {self.info['data_type']}>"


class _Axis:
    """What is read along an axis, always forwards, and how the result is seen."""

    def __init__(self, key: Any, length: int, axis: int) -> None:
        self.view: Any
        if isinstance(key, slice):
            selected = range(*key.indices(length))
            self.view = slice(None, None, -1 if selected.step < 0 else 1)
            if selected.step < 0:
                selected = selected[::-1]
            self.start, self.count, self.step = (selected.start, len(selected), selected.step) if selected else (0, 0, 1)
            return
        index = operator.index(key)
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
        self.start, self.count, self.step, self.view = index % length, 1, 1, 0


def _axes(key: Key, shape: Sequence[int]) -> List[_Axis]:
    keys: List[Any] = list(cast(Any, key)) if isinstance(key, tuple) else [key]
    ellipses = sum(one is Ellipsis for one in keys)
    if ellipses > 1 or len(keys) - ellipses > len(shape):
        raise IndexError(f"{len(keys)} indices are too many for {len(shape)} axes")
    everything = [slice(None)] * (len(shape) - len(keys) + ellipses)
    if ellipses:
        at = next(i for i, one in enumerate(keys) if one is Ellipsis)
        keys[at : at + 1] = everything
    else:
        keys += everything
    return [_Axis(one, length, axis) for axis, (one, length) in enumerate(zip(keys, shape))]


def milliseconds_of(timeout: Optional[float]) -> int:
    """A time-out in seconds as the library takes it: None, and what is too long for it, waits for ever."""
    if timeout is None or timeout >= 2**31 / 1000:
        return -1
    if math.isnan(timeout):
        raise ValueError("timeout must be a number of seconds, or None")
    return max(0, round(1000 * timeout))
