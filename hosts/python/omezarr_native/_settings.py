"""Settings in all the forms that hosts have them, and what a frame must look like by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from ._json import dumps_settings
from ._types import Settings

_COLOUR = re.compile(r"(?:rgb|bgr)([ax]?)(8|16)")
_PACKED = re.compile(r"mono(\d+)(?:p|packed)")


def to_json(settings: Settings) -> str:
    """The settings document."""
    if isinstance(settings, str):
        text = settings
    elif isinstance(settings, (bytes, bytearray)):
        text = settings.decode("utf-8")
    elif hasattr(settings, "model_dump_json") and not isinstance(settings, type):
        text = str(settings.model_dump_json())
    else:
        if hasattr(settings, "model_dump") and not isinstance(settings, type):
            settings = settings.model_dump(mode="json")
        if not isinstance(settings, Mapping):
            raise TypeError(
                f"settings must be a dict, a JSON text or a model with model_dump(), not {type(settings).__name__}"
            )
        text = dumps_settings(settings)
    # Editors on Windows begin files with a byte order mark, which is no JSON.
    text = text[1:] if text.startswith("\ufeff") else text
    if "\0" in text:
        raise ValueError("the settings contain a NUL character, where the library would stop to read")
    return text


@dataclass(frozen=True)
class FrameShape:
    """What frames must look like, as the library understands the settings."""

    #: The type of what is stored, such as ``uint16``.
    dtype: str
    height: int
    width: int
    #: Values of a pixel, side by side: 3 or 4 of colour cameras.
    samples: int
    #: Bytes of a row of packed pixels, which are no values of any type; 0 for others.
    packed_row_bytes: int
    #: ``frame.row_stride`` of the settings: from row to row of frames that are handed in as plain bytes; 0 for packed rows.
    row_stride: int
    #: The name of ``frame.pixel_format``, for messages.
    pixel_format: str
    #: Whether rows are known to this package; of other formats it takes plain bytes only.
    is_known: bool

    @classmethod
    def by_key(cls, layout: Mapping[str, Any]) -> Dict[str, FrameShape]:
        """Of each array of a layout that the library has described; of the only one, without a key, under ""."""
        settings = layout["settings"]
        if settings["arrays"] is None:
            return {"": cls._of(settings, layout["frame_shape"])}
        cameras = {camera["key"]: camera for camera in layout["cameras"]}
        return {array["key"]: cls._of(array, cameras[array["key"]]["frame_shape"]) for array in settings["arrays"]}

    @classmethod
    def _of(cls, array: Mapping[str, Any], shape: Tuple[int, int]) -> FrameShape:
        dtype: str = array["dtype"]
        frame: Mapping[str, Any] = array["frame"] or {}
        name: str = frame.get("pixel_format") or dtype
        height, width = shape
        colour, packed = _COLOUR.fullmatch(name), _PACKED.fullmatch(name)
        return cls(
            dtype=dtype,
            height=height,
            width=width,
            samples=(4 if colour[1] else 3) if colour else 1,
            packed_row_bytes=-(-int(packed[1]) * width // 8) if packed else 0,
            row_stride=frame.get("row_stride") or 0,
            pixel_format=name,
            is_known=bool(colour or packed or name == dtype),
        )

    @property
    def itemsize(self) -> int:
        """Bytes of a value."""
        return 1 if self.packed_row_bytes else int(dtype_bits(self.dtype) or 8) // 8

    @property
    def row_bytes(self) -> int:
        """Bytes of the pixels of a row."""
        return self.packed_row_bytes or self.width * self.samples * self.itemsize


def dtype_bits(name: str) -> Optional[int]:
    """Of ``uint16``: 16."""
    digits = re.search(r"\d+$", name)
    return int(digits[0]) if digits else None
