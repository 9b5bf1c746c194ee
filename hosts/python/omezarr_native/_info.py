"""What the library tells of a dataset, as type checkers see it."""

from __future__ import annotations

from typing import Dict, List, Optional, TypedDict

from ._types import JsonValue


class _ImagePath(TypedDict):
    path: str


class ImageEntry(_ImagePath, total=False):
    """An image in the list of a dataset; ``well``, ``row``, ``column`` and ``field`` are of plates."""

    well: str
    row: str
    column: str
    field: int


class PlateInfo(TypedDict):
    """A plate: all its rows and columns."""

    name: Optional[str]
    rows: List[str]
    columns: List[str]


class DatasetInfo(TypedDict):
    """What there is in a dataset."""

    kind: str
    version: Optional[str]
    complete: Optional[bool]
    images: List[ImageEntry]
    plate: Optional[PlateInfo]
    missing_frames: List[List[int]]
    attributes: Dict[str, JsonValue]


class AxisInfo(TypedDict):
    """An axis of an image."""

    name: str
    type: Optional[str]
    unit: Optional[str]


class WindowInfo(TypedDict):
    """Intensities that are shown: limits of the control, and what is black and in full colour."""

    min: Optional[float]
    max: Optional[float]
    start: Optional[float]
    end: Optional[float]


class ChannelInfo(TypedDict):
    """How a channel is shown."""

    label: Optional[str]
    color: Optional[str]
    window: Optional[WindowInfo]
    active: Optional[bool]
    inverted: Optional[bool]


class LevelInfo(TypedDict):
    """An array of an image."""

    path: str
    shape: List[int]
    data_type: str
    element_bytes: int
    chunk_shape: List[int]
    shard_shape: Optional[List[int]]
    codecs: List[Dict[str, JsonValue]]
    scale: List[float]
    translation: List[float]


class ImageInfo(TypedDict):
    """What is known of an image; what is not known is None."""

    path: str
    name: Optional[str]
    axes: List[AxisInfo]
    levels: List[LevelInfo]
    channels: List[ChannelInfo]
    attributes: Dict[str, JsonValue]
