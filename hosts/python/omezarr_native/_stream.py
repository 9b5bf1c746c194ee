"""A stream of frames into one OME-Zarr."""

from __future__ import annotations

import asyncio
import ctypes
import json
import math
import operator
import os
import time
import weakref
from types import TracebackType
from typing import Any, Callable, ClassVar, Dict, List, Mapping, NoReturn, Optional, Type

from . import _shown
from ._array_stream import ArrayStream
from ._background import Background
from ._calls import layout_of
from ._coordinates import Coordinates, Index
from ._dataset import Dataset, milliseconds_of
from ._ending import Ending
from ._errors import AlreadyExistsError, FinalizedError, FrameIndexError, InvalidArgumentError, TimedOutError
from ._events import Events, Listener
from ._json import dumps, utf8
from ._lending import Lent, Slot
from ._library import Library, library
from ._progress import Progress, teller
from ._settings import FrameShape, to_json
from ._stats import Stats
from ._structs import RawStats
from ._target import POLL_MS, Target
from ._types import Frame, JsonValue, Settings
from ._waiting import WaitingAppends

# The most frames of one omz_skip_frames.
_MOST_SKIPPED = 2**30

#: Those that are open, or not forgotten yet.
_streams: "weakref.WeakSet[Stream]" = weakref.WeakSet()


def create_stream(settings: Settings, *, casting: str = "no", progress: Progress = False) -> Stream:
    """Creates the dataset and returns the stream that fills it.

    Parameters
    ----------
    settings
        A dict, a JSON text, or a model such as ome-writers' ``AcquisitionSettings``. docs/settings.md is the reference.
    casting
        ``"no"``: frames have the stream's dtype, and others are refused. ``"safe"``: frames whose every value the stream's
        dtype can hold are cast on the way, and bytes are swapped, which needs numpy.
    progress
        While the stream is closing: True shows a bar, a function is called with a number from 0 to 1.

    Raises
    ------
    SettingsError
        With all problems, one a line. Nothing was made.
    AlreadyExistsError, NotAZarrError, AccessDeniedError, NoSpaceError, StoreError, TimedOutError
        The dataset cannot be made there. The store is as it was.
    """
    return Stream(settings, casting=casting, progress=progress)


