"""A line of text that tells how far a stream is with closing, for terminals and notebooks."""

from __future__ import annotations

import sys
from typing import Callable, Union

#: True for a bar on the terminal or in the notebook, or what is called with a number from 0 to 1.
Progress = Union[bool, Callable[[float], object]]

_WIDTH = 30


def teller(progress: Progress) -> Callable[[float], object]:
    """What is to be called while a stream is closing."""
    if progress is True:
        return Bar()
    return progress if callable(progress) else _say_nothing


class Bar:
    """Rewrites one line of the standard error stream, which notebooks show as terminals do."""

    def __init__(self) -> None:
        self._shown = -1

    def __call__(self, part: float) -> None:
        percent = int(100 * part)
        if percent == self._shown or sys.stderr is None:
            return
        self._shown = percent
        filled = _WIDTH * percent // 100
        end = "\n" if percent >= 100 else ""
        sys.stderr.write(f"\rstoring [{'#' * filled}{'.' * (_WIDTH - filled)}] {percent:3d} %{end}")
        sys.stderr.flush()


def _say_nothing(part: float) -> None:
    """The default."""
