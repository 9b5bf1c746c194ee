"""A stream of frames into one OME-Zarr."""

from __future__ import annotations

import ctypes
import json
import traceback
import warnings
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type, Union, cast

from ._buffers import PixelBuffer
from ._dataset import Dataset
from ._errors import FRAME_DROPPED, OK, FinalizedError, FrameSizeError, TimedOutError
from ._library import Library, library
from ._settings import FrameShape, Settings, dumps, to_json
from ._stats import Stats
from ._structs import FRAME_HAS, RawFrame, RawStats

if TYPE_CHECKING:
    import array
    import mmap

    import numpy

    #: Anything with the buffer protocol.
    Frame = Union[
        "numpy.ndarray[Any, Any]", bytes, bytearray, memoryview, "array.array[Any]", mmap.mmap, "ctypes.Array[Any]"
    ]

# Short enough that Ctrl-C gets through while a stream is closed, long enough to cost nothing.
_POLL_MS = 200

# OMZ_END_REASON_MAX_BYTES.
_REASON_BYTES = 1024


def create_stream(settings: Settings) -> Stream:
    """Creates the dataset and returns the stream that fills it. Raises :class:`SettingsError` with all problems."""
    return Stream(settings)


def validate_settings(settings: Settings) -> None:
    """Raises :class:`SettingsError` or :class:`NotSupportedError`, with every problem, and touches no disk."""
    native = library()
    native.check(native.omz_validate_settings(to_json(settings).encode()))


def describe_layout(settings: Settings) -> Dict[str, Any]:
    """The resolved plan: all defaults filled in, and shape, chunks, shards, codecs of each array."""
    native = library()
    document = to_json(settings).encode()
    text = native.text(lambda buffer, capacity: int(native.omz_describe_layout(document, buffer, capacity)))
    plan: Dict[str, Any] = json.loads(text)
    return plan


def estimate_memory(settings: Settings) -> int:
    """The most memory in bytes that a stream of these settings will use."""
    native = library()
    size = ctypes.c_uint64()
    native.check(native.omz_estimate_memory(to_json(settings).encode(), ctypes.byref(size)))
    return size.value


def version() -> str:
    """The library's version."""
    return str(library().omz_version().decode())


