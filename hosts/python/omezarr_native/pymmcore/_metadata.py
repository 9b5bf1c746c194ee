"""What pymmcore-plus tells with a run and with each frame, as this package stores it."""

from __future__ import annotations

import datetime
from typing import Callable, Dict, Mapping, Optional

from .._useq._values import mapping, members, number_or_none, text

#: Of the camera's own record: when the core got the frame.
_RECEIVED = "TimeReceivedByCore"


def frame_metadata_from_v1(meta: Mapping[str, object]) -> Dict[str, object]:
    """The ``frame_metadata`` of a ``FrameMetaV1``.

    ``delta_t``, ``exposure_time``, ``position_x``, ``position_y``, ``position_z`` and ``timestamp_ns`` in the units of this
    package; everything else as it is, but for the sequence, which would come again with each frame.
    """
    found: Dict[str, object] = {}
    rest = dict(meta)
    for key, name in (("runner_time_ms", "delta_t"), ("exposure_ms", "exposure_time")):
        value = number_or_none(rest.pop(key, None))
        if value is not None:
            found[name] = value / 1000
    position = members(rest.pop("position", None))
    for axis in "xyz":
        place = number_or_none(position.get(axis))
        if place is not None:
            found[f"position_{axis}"] = place
    moment = _moment(members(rest.get("camera_metadata")).get(_RECEIVED))
    if moment is not None:
        found["timestamp_ns"] = moment
    if "mda_event" in rest:
        rest["mda_event"] = _event(rest["mda_event"])
    found.update({name: value for name, value in rest.items() if name not in ("format", "version")})
    return found


def summary_metadata(meta: Mapping[str, object]) -> Dict[str, object]:
    """A ``SummaryMetaV1`` as JSON has it."""
    found = dict(meta)
    if found.get("mda_sequence") is not None:
        found["mda_sequence"] = _dumped(found["mda_sequence"])
    return found


def index_of_event(event: object) -> Dict[str, int]:
    """Where an event is in its sequence; of an ``MDAEvent``, or the same as a mapping."""
    given = mapping(event)
    index: object = given.get("index") if given is not None else getattr(event, "index", None)
    return {axis: at for axis, at in members(index).items() if isinstance(at, int)}


def _event(event: object) -> object:
    """Without the sequence that it belongs to, and what was never set."""
    given = _dumped(event)
    return {name: value for name, value in members(given).items() if name != "sequence" and value is not None}


def _dumped(value: object) -> object:
    dump: Optional[Callable[..., object]] = getattr(value, "model_dump", None)
    if dump is None or isinstance(value, type):
        return value
    try:
        return dump(mode="json", exclude_unset=True, exclude={"sequence"})
    except TypeError:
        return dump(mode="json")


def _moment(value: object) -> Optional[datetime.datetime]:
    """The core tells local time."""
    try:
        return datetime.datetime.fromisoformat(text(value)) if value else None
    except ValueError:
        return None
