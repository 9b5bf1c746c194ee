"""Writes microscope camera frames as OME-Zarr 0.5, and reads it, through the OmeZarrNative library.

    from omezarr_native import create_stream

    with create_stream(settings) as stream:
        for frame in camera:
            stream.append(frame)

``settings`` is a dict, a JSON text, or an ``AcquisitionSettings`` of ome-writers; docs/settings.md is its reference.
Frames are numpy arrays or anything else that shows its pixels; those with contiguous rows go to the library without a copy in
Python.

    dataset = omezarr_native.open("cells.ome.zarr")
    plane = dataset["0"][3, :, ::2]

reads a part of a level; ``stream.view()`` is the dataset of a running stream, with every frame appended so far.

``omezarr_native.ome_writers`` has the interface of ome-writers, ``omezarr_native.pymmcore`` a handler for runs of pymmcore-plus,
``omezarr_native.exengine`` and ``omezarr_native.pycromanager`` storage for these engines.
"""

from ._dataset import Dataset, Image, open, set_metadata
from ._array_stream import ArrayStream
from ._calls import describe_layout, estimate_memory, validate_settings, version
from ._errors import (
    AccessDeniedError,
    AlreadyExistsError,
    BusyError,
    CodecError,
    DamagedError,
    FinalizedError,
    FolderNotFoundError,
    ForkedError,
    FormatError,
    FrameIndexError,
    FrameSizeError,
    InternalError,
    InvalidArgumentError,
    InvalidHandleError,
    LibraryNotFoundError,
    NoSpaceError,
    NotAZarrError,
    NotFoundError,
    NotSupportedError,
    OmeZarrError,
    OutOfMemoryError,
    ReservedNameError,
    RingFullError,
    SettingsError,
    SlotError,
    SlotsLostError,
    StalledError,
    StoreError,
    StructSizeError,
    TimedOutError,
    TooManyFramesError,
    TooManyStreamsError,
)
from ._coordinates import Index
from ._events import CoordUpdate
from ._info import AxisInfo, ChannelInfo, DatasetInfo, ImageEntry, ImageInfo, LevelInfo, PlateInfo, WindowInfo
from ._lending import Slot
from ._levels import Level
from ._log import LogLevel, set_log_callback, set_log_file
from ._model import (
    Backpressure,
    Channel,
    Compression,
    DataType,
    Dimension,
    DimensionType,
    Fsync,
    Plate,
    PlateAcquisition,
    Position,
    PyramidMethod,
    dims_from_standard_axes,
)
from ._progress import Progress
from ._stats import Stats
from ._stream import Stream, create_stream
from ._types import Frame, JsonValue, Settings

__all__ = [
    "AccessDeniedError",
    "AlreadyExistsError",
    "ArrayStream",
    "AxisInfo",
    "Backpressure",
    "BusyError",
    "Channel",
    "ChannelInfo",
    "CodecError",
    "Compression",
    "CoordUpdate",
    "DamagedError",
    "DataType",
    "Dataset",
    "DatasetInfo",
    "Dimension",
    "DimensionType",
    "FinalizedError",
    "FolderNotFoundError",
    "ForkedError",
    "FormatError",
    "Frame",
    "FrameIndexError",
    "FrameSizeError",
    "Fsync",
    "Image",
    "ImageEntry",
    "ImageInfo",
    "Index",
    "InternalError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "JsonValue",
    "Level",
    "LevelInfo",
    "LibraryNotFoundError",
    "LogLevel",
    "NoSpaceError",
    "NotAZarrError",
    "NotFoundError",
    "NotSupportedError",
    "OmeZarrError",
    "OutOfMemoryError",
    "Plate",
    "PlateAcquisition",
    "PlateInfo",
    "Position",
    "Progress",
    "PyramidMethod",
    "ReservedNameError",
    "RingFullError",
    "Settings",
    "SettingsError",
    "Slot",
    "SlotError",
    "SlotsLostError",
    "StalledError",
    "Stats",
    "StoreError",
    "Stream",
    "StructSizeError",
    "TimedOutError",
    "TooManyFramesError",
    "TooManyStreamsError",
    "WindowInfo",
    "create_stream",
    "describe_layout",
    "dims_from_standard_axes",
    "estimate_memory",
    "open",
    "set_log_callback",
    "set_log_file",
    "set_metadata",
    "validate_settings",
    "version",
]
