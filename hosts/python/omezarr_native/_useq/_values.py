"""Values of JSON documents, with their types."""

from __future__ import annotations

import datetime
from typing import Dict, List, Mapping, Optional, Sequence, cast


def mapping(value: object) -> Optional[Mapping[str, object]]:
    """An object of JSON, or None."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None


def members(value: object) -> Dict[str, object]:
    """An object of JSON; of anything else an empty one."""
    return dict(mapping(value) or {})


def elements(value: object) -> List[object]:
    """A list of JSON; of anything else an empty one."""
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(cast("Sequence[object]", value))
    return []


def number(value: object, default: float = 0.0) -> float:
    """A number of JSON."""
    return float(value) if isinstance(value, (int, float)) else default


def number_or_none(value: object) -> Optional[float]:
    """A number of JSON, or None."""
    return float(value) if isinstance(value, (int, float)) else None


def whole(value: object, default: int = 0) -> int:
    """A whole number of JSON."""
    return int(value) if isinstance(value, (int, float)) else default


def whole_or_none(value: object) -> Optional[int]:
    """A whole number of JSON, or None."""
    return int(value) if isinstance(value, (int, float)) else None


def text(value: object) -> str:
    """A text of JSON; of anything else an empty one."""
    return value if isinstance(value, str) else ""


def pair(value: object, default: float = 0.0) -> List[float]:
    """Two numbers, of which JSON may have only one."""
    if isinstance(value, (int, float)):
        return [float(value), float(value)]
    found = [number(one, default) for one in elements(value)]
    return found if len(found) == 2 else [default, default]


def seconds(value: object) -> float:
    """A length of time: seconds, ``{"minutes": 5}``, or a text such as ``0:00:10`` or ``PT10S``."""
    if isinstance(value, (int, float)):
        return float(value)
    parts = mapping(value)
    if parts is not None:
        return datetime.timedelta(**{key: number(part) for key, part in parts.items()}).total_seconds()
    return _seconds_of_text(text(value))


def _seconds_of_text(given: str) -> float:
    sign = -1 if given.startswith("-") else 1
    body = given.lstrip("+-")
    if body.upper().startswith("P"):
        return sign * _seconds_of_iso(body.upper()[1:])
    days, _, clock = body.rpartition("d,") if "d," in body else body.rpartition(" ")
    total = 0.0
    for part in clock.split(":"):
        total = 60 * total + float(part)
    return sign * (total + (86400 * float(days.split()[0].rstrip("d")) if days.strip() else 0))


def _seconds_of_iso(body: str) -> float:
    date, _, clock = body.partition("T")
    total = 0.0
    for part, units in ((date, {"W": 604800, "D": 86400}), (clock, {"H": 3600, "M": 60, "S": 1})):
        digits = ""
        for character in part:
            if character in units:
                total += float(digits) * units[character]
                digits = ""
            else:
                digits += character
        if digits:
            raise ValueError(f"{body!r} is no length of time")
    return total
