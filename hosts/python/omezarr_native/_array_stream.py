"""One array of a stream whose settings have several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Optional

from ._coordinates import Index
from ._lending import Slot
from ._stats import Stats
from ._types import Frame

if TYPE_CHECKING:
    from ._stream import Stream


class ArrayStream:
    """One array of a stream whose settings have ``arrays``: takes the frames of one camera."""

    def __init__(self, stream: Stream, key: str) -> None:
        self.stream: Stream = stream
        self.key: str = key

    def append(
        self, frame: Frame, *, frame_metadata: Optional[Mapping[str, object]] = None, index: Optional[Index] = None
    ) -> bool:
        """As :meth:`Stream.append`."""
        return self.stream.append(frame, key=self.key, frame_metadata=frame_metadata, index=index)

    async def aappend(
        self, frame: Frame, *, frame_metadata: Optional[Mapping[str, object]] = None, index: Optional[Index] = None
    ) -> bool:
        """As :meth:`Stream.aappend`."""
        return await self.stream.aappend(frame, key=self.key, frame_metadata=frame_metadata, index=index)

    def lend(
        self, frame: Frame, *, frame_metadata: Optional[Mapping[str, object]] = None, index: Optional[Index] = None
    ) -> bool:
        """As :meth:`Stream.lend`."""
        return self.stream.lend(frame, key=self.key, frame_metadata=frame_metadata, index=index)

    def slot(self) -> Slot:
        """As :meth:`Stream.slot`."""
        return self.stream.slot(key=self.key)

    def skip(self, *, frames: int = 1) -> None:
        """As :meth:`Stream.skip`."""
        self.stream.skip(frames=frames, key=self.key)

    def set_image_metadata(self, image: str, namespace: str, metadata: object) -> None:
        """As :meth:`Stream.set_image_metadata`, of this array's images."""
        self.stream.set_image_metadata(image, namespace, metadata, key=self.key)

    @property
    def next_frame(self) -> int:
        """As :attr:`Stream.next_frame`."""
        return self.stats().next_frame or 0

    def stats(self) -> Stats:
        """What this array has taken so far; workers and errors are the stream's."""
        return self.stream.stats(key=self.key)

    def __repr__(self) -> str:
        return f"<omezarr_native.ArrayStream {self.key!r} of {self.stream!r}>"