class Stream:
    """One acquisition. Use it in a ``with`` block, or :meth:`close` it: late errors, such as a full disk, come then.

    One thread appends at a time, unless ``pipeline.producers`` is greater than 1 (then each frame has its ``index``).
    Everything else may come from any thread. With ``arrays`` in the settings, frames go to one of them by its key:
    ``stream["left"].append(frame)`` or ``stream.append(frame, key="left")``, and each array may have a thread of its own.
    """

    def __init__(self, settings: Settings) -> None:
        native = library()
        document = to_json(settings)
        handle = ctypes.c_uint64()
        native.check(native.omz_create(document.encode(), ctypes.byref(handle)))
        self._native = native
        self._handle = handle.value
        self._finalizer = weakref.finalize(self, _close_forgotten, native, handle.value)
        self._shapes = FrameShape.by_key(document)
        self._arrays = {key: self._array_handle(key) for key in self._shapes}

    @property
    def keys(self) -> List[str]:
        """The keys of the arrays; empty when the settings have no ``arrays``."""
        return [key for key in self._shapes if key]

    def __getitem__(self, key: str) -> ArrayStream:
        """The array of a key. Raises :class:`InvalidArgumentError`, which names the keys, for any other."""
        if not key or key not in self._shapes:
            self._native.check(self._native.omz_array_stream(self._open(), key.encode(), ctypes.byref(ctypes.c_uint64())))
        return ArrayStream(self, key)

    def append(
        self,
        frame: Frame,
        *,
        key: str = "",
        frame_metadata: Optional[Mapping[str, Any]] = None,
        index: Optional[int] = None,
    ) -> bool:
        """Appends the next frame, or the one of an explicit ``index`` in acquisition order, to the array of a ``key``.

        A two-dimensional array (y, x) of the stream's dtype goes to the library as it lies in memory, also with padded
        rows (a crop); other strides are copied first. One-dimensional bytes are taken as packed rows of pixels.
        ``frame_metadata`` may have anything that is JSON. ``delta_t`` and ``exposure_time`` (seconds), ``position_x``,
        ``position_y``, ``position_z`` (micrometres) and ``timestamp_ns`` are stored as numbers, without JSON on the way.
        True when the frame was taken, False when it was dropped (only with backpressure "drop").
        """
        raw = RawFrame(struct_size=ctypes.sizeof(RawFrame), index=-1)
        if frame_metadata:
            _describe(raw, frame_metadata)
        if index is not None:
            if index < 0:
                raise ValueError(f"index must be at least 0, not {index}")
            raw.index = index
        pixels = PixelBuffer(frame)
        try:
            if not pixels.is_plain_bytes:
                self._check(pixels, key)
                if not _rows_are_contiguous(pixels):
                    pixels.release()
                    pixels = PixelBuffer(memoryview(cast(Any, frame)).tobytes())
            raw.pixels = pixels.address
            if len(pixels.shape) == 2:
                raw.row_stride = pixels.strides[0] if pixels.shape[0] > 1 else 0
                raw.size_bytes = (pixels.shape[0] - 1) * pixels.strides[0] + pixels.shape[1] * pixels.itemsize
            else:
                raw.size_bytes = pixels.nbytes
            return self._native.check(self._native.omz_append_frame_ex(self._target(key), ctypes.byref(raw))) != FRAME_DROPPED
        finally:
            pixels.release()

    def skip(self, *, frames: int = 1, key: str = "") -> None:
        """Leaves out the next frames; they read as 0."""
        if frames <= 0:
            raise ValueError(f"frames must be positive, not {frames}")
        self._native.check(self._native.omz_skip_frames(self._target(key), frames))

    def set_metadata(self, namespace: str, metadata: Any) -> None:
        """Stores a JSON value in the root's attributes under a namespace, replacing what it held."""
        self._native.check(
            self._native.omz_set_metadata(self._open(), namespace.encode(), dumps(metadata).encode())
        )

    def set_image_metadata(self, image: str, namespace: str, metadata: Any, *, key: str = "") -> None:
        """The same for one image, by the path of its group (such as ``A/1/fov0``) or its position's name.

        With a ``key`` only the images of that array are found: position names need to be unique among those alone.
        """
        self._native.check(
            self._native.omz_set_image_metadata(
                self._target(key), image.encode(), namespace.encode(), dumps(metadata).encode()
            )
        )

    def set_end_reason(self, reason: Optional[str]) -> None:
        """Says why the stream is about to be ended, when not because all is done; None takes it back.

        The dataset's metadata keep it. A ``with`` block that is left by an exception, Ctrl-C included, says so by itself.
        """
        self._native.check(self._native.omz_set_end_reason(self._open(), (reason or "").encode()))

    def view(self, timeout: Optional[float] = None) -> Dataset:
        """The dataset as a reader sees it, with every frame appended so far, also those that are not stored yet.

        ``view().refresh()`` brings the frames that came since. Close it before or after the stream.
        """
        handle = ctypes.c_uint64()
        milliseconds = -1 if timeout is None else min(2**31 - 1, max(0, round(1000 * timeout)))
        self._native.check(self._native.omz_open_stream(self._open(), milliseconds, ctypes.byref(handle)))
        return Dataset(self._native, handle.value, timeout)

    def flush(self, timeout: Optional[float] = None) -> None:
        """Waits until every whole chunk is on the store. ``timeout`` in seconds; None waits for ever."""
        milliseconds = -1 if timeout is None else min(2**31 - 1, max(0, round(1000 * timeout)))
        self._native.check(self._native.omz_flush(self._open(), milliseconds))

    def stats(self, *, key: str = "") -> Stats:
        """What the stream, or only the array of a ``key``, has done so far."""
        raw = RawStats(struct_size=ctypes.sizeof(RawStats))
        self._native.check(self._native.omz_get_stats(self._target(key), ctypes.byref(raw)))
        return Stats.from_raw(raw)

    def error(self) -> str:
        """The first error that the stream met, or an empty string."""
        handle = self._open()
        return self._native.text(
            lambda buffer, capacity: int(self._native.omz_stream_error(handle, buffer, capacity))
        )

    def close(self) -> None:
        """Stores everything and completes the metadata. Raises the first error that the stream ever met."""
        if self.closed:
            return
        status = self._native.omz_finalize_begin(self._handle)
        if status not in (OK, FinalizedError.status):
            self._finalizer.detach()
            self._native.check(self._native.omz_finalize(self._handle))
            return
        status = TimedOutError.status
        while status == TimedOutError.status:  # in steps, so that Ctrl-C gets through; close() may then be called again
            status = self._native.omz_finalize_poll(self._handle, _POLL_MS, None)
        self._finalizer.detach()
        self._native.check(status)

    def abort(self) -> None:
        """
        Stops now: frames of chunks that are not whole are given up, what was written stays readable. After a TimedOutError
        (``pipeline.finalize_timeout_ms``) it can be called again.
        """
        if self.closed:
            return
        status = self._native.omz_abort(self._handle)
        if status != TimedOutError.status:
            self._finalizer.detach()
        self._native.check(status)

    @property
    def closed(self) -> bool:
        """Whether it was closed or aborted."""
        return not self._finalizer.alive

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Closes the stream, also after an exception: what was acquired is kept, and the metadata say what ended it."""
        if kind is not None and not self.closed:
            text = "".join(traceback.format_exception_only(kind, error)).strip()
            self._say_why(text or kind.__name__)
        self.close()

    def __repr__(self) -> str:
        return f"<omezarr_native.Stream {'closed' if self.closed else hex(self._handle)}>"

    def _say_why(self, reason: str) -> None:
        # What is on its way is the exception: that this could not be said must not replace it.
        text = reason.replace("\0", " ").encode("utf-8", "replace")[:_REASON_BYTES].decode("utf-8", "ignore")
        self._native.omz_set_end_reason(self._handle, text.encode())

    def _open(self) -> int:
        if self.closed:
            raise FinalizedError("the stream is closed")
        return self._handle

    def _array_handle(self, key: str) -> int:
        if not key:
            return self._handle
        handle = ctypes.c_uint64()
        self._native.check(self._native.omz_array_stream(self._handle, key.encode(), ctypes.byref(handle)))
        return handle.value

    def _target(self, key: str) -> int:
        """The handle that calls about an array take; of an unknown key, the library says which there are."""
        own = self._open()
        return own if not key else self._arrays[key] if key in self._arrays else self._array_handle(key)

    def _check(self, pixels: PixelBuffer, key: str) -> None:
        """What the library cannot see: the type of the pixels, and the shape behind the number of bytes."""
        expected = self._shapes.get(key)
        if expected is None:
            return  # the library tells which keys there are
        if pixels.dtype_name != expected.dtype:
            raise TypeError(f"the frame's dtype is {pixels.dtype_name}, the stream's is {expected.dtype}")
        if len(pixels.shape) != 1 and pixels.shape != (expected.height, expected.width):
            raise FrameSizeError(
                f"the frame's shape is {pixels.shape}, the stream's frames are {(expected.height, expected.width)}"
            )


def _describe(raw: RawFrame, metadata: Mapping[str, Any]) -> None:
    """Plain numbers go into the struct; everything else is the library's to judge."""
    free = {}
    for key, value in metadata.items():
        flag = FRAME_HAS.get(key)
        if flag is None or isinstance(value, bool) or not isinstance(value, int if key == "timestamp_ns" else (int, float)):
            free[key] = value
        elif key == "timestamp_ns" and not -(2**63) <= value < 2**63:
            raise ValueError(f"timestamp_ns must be a number of 64 bits, not {value}")
        else:
            setattr(raw, key, value)
            raw.flags |= flag
    if free:
        raw.metadata_json = dumps(free).encode()


