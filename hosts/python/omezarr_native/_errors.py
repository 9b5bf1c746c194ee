"""One exception class for each status code of omezarr_native.h, all of them :class:`OmeZarrError`.

Each is also the built-in exception that fits, so that a host may catch ``FileExistsError`` or ``OSError`` without
knowing this package.
"""

from __future__ import annotations

import errno as _numbers
from typing import ClassVar, Dict, Type

OK = 0
FRAME_DROPPED = 1
FRAME_METADATA_LOST = 2


class OmeZarrError(Exception):
    """Any failure that the library reports. Codes that this package does not know yet come as this class itself."""

    #: The status code in omezarr_native.h.
    status: ClassVar[int] = 0
    #: The status code's name there.
    status_name: ClassVar[str] = "OMZ_E_UNKNOWN"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message: str = message

    def __str__(self) -> str:
        return self.message


class LibraryNotFoundError(OmeZarrError, ImportError):
    """The native library could not be found or loaded."""


class InternalError(OmeZarrError, RuntimeError):
    """A defect in the library."""

    status: ClassVar[int] = -1
    status_name: ClassVar[str] = "OMZ_E_INTERNAL"


class InvalidArgumentError(OmeZarrError, ValueError):
    """A value outside its range."""

    status: ClassVar[int] = -2
    status_name: ClassVar[str] = "OMZ_E_INVALID_ARGUMENT"


class FolderNotFoundError(InvalidArgumentError, FileNotFoundError):
    """The folder of a file that was to be created does not exist."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        setattr(self, "errno", _numbers.ENOENT)


class InvalidHandleError(OmeZarrError, ValueError):
    """The stream is closed."""

    status: ClassVar[int] = -3
    status_name: ClassVar[str] = "OMZ_E_INVALID_HANDLE"


class SettingsError(OmeZarrError, ValueError):
    """The settings have problems; the message lists all of them, one a line, by their JSON path."""

    status: ClassVar[int] = -4
    status_name: ClassVar[str] = "OMZ_E_INVALID_SETTINGS"


class NotSupportedError(OmeZarrError, NotImplementedError):
    """Valid, but this version of the library cannot do it yet."""

    status: ClassVar[int] = -5
    status_name: ClassVar[str] = "OMZ_E_NOT_SUPPORTED"


class StructSizeError(OmeZarrError, RuntimeError):
    """The loaded library does not know this package's structs."""

    status: ClassVar[int] = -6
    status_name: ClassVar[str] = "OMZ_E_STRUCT_SIZE"


class _OSErrorWithNumber(OmeZarrError, OSError):
    """Sets ``errno`` for hosts that look at it."""

    _errno: ClassVar[int] = _numbers.EIO

    def __init__(self, message: str) -> None:
        super().__init__(message)
        setattr(self, "errno", self._errno)  # which type checkers know in two ways


class AlreadyExistsError(_OSErrorWithNumber, FileExistsError):
    """The output path exists and ``overwrite`` is false."""

    status: ClassVar[int] = -7
    status_name: ClassVar[str] = "OMZ_E_ALREADY_EXISTS"
    _errno: ClassVar[int] = _numbers.EEXIST


class NotAZarrError(_OSErrorWithNumber, FileExistsError):
    """``overwrite`` was refused: what lies at the output path is not a Zarr."""

    status: ClassVar[int] = -8
    status_name: ClassVar[str] = "OMZ_E_NOT_A_ZARR"
    _errno: ClassVar[int] = _numbers.EEXIST


class AccessDeniedError(_OSErrorWithNumber, PermissionError):
    """No permission to write there."""

    status: ClassVar[int] = -9
    status_name: ClassVar[str] = "OMZ_E_ACCESS_DENIED"
    _errno: ClassVar[int] = _numbers.EACCES


class NoSpaceError(_OSErrorWithNumber):
    """The disk (or the quota) is full."""

    status: ClassVar[int] = -10
    status_name: ClassVar[str] = "OMZ_E_NO_SPACE"
    _errno: ClassVar[int] = _numbers.ENOSPC


class StoreError(_OSErrorWithNumber):
    """Any other error of the store."""

    status: ClassVar[int] = -11
    status_name: ClassVar[str] = "OMZ_E_IO"


class OutOfMemoryError(OmeZarrError, MemoryError):
    """The memory budget cannot hold this acquisition."""

    status: ClassVar[int] = -12
    status_name: ClassVar[str] = "OMZ_E_OUT_OF_MEMORY"


class FrameSizeError(OmeZarrError, ValueError):
    """The frame does not have the stream's shape."""

    status: ClassVar[int] = -13
    status_name: ClassVar[str] = "OMZ_E_FRAME_SIZE"


