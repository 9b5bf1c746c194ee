"""Settings in all the forms that hosts have them, and what a frame must look like by them."""

from __future__ import annotations

import enum
import json
import os
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Union

#: A dict, a JSON text, or a pydantic model such as ome-writers' ``AcquisitionSettings``.
Settings = Union[Mapping[str, Any], str, bytes, Any]


def to_json(settings: Settings) -> str:
    """The settings document."""
    if isinstance(settings, str):
        return settings
    if isinstance(settings, (bytes, bytearray)):
        return settings.decode("utf-8")
    if hasattr(settings, "model_dump_json"):
        return str(settings.model_dump_json())
    if hasattr(settings, "model_dump"):
        settings = settings.model_dump(mode="json")
    if not isinstance(settings, Mapping):
        raise TypeError(f"settings must be a dict, a JSON text or a model with model_dump(), not {type(settings).__name__}")
    return dumps(settings)


def dumps(value: Any) -> str:
    """Any value of a host's as JSON; NaN and infinity, which JSON does not have, raise ValueError."""
    return json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """What json does not know of itself: mappings, models, paths, enums, numpy scalars, arrays and dtypes."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, enum.Enum):
        return value.value
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "itemsize") and hasattr(value, "name"):
        return value.name
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


@dataclass(frozen=True)
class FrameShape:
    """What frames must look like."""

    dtype: str
    height: int
    width: int

    @classmethod
    def by_key(cls, settings_json: str) -> Dict[str, FrameShape]:
        """Of each array of a document that the library has accepted; of the only one, without a key, under ""."""
        document = json.loads(settings_json)
        arrays = document.get("arrays")
        if arrays is None:
            return {"": cls._of(document)}
        return {array["key"]: cls._of({**document, **array}) for array in arrays}

    @classmethod
    def _of(cls, array: Mapping[str, Any]) -> FrameShape:
        rows, columns = array["dimensions"][-2:]
        return cls(array["dtype"], _count(rows), _count(columns))


def _count(dimension: Mapping[str, Any]) -> int:
    count = dimension.get("count")
    return len(dimension["coords"]) if count is None else int(count)
