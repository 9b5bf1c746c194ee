"""Writes the frames of one run: what the handler and the sink have in common."""

from __future__ import annotations

import logging
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Tuple, Union, cast

from .._json import dumps, plain_metadata
from .._stream import Stream
from .._useq._values import elements, members
from ..ome_writers import AcquisitionSettings, StreamView
from ..ome_writers._stream import image_paths
from ..ome_writers._view import Source
from ._metadata import frame_metadata_from_v1, index_of_event, summary_metadata
from ._settings import SequenceSettings, settings_from_useq

if TYPE_CHECKING:
    from .._types import Frame

#: Shape and type of a frame.
Kind = Tuple[Tuple[int, ...], str]

#: Bytes of summary metadata that images of a dataset may have all together; beyond, only the root has it.
_SUMMARY_BYTES = 4 * 2**20

_NAMESPACE = "pymmcore_plus"
_logger = logging.getLogger("omezarr_native")


class Recorder:
    """A dataset for each kind of frame that comes in a run: usually one."""

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        settings: Optional[Mapping[str, object]],
        overwrite: bool,
        dimension_overrides: Optional[Mapping[str, Mapping[str, object]]],
        on_shape_change: str,
    ) -> None:
        if on_shape_change not in ("new", "error"):
            raise ValueError(f"on_shape_change must be 'new' or 'error', not {on_shape_change!r}")
        self._path = os.fspath(path)
        self._given = dict(settings or {})
        self._overwrite = overwrite
        self._overrides = dimension_overrides
        self._on_shape_change = on_shape_change
        self._lock = threading.Lock()
        self._clear(None, None)

    @property
    def paths(self) -> List[str]:
        """The datasets of the run, in the order in which their first frames came."""
        return [stream.path for stream in self._streams.values()]

    @property
    def streams(self) -> List[Stream]:
        """The same as streams."""
        return list(self._streams.values())

    def begin(self, sequence: object, meta: Optional[Mapping[str, object]]) -> None:
        """Makes the dataset, where it is known what frames will look like."""
        self._clear(sequence, meta)
        infos = [members(info) for info in elements((meta or {}).get("image_infos"))]
        if infos:
            shape = tuple(int(cast(int, size)) for size in elements(infos[0].get("plane_shape")))
            self._stream_of((shape, str(infos[0].get("dtype"))))

    def append(self, img: object, event: object, meta: Optional[Mapping[str, object]]) -> None:
        """Stores a frame where the index of its event says."""
        kind = kind_of(img)
        stream, settings = self._stream_of(kind)
        index = settings.index_of(index_of_event(event))
        number = self._reached.get(kind, 0) if index is None else stream.number_of(index)
        if settings.is_counted:
            # Whatever iterates over events may number them as it likes: no frame is in the place of another.
            number = max(number, self._reached.get(kind, 0))
        stream.append(cast("Frame", img), index=number, frame_metadata=frame_metadata_from_v1(meta or {}))
        self._reached[kind] = max(number + 1, self._reached.get(kind, 0))
        if kind not in self._used:
            self._used.append(kind)

    def skip(self, frames: int) -> None:
        """Frames that will not come. Others find their places by themselves, unless they can only be counted."""
        for kind in (self._used or list(self._streams))[-1:]:
            if self._settings[kind].is_counted:
                self._reached[kind] = self._reached.get(kind, 0) + frames

    def end(self, reason: Optional[str] = None) -> None:
        """Closes all datasets, also after an error of one, which is raised at the end."""
        errors: List[Exception] = []
        for stream in self.streams:
            try:
                if reason is not None and not stream.closed:
                    stream.set_end_reason(reason[:300])
                stream.close()
            except Exception as error:  # the others are closed all the same
                errors.append(error)
        if errors:
            raise errors[0]

    def view(self) -> Optional[StreamView]:
        """The frames of the latest kind as one array, or None where there is none."""
        kinds = self._used or list(self._streams)
        if not kinds:
            return None
        kind = kinds[-1]
        stream, settings = self._streams[kind], self._settings[kind]
        dimensions = [dict(members(one)) for one in elements(settings["dimensions"])]
        shown = AcquisitionSettings.model_validate(
            {"root_path": stream.path, "dtype": settings["dtype"], "dimensions": [_shown(one) for one in dimensions]}
        )
        planes = kind[0][2] if len(kind[0]) > 2 else 1
        return StreamView(shown, Source(stream, image_paths(stream)), lambda: planes * self._reached.get(kind, 0), True, False)

    def _clear(self, sequence: object, meta: Optional[Mapping[str, object]]) -> None:
        self._sequence = sequence
        self._meta = dict(meta or {})
        self._streams: Dict[Kind, Stream] = {}
        self._settings: Dict[Kind, SequenceSettings] = {}
        self._used: List[Kind] = []
        #: One more than the highest number of a frame.
        self._reached: Dict[Kind, int] = {}

    def _stream_of(self, kind: Kind) -> Tuple[Stream, SequenceSettings]:
        with self._lock:
            if kind not in self._streams:
                self._create(kind)
            return self._streams[kind], self._settings[kind]

    def _create(self, kind: Kind) -> None:
        settings = settings_from_useq(
            self._sequence, self._meta, self._overrides, shape=kind[0], dtype=kind[1]
        )
        path, overwrite = self._path, self._overwrite
        if self._streams and not self._used:
            # The camera gives something else than it said: nothing is in the dataset yet.
            for stream in self._streams.values():
                stream.abort()
            self._streams.clear()
            overwrite = True
        elif self._streams:
            if self._on_shape_change == "error":
                raise ValueError(f"the frames were {_told(self._used[0])}, and now are {_told(kind)}")
            path = numbered(path, len(self._streams))
            _logger.warning("frames are now %s: they go to %s", _told(kind), path)
        document: Dict[str, object] = dict(settings)
        document.update(self._given)
        document.update(root_path=path, overwrite=overwrite)
        stream = Stream(document)
        self._settings[kind] = settings
        self._streams[kind] = stream
        if self._meta:
            self._tell_summary(stream)

    def _tell_summary(self, stream: Stream) -> None:
        """At the root, and with each image, which may be opened by itself."""
        summary = {"summary_metadata": plain_metadata(summary_metadata(self._meta))}
        stream.set_metadata(_NAMESPACE, summary)
        images = image_paths(stream)
        if images == ["."] or len(images) * len(dumps(summary)) > _SUMMARY_BYTES:
            return
        for path in images:
            stream.set_image_metadata(path, _NAMESPACE, summary)


def kind_of(img: object) -> Kind:
    """Shape and type of an array."""
    shape: object = getattr(img, "shape", None)
    dtype: object = getattr(img, "dtype", None)
    if not isinstance(shape, tuple) or dtype is None:
        raise TypeError(f"a frame is an array, not {type(img).__name__}")
    return tuple(int(size) for size in cast("Tuple[int, ...]", shape)), str(getattr(dtype, "name", dtype))


def numbered(path: str, number: int) -> str:
    """``cells.ome.zarr`` as ``cells_1.ome.zarr``."""
    where = Path(path)
    found = re.fullmatch(r"(.*?)((?:\.ome)?\.zarr)?", where.name, re.IGNORECASE)
    stem, suffix = (found[1], found[2] or "") if found else (where.name, "")
    return str(where.with_name(f"{stem}_{number}{suffix}"))


def _shown(dimension: Dict[str, object]) -> Dict[str, object]:
    """For the view, in which 0 is no scale, and names of positions may be equal."""
    known = ("name", "count", "type", "coords")
    return {name: value for name, value in dimension.items() if name in known}


def _told(kind: Kind) -> str:
    return f"{' x '.join(map(str, kind[0]))} {kind[1]}"