class FrameIndexError(OmeZarrError, IndexError):
    """An explicit index that is taken, out of range, or missing where it is required."""

    status: ClassVar[int] = -14
    status_name: ClassVar[str] = "OMZ_E_FRAME_INDEX"


class TooManyFramesError(OmeZarrError, IndexError):
    """Every frame of the declared shape has been appended or skipped."""

    status: ClassVar[int] = -15
    status_name: ClassVar[str] = "OMZ_E_TOO_MANY_FRAMES"


class TimedOutError(OmeZarrError, TimeoutError):
    """The time-out passed first; nothing was changed."""

    status: ClassVar[int] = -16
    status_name: ClassVar[str] = "OMZ_E_TIMEOUT"


class RingFullError(OmeZarrError, RuntimeError):
    """Backpressure "fail": there was no free slot, and the frame was not taken."""

    status: ClassVar[int] = -17
    status_name: ClassVar[str] = "OMZ_E_RING_FULL"


class StalledError(OmeZarrError, RuntimeError):
    """Every slot holds a frame of an unfinished chunk: more ``pipeline.ring_frames`` are needed."""

    status: ClassVar[int] = -18
    status_name: ClassVar[str] = "OMZ_E_STALLED"


class FinalizedError(OmeZarrError, ValueError):
    """The stream is being finalized."""

    status: ClassVar[int] = -19
    status_name: ClassVar[str] = "OMZ_E_FINALIZED"


class CodecError(OmeZarrError, RuntimeError):
    """A codec failed."""

    status: ClassVar[int] = -20
    status_name: ClassVar[str] = "OMZ_E_CODEC"


class ForkedError(OmeZarrError, RuntimeError):
    """Called in a forked child, where the library's threads are missing.

    Use the ``spawn`` start method of multiprocessing, and create the stream in the process that appends to it.
    """

    status: ClassVar[int] = -21
    status_name: ClassVar[str] = "OMZ_E_FORKED"


class BusyError(OmeZarrError, RuntimeError):
    """Another thread is inside a call that excludes this one."""

    status: ClassVar[int] = -22
    status_name: ClassVar[str] = "OMZ_E_BUSY"


class ReservedNameError(OmeZarrError, ValueError):
    """A metadata namespace that the library writes itself."""

    status: ClassVar[int] = -23
    status_name: ClassVar[str] = "OMZ_E_RESERVED_NAME"


class TooManyStreamsError(OmeZarrError, RuntimeError):
    """No more streams can be open at once."""

    status: ClassVar[int] = -24
    status_name: ClassVar[str] = "OMZ_E_TOO_MANY_STREAMS"


class SlotError(OmeZarrError, ValueError):
    """A slot that is not the caller's."""

    status: ClassVar[int] = -25
    status_name: ClassVar[str] = "OMZ_E_SLOT"


class SlotsLostError(OmeZarrError, RuntimeError):
    """Slots were acquired and never given back."""

    status: ClassVar[int] = -26
    status_name: ClassVar[str] = "OMZ_E_SLOTS_LOST"


class NotFoundError(_OSErrorWithNumber, FileNotFoundError):
    """Reading: there is no dataset, image, level or array of that name."""

    status: ClassVar[int] = -27
    status_name: ClassVar[str] = "OMZ_E_NOT_FOUND"
    _errno: ClassVar[int] = _numbers.ENOENT


class FormatError(OmeZarrError, ValueError):
    """Reading: the metadata is not valid, or uses what is not supported; the message names it."""

    status: ClassVar[int] = -28
    status_name: ClassVar[str] = "OMZ_E_FORMAT"


class DamagedError(OmeZarrError, ValueError):
    """Reading: a stored chunk, or the index of a shard, is damaged; the message says which."""

    status: ClassVar[int] = -29
    status_name: ClassVar[str] = "OMZ_E_DAMAGED"


def _with_status(base: Type[OmeZarrError]) -> Dict[int, Type[OmeZarrError]]:
    found: Dict[int, Type[OmeZarrError]] = {}
    for subclass in base.__subclasses__():
        if "status" in subclass.__dict__:  # its own, not inherited
            found[subclass.status] = subclass
        found.update(_with_status(subclass))
    return found


BY_STATUS: Dict[int, Type[OmeZarrError]] = _with_status(OmeZarrError)


def error_for(status: int, name: str, message: str) -> OmeZarrError:
    """The exception for a negative status."""
    known = BY_STATUS.get(status)
    if known is ForkedError:
        # The child's library has no memory for messages.
        message = (
            "this process was forked from one that used omezarr_native, and only that one may go on using it: start processes "
            "with multiprocessing.get_context('spawn'), and create the stream in the process that appends to it"
        )
    return OmeZarrError(f"{name} ({status}): {message}") if known is None else known(message or name)
