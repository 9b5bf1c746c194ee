"""What a stream has done so far."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Iterator, List, Optional

from ._structs import RawStats

#: ``OMZ_UNKNOWN``.
_UNKNOWN = 2**64 - 1


@dataclass(frozen=True)
class Stats:
    """A moment of a stream. Counters only grow; times are in nanoseconds, sizes in bytes."""

    #: Workers that are not asleep.
    active_workers: int
    #: Frames that were accepted.
    frames_appended: int
    #: Frames whose every chunk of full resolution has been encoded; the smaller levels may follow a moment later.
    frames_encoded: int
    #: Frames whose every chunk of full resolution has been handed to the store.
    frames_written: int
    frames_skipped: int
    frames_dropped: int
    #: Pixels accepted.
    bytes_in: int
    #: Chunks and shard indexes of all levels handed to the store.
    bytes_out: int
    chunks_written: int
    #: Slots of the ring, those in use, and the most ever in use.
    ring_capacity: int
    ring_occupancy: int
    ring_high_water: int
    #: Appends that found no free slot, and the sum of their waiting.
    ring_waits: int
    ring_wait_ns: int
    #: Duration of an append: the last, the mean, the percentiles, the longest.
    append_last_ns: int
    append_mean_ns: int
    append_p50_ns: int
    append_p99_ns: int
    append_max_ns: int
    #: Native memory that the stream holds now.
    memory_bytes: int
    #: 0 or 1 sticky error, and the appends that were refused because of it.
    errors: int
    #: What the library's own runtime has allocated since the process's first stream, and how often it has collected garbage.
    #: Both stay as they are while a stream runs steadily.
    managed_bytes_allocated: int
    gc_collections: int
    #: Of the frames that were accepted, those that were lent; lent and not given back; and the most that are lent at once.
    frames_borrowed: int
    borrowed_held: int
    borrowed_capacity: int
    #: Bytes that can still be written where the dataset lies, and how many seconds they last at the present rate. None: not
    #: known, as long as nothing is written.
    free_bytes: Optional[int]
    seconds_left: Optional[int]
    #: The most that chunks and indexes will still take; None when the acquisition has no bound.
    bytes_to_come: Optional[int]
    #: Frames that were accepted without some of their metadata, which cannot be stored.
    frames_metadata_lost: int
    #: The number of the next frame; None for the stream of several arrays.
    next_frame: Optional[int]

    @classmethod
    def from_raw(cls, raw: RawStats, frames_metadata_lost: int) -> Stats:
        """The library's counters; those frames of which this package had to leave metadata out come on top."""
        values: Dict[str, Any] = {field.name: getattr(raw, field.name) for field in fields(cls)}
        values["frames_metadata_lost"] += frames_metadata_lost
        for name, value in values.items():
            values[name] = None if value == _UNKNOWN else value
        return cls(**values)

    def keys(self) -> List[str]:
        """The names of the counters, so that ``dict(stream.stats())`` has them all."""
        return [field.name for field in fields(self)]

    def __getitem__(self, name: str) -> Optional[int]:
        if name not in self.__dataclass_fields__:
            raise KeyError(name)
        value: Optional[int] = getattr(self, name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(fields(self))
