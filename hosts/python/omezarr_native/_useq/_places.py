"""Where a sequence goes: positions of the stage, tiles of grids and fields of wells, in one list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Iterator, List, Optional, Tuple

from ._grids import GridPoint, points_of
from ._sequence import Sequence, Stage
from ._wells import row_name


@dataclass(frozen=True)
class Place:
    """One image's worth of stage: an element of the dimension of positions."""

    name: str
    x: Optional[float]
    y: Optional[float]
    z: Optional[float]
    #: The indices ``p`` and ``g`` of its events; None where they have none.
    position: Optional[int]
    tile: Optional[int]
    plate_row: Optional[str] = None
    plate_column: Optional[str] = None
    grid_row: Optional[int] = None
    grid_column: Optional[int] = None
    #: What is acquired here only.
    sequence: Optional[Sequence] = None


def places_of(sequence: Sequence) -> List[Place]:
    """All places in the order of the plans; empty where the sequence neither has positions nor a grid."""
    grid = points_of(sequence.grid)
    if sequence.wells is not None:
        return list(_of_wells(sequence, grid))
    if sequence.stages:
        return list(_of_stages(sequence, grid))
    return [
        Place(f"{at:04d}", point.x, point.y, None, None, at, grid_row=point.row, grid_column=point.column)
        for at, point in enumerate(grid or [])
    ]


def with_distinct_names(places: List[Place]) -> List[Place]:
    """The same, and of equal names (in a well, a cell of a grid) all but the first with a number."""
    taken = {_key(place) for place in places}
    used: Dict[Tuple[object, ...], int] = {}
    found: List[Place] = []
    for place in places:
        count = used[_key(place)] = used.get(_key(place), 0) + 1
        named = place
        while count > 1 and _key(named) in taken:
            named = replace(place, name=f"{place.name}_{count}")
            count += 1
        taken.add(_key(named))
        found.append(named)
    return found


def _key(place: Place) -> Tuple[object, ...]:
    return place.name, place.plate_row, place.plate_column, place.grid_row, place.grid_column


def _of_wells(sequence: Sequence, grid: Optional[List[GridPoint]]) -> Iterator[Place]:
    if sequence.wells is None:
        return
    for at, field in enumerate(sequence.wells.fields()):
        place = Place(
            f"fov{field.number}",
            field.x,
            field.y,
            field.z,
            at,
            None,
            plate_row=row_name(field.row),
            plate_column=str(field.column + 1),
            grid_row=field.point.row,
            grid_column=field.point.column,
        )
        if grid is None:
            yield place
        for tile, point in enumerate(grid or []):
            number = field.number * len(grid or []) + tile
            yield replace(_moved(place, point), name=f"fov{number}", tile=tile)


def _of_stages(sequence: Sequence, grid: Optional[List[GridPoint]]) -> Iterator[Place]:
    order = sequence.axis_order
    is_grid_first = "g" in order and "p" in order and order.index("g") < order.index("p")
    if grid is not None and is_grid_first:
        for tile, point in enumerate(grid):
            for at, stage in enumerate(sequence.stages):
                yield _tile(stage, at, at, point, tile)
        return
    for at, stage in enumerate(sequence.stages):
        own = points_of(stage.sequence.grid) if stage.sequence is not None else None
        points = grid if own is None else own
        if points is None:
            yield _alone(stage, at)
        for tile, point in enumerate(points or []):
            yield _tile(stage, at, at if len(sequence.stages) > 1 else None, point, tile)


def _alone(stage: Stage, at: int) -> Place:
    row, column = _well(stage)
    name = stage.name or ("fov0" if row is not None else str(at))
    return Place(
        name, stage.x, stage.y, stage.z, at, None, row, column, stage.grid_row, stage.grid_column, stage.sequence
    )


def _tile(stage: Stage, at: int, shown: Optional[int], point: GridPoint, tile: int) -> Place:
    row, column = _well(stage)
    if not stage.name and row is not None:
        name = f"fov{tile}"
    else:
        name = stage.name or str(shown or 0)
        if point.row is None and point.column is None:
            name += f"_g{tile:04d}" if shown is None else f"_p{shown:04d}_g{tile:04d}"
    return _moved(Place(name, stage.x, stage.y, stage.z, at, tile, row, column, sequence=stage.sequence), point)


def _moved(place: Place, point: GridPoint) -> Place:
    x, y = point.x, point.y
    if point.is_relative:
        x = None if x is None else (place.x or 0) + x
        y = None if y is None else (place.y or 0) + y
    return replace(place, x=x, y=y, grid_row=point.row, grid_column=point.column)


def _well(stage: Stage) -> Tuple[Optional[str], Optional[str]]:
    if stage.plate_row is None or stage.plate_column is None:
        return None, None
    return row_name(stage.plate_row), str(stage.plate_column + 1)
