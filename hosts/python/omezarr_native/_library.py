"""Finds the native library, loads it once, and declares its functions."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import os
import platform
import sys
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from ._errors import LibraryNotFoundError, error_for
from ._structs import RawFrame, RawStats

#: Names the library's file, or the folder that it is in.
ENVIRONMENT_VARIABLE = "OMEZARR_NATIVE_LIBRARY"
ABI_VERSION = 1

LOG_CALLBACK = ctypes.CFUNCTYPE(None, c_int32, c_char_p, c_void_p)

_SIGNATURES: Dict[str, Tuple[Any, Optional[List[Any]]]] = {
    "omz_version": (c_char_p, []),
    "omz_abi_version": (c_int32, []),
    "omz_status_name": (c_char_p, [c_int32]),
    "omz_last_error": (c_int32, [c_char_p, c_int32]),
    "omz_validate_settings": (c_int32, [c_char_p]),
    "omz_estimate_memory": (c_int32, [c_char_p, POINTER(c_uint64)]),
    "omz_describe_layout": (c_int32, [c_char_p, c_char_p, c_int32]),
    "omz_create": (c_int32, [c_char_p, POINTER(c_uint64)]),
    "omz_array_stream": (c_int32, [c_uint64, c_char_p, POINTER(c_uint64)]),
    "omz_append_frame": (c_int32, [c_uint64, c_void_p, c_uint64]),
    "omz_append_frame_ex": (c_int32, [c_uint64, POINTER(RawFrame)]),
    # Called for each frame: with values of ctypes, made once, which it need not convert.
    "omz_append_frame_wait": (c_int32, None),
    "omz_append_borrowed": (c_int32, [c_uint64, c_void_p, c_uint64]),
    "omz_poll_released": (c_int32, [c_uint64, POINTER(c_uint64), c_int32, c_int32, POINTER(c_int32)]),
    "omz_next_frame": (c_int32, [c_uint64, POINTER(c_int64)]),
    "omz_skip_frames": (c_int32, [c_uint64, c_uint64]),
    "omz_set_metadata": (c_int32, [c_uint64, c_char_p, c_char_p]),
    "omz_set_image_metadata": (c_int32, [c_uint64, c_char_p, c_char_p, c_char_p]),
    "omz_set_dataset_metadata": (c_int32, [c_char_p, c_char_p, c_char_p, c_char_p, c_int32]),
    "omz_set_end_reason": (c_int32, [c_uint64, c_char_p]),
    "omz_flush": (c_int32, [c_uint64, c_int32]),
    "omz_finalize": (c_int32, [c_uint64]),
    "omz_finalize_begin": (c_int32, [c_uint64]),
    "omz_finalize_poll": (c_int32, [c_uint64, c_int32, POINTER(c_double)]),
    "omz_abort": (c_int32, [c_uint64]),
    "omz_abort_begin": (c_int32, [c_uint64]),
    "omz_get_stats": (c_int32, [c_uint64, POINTER(RawStats)]),
    "omz_stream_error": (c_int32, [c_uint64, c_char_p, c_int32]),
    "omz_output_path": (c_int32, [c_uint64, c_char_p, c_int32]),
    "omz_monitor_url": (c_int32, [c_uint64, c_char_p, c_int32]),
    "omz_frame_index": (c_int32, [c_uint64, POINTER(c_int64), c_int32, POINTER(c_int64)]),
    "omz_open": (c_int32, [c_char_p, c_int32, POINTER(c_uint64)]),
    "omz_open_stream": (c_int32, [c_uint64, c_int32, POINTER(c_uint64)]),
    "omz_dataset_json": (c_int32, [c_uint64, c_int32, c_int32, c_char_p, c_int32]),
    "omz_read_region": (
        c_int32,
        [
            *(c_uint64, c_int32, c_int32, c_int32, POINTER(c_int64), POINTER(c_int64), POINTER(c_int64)),
            *(c_void_p, c_uint64, POINTER(c_int64), c_int32, POINTER(c_uint64)),
        ],
    ),
    "omz_frame_metadata": (c_int32, [c_uint64, c_char_p, c_int64, c_int32, c_char_p, c_int32]),
    "omz_refresh": (c_int32, [c_uint64, c_int32, POINTER(c_int32)]),
    "omz_close": (c_int32, [c_uint64]),
    "omz_set_log_callback": (c_int32, [LOG_CALLBACK, c_int32, c_void_p]),
    "omz_set_log_file": (c_int32, [c_char_p, c_int32]),
}


class Library:
    """The loaded library: its functions as attributes. ctypes releases the GIL for the time of each call."""

    def __init__(self, path: str) -> None:
        try:
            loaded = ctypes.CDLL(path)
        except OSError as error:
            raise LibraryNotFoundError(f"{path} cannot be loaded: {error}") from error
        self.path: str = path
        for name, (result, arguments) in _SIGNATURES.items():
            try:
                function = getattr(loaded, name)
            except AttributeError:
                raise LibraryNotFoundError(f"{path} has no {name}; it is older than this package") from None
            function.restype = result
            function.argtypes = arguments
            setattr(self, name, function)
        if self.omz_abi_version() < ABI_VERSION:
            raise LibraryNotFoundError(f"{path} is older than this package")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the library has no {name}")

    def check(self, status: int) -> int:
        """Passes results that are not negative through and raises the others."""
        if status < 0:
            raise error_for(status, self.omz_status_name(status).decode(), self.last_error())
        return status

    def last_error(self) -> str:
        """The calling thread's last message; empty in a forked child, which is refused this one too."""
        size = self.omz_last_error(None, 0)
        buffer = ctypes.create_string_buffer(max(size, 1))
        self.omz_last_error(buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace")

    def text(self, call: Callable[[Any, int], int]) -> str:
        """The text of a two-call function ``(buffer, capacity) -> size needed``."""
        size = self.check(call(None, 0))
        while True:
            buffer = ctypes.create_string_buffer(max(size, 1))
            needed = self.check(call(buffer, len(buffer)))
            if needed <= len(buffer):
                return buffer.value.decode("utf-8", "replace")
            size = needed  # it has grown in between


@functools.lru_cache(maxsize=None)
def library() -> Library:
    """Loads the library at the first call."""
    return Library(find_library())


def find_library() -> str:
    """The library's path: by the environment variable, beside the package, in a source checkout, in the system."""
    given = os.environ.get(ENVIRONMENT_VARIABLE)
    if given:
        for path in _in_folder(Path(given)) if os.path.isdir(given) else [Path(given)]:
            if path.is_file():
                return str(path)
        raise LibraryNotFoundError(f"{ENVIRONMENT_VARIABLE} is {given!r}, where there is no library")
    folders = list(_folders())
    for folder in folders:
        for path in _in_folder(folder):
            if path.is_file():
                return str(path)
    in_system = ctypes.util.find_library("omezarr_native")
    if in_system:
        return in_system
    searched = ", ".join(str(folder) for folder in folders)
    raise LibraryNotFoundError(
        f"{_names()[-1]} is neither in {searched} nor among the system's libraries; "
        f"set {ENVIRONMENT_VARIABLE} to its path"
    )


def _folders() -> Iterator[Path]:
    here = Path(__file__).resolve().parent
    yield here
    artifacts = here.parents[2] / "artifacts" / _runtime_identifier()
    yield artifacts
    yield artifacts / "lib"
    yield artifacts / "bin"


def _in_folder(folder: Path) -> List[Path]:
    return [folder / name for name in _names()]


def _names() -> List[str]:
    extension = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return ["omezarr_native" + extension, "libomezarr_native" + extension]


def _runtime_identifier() -> str:
    """The folder's name in artifacts, as .NET names platforms."""
    system = {"win32": "win", "darwin": "osx"}.get(sys.platform, "linux")
    machine = platform.machine().lower()
    return f"{system}-{'arm64' if machine in ('arm64', 'aarch64') else 'x64'}"
