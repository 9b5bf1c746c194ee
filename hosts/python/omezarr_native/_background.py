"""Calls that cannot be interrupted, on a thread of their own, so that Ctrl-C gets through to whoever waits for them."""

from __future__ import annotations

import threading
from typing import Callable, Generic, List, Optional, TypeVar

T = TypeVar("T")

# Windows looks for Ctrl-C between waits only.
_STEP_S = 0.1


class Background(Generic[T]):
    """Begins at once. What is interrupted goes on; with ``undo``, its result is undone when there is one."""

    def __init__(self, work: Callable[[], T], undo: Optional[Callable[[T], object]] = None) -> None:
        self._work = work
        self._undo = undo
        self._results: List[T] = []
        self._error: Optional[BaseException] = None
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._is_wanted = True
        # Signals come to the main thread only: on others there is nothing to get through.
        if threading.current_thread() is not threading.main_thread():
            self._run()
            return
        try:
            threading.Thread(target=self._run, name="omezarr_native", daemon=True).start()
        except RuntimeError:  # the interpreter is ending, and starts no more threads
            self._run()

    def wait(self) -> T:
        """The result, or what was raised. Again and again."""
        try:
            while not self._ended.wait(_STEP_S):
                pass
        except BaseException:
            if self._undo is not None:
                self._give_up(self._undo)
            raise
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            result = self._work()
        except BaseException as error:  # raised where it is waited for
            self._error = error
            self._ended.set()
            return
        with self._lock:
            self._results.append(result)
            self._ended.set()
            is_wanted = self._is_wanted
        if not is_wanted and self._undo is not None:
            self._undo(result)

    def _give_up(self, undo: Callable[[T], object]) -> None:
        with self._lock:
            self._is_wanted = False
            results = self._results
            self._results = []
        for result in results:
            undo(result)
