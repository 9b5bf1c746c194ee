"""Where frames go: a stream, or one of its arrays. Everything that is done for each frame is here."""

from __future__ import annotations

import ctypes
import datetime
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, List, Mapping, Optional

from ._buffers import RawBuffer, get_buffer, release_buffer
from ._errors import FRAME_DROPPED, FRAME_METADATA_LOST, OK, OmeZarrError, TimedOutError
from ._frames import FrameReader, Pixels
from ._json import dumps_frame
from ._settings import FrameShape
from ._structs import FRAME_HAS, RawFrame

if TYPE_CHECKING:
    from ._library import Library

#: How long a call waits in the library before Ctrl-C is looked for, in milliseconds.
POLL_MS = 100

_TIMED_OUT = TimedOutError.status
_logger = logging.getLogger("omezarr_native")


class _Call:
    """The structs of one append, used again and again."""

    __slots__ = ("buffer", "buffer_address", "frame", "frame_address")

    def __init__(self, size_bytes: int, row_stride: int) -> None:
        self.buffer = RawBuffer()
        self.buffer_address = ctypes.addressof(self.buffer)
        self.frame = RawFrame(
            struct_size=ctypes.sizeof(RawFrame), index=-1, size_bytes=size_bytes, row_stride=row_stride
        )
        self.frame_address = ctypes.addressof(self.frame)


class Target:
    """Hands frames in. Any thread."""

    def __init__(self, native: Library, handle: int, shape: FrameShape, casting: str, timeout_ms: int) -> None:
        self.handle = handle
        self.reader = FrameReader(shape, casting)
        self.shape = shape
        #: Frames of which this package itself left metadata out.
        self.frames_metadata_lost = 0
        self._native = native
        self._timeout_ms = timeout_ms
        self._first_wait_ms = POLL_MS if timeout_ms < 0 else min(POLL_MS, timeout_ms)
        self._has_told = False
        self._lock = threading.Lock()
        self._spare: List[_Call] = []
        self._array_type: Any = None
        self._array_dtype: Any = None
        self.array_shape = (shape.height, shape.width, shape.samples)[: 2 if shape.samples == 1 else 3]
        self.frame_bytes = shape.height * shape.row_bytes
        self._find_numpy()

    def append(self, frame: object, metadata: Optional[Mapping[str, object]] = None, index: int = -1) -> bool:
        """Hands in a frame, and waits in steps. Whether it was taken; an exception says so where there is one."""
        if type(frame) is self._array_type and not metadata and index < 0:
            if frame.shape == self.array_shape and frame.dtype == self._array_dtype:
                taken = self._append_array(frame)
                if taken is not None:
                    return taken
        done: List[int] = []
        pixels: Optional[Pixels] = None
        try:
            call = _Call(0, 0)
            lost = describe(call.frame, metadata) if metadata else 0
            pixels = self.reader.read(frame)
            fill(call.frame, pixels, index)
            return self.hand_in(call.frame, done, lost)
        except BaseException as error:
            say_whether_taken(error, done)
            raise
        finally:
            if pixels is not None:
                pixels.release()

    def try_append(self, frame: object, metadata: Optional[Mapping[str, object]] = None, index: int = -1) -> Optional[bool]:
        """As :meth:`append`, without waiting: None when there is no place now, and the frame was not taken."""
        pixels = self.reader.read(frame)
        try:
            call = _Call(0, 0)
            lost = describe(call.frame, metadata) if metadata else 0
            fill(call.frame, pixels, index)
            done: List[int] = []
            self._run(call.frame_address, 0, done)
            return None if done[0] == _TIMED_OUT else self.is_taken(done, call.frame_address, lost)
        finally:
            pixels.release()

    def hand_in(self, raw: RawFrame, done: List[int], lost: int) -> bool:
        """Lets the library copy a frame, and leaves the last answer in ``done``."""
        address = ctypes.addressof(raw)
        self._run(address, self._first_wait_ms, done)
        return self.is_taken(done, address, lost)

    def count_lost(self, status: int, lost: int) -> None:
        """Of a frame that was taken: whether some of its metadata are missing."""
        if status == FRAME_METADATA_LOST or lost:
            with self._lock:
                if not self._has_told:
                    self._has_told = True
                    _logger.warning("frames are stored without some of their metadata: see Stats.frames_metadata_lost")
                self.frames_metadata_lost += status == OK

    def _append_array(self, frame: object) -> Optional[bool]:
        """A numpy array just as the stream has them: the usual case. None when it is not contiguous."""
        spare = self._spare
        done: List[int] = []
        try:
            call = spare.pop()
        except IndexError:
            call = _Call(self.frame_bytes, self.shape.row_bytes if self.shape.row_stride else 0)
        address = call.buffer_address
        try:
            try:
                get_buffer(frame, address, 0)
            except (ValueError, BufferError):
                return None
            call.frame.pixels = call.buffer.buf
            # In one step of the interpreter, between which and the next a signal may raise: its result is never lost.
            done.extend(map(self._native.omz_append_frame_wait, (self.handle,), (call.frame_address,), (self._first_wait_ms,)))
            return True if done[0] == OK else self.is_taken(done, call.frame_address, 0)
        except BaseException as error:
            say_whether_taken(error, done)
            raise
        finally:
            release_buffer(address)
            spare.append(call)

    def _run(self, frame_address: int, wait_ms: int, done: List[int]) -> None:
        done.clear()
        done.extend(map(self._native.omz_append_frame_wait, (self.handle,), (frame_address,), (wait_ms,)))

    def is_taken(self, done: List[int], frame_address: int, lost: int) -> bool:
        deadline = None if self._timeout_ms < 0 else time.monotonic() + (self._timeout_ms - self._first_wait_ms) / 1000
        while done[0] == _TIMED_OUT:
            left = POLL_MS if deadline is None else int(1000 * (deadline - time.monotonic()))
            if left <= 0:
                break
            self._run(frame_address, min(POLL_MS, left), done)
        status = self._native.check(done[0])
        if status != FRAME_DROPPED:
            self.count_lost(status, lost)
        return status != FRAME_DROPPED

    def _find_numpy(self) -> None:
        """Arrays of numpy take a short way; they cannot come before numpy was imported."""
        numpy = sys.modules.get("numpy")
        shape = self.shape
        if numpy is not None and shape.is_known and not shape.packed_row_bytes and hasattr(numpy, "ndarray"):
            self._array_dtype = numpy.dtype(shape.dtype)
            self._array_type = numpy.ndarray


