"""How a stream ends: closed, aborted, or forgotten."""

from __future__ import annotations

import ctypes
import traceback
import warnings
import weakref
from typing import Callable, Dict, List, Optional, Type

from ._background import Background
from ._errors import OK, BusyError, FinalizedError, InvalidHandleError, OmeZarrError, TimedOutError
from ._lending import Lent
from ._library import Library
from ._stats import Stats
from ._structs import RawStats
from ._target import Target

# OMZ_END_REASON_MAX_BYTES.
_REASON_BYTES = 1024


class Ending:
    """The end of a stream. What is interrupted goes on ending, and can be waited for again."""

    def __init__(
        self, owner: object, native: Library, handle: int, live: Dict[str, Target], lent: List[Lent], called: str
    ) -> None:
        self._native = native
        self._handle = handle
        #: What takes frames; emptied at the end.
        self._live = live
        self._lent = lent
        self._abort: Optional[Background[int]] = None
        self._finalizer = weakref.finalize(owner, _close_forgotten, native, handle, lent, called)
        #: As it was when the stream began to end.
        self.last_stats: Optional[Stats] = None

    @property
    def is_over(self) -> bool:
        """Whether the stream was closed or aborted."""
        return not self._finalizer.alive

    def begin(self, stats: Callable[[], Stats]) -> None:
        """No more frames are taken."""
        self._remember(stats)
        status = self._native.omz_finalize_begin(self._handle)
        if status not in (OK, FinalizedError.status):
            self._forget()
            self._native.check(status)

    def has_come(self, wait_ms: int, tell: Callable[[float], object]) -> bool:
        """Waits in a step of its own, so that Ctrl-C gets through and close() may then be called again."""
        progress = ctypes.c_double()
        done: List[int] = []
        try:
            done.extend(map(self._native.omz_finalize_poll, (self._handle,), (wait_ms,), (ctypes.byref(progress),)))
        finally:
            # Whatever interrupts: once the library has said that it is over, the handle is gone.
            if done and done[0] not in (TimedOutError.status, BusyError.status):
                self._forget()
        if done[0] == TimedOutError.status:
            tell(progress.value)
            return False
        self._native.check(done[0])
        tell(1.0)
        return True

    def abort(self, stats: Callable[[], Stats]) -> None:
        """Ends at once; raises TimedOutError while the store does not answer."""
        self._remember(stats)
        native, handle = self._native, self._handle
        if self._abort is None:
            self._abort = Background(lambda: native.check(native.omz_abort(handle)))
        try:
            self._abort.wait()
        except TimedOutError:
            self._abort = None
            raise
        except OmeZarrError:
            self._forget()
            raise
        self._forget()

    def say_what_ended(self, kind: Optional[Type[BaseException]], error: Optional[BaseException]) -> None:
        """In the metadata, of a block that is left by an exception."""
        if kind is None or self.is_over:
            return
        reason = "".join(traceback.format_exception_only(kind, error)).strip() or kind.__name__
        # What is on its way is the exception: that this could not be said must not replace it.
        text = reason.replace("\0", " ").encode("utf-8", "replace")[:_REASON_BYTES].decode("utf-8", "ignore")
        self._native.omz_set_end_reason(self._handle, text.encode())

    def _remember(self, stats: Callable[[], Stats]) -> None:
        """For whoever asks after the end."""
        try:
            self.last_stats = stats()
        except (InvalidHandleError, FinalizedError):
            pass

    def _forget(self) -> None:
        """The handle is gone."""
        self._live.clear()
        self._finalizer.detach()
        for lent in self._lent:
            lent.take_back_all()


def _close_forgotten(native: Library, handle: int, lent: List[Lent], called: str) -> None:
    """For a stream that nobody closed, at garbage collection or at the interpreter's end."""
    raw = RawStats(struct_size=ctypes.sizeof(RawStats))
    native.omz_get_stats(handle, ctypes.byref(raw))
    native.omz_set_end_reason(handle, b"the program dropped the stream without closing it")
    status = native.omz_finalize(handle)
    for each in lent:
        each.take_back_all()
    if status == OK and not raw.frames_appended:
        return
    outcome = "its frames were stored" if status == OK else f"{native.omz_status_name(status).decode()}: {native.last_error()}"
    warnings.warn(f"{called} was not closed before it was forgotten; {outcome}", UserWarning, stacklevel=2)
