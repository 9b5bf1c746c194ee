"""The library's log."""

from __future__ import annotations

import atexit
import enum
import os
import threading
from typing import Any, Callable, List, Optional, Union

from ._errors import OK, FolderNotFoundError, InvalidArgumentError, TimedOutError
from ._json import utf8
from ._library import LOG_CALLBACK, library


class LogLevel(enum.IntEnum):
    """How important a line is."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


_lock = threading.Lock()
_current: Any = None  # ctypes needs it to live as long as the library may call it
_earlier: List[Any] = []  # may still be running: the library has said so


def set_log_callback(
    callback: Optional[Callable[[LogLevel, str], object]], min_level: LogLevel = LogLevel.INFO
) -> None:
    """Sets or (None) removes the process's log callback.

    It is called from a thread of the library that does nothing else, and must not call this package. Lines said so far go to
    the earlier callback first. Raises :class:`TimedOutError` when that has not returned within five seconds; the new one is
    set all the same. Removed by itself before the interpreter ends.
    """
    global _current
    native = library()

    def received(level: int, message: Optional[bytes], _: object) -> None:
        if callback is not None:
            callback(LogLevel(level), (message or b"").decode("utf-8", "replace"))

    with _lock:
        following = LOG_CALLBACK(0) if callback is None else LOG_CALLBACK(received)
        status = native.omz_set_log_callback(following, int(min_level), None)
        if status not in (OK, TimedOutError.status):
            native.check(status)
        if _current is None and callback is not None:
            atexit.register(set_log_callback, None)
        if status == OK:
            _earlier.clear()
        else:
            _earlier.append(_current)
        _current = following
        native.check(status)


def set_log_file(path: Union[str, os.PathLike[str], None], min_level: LogLevel = LogLevel.INFO) -> None:
    """Appends log lines to a file; None ends it. Raises :class:`FolderNotFoundError` where the file's folder is missing."""
    native = library()
    file = None if path is None else os.fspath(path)
    try:
        native.check(native.omz_set_log_file(None if file is None else utf8(file, "the path"), int(min_level)))
    except InvalidArgumentError as error:
        if file and not os.path.isdir(os.path.dirname(os.path.abspath(file))):
            raise FolderNotFoundError(str(error)) from None
        raise
