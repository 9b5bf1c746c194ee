"""Values of a host's as JSON: settings, metadata of the acquisition, metadata of frames."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import math
import os
import uuid
from typing import Any, Callable, Dict, Iterable, Mapping, Sequence, Tuple, cast

#: Members of settings that are seconds since 1970-01-01 UTC, and may be given as a datetime.
_SECONDS_SINCE_1970 = ("start_time", "end_time")


#: ``OMZ_FRAME_METADATA_MAX_BYTES`` and ``_DEPTH``: what the library takes with a frame.
MOST_BYTES = 65536
MOST_DEPTH = 32


def dumps(value: object) -> str:
    """Any value as JSON; NaN and infinity, which JSON does not have, raise ValueError."""
    return json.dumps(value, default=plain, allow_nan=False, ensure_ascii=False)


def dumps_settings(value: object) -> str:
    """A settings document."""
    try:
        return dumps(_with_seconds(value))
    except RecursionError:
        raise ValueError("the settings are nested too deeply, or contain themselves") from None


def dumps_frame(value: Mapping[str, object]) -> Tuple[bytes, int]:
    """A frame's metadata as JSON that the library stores, whatever is in it, and how many values that cost.

    NaN and infinity become null, as does what cannot be written as JSON or is nested too deeply. Of more than 64 KiB, the
    longest members are left out.
    """
    try:
        text = json.dumps(value, default=_plain_of_frame, allow_nan=False, ensure_ascii=False).encode()
        if len(text) <= MOST_BYTES and text.count(b"{") + text.count(b"[") <= MOST_DEPTH:
            return text, 0
    except Exception:  # of the host's own classes: whatever they raise
        pass
    lost = _Lost()
    members: Dict[str, object] = lost.members_of(value, 1)
    texts = {key: json.dumps(member, ensure_ascii=False).encode() for key, member in members.items()}
    sizes = {key: len(json.dumps(key, ensure_ascii=False).encode()) + len(text) + 4 for key, text in texts.items()}
    total = sum(sizes.values())
    for key in sorted(sizes, key=lambda name: -sizes[name]):
        if total <= MOST_BYTES - 2:
            break
        total -= sizes[key]
        del members[key]
        lost.count += 1
    return json.dumps(members, ensure_ascii=False).encode(), lost.count


def plain_metadata(value: Mapping[str, object]) -> Dict[str, object]:
    """Metadata as JSON has it: what is not JSON, such as NaN, is null."""
    return _Lost().members_of(value, 1)


def utf8(text: str, what: str) -> bytes:
    """A text for the library. One with a NUL would be cut there."""
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - of hosts without a type checker
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    if "\0" in text:
        raise ValueError(f"{what} must not contain a NUL character")
    return text.encode()


def plain(value: Any) -> object:
    """What json does not know of itself; for ``json.dumps(default=...)``."""
    for kind, convert in _CONVERTED:
        if isinstance(value, kind):
            return convert(value)
    if isinstance(value, type):
        return _dtype_name(value)
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {member.name: getattr(value, member.name) for member in dataclasses.fields(value)}
    module = type(value).__module__.partition(".")[0]
    if module == "numpy" and type(value).__name__ in ("datetime64", "timedelta64"):
        return str(value)
    name = getattr(value, "name", None)
    if hasattr(value, "itemsize") and isinstance(name, str) and not hasattr(value, "tolist"):
        return name  # a numpy dtype
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _plain_of_frame(value: Any) -> object:
    """As :func:`plain`. Of models that can tell, members that nobody set are left out: each frame would repeat them."""
    dump = getattr(value, "model_dump", None)
    if dump is not None and not isinstance(value, type):
        try:
            return dump(mode="json", exclude_unset=True)
        except TypeError:
            pass
    return plain(value)


def _dtype_name(kind: type) -> str:
    """Of ``numpy.uint16`` and the like."""
    if kind.__module__.partition(".")[0] == "numpy" and hasattr(kind, "tolist"):
        import numpy

        return str(numpy.dtype(kind).name)
    raise TypeError(f"the class {kind.__name__} cannot be written as JSON; data types are named, such as 'uint16'")


_CONVERTED: Tuple[Tuple[Any, Callable[[Any], object]], ...] = (
    (Mapping, dict),
    (enum.Enum, lambda value: value.value),
    ((datetime.datetime, datetime.date, datetime.time), lambda value: value.isoformat()),
    (datetime.timedelta, lambda value: value.total_seconds()),
    (os.PathLike, os.fspath),
    ((set, frozenset, range), list),
    (decimal.Decimal, float),
    (uuid.UUID, str),
)


def _with_seconds(value: Any) -> object:
    """The settings with their datetimes as whole seconds where the document has these."""
    if isinstance(value, Mapping):
        return {
            key: int(member.timestamp())
            if key in _SECONDS_SINCE_1970 and isinstance(member, datetime.datetime)
            else _with_seconds(member)
            for key, member in _items(value)
        }
    if isinstance(value, (list, tuple)):
        return [_with_seconds(member) for member in cast(Sequence[Any], value)]
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return _with_seconds(value.model_dump(mode="json"))
    return value


def _items(mapping: Any) -> Iterable[Tuple[Any, Any]]:
    items: Iterable[Tuple[Any, Any]] = mapping.items()
    return items


class _Lost:
    """A copy of metadata with null in the place of what JSON cannot say."""

    def __init__(self) -> None:
        self.count: int = 0

    def of(self, value: Any, depth: int) -> object:
        if value is None or isinstance(value, (bool, str)):
            return self._text(value) if isinstance(value, str) else value
        if isinstance(value, enum.Enum):
            return self.of(value.value, depth)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else self._nothing()
        if depth > MOST_DEPTH:
            return self._nothing()
        if isinstance(value, Mapping):
            return self.members_of(value, depth)
        if isinstance(value, (list, tuple)):
            return [self.of(member, depth + 1) for member in cast(Sequence[Any], value)]
        try:
            converted = _plain_of_frame(value)
        except Exception:  # as above: it costs this value
            return self._nothing()
        # Whatever a class converts itself to, it comes to an end.
        return self._nothing() if converted is value else self.of(converted, depth + 1)

    def members_of(self, value: Any, depth: int) -> Dict[str, object]:
        """Those of an object of JSON."""
        return {self._key(key): self.of(member, depth + 1) for key, member in _items(value)}

    def _key(self, key: object) -> str:
        if key is None or isinstance(key, (bool, int, float)):
            return json.dumps(key)
        return str(self._text(str(key)) or "")

    def _text(self, value: str) -> object:
        try:
            value.encode()
        except UnicodeEncodeError:  # half a surrogate pair is no text
            return self._nothing()
        return str(value)

    def _nothing(self) -> object:
        self.count += 1
        return None
