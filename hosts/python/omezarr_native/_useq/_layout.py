"""The dimensions that hold every frame of a sequence, ragged or not, and where each frame goes."""

from __future__ import annotations

from collections import Counter
from typing import Dict, List, Mapping, Optional, Sequence as SequenceOf, Tuple

from ._places import Place, places_of, with_distinct_names
from ._plans import ZPlan
from ._sequence import AXES, Sequence, SequenceChannel
from ._wells import row_name

#: A dimension of the settings document.
Dimension = Dict[str, object]


class SequenceLayout:
    """Dimensions that are long enough for all that any position does; what is not acquired there stays 0.

    Frames are found by the index of their event (``t``, ``p``, ``g``, ``c``, ``z``), never by counting.
    """

    def __init__(self, sequence: Sequence) -> None:
        self.sequence: Sequence = sequence
        self.places: List[Place] = with_distinct_names(places_of(sequence))
        inner = [place.sequence for place in self.places if place.sequence is not None]
        self._all: List[Sequence] = [sequence, *inner]
        self._channels: List[SequenceChannel] = _distinct_channels(self._all)
        self._place_of: Dict[Tuple[Optional[int], Optional[int]], int] = {
            (place.position, place.tile): at for at, place in enumerate(self.places)
        }
        self._first_of: Dict[Optional[int], int] = {}
        for at, place in enumerate(self.places):
            self._first_of.setdefault(place.position, at)

    @property
    def plate(self) -> Optional[Dict[str, object]]:
        """The plate of the settings document, or None."""
        wells = self.sequence.wells
        if wells is not None:
            rows, columns, name = wells.rows, wells.columns, wells.name or None
        else:
            placed = [stage for stage in self.sequence.stages if stage.plate_row is not None and stage.plate_column is not None]
            if not placed or len(placed) < len(self.sequence.stages):
                return None
            rows = 1 + max(stage.plate_row or 0 for stage in placed)
            columns = 1 + max(stage.plate_column or 0 for stage in placed)
            name = None
        return {
            "row_names": [row_name(row) for row in range(rows)],
            "column_names": [str(column + 1) for column in range(columns)],
            "name": name,
        }

    def dimensions(self) -> List[Dimension]:
        """Those over which frames are counted, slowest first."""
        found: Dict[str, Dimension] = {}
        for axis in self._order():
            dimension = self._dimension("p" if axis == "g" else axis)
            if dimension is not None:
                found.setdefault(str(dimension["name"]), dimension)
        listed = list(found.values())
        # Only the first dimension can be without a bound.
        return sorted(listed, key=lambda dimension: not (dimension["count"] is None and dimension["name"] == "t"))

    def index_of(self, index: Mapping[str, int]) -> Dict[str, int]:
        """Of an event's index: along each dimension where its frame goes."""
        found = {axis: at for axis, at in index.items() if axis in "tz" and self._has(axis)}
        place = self._place(index)
        if place is not None:
            found["p"] = place
        if "c" in index and self._channels:
            found["c"] = self._channel(index["c"], None if place is None else self.places[place])
        for axis, at in index.items():
            if axis not in AXES:
                found[axis] = at
        return found

    def _order(self) -> Tuple[str, ...]:
        order = self.sequence.axis_order
        return (*order, *(axis for axis in AXES if axis not in order))

    def _has(self, axis: str) -> bool:
        if axis == "t":
            return any(one.time is not None for one in self._all)
        return any(one.z is not None for one in self._all)

    def _dimension(self, axis: str) -> Optional[Dimension]:
        if axis == "t" and self._has("t"):
            return self._time()
        if axis == "c" and self._channels:
            return {"name": "c", "type": "channel", "count": len(self._channels), "coords": _channel_names(self._channels)}
        if axis == "z" and self._has("z"):
            return self._z()
        if axis == "p" and self.places:
            coords = [self._position(place) for place in self.places]
            return {"name": "p", "type": "position", "count": len(coords), "coords": coords}
        return None

    def _time(self) -> Dimension:
        plans = [one.time for one in self._all if one.time is not None]
        counts = [plan.count for plan in plans]
        intervals = {plan.interval for plan in plans}
        return {
            "name": "t",
            "type": "time",
            "count": None if None in counts else max(count or 1 for count in counts),
            "unit": "second",
            # As fast as possible is no interval.
            "scale": (intervals.pop() or None) if len(intervals) == 1 else None,
        }

    def _z(self) -> Dimension:
        plans = [one.z for one in self._all if one.z is not None]
        distances = {plan.distance for plan in plans}
        dimension: Dimension = {
            "name": "z",
            "type": "space",
            "count": max(len(plan.positions) for plan in plans),
            "unit": "micrometer",
            "scale": distances.pop() if len(distances) == 1 else None,
            "translation": self._first_plane(),
        }
        if len(plans) == 1 and plans[0].distance is None and len(plans[0].positions) > 1:
            dimension["coords"] = list(plans[0].positions)
        return dimension

    def _first_plane(self) -> float:
        """That of the sequence's own plan; positions with another one differ from it by their coordinate."""
        return self.sequence.z.positions[0] if self.sequence.z is not None else 0.0

    def _position(self, place: Place) -> Dict[str, object]:
        return {
            "name": place.name,
            "plate_row": place.plate_row,
            "plate_column": place.plate_column,
            "grid_row": place.grid_row,
            "grid_column": place.grid_column,
            "x_coord": place.x,
            "y_coord": place.y,
            "z_coord": self._height(place),
        }

    def _height(self, place: Place) -> Optional[float]:
        """What the dimension's translation has to be moved by for the first plane of this place."""
        plan: Optional[ZPlan] = self.sequence.z
        if place.sequence is not None and place.sequence.z is not None:
            plan = place.sequence.z
        if plan is None:
            return place.z
        offset = plan.positions[0] - self._first_plane()
        if plan.is_relative:
            return place.z if offset == 0 else (place.z or 0) + offset
        return offset or None

    def _place(self, index: Mapping[str, int]) -> Optional[int]:
        if not self.places:
            return None
        position, tile = index.get("p"), index.get("g")
        found = self._place_of.get((position, tile))
        if found is None and tile is None:
            found = self._first_of.get(position, 0 if position is None else None)
        if found is None and position is None:
            found = self._place_of.get((0, tile))
        if found is None:
            raise IndexError(f"the sequence has no position of the event {dict(index)}")
        return found

    def _channel(self, at: int, place: Optional[Place]) -> int:
        own = place.sequence.channels if place is not None and place.sequence is not None else ()
        channels = own or self.sequence.channels
        if at >= len(channels):
            raise IndexError(f"the sequence has no channel {at}")
        return self._channels.index(channels[at]) if own else at


def _distinct_channels(sequences: SequenceOf[Sequence]) -> List[SequenceChannel]:
    """The channels of the sequence as they are, and those that only some positions have."""
    found = list(sequences[0].channels)
    for sequence in sequences[1:]:
        found += [channel for channel in sequence.channels if channel not in found]
    return found


def _channel_names(channels: List[SequenceChannel]) -> List[str]:
    """Names that differ: of equal ones with their group, or else with a number."""
    configs = Counter(channel.config for channel in channels)
    pairs = Counter(channels)
    names: List[str] = []
    for channel in channels:
        name = channel.config
        if configs[channel.config] > 1 and pairs[channel] < configs[channel.config]:
            name = f"{channel.config} ({channel.group})"
        plain, number = name, 1
        while name in names:
            number += 1
            name = f"{plain} {number}"
        names.append(name)
    return names
