"""Where frames go: a stream, or one of its arrays. Everything that is done for each frame is here."""

from __future__ import annotations

import ctypes
import datetime
import logging
import math
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Tuple

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
# Of writable contiguous memory: several times as fast as asking CPython for its buffer.
_first_byte = ctypes.c_char.from_buffer
_address_of: Any = ctypes.addressof
_HAS_TIMESTAMP = FRAME_HAS["timestamp_ns"]
_logger = logging.getLogger("omezarr_native")


class _Call:
    """The structs of one append, used again and again."""

    __slots__ = ("buffer", "buffer_address", "frame", "frame_argument")

    def __init__(self, size_bytes: int, row_stride: int) -> None:
        self.buffer = RawBuffer()
        self.buffer_address = ctypes.addressof(self.buffer)
        self.frame = RawFrame(
            struct_size=ctypes.sizeof(RawFrame), index=-1, size_bytes=size_bytes, row_stride=row_stride
        )
        self.frame_argument = (ctypes.c_void_p(ctypes.addressof(self.frame)),)


class Waiting:
    """A time-out in steps, between which Ctrl-C gets through."""

    def __init__(self, timeout_ms: int, already_ms: int = 0) -> None:
        self._deadline = math.inf if timeout_ms < 0 else time.monotonic() + max(0, timeout_ms - already_ms) / 1000

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def next_ms(self) -> int:
        """How long the next step takes; at least a millisecond, so that each is a step."""
        return math.ceil(min(POLL_MS, max(1.0, 1000 * (self._deadline - time.monotonic()))))


