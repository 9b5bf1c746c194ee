"""A sequence as useq writes it, read once."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple, cast

from ._grids import POINTS
from ._plans import TimePlan, ZPlan
from ._values import elements, mapping, members, number_or_none, text, whole_or_none
from ._wells import WellPlan

#: The order of axes where a sequence gives none.
AXES = "tpgcz"


@dataclass(frozen=True)
class SequenceChannel:
    """A channel of a sequence."""

    config: str
    group: str


@dataclass(frozen=True)
class Stage:
    """A position of the stage, and what is acquired there only."""

    name: str
    x: Optional[float]
    y: Optional[float]
    z: Optional[float]
    plate_row: Optional[int]
    plate_column: Optional[int]
    grid_row: Optional[int]
    grid_column: Optional[int]
    sequence: Optional[Sequence]


@dataclass(frozen=True)
class Sequence:
    """What is acquired: plans of time, positions, grid, channels and z."""

    axis_order: Tuple[str, ...]
    time: Optional[TimePlan]
    channels: Tuple[SequenceChannel, ...]
    z: Optional[ZPlan]
    #: Of ``grid_plan``, as it is in the document.
    grid: Optional[Mapping[str, object]]
    stages: Tuple[Stage, ...]
    wells: Optional[WellPlan]
    #: Whether some channels are not taken at every time point, and not at every plane.
    skips_times: bool
    skips_planes: bool

    @classmethod
    def of(cls, sequence: object) -> Sequence:
        """Reads an ``MDASequence``, the same as a mapping, or its JSON text."""
        return cls._of_document(_document(sequence))

    @classmethod
    def _of_document(cls, document: Mapping[str, object]) -> Sequence:
        channels = [_channel(channel) for channel in elements(document.get("channels"))]
        given_channels = [members(channel) for channel in elements(document.get("channels"))]
        z = ZPlan.of(document.get("z_plan"))
        positions = document.get("stage_positions")
        wells = mapping(positions)
        order = document.get("axis_order")
        axes = list(order) if isinstance(order, str) else [text(axis) for axis in elements(order)]
        return cls(
            axis_order=tuple(axes or AXES),
            time=TimePlan.of(document.get("time_plan")),
            channels=tuple(channels),
            z=z,
            grid=mapping(document.get("grid_plan")) or None,
            stages=tuple(_stage(position) for position in elements(positions)),
            wells=WellPlan(wells) if wells else None,
            skips_times=any(channel.get("acquire_every", 1) != 1 for channel in given_channels),
            skips_planes=z is not None and any(channel.get("do_stack") is False for channel in given_channels),
        )


def _channel(value: object) -> SequenceChannel:
    if isinstance(value, str):
        return SequenceChannel(value, "Channel")
    given = members(value)
    return SequenceChannel(text(given.get("config")), text(given.get("group")) or "Channel")


def _stage(value: object) -> Stage:
    places = elements(value)
    given = members(value) if not places else dict(zip("xyz", places))
    inner = mapping(given.get("sequence"))
    return Stage(
        name=text(given.get("name")),
        x=number_or_none(given.get("x")),
        y=number_or_none(given.get("y")),
        z=number_or_none(given.get("z")),
        plate_row=whole_or_none(given.get("plate_row")),
        plate_column=whole_or_none(given.get("plate_col")),
        grid_row=whole_or_none(given.get("grid_row")),
        grid_column=whole_or_none(given.get("grid_col")),
        sequence=Sequence._of_document(inner) if inner else None,  # pyright: ignore[reportPrivateUsage]
    )


def _document(sequence: object) -> Mapping[str, object]:
    if isinstance(sequence, (str, bytes)):
        sequence = json.loads(sequence)
    given = mapping(sequence)
    if given is not None:
        return given if not _needs_useq(given) else _with_useq(given)
    dump: Optional[Callable[..., object]] = getattr(sequence, "model_dump", None)
    if dump is None or isinstance(sequence, type):
        raise TypeError(f"a sequence is a useq.MDASequence, a dict or a JSON text, not {type(sequence).__name__}")
    return _with_points(members(dump(mode="json", exclude_unset=False)), sequence)


def _needs_useq(document: Mapping[str, object]) -> bool:
    """Whether there are points in it that only useq can draw."""
    positions = document.get("stage_positions")
    inner = [members(members(position).get("sequence")) for position in elements(positions)]
    plans = [document.get("grid_plan"), members(positions).get("well_points_plan")]
    plans += [one.get("grid_plan") for one in inner]
    return any({"num_points", "vertices"} & members(plan).keys() for plan in plans)


def _with_useq(document: Mapping[str, object]) -> Mapping[str, object]:
    """The same with its points, where useq is installed."""
    try:
        kind: object = getattr(importlib.import_module("useq"), "MDASequence")
    except ImportError:
        return document
    validate: Callable[[object], object] = getattr(kind, "model_validate")
    return _with_points(dict(document), validate(dict(document)))


def _with_points(document: Dict[str, object], sequence: object) -> Mapping[str, object]:
    """Adds the points of plans that only the sequence itself can tell."""
    document["grid_plan"] = _plan_with_points(document.get("grid_plan"), getattr(sequence, "grid_plan", None))
    positions: object = getattr(sequence, "stage_positions", None)
    listed = document.get("stage_positions")
    plan = mapping(listed)
    if plan:
        points = _plan_with_points(plan.get("well_points_plan"), getattr(positions, "well_points_plan", None))
        document["stage_positions"] = {**plan, "well_points_plan": points}
        return document
    given: List[object] = []
    for member, position in zip(elements(listed), _listed(positions)):
        inner: object = getattr(position, "sequence", None)
        document_of = members(member)
        if inner is not None and mapping(document_of.get("sequence")):
            document_of["sequence"] = _with_points(members(document_of["sequence"]), inner)
            given.append(document_of)
        else:
            given.append(member)
    document["stage_positions"] = given
    return document


def _plan_with_points(plan: object, of: object) -> object:
    given = members(plan)
    if not {"num_points", "vertices"} & given.keys() or of is None:
        return plan
    is_relative = bool(getattr(of, "is_relative", True))
    points = [
        [
            *(getattr(point, name, None) for name in ("x", "y")),
            getattr(point, "grid_row", getattr(point, "row", None)),
            getattr(point, "grid_col", getattr(point, "col", None)),
            is_relative,
        ]
        for point in _listed(of)
    ]
    given[POINTS] = points
    return given


def _listed(value: object) -> List[object]:
    return list(cast("Iterable[object]", value)) if isinstance(value, Iterable) else []
