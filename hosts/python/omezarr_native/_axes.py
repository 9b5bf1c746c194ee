"""Frames by named axes, of which only the lengths are known beforehand: what several acquisition engines hand over."""

from __future__ import annotations

import os
import threading
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union, cast

from ._coordinates import Index
from ._json import plain_metadata
from ._stream import Stream
from ._types import Frame, Pixels
from .ome_writers import AcquisitionSettings, StreamView
from .ome_writers._stream import image_paths
from .ome_writers._view import Source

#: The lengths of axes, slowest first: a count, the names of what is there, or None for an axis without a bound.
Axes = Mapping[str, Union[int, Sequence[str], None]]

#: Where a frame is: an index or a name along each axis.
Coordinates = Mapping[str, Union[int, str]]

#: Axes of engines by the names that readers of OME-Zarr know.
_NAMES = {"time": ("t", "time"), "channel": ("c", "channel"), "z": ("z", "space"), "position": ("p", "position")}

#: Metadata of so many frames are kept in memory at most, before they are looked up where they are stored.
_MOST_KEPT = 4096


class AxesDataset:
    """A dataset that is made when its first frame comes, and read while frames come."""

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        axes: Axes,
        settings: Optional[Mapping[str, object]],
        overwrite: bool,
    ) -> None:
        self._document: Dict[str, object] = {**(settings or {}), "root_path": os.fspath(path), "overwrite": overwrite}
        self._axes = dict(axes)
        self._dimensions = [_dimension(name, length) for name, length in axes.items()]
        self._lock = threading.Lock()
        self._stream: Optional[Stream] = None
        self._view: Optional[StreamView] = None
        self._stored: Dict[int, bool] = {}
        self._recent: Dict[int, Dict[str, object]] = {}

    @property
    def stream(self) -> Optional[Stream]:
        """The stream, once the first frame has come."""
        return self._stream

    def put(self, coordinates: Coordinates, frame: Frame, metadata: Optional[Mapping[str, object]]) -> None:
        """Stores a frame. It can be read at once."""
        with self._lock:
            stream = self._stream or self._create(frame)
            number = stream.number_of(self._index(coordinates))
            described = plain_metadata(metadata or {})
            stream.append(frame, index=number, frame_metadata=described)
            self._stored[number] = True
            if len(self._recent) >= _MOST_KEPT:
                stream.flush()
                self._recent.clear()
            self._recent[number] = described

    def has(self, coordinates: Coordinates) -> bool:
        """Whether a frame has come."""
        try:
            return self._stream is not None and self._stream.number_of(self._index(coordinates)) in self._stored
        except (IndexError, TypeError, ValueError):
            return False

    def pixels(self, coordinates: Coordinates) -> Pixels:
        """A frame. Raises KeyError for one that has not come."""
        number = self._number(coordinates)
        if self._view is None:
            raise KeyError(coordinates)
        index = self._index_of_number(number)
        return self._view[tuple(index)]

    def metadata(self, coordinates: Coordinates) -> Dict[str, object]:
        """What came with a frame. Raises KeyError for one that has not come."""
        number = self._number(coordinates)
        recent = self._recent.get(number)
        if recent is not None:
            return dict(recent)
        from ._dataset import open as open_dataset

        with open_dataset(cast(Stream, self._stream).path) as dataset:
            found: Dict[str, object] = dict(dataset.frame_metadata(number))
        return {name: value for name, value in found.items() if name not in ("image", "storage_index")}

    def close(self) -> None:
        """Stores everything. It can still be read."""
        with self._lock:
            if self._stream is not None and not self._stream.closed:
                self._stream.close()
                self._recent.clear()

    def _number(self, coordinates: Coordinates) -> int:
        if not self.has(coordinates):
            raise KeyError(dict(coordinates))
        return cast(Stream, self._stream).number_of(self._index(coordinates))

    def _index(self, coordinates: Coordinates) -> Index:
        unknown = [name for name in coordinates if name not in self._axes]
        if unknown:
            raise ValueError(f"frames are not counted along {', '.join(map(repr, unknown))}; axes are {', '.join(self._axes)}")
        return {_NAMES.get(name, (name, ""))[0]: at for name, at in coordinates.items()}

    def _index_of_number(self, number: int) -> List[int]:
        found: List[int] = []
        for dimension in reversed(self._dimensions):
            count = cast("Optional[int]", dimension["count"])
            number, at = (0, number) if count is None else divmod(number, count)
            found.append(at)
        return found[::-1]

    def _create(self, frame: Frame) -> Stream:
        array: Any = frame
        shape = cast("Tuple[int, ...]", tuple(array.shape))
        if len(shape) != 2:
            raise ValueError(f"a frame has rows and columns, not the shape {shape}")
        rows: List[Dict[str, object]] = [{"name": name, "type": "space", "count": size} for name, size in zip("yx", shape)]
        dimensions = [*self._dimensions, *rows]
        dtype = str(array.dtype)
        self._stream = Stream({**self._document, "dimensions": dimensions, "dtype": dtype})
        settings = AcquisitionSettings.model_validate({"dimensions": dimensions, "dtype": dtype})
        source = Source(self._stream, image_paths(self._stream))
        self._view = StreamView(settings, source, lambda: 1 + max(self._stored, default=-1), False, False)
        return self._stream


def _dimension(name: str, length: Union[int, Sequence[str], None]) -> Dict[str, object]:
    short, kind = _NAMES.get(name, (name, "other"))
    coords = list(length) if isinstance(length, Sequence) else None
    count = len(coords) if coords is not None else length
    return {"name": short, "type": kind, "count": count, "coords": coords}