class Target:
    """Hands frames in. Any thread."""

    def __init__(self, native: Library, handle: int, shape: FrameShape, casting: str, timeout_ms: int) -> None:
        self._handle = handle
        self._handle_argument = (ctypes.c_uint64(handle),)
        self.reader: FrameReader = FrameReader(shape, casting)
        self.shape: FrameShape = shape
        #: Frames of which this package itself left metadata out.
        self.frames_metadata_lost: int = 0
        #: The number of the next frame that comes without one.
        self.next_number: int = 0
        #: Called with the number of each frame that was taken.
        self.on_taken: Optional[Callable[[int], None]] = None
        self._native = native
        self._hand_in: Any = native.omz_append_frame_wait
        self._timeout_ms = timeout_ms
        self._first_wait_ms = POLL_MS if timeout_ms < 0 else min(POLL_MS, timeout_ms)
        self._first_wait = (ctypes.c_int32(self._first_wait_ms),)
        self._has_told = False
        self._lock = threading.Lock()
        self._spare: List[_Call] = []
        self._array_type: Any = None
        self._array_dtype: Any = None
        self.array_shape: Tuple[int, ...] = (shape.height, shape.width, shape.samples)[: 2 if shape.samples == 1 else 3]
        self.frame_bytes: int = shape.height * shape.row_bytes
        self._find_numpy()

    @property
    def handle(self) -> int:
        """What the library knows it by."""
        return self._handle

    @handle.setter
    def handle(self, handle: int) -> None:
        self._handle = handle
        self._handle_argument = (ctypes.c_uint64(handle),)

    def append(self, frame: Any, metadata: Optional[Mapping[str, object]] = None, index: int = -1) -> bool:
        """Hands in a frame, and waits in steps. Whether it was taken; an exception says so where there is one."""
        if type(frame) is self._array_type and frame.shape == self.array_shape:
            dtype = frame.dtype
            if dtype is self._array_dtype or dtype == self._array_dtype:
                taken = self._append_array(frame, metadata, index)
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
            self._run(call.frame, 0, done)
            return None if done[0] == _TIMED_OUT else self.is_taken(done, call.frame, lost, index)
        finally:
            pixels.release()

    def hand_in(self, raw: RawFrame, done: List[int], lost: int) -> bool:
        """Lets the library copy a frame, and leaves the last answer in ``done``."""
        self._run(raw, self._first_wait_ms, done)
        return self.is_taken(done, raw, lost, raw.index)

    def count_lost(self, status: int, lost: int) -> None:
        """Of a frame that was taken: whether some of its metadata are missing."""
        if status == FRAME_METADATA_LOST or lost:
            with self._lock:
                if not self._has_told:
                    self._has_told = True
                    _logger.warning("frames are stored without some of their metadata: see Stats.frames_metadata_lost")
                self.frames_metadata_lost += status == OK

    def _append_array(self, frame: Any, metadata: Optional[Mapping[str, object]], index: int) -> Optional[bool]:
        """A numpy array just as the stream has them: the usual case. None when it is not contiguous."""
        spare = self._spare
        done: List[int] = []
        try:
            call = spare.pop()
        except IndexError:
            call = _Call(self.frame_bytes, self.shape.row_bytes if self.shape.row_stride else 0)
        raw = call.frame
        held: object = None
        lost = 0
        try:
            try:
                held = _first_byte(frame)
                raw.pixels = _address_of(held)
            except TypeError:  # not writable
                try:
                    get_buffer(frame, call.buffer_address, 0)
                except (ValueError, BufferError):
                    return None
                raw.pixels = call.buffer.buf
            if metadata:
                lost = describe(raw, metadata)
            if index >= 0:
                raw.index = index
            # In one step of the interpreter, between which and the next a signal may raise: its result is never lost.
            done.extend(map(self._hand_in, self._handle_argument, call.frame_argument, self._first_wait))
            if done[0] != OK or lost:
                return self.is_taken(done, raw, lost, index)
            if index < 0:
                index = self.next_number
            self.next_number = index + 1
            if self.on_taken is not None:
                self.on_taken(index)
            return True
        except BaseException as error:
            say_whether_taken(error, done)
            raise
        finally:
            if held is None:
                release_buffer(call.buffer_address)
            if metadata or index >= 0:
                raw.flags = 0
                raw.index = -1
                raw.metadata_json = None
            spare.append(call)

    def _run(self, raw: RawFrame, wait_ms: int, done: List[int]) -> None:
        done.clear()
        frame = ctypes.c_void_p(ctypes.addressof(raw))
        done.extend(map(self._hand_in, self._handle_argument, (frame,), (ctypes.c_int32(wait_ms),)))

    def waiting(self) -> Waiting:
        """As long as an append may take."""
        return Waiting(self._timeout_ms)

    def is_taken(self, done: List[int], raw: Optional[RawFrame], lost: int, index: int = -1) -> bool:
        """What has become of a frame. One that has found no place yet is handed in again, if it is given."""
        if done[0] == _TIMED_OUT and raw is not None:
            waiting = Waiting(self._timeout_ms, self._first_wait_ms)
            while done[0] == _TIMED_OUT and not waiting.is_over:
                self._run(raw, waiting.next_ms(), done)
        status = self._native.check(done[0])
        number = self.next_number if index < 0 else index
        self.next_number = number + 1
        if status == FRAME_DROPPED:
            return False
        self.count_lost(status, lost)
        if self.on_taken is not None:
            self.on_taken(number)
        return True

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
    free: Optional[Dict[str, object]] = None
    flags = 0
    for key, value in metadata.items():
        flag = FRAME_HAS.get(key)
        if flag is not None:
            kind = type(value)
            try:
                if kind is float or kind is int or isinstance(value, float):
                    # ctypes would cut what is too large for 64 bits.
                    if flag != _HAS_TIMESTAMP or (kind is int and -(2**63) <= value < 2**63):  # type: ignore[operator]
                        setattr(raw, key, value)
                        flags |= flag
                        continue
                elif flag == _HAS_TIMESTAMP and isinstance(value, datetime.datetime):
                    raw.timestamp_ns = _nanoseconds(value)
                    flags |= flag
                    continue
            except OverflowError:  # a whole number that no double holds
                pass
        if free is None:
            free = {}
        free[key] = value
    if flags:
        raw.flags = flags
    if free is None:
        return 0
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
