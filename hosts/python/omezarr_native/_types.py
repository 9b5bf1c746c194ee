"""Kinds of objects that calls take and return, for type checkers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Protocol, SupportsIndex, Tuple, Union

#: What a JSON document holds.
JsonValue = Union[None, bool, int, float, str, List["JsonValue"], Dict[str, "JsonValue"]]


class HasArrayInterface(Protocol):
    """Such as images of PIL."""

    @property
    def __array_interface__(self) -> Mapping[str, object]: ...


class HasArray(Protocol):
    """Such as arrays of numpy, dask, xarray and h5py."""

    def __array__(self) -> object: ...


class HasDlpack(Protocol):
    """Such as tensors of torch and jax."""

    def __dlpack__(self) -> object: ...


class PixelArray(Protocol):
    """A numpy array, without numpy a memoryview."""

    @property
    def shape(self) -> Tuple[int, ...]: ...

    def __getitem__(self, key: Union[int, Tuple[int, ...]], /) -> Union[int, float]: ...

    def __setitem__(self, key: Key, value: object, /) -> None: ...


class SettingsModel(Protocol):
    """Such as pydantic's models."""

    def model_dump(self, *, mode: str) -> Mapping[str, object]: ...


if TYPE_CHECKING:
    import numpy
    from _typeshed import ReadableBuffer

    if sys.version_info >= (3, 10):
        from types import EllipsisType
    else:
        from builtins import ellipsis as EllipsisType

    #: What selects along an axis.
    Selector = Union[SupportsIndex, slice, EllipsisType]
    #: What ``array[...]`` takes: integers, slices and an ellipsis, or a tuple of them.
    Key = Union[Selector, Tuple[Selector, ...]]

    #: What has pixels: the buffer protocol, ``__array__``, ``__array_interface__``, DLPack.
    Frame = Union[ReadableBuffer, HasArray, HasArrayInterface, HasDlpack]
    #: A numpy array of any type of pixels.
    Pixels = numpy.ndarray[Any, numpy.dtype[Any]]
else:
    Frame = object
    Pixels = object
    Key = object

#: A dict, a JSON text, or a model such as ome-writers' ``AcquisitionSettings``.
Settings = Union[Mapping[str, object], str, bytes, SettingsModel]
