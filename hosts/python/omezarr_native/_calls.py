"""Questions to the library that need no stream."""

from __future__ import annotations

import ctypes
import json
from typing import Any, Dict

from ._library import Library, library
from ._settings import to_json
from ._types import JsonValue, Settings


def validate_settings(settings: Settings) -> None:
    """Raises :class:`SettingsError` or :class:`NotSupportedError`, with every problem, and touches no disk."""
    native = library()
    native.check(native.omz_validate_settings(to_json(settings).encode()))


def describe_layout(settings: Settings) -> Dict[str, JsonValue]:
    """The resolved plan: all defaults filled in, and shape, chunks, shards, codecs of each array."""
    return layout_of(library(), to_json(settings).encode())


def estimate_memory(settings: Settings) -> int:
    """The most memory in bytes that a stream of these settings will use."""
    native = library()
    size = ctypes.c_uint64()
    native.check(native.omz_estimate_memory(to_json(settings).encode(), ctypes.byref(size)))
    return size.value


def version() -> str:
    """The library's version."""
    return str(library().omz_version().decode())


def layout_of(native: Library, document: bytes) -> Dict[str, Any]:
    """What the library makes of a settings document."""
    text = native.text(lambda buffer, capacity: int(native.omz_describe_layout(document, buffer, capacity)))
    layout: Dict[str, Any] = json.loads(text)
    return layout
