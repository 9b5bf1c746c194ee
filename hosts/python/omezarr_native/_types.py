"""Kinds of objects that frames can be, for type checkers."""

from __future__ import annotations

from typing import Any, Mapping, Protocol, Union


class HasArrayInterface(Protocol):
    """Such as images of PIL."""

    @property
    def __array_interface__(self) -> Mapping[str, Any]: ...


class HasArray(Protocol):
    """Such as arrays of dask, xarray and h5py."""

    def __array__(self) -> Any: ...


class HasDlpack(Protocol):
    """Such as tensors of torch and jax."""

    def __dlpack__(self) -> Any: ...


ArrayLike = Union[HasArrayInterface, HasArray, HasDlpack]
