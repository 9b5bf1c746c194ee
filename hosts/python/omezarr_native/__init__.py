"""Writes microscope camera frames as OME-Zarr 0.5, and reads it, through the OmeZarrNative library.

    from omezarr_native import create_stream

    with create_stream(settings) as stream:
        for frame in camera:
            stream.append(frame)

``settings`` is a dict, a JSON text, or an ``AcquisitionSettings`` of ome-writers; docs/settings.md is its reference.
Frames are numpy arrays or anything else with the buffer protocol; they go to the library without a copy in Python.

    dataset = omezarr_native.open("cells.ome.zarr")
    plane = dataset["0"][3, :, ::2]

reads a part of a level; ``stream.view()`` is the dataset of a running stream, with every frame appended so far.
"""

from ._dataset import Dataset, Image, Level, open
from ._errors import (
    AccessDeniedError,
    AlreadyExistsError,
    BusyError,
    CodecError,
    DamagedError,
    FinalizedError,
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
from ._log import LogLevel, set_log_callback, set_log_file
from ._model import Channel, Dimension, Plate, PlateAcquisition, Position, dims_from_standard_axes
from ._settings import Settings
from ._stats import Stats
from ._stream import ArrayStream, Stream, create_stream, describe_layout, estimate_memory, validate_settings, version

__all__ = [
    "AccessDeniedError",
    "AlreadyExistsError",
    "ArrayStream",
    "BusyError",
    "Channel",
    "CodecError",
    "DamagedError",
    "Dataset",
    "Dimension",
    "FinalizedError",
    "ForkedError",
    "FormatError",
    "FrameIndexError",
    "FrameSizeError",
    "Image",
    "InternalError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "Level",
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
    "Position",
    "ReservedNameError",
    "RingFullError",
    "Settings",
    "SettingsError",
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
    "create_stream",
    "describe_layout",
    "dims_from_standard_axes",
    "estimate_memory",
    "open",
    "set_log_callback",
    "set_log_file",
    "validate_settings",
    "version",
]
