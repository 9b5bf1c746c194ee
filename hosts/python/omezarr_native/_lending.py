"""Frames that are compressed where they lie: arrays that the host lends, and memory that it is given to fill."""

from __future__ import annotations

import ctypes
import itertools
import mmap
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type

from ._buffers import PixelBuffer
from ._coordinates import Coordinates, Index
from ._errors import FRAME_METADATA_LOST, OK, RingFullError, SlotError, StalledError, TimedOutError
from ._frames import Pixels, numpy_or_none
from ._structs import RawFrame
from ._target import Target, describe, fill, say_whether_taken
from ._types import PixelArray

if TYPE_CHECKING:
    from ._library import Library

#: Frames that the library borrows at once; it would wait for a place for more.
_MOST_LENT = 256

_TOKENS_AT_ONCE = 64

#: What refuses to borrow, but would take a copy.
_COPIED_AFTER = (RingFullError.status, StalledError.status, TimedOutError.status)


class Lent:
    """The frames of one stream or array that are lent and not given back, kept alive here. Any thread."""

    def __init__(self, native: Library, target: Target) -> None:
        self._native = native
        self._target = target
        self._pixels: Dict[int, Pixels] = {}
        self._tokens = itertools.count(1)
        #: Memory of slots that nobody uses.
        self.spare: List[mmap.mmap] = []

    def lend(self, frame: object, metadata: Optional[Mapping[str, object]], index: int) -> bool:
        return self.hand_in(self._target.reader.read(frame), metadata, index)

    def hand_in(self, pixels: Pixels, metadata: Optional[Mapping[str, object]], index: int) -> bool:
        """Owns the pixels from here on."""
        self._take_back()
        raw = RawFrame(struct_size=ctypes.sizeof(RawFrame))
        token = next(self._tokens)
        borrowed: List[int] = []
        copied: List[int] = []
        # Before they are lent: another thread may take the token back at once.
        self._pixels[token] = pixels
        try:
            lost = describe(raw, metadata) if metadata else 0
            fill(raw, pixels, index)
            if len(self._pixels) <= _MOST_LENT:
                arguments = (self._target.handle,), (ctypes.addressof(raw),), (token,)
                borrowed.extend(map(self._native.omz_append_borrowed, *arguments))
                if borrowed[0] not in _COPIED_AFTER:
                    return self._target.is_taken(borrowed, 0, lost)
            return self._target.hand_in(raw, copied, lost)
        except BaseException as error:
            say_whether_taken(error, copied or borrowed)
            raise
        finally:
            # Given back with its token where the library has borrowed it, and here where not.
            if not borrowed or borrowed[0] not in (OK, FRAME_METADATA_LOST):
                self._give_back(token)

    def slot(self, coordinates: Coordinates) -> Slot:
        self._take_back()
        try:
            memory = self.spare.pop()
        except IndexError:
            memory = mmap.mmap(-1, max(1, self._target.frame_bytes))
        return Slot(self, self._target, coordinates, memory)

    def take_back_all(self) -> None:
        """After the stream has ended: nothing is read any more."""
        while self._take_back():
            pass

    def _give_back(self, token: int) -> None:
        pixels = self._pixels.pop(token, None)
        if pixels is not None:
            pixels.release()

    def _take_back(self) -> bool:
        """Without waiting. Whether there may be more."""
        if not self._pixels:
            return False
        tokens = (ctypes.c_uint64 * _TOKENS_AT_ONCE)()
        count = ctypes.c_int32()
        status = self._native.omz_poll_released(self._target.handle, tokens, _TOKENS_AT_ONCE, 0, ctypes.byref(count))
        if status != OK:
            return False
        for token in tokens[: count.value]:
            self._give_back(token)
        return True


class Slot:
    """Memory for one frame: fill :attr:`array`, then :meth:`commit` or :meth:`cancel`. As a context manager it does so itself."""

    def __init__(self, lent: Lent, target: Target, coordinates: Coordinates, memory: mmap.mmap) -> None:
        self._lent = lent
        self._target = target
        self._coordinates = coordinates
        self._memory: Optional[mmap.mmap] = memory
        self._array = _shaped(memory, target)

    @property
    def array(self) -> PixelArray:
        """The pixels: a writable numpy array of a frame's shape and dtype, without numpy a memoryview of them."""
        if self._memory is None:
            raise SlotError("the slot has been committed or cancelled")
        array: PixelArray = self._array
        return array

    def commit(
        self, *, frame_metadata: Optional[Mapping[str, object]] = None, index: Optional[Index] = None
    ) -> bool:
        """Hands the frame in, as :meth:`Stream.append` does. If it is refused, the slot stays open."""
        memory = self._memory
        if memory is None:
            raise SlotError("the slot has been committed or cancelled")
        number = -1 if index is None else self._coordinates.number_of(index)
        pixels = _SlotPixels(memory, self._target, self._lent.spare)
        try:
            return self._lent.hand_in(pixels, frame_metadata, number)
        except BaseException as error:
            if not getattr(error, "frame_taken", False):
                memory = None
            raise
        finally:
            if memory is not None:
                self._end()
                pixels.end()

    def cancel(self) -> None:
        """Gives the slot back unused."""
        if self._memory is not None:
            self._lent.spare.append(self._memory)
            self._end()

    def __enter__(self) -> PixelArray:
        return self.array

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if kind is not None:
            self.cancel()
        elif self._memory is not None:
            self.commit()

    def __repr__(self) -> str:
        return f"<omezarr_native.Slot {'open' if self._memory is not None else 'committed or cancelled'}>"

    def _end(self) -> None:
        self._memory = None
        # Whoever still has the array should not write to what belongs to the stream.
        flags = getattr(self._array, "flags", None)
        if flags is not None:
            flags.writeable = False


class _SlotPixels(Pixels):
    """The memory of a slot, which goes back to the spare ones once it is no longer read."""

    __slots__ = ("_is_over", "_is_released", "_memory", "_spare")

    def __init__(self, memory: mmap.mmap, target: Target, spare: List[mmap.mmap]) -> None:
        super().__init__(PixelBuffer(memory), target.frame_bytes, target.shape.row_bytes)
        self._memory = [memory]
        self._spare = spare
        self._is_released = False
        self._is_over = False

    def release(self) -> None:
        super().release()
        self._is_released = True
        self._make_spare()

    def end(self) -> None:
        """The slot is closed: nobody fills the memory any more."""
        self._is_over = True
        self._make_spare()

    def _make_spare(self) -> None:
        if self._is_released and self._is_over:
            try:
                self._spare.append(self._memory.pop())  # by one of two threads
            except IndexError:
                pass


def _shaped(memory: mmap.mmap, target: Target) -> Any:
    shape = target.shape
    dtype, sizes = shape.dtype, target.array_shape
    if shape.packed_row_bytes:
        dtype, sizes = "uint8", (shape.height, shape.row_bytes)
    numpy = numpy_or_none()
    if numpy is not None:
        return numpy.frombuffer(memory, dtype, target.frame_bytes // numpy.dtype(dtype).itemsize).reshape(sizes)
    code = _CODES[dtype]
    return memoryview(memory)[: target.frame_bytes].cast("B").cast(code, sizes)


_CODES = {
    "uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q", "int8": "b", "int16": "h", "int32": "i", "int64": "q",
    "float32": "f", "float64": "d",
}
