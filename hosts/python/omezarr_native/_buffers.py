"""Pixels of any object with the buffer protocol, by address and without a copy.

A memoryview does not tell its address, and ``ctypes.from_buffer`` refuses read-only memory (``bytes``, numpy arrays
with ``writeable=False``), so the buffer is asked of CPython itself.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, c_char_p, c_int, c_ssize_t, c_void_p, py_object
from typing import Optional, Tuple

_SIMPLE = 0
# Shape, strides, format and pointers between dimensions: what an exporter has; read-only will do.
_FULL_READ_ONLY = 0x0008 | 0x0010 | 0x0100 | 0x0004


class RawBuffer(ctypes.Structure):
    """``Py_buffer`` of CPython's Include/pybuffer.h."""

    _fields_ = [
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", c_ssize_t),
        ("itemsize", c_ssize_t),
        ("readonly", c_int),
        ("ndim", c_int),
        ("format", c_char_p),
        ("shape", POINTER(c_ssize_t)),
        ("strides", POINTER(c_ssize_t)),
        ("suboffsets", POINTER(c_ssize_t)),
        ("internal", c_void_p),
    ]


get_buffer = ctypes.pythonapi.PyObject_GetBuffer
get_buffer.argtypes = [py_object, c_void_p, c_int]
get_buffer.restype = c_int
release_buffer = ctypes.pythonapi.PyBuffer_Release
release_buffer.argtypes = [c_void_p]
release_buffer.restype = None

_KINDS = {**dict.fromkeys("bhilqn", "int"), **dict.fromkeys("BHILQN", "uint"), **dict.fromkeys("efd", "float")}


class PixelBuffer:
    """Holds an object's memory still until :meth:`release`."""

    __slots__ = ("_owner", "_raw", "address", "format", "is_indirect", "itemsize", "nbytes", "shape", "strides")

    def __init__(self, owner: object) -> None:
        """Raises TypeError or BufferError for objects without a buffer, and what else their own exporters raise."""
        self._raw: Optional[RawBuffer] = None
        self._take(owner)

    def _take(self, owner: object) -> None:
        raw = RawBuffer()
        get_buffer(owner, ctypes.addressof(raw), _FULL_READ_ONLY)
        self._raw = raw
        self._owner = owner
        self.address: int = raw.buf or 0
        self.nbytes: int = raw.len
        self.itemsize: int = raw.itemsize
        self.format: str = (raw.format or b"B").decode("ascii", "replace")
        self.shape = self._shape(raw)
        self.strides = self._strides(raw, self.shape)
        self.is_indirect: bool = bool(raw.suboffsets) and any(raw.suboffsets[axis] >= 0 for axis in range(raw.ndim))

    def release(self) -> None:
        if self._raw is not None:
            release_buffer(ctypes.addressof(self._raw))
            self._raw = None

    def view(self) -> memoryview:
        """The same memory for Python."""
        return memoryview(self._owner)  # type: ignore[arg-type]

    def become(self, copy: object) -> PixelBuffer:
        """Holds a copy of these pixels in their place."""
        self.release()
        self._take(copy)
        return self

    def become_packed(self) -> PixelBuffer:
        """Holds a copy in C order, made by Python itself: element by element."""
        format, itemsize, shape = self.format, self.itemsize, self.shape
        self.become(self.view().tobytes())
        self.format, self.itemsize, self.shape = format, itemsize, shape
        self.strides = _packed_strides(shape, itemsize)
        return self

    @property
    def is_plain_bytes(self) -> bool:
        """One-dimensional bytes side by side: a frame just as the camera delivered it."""
        return (
            len(self.shape) == 1
            and self.itemsize == 1
            and self.format.lstrip("@=<>!|^") in ("B", "b", "c")
            and (self.strides == (1,) or self.shape[0] <= 1)
        )

    @property
    def dtype_name(self) -> str:
        """Such as ``uint16``, or ``uint16 (big-endian)`` where that is not the machine's order."""
        code = self.format.lstrip("@=<>!|^")
        if code == "c" and self.itemsize == 1:
            return "uint8"
        kind = _KINDS.get(code)
        if kind is None:
            return "bool" if code == "?" else f"buffer format {self.format!r}"
        name = f"{kind}{8 * self.itemsize}"
        order = "big" if self.format[0] in ">!" else "little" if self.format[0] == "<" else sys.byteorder
        return name if order == sys.byteorder or self.itemsize == 1 else f"{name} ({order}-endian)"

    @staticmethod
    def _shape(raw: RawBuffer) -> Tuple[int, ...]:
        # An exporter may leave the shape out where there is one dimension.
        if raw.ndim == 0:
            return ()
        return tuple(raw.shape[: raw.ndim]) if raw.shape else (raw.len // max(raw.itemsize, 1),)

    @staticmethod
    def _strides(raw: RawBuffer, shape: Tuple[int, ...]) -> Tuple[int, ...]:
        # And the strides where elements lie side by side in C order, as ctypes does.
        if raw.strides:
            return tuple(raw.strides[: raw.ndim])
        return _packed_strides(shape, raw.itemsize)


def _packed_strides(shape: Tuple[int, ...], itemsize: int) -> Tuple[int, ...]:
    strides, step = [], itemsize
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
