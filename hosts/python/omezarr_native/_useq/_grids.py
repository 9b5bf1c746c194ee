"""Grids of tiles, and points at random."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterator, List, Mapping, Optional, Tuple

from .._errors import NotSupportedError
from ._values import elements, mapping, number, number_or_none, pair, text, whole, whole_or_none

#: What :func:`with_points` of the room adds to a plan whose points only useq itself can tell.
POINTS = "_points"


@dataclass(frozen=True)
class GridPoint:
    """A tile: where the stage is, and its place in the grid. What is not known is None."""

    x: Optional[float]
    y: Optional[float]
    row: Optional[int] = None
    column: Optional[int] = None
    #: Whether x and y count from the position of the stage.
    is_relative: bool = True


def points_of(plan: object) -> Optional[List[GridPoint]]:
    """The tiles of a plan in the order in which they are visited, or None where there is no plan."""
    given = mapping(plan)
    if not given:
        return None
    known = given.get(POINTS)
    if known is not None:
        return [_known_point(point) for point in elements(known)]
    if "num_points" in given:
        # Where they are is known once useq has drawn them; each frame says where it was taken.
        return [GridPoint(None, None) for _ in range(whole(given["num_points"]))]
    if "vertices" in given:
        raise NotSupportedError(
            "which tiles of a polygon are visited is known to useq only: give the MDASequence itself, or install useq-schema"
        )
    return list(_tiles(given))


def _known_point(value: object) -> GridPoint:
    x, y, row, column, is_relative = (elements(value) + [None] * 5)[:5]
    return GridPoint(number_or_none(x), number_or_none(y), whole_or_none(row), whole_or_none(column), bool(is_relative))


def _tiles(plan: Mapping[str, object]) -> Iterator[GridPoint]:
    width, height = number_or_none(plan.get("fov_width")), number_or_none(plan.get("fov_height"))
    overlap = pair(plan.get("overlap"))
    dx = (width or 1.0) * (1 - overlap[0] / 100)
    dy = (height or 1.0) * (1 - overlap[1] / 100)
    is_relative = not {"top", "bottom"} <= plan.keys()
    if is_relative:
        rows = whole(plan["rows"]) if "rows" in plan else math.ceil(number(plan.get("height")) / dy)
        columns = whole(plan["columns"]) if "columns" in plan else math.ceil(number(plan.get("width")) / dx)
        is_centred = text(plan.get("relative_to", "center")) != "top_left"
        x0 = -(columns - 1) * dx / 2 if is_centred else 0.0
        y0 = (rows - 1) * dy / 2 if is_centred else 0.0
    else:
        top, bottom = number(plan.get("top")), number(plan.get("bottom"))
        left, right = number(plan.get("left")), number(plan.get("right"))
        rows, columns = _covering(abs(top - bottom), height, dy), _covering(abs(right - left), width, dx)
        x0 = min(left, right) + (width or 0) / 2
        y0 = max(top, bottom) - (height or 0) / 2
    for row, column in _order(text(plan.get("mode")) or "row_wise_snake", rows, columns):
        yield GridPoint(x0 + column * dx, y0 - row * dy, row, column, is_relative)


def _covering(span: float, field: Optional[float], step: float) -> int:
    """How many tiles cover a span."""
    if field is None:
        return math.ceil((span + step) / step)
    return 1 if span <= field else math.ceil((span - field) / step) + 1


def _order(mode: str, rows: int, columns: int) -> Iterator[Tuple[int, int]]:
    if mode == "spiral":
        yield from _spiral(rows, columns)
    elif mode.startswith("column_wise"):
        for column, row in _lines(columns, rows, mode.endswith("snake")):
            yield row, column
    else:
        yield from _lines(rows, columns, mode.endswith("snake"))


def _lines(lines: int, places: int, is_snake: bool) -> Iterator[Tuple[int, int]]:
    for line in range(lines):
        for place in range(places):
            yield line, places - 1 - place if is_snake and line % 2 else place


def _spiral(rows: int, columns: int) -> Iterator[Tuple[int, int]]:
    """From the middle outwards: right, down, left, up, each side as long as it takes; what is outside is left out."""
    row, column = (rows - 1) // 2, (columns - 1) // 2
    left, side, direction = rows * columns, 0, 0
    steps = ((0, 1), (1, 0), (0, -1), (-1, 0))
    while left > 0:
        for _ in range(side // 2 + 1):
            if 0 <= row < rows and 0 <= column < columns:
                yield row, column
                left -= 1
            row += steps[direction][0]
            column += steps[direction][1]
        side, direction = side + 1, (direction + 1) % 4