def fill(raw: RawFrame, pixels: Pixels, index: int) -> None:
    raw.pixels = pixels.address
    raw.size_bytes = pixels.size_bytes
    raw.row_stride = pixels.row_stride
    raw.index = index


def describe(raw: RawFrame, metadata: Mapping[str, object]) -> int:
    """Puts metadata into the struct: numbers as such, the rest as JSON. How many values cannot be stored at all."""
    free = {}
    flags = 0
    for key, value in metadata.items():
        flag = FRAME_HAS.get(key)
        if flag is None:
            free[key] = value
            continue
        kind = type(value)
        if key == "timestamp_ns":
            if isinstance(value, datetime.datetime):
                value, kind = _nanoseconds(value), int
            if kind is not int or not -(2**63) <= value < 2**63:  # type: ignore[operator]
                free[key] = value
                continue
        elif kind is not float and kind is not int and not isinstance(value, float):
            free[key] = value
            continue
        try:
            setattr(raw, key, value)
            flags |= flag
        except OverflowError:  # a whole number that no double holds
            free[key] = value
    raw.flags = flags
    lost = 0
    if free:
        raw.metadata_json, lost = dumps_frame(free)
    return lost


def say_whether_taken(error: BaseException, done: List[int]) -> None:
    """Of an exception that came from outside (Ctrl-C, a signal's handler): was the frame taken before it?"""
    if isinstance(error, OmeZarrError):
        return
    taken = bool(done) and done[0] in (OK, FRAME_METADATA_LOST)
    if not taken and isinstance(error, Exception):
        return
    try:
        error.frame_taken = taken  # type: ignore[attr-defined]
        if hasattr(error, "add_note"):  # Python 3.11
            error.add_note(f"omezarr_native: the frame of the append that this interrupted was {'' if taken else 'not '}taken")
    except Exception:  # an exception that takes no attributes still has to pass
        pass


def _nanoseconds(moment: datetime.datetime) -> int:
    """Since 1970-01-01 UTC; a moment without a zone is one of local time, as everywhere in Python."""
    since = moment.astimezone(datetime.timezone.utc) - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000
