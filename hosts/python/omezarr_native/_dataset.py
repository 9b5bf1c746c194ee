"""Datasets to read: images, levels, and levels as arrays that numpy, dask, napari and matplotlib understand."""

from __future__ import annotations

import ctypes
import json
import math
import operator
import os
import weakref
from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping, Optional, Union, cast, overload

from ._info import AxisInfo, ChannelInfo, DatasetInfo, ImageInfo
from ._json import dumps, utf8
from ._levels import Level, ReadAxis
from ._library import Library, library
from ._types import JsonValue, Pixels

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Type


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
        self._images: Dict[int, ImageInfo] = {}
        self._info = cast(DatasetInfo, self._json(-1))

    @property
    def info(self) -> DatasetInfo:
        """What there is: ``kind``, ``version``, ``complete``, ``images``, ``plate``, ``missing_frames``, ``attributes``."""
        return self._info

    @property
    def kind(self) -> str:
        """``image``, ``collection``, ``plate`` or ``array``."""
        return self._info["kind"]

    @property
    def complete(self) -> Optional[bool]:
        """Whether the acquisition was finished; None when the writer does not say."""
        return self._info["complete"]

    def __len__(self) -> int:
        return len(self._info["images"])

    def __iter__(self) -> Iterator[Image]:
        return (Image(self, number) for number in range(len(self)))

    @overload
    def __getitem__(self, key: int) -> Image: ...

    @overload
    def __getitem__(self, key: str) -> Union[Image, Level]: ...

    def __getitem__(self, key: Union[int, str]) -> Union[Image, Level]:
        if not isinstance(key, str):
            return Image(self, range(len(self))[operator.index(key)])
        found = self._find(key)
        if found is None:
            paths = [image["path"] for image in self._info["images"]]
            raise KeyError(f"{key}; the images are {', '.join(paths[:20])}")
        return found

    def image(self, path: Union[int, str] = 0) -> Image:
        """An image by its number or its path; the same as ``dataset[path]``, for type checkers."""
        found = Image(self, range(len(self))[path]) if isinstance(path, int) else self._find(path)
        if not isinstance(found, Image):
            raise KeyError(path)
        return found

    def level(self, path: str = "0") -> Level:
        """A level by its path, such as ``"0"`` or ``"Pos0/0"``; the same as ``dataset[path]``, for type checkers."""
        found = self._find(path)
        if not isinstance(found, Level):
            raise KeyError(path)
        return found

    def _find(self, key: str) -> Union[Image, Level, None]:
        for number, image in enumerate(self._info["images"]):
            path = image["path"]
            if key == path and path:
                return Image(self, number)
            below = key[len(path) + 1 :] if path and key.startswith(path + "/") else key if not path else None
            if below is not None:
                for level, one in enumerate(self.image_info(number)["levels"]):
                    if one["path"] == below:
                        return Level(self, number, level)
        return None

    def frame_metadata(self, frame: int, array: Optional[str] = None) -> Dict[str, JsonValue]:
        """What is known of a frame beside its pixels; ``frame`` counts in the order of the acquisition."""
        text = self._native.text(
            lambda buffer, capacity: int(
                self._native.omz_frame_metadata(
                    self._open(), None if array is None else utf8(array, "the array"), frame, self._timeout, buffer, capacity
                )
            )
        )
        return cast("Dict[str, JsonValue]", json.loads(text))

    def refresh(self) -> bool:
        """Looks at the store anew: a dataset that is being written has grown. Whether its metadata has changed."""
        changed = ctypes.c_int32()
        self._native.check(self._native.omz_refresh(self._open(), self._timeout, ctypes.byref(changed)))
        self._info = cast(DatasetInfo, self._json(-1))
        self._images = {number: cast(ImageInfo, self._json(number)) for number in self._images if number < len(self)}
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

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<omezarr_native.Dataset: {self.kind} of {len(self)} images{'' if self._handle else ', closed'}>"

    def _open(self) -> int:
        if not self._handle:
            raise ValueError("the dataset is closed")
        return self._handle

    def _json(self, image: int) -> Mapping[str, object]:
        text = self._native.text(
            lambda buffer, capacity: int(
                self._native.omz_dataset_json(self._open(), image, self._timeout, buffer, capacity)
            )
        )
        return cast("Mapping[str, object]", json.loads(text))

    def image_info(self, number: int) -> ImageInfo:
        """What is known of one image."""
        if number not in self._images:
            self._images[number] = cast(ImageInfo, self._json(number))
        return self._images[number]

    def read_region(self, image: int, level: int, region: List[ReadAxis], into: Pixels) -> int:
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
    def info(self) -> ImageInfo:
        """``name``, ``axes``, ``levels``, ``channels`` and ``attributes``; what is not known is None."""
        return self._dataset.image_info(self._number)

    @property
    def path(self) -> str:
        """Of its group, from the root; empty for the root."""
        return self.info["path"]

    @property
    def name(self) -> Optional[str]:
        """For people."""
        return self.info["name"]

    @property
    def axes(self) -> List[AxisInfo]:
        """In the order of its arrays' dimensions."""
        return self.info["axes"]

    @property
    def channels(self) -> List[ChannelInfo]:
        """How they are shown."""
        return self.info["channels"]

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


def milliseconds_of(timeout: Optional[float]) -> int:
    """A time-out in seconds as the library takes it: None, and what is too long for it, waits for ever."""
    if timeout is None or timeout >= 2**31 / 1000:
        return -1
    if math.isnan(timeout):
        raise ValueError("timeout must be a number of seconds, or None")
    return max(0, round(1000 * timeout))