class ArrayStream:
    """One array of a stream whose settings have ``arrays``: takes the frames of one camera."""

    def __init__(self, stream: Stream, key: str) -> None:
        self.stream = stream
        self.key = key

    def append(
        self, frame: Frame, *, frame_metadata: Optional[Mapping[str, Any]] = None, index: Optional[int] = None
    ) -> bool:
        """As :meth:`Stream.append`."""
        return self.stream.append(frame, key=self.key, frame_metadata=frame_metadata, index=index)

    def skip(self, *, frames: int = 1) -> None:
        """As :meth:`Stream.skip`."""
        self.stream.skip(frames=frames, key=self.key)

    def set_image_metadata(self, image: str, namespace: str, metadata: Any) -> None:
        """As :meth:`Stream.set_image_metadata`, of this array's images."""
        self.stream.set_image_metadata(image, namespace, metadata, key=self.key)

    def stats(self) -> Stats:
        """What this array has taken so far; workers and errors are the stream's."""
        return self.stream.stats(key=self.key)

    def __repr__(self) -> str:
        return f"<omezarr_native.ArrayStream {self.key!r} of {self.stream!r}>"


def _rows_are_contiguous(pixels: PixelBuffer) -> bool:
    if len(pixels.shape) == 1:
        return pixels.strides == (pixels.itemsize,)
    (rows, columns), (row, column) = pixels.shape, pixels.strides
    return (column == pixels.itemsize or columns == 1) and (row >= columns * pixels.itemsize or rows == 1)


def _close_forgotten(native: Library, handle: int) -> None:
    """For a stream that nobody closed, at garbage collection or at the interpreter's end."""
    native.omz_set_end_reason(handle, b"the program dropped the stream without closing it")
    status = native.omz_finalize(handle)
    outcome = "its frames were stored" if status == OK else f"{native.omz_status_name(status).decode()}: {native.last_error()}"
    warnings.warn(f"a Stream was not closed before it was forgotten; {outcome}", ResourceWarning, stacklevel=2)