class Stream:
    """One acquisition. Use it in a ``with`` block, or :meth:`close` it: late errors, such as a full disk, come then.

    One thread appends at a time, unless ``pipeline.producers`` is greater than 1 (then each frame has its ``index``).
    Everything else may come from any thread. With ``arrays`` in the settings, frames go to one of them by its key:
    ``stream["left"].append(frame)`` or ``stream.append(frame, key="left")``, and each array may have a thread of its own.

    Ctrl-C gets through every call that waits. An append that it interrupts has taken its frame or not: the exception's
    ``frame_taken`` says which, and ``stats().frames_appended`` counts what was taken.
    """

    #: What is warned of when it is forgotten.
    _called: ClassVar[str] = "a Stream"

    def __init__(self, settings: Settings, *, casting: str = "no", progress: Progress = False) -> None:
        native = library()
        document = to_json(settings).encode()
        # Everything that can be refused comes before anything is made.
        layout = layout_of(native, document)
        plan: Mapping[str, Any] = layout["settings"]
        shapes = FrameShape.by_key(layout)
        timeout_ms: int = plan["pipeline"]["append_timeout_ms"]
        targets = {key: Target(native, 0, shape, casting, timeout_ms) for key, shape in shapes.items()}
        arrays: List[Mapping[str, Any]] = plan["arrays"] or [{**plan, "key": ""}]
        self._coordinates = {array["key"]: Coordinates(array["dimensions"], shapes[array["key"]]) for array in arrays}
        self._layout = layout
        self._tell = teller(progress)
        self._events = Events()
        self._native = native
        self._targets = targets
        #: The same, as long as the stream takes frames.
        self._live = dict(targets)
        self._lent = {key: Lent(native, target, plan["pipeline"]["borrowed_buffers"]) for key, target in targets.items()}
        self._waiting = WaitingAppends(timeout_ms)
        try:
            self._handle = Background(lambda: _create(native, document), lambda handle: native.omz_abort(handle)).wait()
        except AlreadyExistsError as error:
            raise _said_better(error, layout["output_path"]) from None
        self._end = Ending(self, native, self._handle, self._live, list(self._lent.values()), self._called)
        for key, target in targets.items():
            target.handle = self._array_handle(key)
            target.next_number = self._next_frame(target)
        self._path = native.text(lambda buffer, capacity: int(native.omz_output_path(self._handle, buffer, capacity)))
        self._monitor_url = native.text(lambda buffer, capacity: int(native.omz_monitor_url(self._handle, buffer, capacity)))
        _streams.add(self)

    @property
    def path(self) -> str:
        """Where the dataset is written, in full."""
        return self._path

    @property
    def next_frame(self) -> int:
        """The number of the frame that comes next without an index: not 0 when ``resume`` has gone on with a dataset.

        With ``arrays`` in the settings, each array has its own: ``stream["left"].next_frame``.
        """
        return self._next_frame(self._target(""))

    def _next_frame(self, target: Target) -> int:
        index = ctypes.c_int64()
        self._native.check(self._native.omz_next_frame(target.handle, ctypes.byref(index)))
        return index.value

    @property
    def monitor_url(self) -> str:
        """The address of the page that shows the stream in a browser; empty without ``monitor`` in the settings."""
        return self._monitor_url

    @property
    def settings(self) -> Dict[str, JsonValue]:
        """The settings as they were understood, all defaults filled in. A copy."""
        settings: Dict[str, JsonValue] = json.loads(json.dumps(self._layout["settings"]))
        return settings

    @property
    def layout(self) -> Dict[str, JsonValue]:
        """What :func:`describe_layout` tells of these settings. A copy."""
        layout: Dict[str, JsonValue] = json.loads(json.dumps(self._layout))
        return layout

    @property
    def keys(self) -> List[str]:
        """The keys of the arrays; empty when the settings have no ``arrays``."""
        return [key for key in self._targets if key]

    def __getitem__(self, key: str) -> ArrayStream:
        """The array of a key. Raises :class:`InvalidArgumentError`, which names the keys, for any other."""
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance] - of hosts without a type checker
            raise TypeError(
                f"stream[...] takes the key of an array of the settings, not {key!r}: frames are not read from a stream, but "
                f"from the dataset, with any reader of Zarr"
            )
        if not key or key not in self._targets:
            self._refuse(key)
        return ArrayStream(self, key)

    #: A stream takes frames; they are read from the dataset, with any reader of Zarr.
    __iter__ = None

    def append(
        self,
        frame: Frame,
        *,
        key: str = "",
        frame_metadata: Optional[Mapping[str, object]] = None,
        index: Optional[Index] = None,
    ) -> bool:
        """Appends the next frame.

        Parameters
        ----------
        frame
            An array of the stream's dtype and shape: ``(height, width)``, of colour cameras ``(height, width, 3 or 4)`` or
            planes ``(3 or 4, height, width)``, of packed pixels ``(height, bytes of a row)`` as uint8. Or bytes, just as the
            camera delivered them. Contiguous rows are read where they lie; other frames are copied first.
        key
            Of the array that takes it, with ``arrays`` in the settings.
        frame_metadata
            ``delta_t``, ``exposure_time`` (s), ``position_x``, ``position_y``, ``position_z`` (µm), ``timestamp_ns`` (or a
            datetime), and whatever else is JSON. What cannot be stored is left out and counted
            (:attr:`Stats.frames_metadata_lost`); it never costs the frame.
        index
            The frame's number in acquisition order, or a mapping from dimensions to indices or names.

        Returns
        -------
        bool
            True once the frame was taken, False when it was dropped (only with backpressure "drop").

        Raises
        ------
        TypeError, FrameSizeError
            The frame is of another type or shape; nothing was taken.
        FrameIndexError, TooManyFramesError
            The frame's number is taken, or beyond the acquisition.
        TimedOutError, RingFullError, StalledError
            There was no place for the frame, as ``pipeline.backpressure`` says; it was not taken.
        OmeZarrError
            The first error of the stream, such as :class:`NoSpaceError`; every further append raises it again.
        """
        target = self._live.get(key)
        if target is None:
            target = self._target(key)
        return target.append(frame, frame_metadata, -1 if index is None else self._coordinates[key].number_of(index))

    async def aappend(
        self,
        frame: Frame,
        *,
        key: str = "",
        frame_metadata: Optional[Mapping[str, object]] = None,
        index: Optional[Index] = None,
    ) -> bool:
        """As :meth:`append`; while there is no place for the frame, other tasks run.

        Frames of tasks that wait at the same time are taken in the order of their calls. A task that is cancelled has not
        handed in its frame. ``pipeline.append_timeout_ms`` holds as for :meth:`append`.
        """
        target = self._target(key)
        number = -1 if index is None else self._coordinates[key].number_of(index)
        return await self._waiting.append(target, frame, frame_metadata, number, self._open)

    def lend(
        self,
        frame: Frame,
        *,
        key: str = "",
        frame_metadata: Optional[Mapping[str, object]] = None,
        index: Optional[Index] = None,
    ) -> bool:
        """As :meth:`append`, but the frame is compressed where it lies, without a copy.

        Parameters
        ----------
        frame
            As for :meth:`append`. It is kept alive until it is stored, and must not be written to before. One without contiguous
            rows is copied first; so is any frame when the library can hold no more lent ones.
        key, frame_metadata, index
            As for :meth:`append`.

        Returns
        -------
        bool
            As :meth:`append`; it raises what that raises, too.
        """
        self._target(key)
        number = -1 if index is None else self._coordinates[key].number_of(index)
        return self._lent[key].lend(frame, frame_metadata, number)

    def slot(self, *, key: str = "") -> Slot:
        """Memory for one frame, to be filled and handed in without a copy.

        ::

            with stream.slot() as pixels:      # a writable array of a frame's shape and dtype
                camera.read_into(pixels)       # handed in at the end of the block, unless it raises

        Or ``slot.array``, ``slot.commit(frame_metadata=..., index=...)``, ``slot.cancel()``. The array is not to be written to
        after that. Any number of slots may be open at once; memory of frames that were stored is used again.
        """
        self._target(key)
        return self._lent[key].slot(self._coordinates[key])

    def skip(self, *, frames: int = 1, key: str = "") -> None:
        """Leaves out the next frames; they read as 0.

        Parameters
        ----------
        frames
            How many, from 1 to 2**30.
        key
            Of the array, with ``arrays`` in the settings.

        Raises
        ------
        TooManyFramesError
            They reach beyond the acquisition; those within it are skipped.
        """
        if isinstance(frames, bool) or not hasattr(frames, "__index__"):
            raise TypeError(f"frames must be a whole number, not {frames!r}")
        if not 1 <= frames <= _MOST_SKIPPED:
            raise ValueError(f"frames must be from 1 to {_MOST_SKIPPED}, not {frames}")
        target = self._target(key)
        self._native.check(self._native.omz_skip_frames(target.handle, int(frames)))
        target.next_number += int(frames)

    def on(self, event: str, listener: Listener) -> Callable[[], None]:
        """Calls a listener with a :class:`CoordUpdate` for each frame that was taken, on the thread that appended it.

        Parameters
        ----------
        event
            ``"coords_changed"``: every frame. ``"coords_expanded"``: those beyond all earlier ones along some dimension.
        listener
            Keep it short: the next frame waits for it. What it raises is logged.

        Returns
        -------
        Callable
            Ends it.
        """
        end = self._events.add(event, listener)
        for key, target in self._targets.items():
            target.on_taken = self._teller_of(key)
        return end

    def set_metadata(self, namespace: str, metadata: object) -> None:
        """Stores a value in the root's attributes under a namespace, replacing what it held.

        Parameters
        ----------
        namespace
            A name of your own; ``ome``, ``zarr``, ``ome_writers`` and ``omezarr_native`` are reserved.
        metadata
            What JSON can say, at most 8 MiB: also numpy values, datetimes, enums, paths and models.

        Raises
        ------
        ReservedNameError
            The name is the library's.
        ValueError
            There is NaN in it, or infinity.
        FinalizedError
            The stream is closed.
        """
        self._native.check(
            self._native.omz_set_metadata(self._open(), utf8(namespace, "the namespace"), utf8(dumps(metadata), "metadata"))
        )

    def set_image_metadata(self, image: str, namespace: str, metadata: object, *, key: str = "") -> None:
        """The same for one image, by the path of its group (such as ``A/1/0``) or its position's name.

        With a ``key`` only the images of that array are found: position names need to be unique among those alone.
        """
        self._native.check(
            self._native.omz_set_image_metadata(
                self._target(key).handle if key else self._open(),
                utf8(image, "the image"),
                utf8(namespace, "the namespace"),
                utf8(dumps(metadata), "metadata"),
            )
        )

    def set_end_reason(self, reason: Optional[str]) -> None:
        """Says why the stream is about to be ended, when not because all is done; None takes it back.

        The dataset's metadata keep it. A ``with`` block that is left by an exception, Ctrl-C included, says so by itself.
        """
        self._native.check(self._native.omz_set_end_reason(self._open(), utf8(reason or "", "the reason")))

    def view(self, timeout: Optional[float] = None) -> Dataset:
        """The dataset as a reader sees it, with every frame appended so far, also those that are not stored yet.

        ``view().refresh()`` brings the frames that came since. Close it before or after the stream.
        """
        handle = ctypes.c_uint64()
        self._native.check(self._native.omz_open_stream(self._open(), milliseconds_of(timeout), ctypes.byref(handle)))
        return Dataset(self._native, handle.value, timeout)

    def flush(self, timeout: Optional[float] = None) -> None:
        """Waits until every whole chunk is on the store, and readers see it.

        Parameters
        ----------
        timeout
            In seconds; None waits for ever.

        Raises
        ------
        TimedOutError
            The time-out passed first.
        OmeZarrError
            The first error of the stream.
        """
        if timeout is not None and math.isnan(timeout):
            raise ValueError("timeout must be a number of seconds, or None")
        deadline = math.inf if timeout is None else time.monotonic() + max(0.0, timeout)
        handle = self._open()
        while True:
            left = 1000 * (deadline - time.monotonic())
            wait = POLL_MS if left > POLL_MS else max(0, math.ceil(left))
            status = self._native.omz_flush(handle, wait)
            if status != TimedOutError.status or left <= POLL_MS:
                self._native.check(status)
                return

    def stats(self, *, key: str = "") -> Stats:
        """What the stream has done so far. Of a closed stream, what it had done when it began to close.

        Parameters
        ----------
        key
            Only of this array, with ``arrays`` in the settings.
        """
        if self.closed and not key and self._end.last_stats is not None:
            return self._end.last_stats
        raw = RawStats(struct_size=ctypes.sizeof(RawStats))
        handle = self._target(key).handle if key else self._open()
        self._native.check(self._native.omz_get_stats(handle, ctypes.byref(raw)))
        targets = [self._targets[key]] if key else self._targets.values()
        return Stats.from_raw(raw, sum(target.frames_metadata_lost for target in targets))

    def number_of(self, index: Index, *, key: str = "") -> int:
        """The number in acquisition order of a frame's ``index``, as :meth:`append` understands it; also after the end."""
        if key not in self._coordinates:
            self._refuse(key)
        return self._coordinates[key].number_of(index)

    def index_of(self, *coordinates: int, key: str = "") -> int:
        """The number of the frame at an index of each dimension that counts frames, slowest first.

        Such as ``stream.append(frame, index=stream.index_of(t, z, c))``. The colours of a colour frame are no dimension here.
        """
        for coordinate in coordinates:
            if not -(2**63) <= operator.index(coordinate) < 2**63:
                raise FrameIndexError(f"no dimension has an index {coordinate}")
        given = (ctypes.c_int64 * len(coordinates))(*coordinates)
        index = ctypes.c_int64()
        handle = self._target(key).handle
        self._native.check(self._native.omz_frame_index(handle, given, len(coordinates), ctypes.byref(index)))
        return index.value

    @property
    def output_path(self) -> str:
        """The same as :attr:`path`, under the name that the settings' documents use."""
        return self.path

    def error(self) -> str:
        """The first error that the stream met, or an empty string."""
        handle = self._open()
        return self._native.text(
            lambda buffer, capacity: int(self._native.omz_stream_error(handle, buffer, capacity))
        )

    def close(self, *, progress: Optional[Progress] = None) -> None:
        """Stores everything and completes the metadata. A second time it does nothing.

        After Ctrl-C the stream goes on closing; call again to wait for it.

        Parameters
        ----------
        progress
            As of :func:`create_stream`, for this call.

        Raises
        ------
        OmeZarrError
            The first error that the stream ever met.
        """
        if self.closed:
            return
        self._end.begin(self.stats)
        tell = self._tell if progress is None else teller(progress)
        while not self._end.has_come(POLL_MS, tell):
            pass

    async def aclose(self) -> None:
        """As :meth:`close`; other tasks run meanwhile. A task that is cancelled leaves the stream closing."""
        if self.closed:
            return
        self._end.begin(self.stats)
        while not self._end.has_come(0, self._tell):
            await asyncio.sleep(0.01)

    def abort(self) -> None:
        """Stops now: frames of chunks that are not whole are given up, what was written stays readable.

        Raises :class:`TimedOutError` when the store has not answered within ``pipeline.finalize_timeout_ms``; the stream goes
        on ending, and it can be called again.
        """
        if self.closed:
            return
        self._end.abort(self.stats)

    @property
    def closed(self) -> bool:
        """Whether it was closed or aborted."""
        return self._end.is_over

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Closes the stream, also after an exception: what was acquired is kept, and the metadata say what ended it."""
        self._end.say_what_ended(kind, error)
        self.close()

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._end.say_what_ended(kind, error)
        await self.aclose()

    def __repr__(self) -> str:
        return _shown.text(self.path, [(key, target.shape) for key, target in self._targets.items()], self.closed, self.stats)

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _shown.html(self.path, self.closed, self.stats)

    def __copy__(self) -> NoReturn:
        raise TypeError("a stream cannot be copied: there is one dataset and one stream that fills it")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a stream cannot be pickled, or handed to another process: create it in the process that appends to it, and send "
            "that process the settings"
        )

    def _teller_of(self, key: str) -> Callable[[int], None]:
        # Not bound to the stream, which would keep itself alive.
        events, coordinates = self._events, self._coordinates[key]
        return lambda number: events.taken(key, number, coordinates.of_number(number))

    def _open(self) -> int:
        if self.closed:
            raise FinalizedError("the stream is closed")
        return self._handle

    def _array_handle(self, key: str) -> int:
        if not key:
            return self._handle
        handle = ctypes.c_uint64()
        self._native.check(self._native.omz_array_stream(self._handle, utf8(key, "the key"), ctypes.byref(handle)))
        return handle.value

    def _refuse(self, key: str) -> NoReturn:
        handle = ctypes.c_uint64()
        self._native.check(self._native.omz_array_stream(self._open(), utf8(key, "the key"), ctypes.byref(handle)))
        raise InvalidArgumentError(f"the stream has no array {key!r}")

    def _target(self, key: str) -> Target:
        """Where the frames of a key go; of an unknown key, the library says which there are."""
        self._open()
        if key not in self._targets:
            self._refuse(key)
        return self._targets[key]


def _said_better(error: AlreadyExistsError, path: str) -> AlreadyExistsError:
    """Of a dataset that this very process writes: what is usual in notebooks, whose cells run again."""
    if any(stream.path == os.path.abspath(path) and not stream.closed for stream in list(_streams)):
        return AlreadyExistsError(
            f"{error} It is a stream of this process: close() or abort() that one first. In a notebook, `with` closes it also "
            f"when a cell fails."
        )
    return error


def _create(native: Library, document: bytes) -> int:
    handle = ctypes.c_uint64()
    native.check(native.omz_create(document, ctypes.byref(handle)))
    return handle.value
