"""The stream as ome-writers has it."""

from __future__ import annotations

import copy
import logging
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Tuple, Type, cast

from .._json import dumps, plain_metadata
from .._stream import Stream
from ._compat import CompatDocuments, native_settings
from ._documents import Attributes, Documents
from ._settings import STORED_AS, AcquisitionSettings, OmeZarrFormat
from ._tracker import CoordUpdate, Tracker
from ._view import Source, StreamView

if TYPE_CHECKING:
    from .._types import Frame

_EVENTS = ("coords_expanded", "coords_changed")
_RESERVED = ("ome", "ome_writers", "omezarr_native", "zarr")
_logger = logging.getLogger("omezarr_native")

#: What is called with each frame, or with those beyond all earlier ones.
Callback = Callable[[CoordUpdate], object]


def create_stream(
    settings: AcquisitionSettings,
    *,
    compat: Optional[str] = None,
    native: Optional[Mapping[str, object]] = None,
) -> OMEStream:
    """Creates the dataset and returns the stream that fills it.

    Parameters
    ----------
    settings
        They may be changed afterwards; the stream has a copy.
    compat
        ``"ome-writers"`` writes the same documents as ome-writers once the stream is closed; None writes this package's own.
    native
        Further members of the settings document of this package, such as ``{"layout": "auto", "pyramid": {}}``.

    Raises
    ------
    ValueError
        Something is missing, or wrong. Nothing was made.
    NotImplementedError
        OME-TIFF or scratch arrays are asked for.
    FileExistsError
        There is a dataset, and ``overwrite`` is False.
    """
    settings.validate_stream_ready()
    settings = settings.model_copy(deep=True)
    if compat not in (None, "ome-writers"):
        raise ValueError(f"compat must be 'ome-writers' or None, not {compat!r}")
    if not settings.root_path:
        raise ValueError("root_path is required for ome-zarr format.")
    return OMEStream(settings, native_document(settings, compat is not None, native or {}), compat is not None)


def native_document(settings: AcquisitionSettings, is_compatible: bool, native: Mapping[str, object]) -> Dict[str, object]:
    """The settings document of this package."""
    document = settings.model_dump(mode="json")
    document["dtype"] = STORED_AS.get(str(settings.dtype), settings.dtype)
    document["format"] = {"name": "ome-zarr", "suffix": cast(OmeZarrFormat, settings.format).suffix}
    for dimension in cast("List[Dict[str, object]]", document["dimensions"]):
        # 0 is no distance: ome-writers takes it, and means that nothing is known.
        dimension["scale"] = dimension["scale"] or None
    if is_compatible:
        document.update(native_settings())
    if settings.plate is not None:
        plate = settings.plate.model_dump()
        plate["field_paths"] = "names"
        document["plate"] = plate
        # ome-writers takes any name, and OME-Zarr 0.5 allows letters and digits in a well.
        names = [position.name for position in settings.positions]
        if len(set(names)) < len(names) or not all(name.isascii() and name.isalnum() for name in names):
            document["allow_nonconforming"] = True
    document.update(native)
    return document


class _NativeStream(Stream):
    #: What is warned of when it is forgotten.
    _called = "OMEStream"


