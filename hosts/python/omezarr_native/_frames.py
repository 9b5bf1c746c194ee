"""Frames of all kinds that Python has, as the library takes them: an address, a size, and the bytes from row to row."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Tuple

from ._buffers import PixelBuffer
from ._errors import FrameSizeError
from ._settings import FrameShape

if TYPE_CHECKING:
    import numpy

#: Where DLPack says that memory lies which a processor can read: the processor's own, and what a device has pinned there.
_READABLE_DEVICES = (1, 3, 11)

#: Values of a pixel: red, green, blue, alpha.
_MOST_SAMPLES = 4

_NO_PIXELS = (str, list, tuple, dict, set, frozenset, int, float, complex, type(None))

CASTINGS: Tuple[str, ...] = ("no", "safe")


class Pixels:
    """Pixels that stay where they are until :meth:`release`."""

    __slots__: Tuple[str, ...] = ("_buffer", "address", "row_stride", "size_bytes")

    def __init__(self, buffer: PixelBuffer, size_bytes: int, row_stride: int) -> None:
        self._buffer = buffer
        self.address: int = buffer.address
        self.size_bytes: int = size_bytes
        self.row_stride: int = row_stride

    def release(self) -> None:
        self._buffer.release()


class FrameReader:
    """Reads the frames of one stream or array: in place where their rows are contiguous, from a copy where not."""

    def __init__(self, shape: FrameShape, casting: str = "no") -> None:
        if casting not in CASTINGS:
            raise ValueError(f"casting must be 'no' or 'safe', not {casting!r}")
        self.shape: FrameShape = shape
        self._casting = casting

    def read(self, frame: object) -> Pixels:
        """Raises TypeError and :class:`FrameSizeError`, which say what was given and what the stream takes."""
        buffer = self._buffer_of(frame)
        try:
            return self._pixels(frame, buffer)
        except BaseException:
            buffer.release()
            raise

    def _buffer_of(self, frame: Any) -> PixelBuffer:
        if isinstance(frame, _NO_PIXELS):
            raise self._no_pixels(frame)
        if _is_masked(frame):
            raise TypeError("the frame is a masked array, whose mask cannot be stored: append frame.filled(0), or frame.data")
        if hasattr(frame, "__cuda_array_interface__"):
            raise TypeError(_on_device(frame))
        try:
            return PixelBuffer(frame)
        except Exception as error:  # exporters raise what they like
            found = self._as_array(frame, error)
        try:
            return PixelBuffer(found)
        except Exception as error:  # types that no buffer has
            raise TypeError(f"the frame's dtype is {found.dtype}, the stream's is {self.shape.dtype}") from error

    def _as_array(self, frame: Any, error: Exception) -> "numpy.ndarray[Any, Any]":
        """Of an object that shows its pixels in another way than by the buffer protocol."""
        ways = [way for way in ("__array_interface__", "__array_struct__", "__dlpack__", "__array__") if hasattr(frame, way)]
        if not ways or isinstance(frame, type):
            raise self._no_pixels(frame) from error
        numpy = numpy_or_none()
        if numpy is None:
            raise TypeError(f"frames of type {_name(frame)} need numpy, which is not installed") from error
        if hasattr(frame, "__dlpack_device__"):
            device = frame.__dlpack_device__()[0]
            if int(device) not in _READABLE_DEVICES:
                raise TypeError(_on_device(frame)) from error
        array: Any = None
        if ways[0] == "__dlpack__" and hasattr(numpy, "from_dlpack"):
            try:
                array = numpy.from_dlpack(frame)
            except Exception as refused:  # gradients, types that numpy lacks, another version of the protocol
                if "__array__" not in ways:
                    raise TypeError(f"numpy.from_dlpack does not take the frame ({_name(frame)}): {refused}") from refused
        if array is None:
            try:
                array = numpy.asarray(frame)
            except Exception as refused:
                raise TypeError(f"numpy.asarray does not take the frame ({_name(frame)}): {refused}") from refused
        if _is_masked(array):
            raise TypeError("the frame is a masked array, whose mask cannot be stored: append frame.filled(0), or frame.data")
        return array  # type: ignore[no-any-return]

    def _no_pixels(self, frame: Any) -> TypeError:
        if isinstance(frame, (list, tuple)):
            kind = "list" if isinstance(frame, list) else "tuple"
            return TypeError(
                f"the frame is a {kind}, not an array: append numpy.asarray(frame, dtype={self.shape.dtype!r})"
            )
        return TypeError(
            f"the frame is {_name(frame)}, which has no pixels to be read: it must be an array, or bytes. "
            f"numpy.asarray(frame) makes an array of what numpy knows"
        )

    def _pixels(self, frame: object, buffer: PixelBuffer) -> Pixels:
        shape = self.shape
        if buffer.is_plain_bytes and self._is_as_delivered(frame, buffer):
            return Pixels(buffer, buffer.nbytes, 0)
        if not shape.is_known:
            raise TypeError(
                f"frames of pixel_format {shape.pixel_format} are handed in as bytes: a one-dimensional array of uint8"
            )
        if shape.packed_row_bytes:
            return self._packed(buffer)
        if buffer.dtype_name != shape.dtype:
            buffer = self._cast(buffer)
        layouts = self._layouts()
        if buffer.shape == layouts[-1] and shape.samples > 1 and buffer.shape not in layouts[:-1]:
            return self._planes(buffer)
        if len(buffer.shape) == 1:
            return self._flat(buffer)
        if buffer.shape not in layouts:
            raise FrameSizeError(
                f"the frame's shape is {buffer.shape}, the stream's frames are "
                + " or ".join(str(layout) for layout in layouts)
            )
        return self._rows(buffer)

    def _is_as_delivered(self, frame: object, buffer: PixelBuffer) -> bool:
        """Whether bytes are just that, and not values of a type: numpy says which type its bytes are."""
        if not _is_numpy(frame):
            return True
        return buffer.dtype_name == ("uint8" if self.shape.itemsize > 1 else self.shape.dtype) or (
            self.shape.packed_row_bytes > 0 and buffer.dtype_name == "uint8"
        )

    def _layouts(self) -> Tuple[Tuple[int, ...], ...]:
        """The shapes of a frame; that of planes one after the other is the last one."""
        shape = self.shape
        if shape.samples == 1:
            return ((shape.height, shape.width),)
        return (
            (shape.height, shape.width, shape.samples),
            (shape.height, shape.width * shape.samples),
            (shape.samples, shape.height, shape.width),
        )

    def _packed(self, buffer: PixelBuffer) -> Pixels:
        shape = self.shape
        rows = (shape.height, shape.packed_row_bytes)
        padded = (shape.height, shape.row_stride)
        if buffer.dtype_name != "uint8":
            raise TypeError(
                f"the frame's dtype is {buffer.dtype_name}, but this stream's frames are packed bytes ({shape.pixel_format}): "
                f"uint8, of shape {rows}. Unpacked pixels need settings without frame.pixel_format"
            )
        if buffer.shape not in (rows, padded):
            raise FrameSizeError(
                f"the frame's shape is {buffer.shape}; rows of {shape.width} pixels of {shape.pixel_format} have "
                f"{shape.packed_row_bytes} bytes: {rows}"
            )
        # Rows as far apart as unpacked ones: the library takes these for a mistake, so they are put together first.
        unpacked = shape.width * _bytes_of(shape.dtype)
        if buffer.strides[0] == unpacked and unpacked != shape.row_stride:
            buffer = _contiguous(buffer)
        return self._rows(buffer)

    def _flat(self, buffer: PixelBuffer) -> Pixels:
        shape = self.shape
        if buffer.strides != (buffer.itemsize,):
            buffer = _contiguous(buffer)
        if buffer.shape[0] == shape.height * shape.width * shape.samples:
            return Pixels(buffer, buffer.nbytes, shape.row_bytes)
        # Rows as the settings say, padding included: the library judges.
        return Pixels(buffer, buffer.nbytes, 0)

    def _rows(self, buffer: PixelBuffer) -> Pixels:
        """Of a frame whose rows are the first dimension."""
        row_bytes = self.shape.row_bytes
        if not _rows_are_contiguous(buffer):
            buffer = _contiguous(buffer)
        rows = buffer.shape[0]
        stride = buffer.strides[0] if rows > 1 else row_bytes
        return Pixels(buffer, (rows - 1) * stride + row_bytes, stride)

    def _planes(self, buffer: PixelBuffer) -> Pixels:
        """Of a frame of one plane for each colour, which the library takes with the colours of a pixel side by side."""
        planes = _contiguous(buffer)
        shape = self.shape
        numpy = numpy_or_none()
        if numpy is not None:
            values = numpy.asarray(planes.view()).reshape(buffer.shape)
            return self._rows(planes.become(_side_by_side(numpy.moveaxis(values, 0, -1))))
        size = shape.height * shape.width
        code: Any = {1: "B", 2: "H", 4: "I", 8: "Q"}[planes.itemsize]
        flat: Any = planes.view()
        source: Any = flat.cast("B").cast(code)
        whole: Any = memoryview(bytearray(planes.nbytes))
        mixed: Any = whole.cast(code)
        for sample in range(shape.samples):
            mixed[sample :: shape.samples] = source[sample * size : (sample + 1) * size]
        return self._rows(planes.become(mixed.cast("B").cast("B", (shape.height, shape.row_bytes))))

    def _cast(self, buffer: PixelBuffer) -> PixelBuffer:
        given, wanted = buffer.dtype_name, self.shape.dtype
        numpy = numpy_or_none()
        target = None if numpy is None else numpy.dtype(wanted)
        is_safe = False
        source: Any = None
        if numpy is not None:
            try:
                source = numpy.asarray(buffer.view())
                is_safe = bool(numpy.can_cast(source.dtype, target, "safe"))
            except Exception:  # a type that numpy does not know is no safe cast
                is_safe = False
        if numpy is not None and is_safe and self._casting == "safe":
            return buffer.become(numpy.ascontiguousarray(source.astype(target)))
        way = f"frame.astype({wanted!r})"
        if is_safe:
            raise TypeError(
                f"the frame's dtype is {given}, the stream's is {wanted}: append {way}, or create the stream with "
                f"casting='safe'"
            )
        raise TypeError(f"the frame's dtype is {given}, the stream's is {wanted}, which cannot hold it: append {way} if it fits")


def _rows_are_contiguous(buffer: PixelBuffer) -> bool:
    """Whether the values of each row lie side by side, and rows do not overlap."""
    step = buffer.itemsize
    for size, stride in zip(reversed(buffer.shape[1:]), reversed(buffer.strides[1:])):
        if size > 1 and stride != step:
            return False
        step *= size
    return not buffer.is_indirect and (buffer.shape[0] <= 1 or buffer.strides[0] >= step)


def _contiguous(buffer: PixelBuffer) -> PixelBuffer:
    """A copy in C order, unless it is so already."""
    step = buffer.itemsize
    is_packed = not buffer.is_indirect
    for size, stride in zip(reversed(buffer.shape), reversed(buffer.strides)):
        is_packed = is_packed and (size <= 1 or stride == step)
        step *= size
    if is_packed:
        return buffer
    numpy = numpy_or_none()
    if numpy is not None and not buffer.is_indirect:
        # Many times as fast as a memoryview, which goes element by element.
        values = numpy.asarray(buffer.view())
        if values.ndim == 3 and values.shape[-1] <= _MOST_SAMPLES and values.strides[-1] != values.itemsize:
            return buffer.become(_side_by_side(values))
        return buffer.become(numpy.array(values, order="C", copy=True))
    return buffer.become_packed()


def _side_by_side(planes: Any) -> Any:
    """Colours of a pixel side by side, of an array with the colours last that has them in planes."""
    import numpy

    whole = numpy.empty(planes.shape, planes.dtype)
    # Plane by plane is several times as fast as numpy's own copy, which goes pixel by pixel.
    for sample in range(planes.shape[-1]):
        whole[..., sample] = planes[..., sample]
    return whole


def _bytes_of(dtype: str) -> int:
    return int("".join(digit for digit in dtype if digit.isdigit())) // 8


def _is_masked(frame: object) -> bool:
    masked = sys.modules.get("numpy.ma")
    return masked is not None and isinstance(frame, masked.MaskedArray)


def _is_numpy(frame: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(frame, numpy.ndarray)


def numpy_or_none() -> Any:
    """numpy, or None where it is not installed."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def _name(frame: object) -> str:
    kind = type(frame)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _on_device(frame: object) -> str:
    return f"the frame ({_name(frame)}) is in the memory of a device: append a copy of it, frame.cpu() or frame.get()"
