"""What a stream tells while frames come: where they are, and how far the acquisition has come."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Callable, Dict, List, Mapping, Tuple

#: Each frame; or only those that lie beyond all earlier ones along some dimension.
COORDS_CHANGED = "coords_changed"
COORDS_EXPANDED = "coords_expanded"

_logger = logging.getLogger("omezarr_native")


@dataclass(frozen=True)
class CoordUpdate:
    """A frame that was taken."""

    #: The highest index so far along each dimension over which frames are counted.
    max_coords: Mapping[str, int]
    #: The frame's own.
    current_indices: Mapping[str, int]
    #: Its number in acquisition order.
    frame_number: int
    #: Whether it lies beyond all earlier frames along some dimension.
    is_high_water_mark: bool
    #: The key of its array, with ``arrays`` in the settings.
    key: str = ""


Listener = Callable[[CoordUpdate], object]


class Events:
    """The listeners of a stream."""

    def __init__(self) -> None:
        self._listeners: List[Tuple[str, Listener]] = []
        self._highest: Dict[str, Dict[str, int]] = {}

    def add(self, event: str, listener: Listener) -> Callable[[], None]:
        """Returns what removes the listener again."""
        if event not in (COORDS_CHANGED, COORDS_EXPANDED):
            raise ValueError(f"events are {COORDS_CHANGED!r} and {COORDS_EXPANDED!r}, not {event!r}")
        if not callable(listener):
            raise TypeError(f"a listener is called with a CoordUpdate, which {type(listener).__name__} cannot be")
        entry = event, listener
        self._listeners.append(entry)

        def remove() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)

        return remove

    def taken(self, key: str, number: int, indices: Mapping[str, int]) -> None:
        """Tells all listeners, on the thread that appended. What they raise is logged: it never costs a frame."""
        highest = self._highest.setdefault(key, {})
        is_beyond = False
        for name, index in indices.items():
            if index > highest.get(name, -1):
                highest[name] = index
                is_beyond = True
        update = CoordUpdate(dict(highest), indices, number, is_beyond, key)
        for event, listener in list(self._listeners):
            if event == COORDS_CHANGED or is_beyond:
                try:
                    listener(update)
                except Exception:
                    _logger.exception("a listener to %s failed at frame %d", event, number)
