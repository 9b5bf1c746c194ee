"""Appends of asyncio: other tasks run while there is no place for a frame."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Callable, Mapping, Optional

from ._errors import TimedOutError
from ._target import Target
from ._types import Frame

#: Seconds from look to look: at first, and at most.
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02


class WaitingAppends:
    """Frames of tasks that wait at the same time are taken in the order of their calls."""

    def __init__(self, timeout_ms: int) -> None:
        self._timeout_ms = timeout_ms
        # Made by the first append: before Python 3.10 a lock belongs to the loop that runs then.
        self._lock: Optional[asyncio.Lock] = None

    async def append(
        self,
        target: Target,
        frame: Frame,
        frame_metadata: Optional[Mapping[str, object]],
        number: int,
        check_open: Callable[[], object],
    ) -> bool:
        """Whether the frame was taken. A task that is cancelled has not handed it in."""
        if self._lock is None:
            self._lock = asyncio.Lock()
        deadline = math.inf if self._timeout_ms < 0 else time.monotonic() + self._timeout_ms / 1000
        pause = _FIRST_PAUSE
        async with self._lock:
            while True:
                check_open()
                taken = target.try_append(frame, frame_metadata, number)
                if taken is not None:
                    return taken
                if time.monotonic() > deadline:
                    raise TimedOutError(f"there was no place for the frame within {self._timeout_ms} ms")
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