class OMEStream:
    """A stream of frames in the order of acquisition. Use it in a ``with`` block, or :meth:`close` it."""

    def __init__(self, settings: AcquisitionSettings, document: Mapping[str, object], is_compatible: bool) -> None:
        self._settings = settings
        self._tracker = Tracker(settings)
        self._stream: Stream = _NativeStream(document, casting="safe")
        plan = cast("Mapping[str, Mapping[str, object]]", self._stream.settings)
        self._documents = Documents(self._stream.path, plan["durability"]["fsync"] != "never")
        self._images: List[str] = image_paths(self._stream)
        self._compat = CompatDocuments(settings, self._images, self._documents) if is_compatible else None
        self._updates: Dict[str, Attributes] = {}
        self._source: Optional[Source] = None
        self._frames = 0
        self._total = settings.num_frames
        self._callbacks: List[Tuple[str, Callback]] = []
        self._executor: Optional[ThreadPoolExecutor] = None

    @property
    def settings(self) -> AcquisitionSettings:
        """A copy of the settings."""
        return self._settings.model_copy(deep=True)

    @property
    def native(self) -> Stream:
        """The stream of this package, with all that it can beside this: statistics, flush, lent frames."""
        return self._stream

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._stream.closed

    def append(self, frame: Frame, *, frame_metadata: Optional[Mapping[str, object]] = None) -> None:
        """Writes the next frame in the order of acquisition.

        Parameters
        ----------
        frame
            An array of the dtype, ``(rows, columns)``.
        frame_metadata
            ``delta_t``, ``exposure_time`` (s), ``position_x``, ``position_y``, ``position_z`` (µm), and whatever else is JSON.
            What is not, such as NaN, is stored as null; it never costs the frame.

        Raises
        ------
        IndexError
            There are no more frames in the settings.
        TypeError, ValueError
            The frame is of another type or shape; it was not taken.
        """
        self._check_room("append frame", 1)
        self._stream.append(self._stored(frame), frame_metadata=frame_metadata)
        if self._compat is not None and frame_metadata is not None:
            self._remember(frame_metadata)
        self._advance(1)

    def skip(self, *, frames: int = 1) -> None:
        """Leaves out the next frames; they read as 0.

        Raises
        ------
        ValueError
            Less than one frame.
        IndexError
            There are not as many; none was skipped.
        """
        if frames <= 0:
            raise ValueError(f"frames must be positive, got {frames}")
        self._check_room("skip frames", frames)
        self._stream.skip(frames=frames)
        self._advance(frames)

    def view(self, *, dynamic_shape: bool = True, strict: bool = False) -> StreamView:
        """All frames as one array in the order of acquisition. Needs numpy.

        Parameters
        ----------
        dynamic_shape
            Whether the shape is that of the frames so far; else it is that of the settings.
        strict
            Whether an index beyond the frames so far is an IndexError; else it reads as 0.
        """
        if self._source is None:
            self._source = Source(self._stream, self._images)
        view = StreamView(self._settings, self._source, lambda: self._frames, dynamic_shape, strict)
        if dynamic_shape and not self.closed:
            self.on("coords_expanded", lambda update: view.coords_changed.emit())
        return view

    def on(self, event: str, callback: Callback) -> None:
        """Calls a function with a :class:`CoordUpdate`, on a thread of its own, in the order of the frames.

        Parameters
        ----------
        event
            ``"coords_changed"``: each frame, and each skip. ``"coords_expanded"``: those beyond all earlier ones along some
            dimension.
        callback
            What it raises is logged.
        """
        if event not in _EVENTS:
            raise ValueError(f"Unknown event: {event!r}; there are {', '.join(_EVENTS)}")
        self._callbacks.append((event, callback))

    def get_metadata(self) -> Dict[str, Attributes]:
        """The attributes of each image, by the path of its group (``"."``: the root), without those of its frames."""
        found: Dict[str, Attributes] = {}
        for path in self._images:
            attributes = self._updates.get(path)
            if attributes is None and self._compat is not None and not self.closed:
                attributes = {**self._compat.image_attributes(), **(self._compat.global_metadata if path == "." else {})}
            found[path] = copy.deepcopy(self._documents.attributes(path) if attributes is None else attributes)
            found[path].pop("ome_writers", None)
        return found

    def update_metadata(self, metadata: Mapping[str, Mapping[str, object]]) -> None:
        """Replaces the attributes of images; those of their frames stay. While the stream is open, they are stored at its end.

        Raises
        ------
        KeyError
            There is no image of a path; nothing was changed.
        """
        unknown = [path for path in metadata if path not in self._images]
        if unknown:
            raise KeyError(f"Unknown path: {', '.join(unknown)}")
        for path, attributes in metadata.items():
            dumps(attributes)  # refused now, not when the stream is closed
            self._updates[path] = copy.deepcopy(dict(attributes))
        if self.closed:
            for path in metadata:
                self._documents.replace_attributes(path, self._updates[path])

    def set_global_metadata(self, namespace: str, metadata: Mapping[str, object]) -> None:
        """Stores metadata of the acquisition in the root's attributes, and replaces what the name held. Also after the end.

        Raises
        ------
        ValueError
            The name is empty or reserved, or something is no JSON.
        """
        if not isinstance(namespace, str) or not namespace:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError("namespace must be a non-empty string")
        if namespace in _RESERVED:
            raise ValueError(f"namespace {namespace!r} is reserved")
        if not isinstance(metadata, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - of hosts without a checker
            raise ValueError(f"metadata must be a mapping, not {metadata!r}")
        value = plain_metadata(metadata)
        if not self.closed:
            self._stream.set_metadata(namespace, value)
        else:
            self._documents.replace_attributes(".", {**self._documents.attributes("."), namespace: value})
        if self._compat is not None:
            self._compat.global_metadata[namespace] = value
        if "." in self._updates:
            self._updates["."][namespace] = value

    def close(self) -> None:
        """Stores everything and completes the metadata. A second time it does nothing."""
        if self.closed:
            return
        try:
            self._stream.close()
        finally:
            self._finish()

    def __enter__(self) -> OMEStream:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self.closed:
            return
        try:
            self._stream.__exit__(kind, error, trace)
        finally:
            self._finish()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<omezarr_native.ome_writers.OMEStream {self._stream.path!r}, {state}, {self._frames} frames>"

    def _finish(self) -> None:
        """What the library does not do: once it is done, and not while it still is closing."""
        if not self.closed:
            return
        if self._executor is not None:
            self._executor.shutdown(wait=False)
        if self._compat is not None:
            self._compat.write(self._updates)
            return
        for path, attributes in self._updates.items():
            self._documents.replace_attributes(path, attributes)

    def _stored(self, frame: Frame) -> Frame:
        """The frame in the type that is stored, of those that OME-Zarr has no name for here."""
        dtype = str(self._settings.dtype)
        if dtype not in STORED_AS:
            return frame
        import numpy

        values: Any = numpy.asarray(cast(Any, frame))
        if values.dtype != numpy.dtype(dtype):
            raise TypeError(f"the frame's dtype is {values.dtype}, the stream's is {dtype}")
        return cast("Frame", values.astype(STORED_AS[dtype]))

    def _check_room(self, what: str, frames: int) -> None:
        if self._total is not None and self._frames + frames > self._total:
            tried = f" (tried {frames})" if frames > 1 else ""
            raise IndexError(
                f"Cannot {what}: would exceed total of {self._total} frames{tried}. An acquisition without a bound has None as "
                f"the count of its first dimension."
            )

    def _remember(self, metadata: Mapping[str, object]) -> None:
        if self._compat is None:
            return
        indices = self._tracker.indices(self._frames)
        at = self._settings.position_dimension_index
        image = 0 if at is None else indices[at]
        within = [index for axis, index in enumerate(indices) if axis != at]
        order = self._settings.storage_index_permutation or range(len(within))
        entry = plain_metadata(metadata)
        entry["storage_index"] = [within[axis] for axis in order]
        self._compat.frame_metadata[self._images[image]].append(entry)

    def _advance(self, frames: int) -> None:
        before = self._frames
        self._frames += frames
        if not self._callbacks:
            return
        update = self._tracker.update(before, self._frames)
        for event, callback in list(self._callbacks):
            if event == "coords_changed" or update.is_high_water_mark:
                if self._executor is None:
                    self._executor = ThreadPoolExecutor(1, thread_name_prefix="ome-stream-events")
                self._executor.submit(_call, callback, update)


def image_paths(stream: Stream) -> List[str]:
    """The groups of the images in the order of the positions; ``"."`` is the root."""
    arrays = cast("List[Mapping[str, str]]", stream.layout["arrays"])
    found: List[str] = []
    for array in arrays:
        path = array["path"].rpartition("/")[0] or "."
        if path not in found:
            found.append(path)
    return found


def _call(callback: Callback, update: CoordUpdate) -> None:
    try:
        callback(update)
    except Exception:
        _logger.exception("a callback failed at frame %d", update.frame_number)
