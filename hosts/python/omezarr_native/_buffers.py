"""Pixels of any object with the buffer protocol, by address and without a copy.

A memoryview does not tell its address, and ``ctypes.from_buffer`` refuses read-only memory (``bytes``, numpy arrays
with ``writeable=False``), so the buffer is asked of CPython itself.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, c_char_p, c_int, c_ssize_t, c_void_p, py_object
from typing import Any, Optional, Tuple

_PyBUF_RECORDS_RO = 0x0008 | 0x0010 | 0x0004  # shape, strides and format; read-only will do


class _PyBuffer(ctypes.Structure):
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


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [py_object, POINTER(_PyBuffer), c_int]
_get_buffer.restype = c_int
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [POINTER(_PyBuffer)]
_release_buffer.restype = None

_KINDS = {**dict.fromkeys("bhilqn", "int"), **dict.fromkeys("BHILQN", "uint"), **dict.fromkeys("efd", "float")}


class PixelBuffer:
    """Holds an object's memory still until :meth:`release`."""

    __slots__ = ("_raw", "address", "format", "itemsize", "nbytes", "shape", "strides")

    def __init__(self, owner: Any) -> None:
        self._raw: Optional[_PyBuffer] = None
        raw = _PyBuffer()
        _get_buffer(owner, ctypes.byref(raw), _PyBUF_RECORDS_RO)  # raises TypeError for objects without a buffer
        self._raw = raw
        self.address: Optional[int] = raw.buf
        self.nbytes: int = raw.len
        self.itemsize: int = raw.itemsize
        self.format: str = (raw.format or b"B").decode()
        self.shape: Tuple[int, ...] = tuple(raw.shape[: raw.ndim]) if raw.ndim else ()
        self.strides: Tuple[int, ...] = tuple(raw.strides[: raw.ndim]) if raw.ndim else ()

    def release(self) -> None:
        if self._raw is not None:
            _release_buffer(ctypes.byref(self._raw))
            self._raw = None

    @property
    def is_plain_bytes(self) -> bool:
        """One-dimensional unsigned bytes side by side: a frame just as the camera delivered it."""
        return len(self.shape) == 1 and self.format in ("B", "<B", "|B", "c") and self.strides == (1,)

    @property
    def dtype_name(self) -> str:
        """Such as ``uint16``, or ``uint16 (big-endian)`` where that is not the machine's order."""
        code = self.format.lstrip("@=<>!|^")
        kind = _KINDS.get(code)
        if kind is None:
            return "bool" if code == "?" else f"buffer format {self.format!r}"
        name = f"{kind}{8 * self.itemsize}"
        order = "big" if self.format[0] in ">!" else "little" if self.format[0] == "<" else sys.byteorder
        return name if order == sys.byteorder or self.itemsize == 1 else f"{name} ({order}-endian)"
