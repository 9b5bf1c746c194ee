"""Plans of multi-well plates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterator, List, Mapping, Optional, Tuple

from ._grids import GridPoint, points_of
from ._values import elements, mapping, members, number, number_or_none, pair, text, whole

#: Rows, columns and distance of wells in mm, of plates that useq knows by name.
_KNOWN = {
    "6-well": (2, 3, 39.12),
    "12-well": (3, 4, 26.0),
    "24-well": (4, 6, 19.0),
    "48-well": (6, 8, 13.0),
    "96-well": (8, 12, 9.0),
    "384-well": (16, 24, 4.5),
    "1536-well": (32, 48, 2.25),
    "coverslip-18mm-square": (1, 1, 0.0),
    "coverslip-22mm-square": (1, 1, 0.0),
}


def row_name(row: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    name = ""
    row += 1
    while row > 0:
        row, letter = divmod(row - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@dataclass(frozen=True)
class Field:
    """A field of a well, where the stage goes."""

    row: int
    column: int
    #: Its number in the well.
    number: int
    x: Optional[float]
    y: Optional[float]
    z: Optional[float]
    point: GridPoint


class WellPlan:
    """A plate, its selected wells, and the fields of each."""

    def __init__(self, plan: Mapping[str, object]) -> None:
        plate = plan.get("plate")
        self.name: str
        self.rows: int
        self.columns: int
        if mapping(plate):
            given = members(plate)
            self.rows, self.columns = whole(given.get("rows"), 1), whole(given.get("columns"), 1)
            self.name = text(given.get("name"))
            self._spacing = pair(given.get("well_spacing"))
        else:
            self.name = plate if isinstance(plate, str) else f"{whole(plate)}-well"
            if self.name not in _KNOWN:
                raise ValueError(f"there is no plate {self.name!r}, only {', '.join(_KNOWN)}")
            self.rows, self.columns, distance = _KNOWN[self.name]
            self._spacing = [distance, distance]
        self._origin = pair(plan.get("a1_center_xy"))
        self._angle = math.radians(number(plan.get("rotation")))
        selected = elements(plan.get("selected_wells"))
        rows, columns = ([whole(one) for one in elements(axis)] for axis in (selected + [[], []])[:2])
        self._wells: List[Tuple[int, int]] = list(zip(rows, columns))
        self._points = plan.get("well_points_plan")

    def fields(self) -> Iterator[Field]:
        """All fields in the order in which they are acquired."""
        offsets, z = self._offsets()
        for row, column in self._wells:
            x, y = self._centre(row, column)
            for at, point in enumerate(offsets):
                yield Field(
                    row,
                    column,
                    at,
                    None if point.x is None else x + point.x,
                    None if point.y is None else y + point.y,
                    z,
                    point,
                )

    def _offsets(self) -> Tuple[List[GridPoint], Optional[float]]:
        plan = members(self._points)
        if plan.keys() <= {"x", "y", "z", "name", "sequence", "properties", "plate_row", "plate_col", "grid_row", "grid_col"}:
            return [GridPoint(number(plan.get("x")), number(plan.get("y")))], number_or_none(plan.get("z"))
        return points_of(plan) or [], None

    def _centre(self, row: int, column: int) -> Tuple[float, float]:
        """In micrometres; y of the stage goes up where rows go down."""
        x, y = 1000 * self._spacing[0] * column, -1000 * self._spacing[1] * row
        cosine, sine = math.cos(self._angle), math.sin(self._angle)
        return self._origin[0] + x * cosine - y * sine, self._origin[1] + x * sine + y * cosine
