"""How a stream shows itself, in a terminal and in a notebook. A representation never fails."""

from __future__ import annotations

from html import escape
from typing import Callable, List, Tuple

from ._settings import FrameShape
from ._stats import Stats

_SHOWN = ("frames_appended", "frames_written", "frames_skipped", "frames_dropped", "bytes_out", "ring_occupancy", "errors")


def text(path: str, shapes: List[Tuple[str, FrameShape]], is_closed: bool, stats: Callable[[], Stats]) -> str:
    """Where it writes, what it takes, how far it is."""
    try:
        frames = f"{stats().frames_appended} frames"
    except Exception:
        frames = "unused" if is_closed else "state unknown"
    kinds = ", ".join((f"{key}: " if key else "") + f"{shape.dtype} {shape.height} x {shape.width}" for key, shape in shapes)
    return f"<omezarr_native.Stream {path!r} ({kinds}), {'closed' if is_closed else 'open'}, {frames}>"


def html(path: str, is_closed: bool, stats: Callable[[], Stats]) -> str:
    """The same as a table, with more numbers."""
    rows = [("path", path), ("state", "closed" if is_closed else "open")]
    try:
        numbers = dict(stats())
        rows += [(name.replace("_", " "), f"{numbers[name]:,}") for name in _SHOWN if name in numbers]
    except Exception:
        pass
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table><caption>omezarr_native.Stream</caption>{cells}</table>"
