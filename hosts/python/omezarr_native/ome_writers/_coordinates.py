"""What is at an index of a dimension: channels and positions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple, Type, TypeVar, Union

from ._base import Model, a_count, a_number, a_text, an_index

C = TypeVar("C", "Channel", "Position")


@dataclass
class Channel(Model):
    """A channel; wavelengths in nanometres, the colour as a CSS name or (red, green, blue)."""

    name: str
    excitation_wavelength_nm: Optional[int] = None
    emission_wavelength_nm: Optional[int] = None
    fluorophore: Optional[str] = None
    color: Union[str, Sequence[float], None] = None

    def _check(self) -> None:
        self._put("name", a_text("name", self.name))
        for member in ("excitation_wavelength_nm", "emission_wavelength_nm"):
            self._put(member, a_count(member, getattr(self, member)))
        color: object = self.color
        if color is not None and not isinstance(color, str):
            if hasattr(color, "as_hex"):  # a colour of pydantic
                self._put("color", str(color))
            elif not hasattr(color, "__len__") or len(color) not in (3, 4):
                raise ValueError(f"color must be a CSS name or (red, green, blue), not {color!r}")


@dataclass
class Position(Model):
    """A stage position; coordinates in the units of the dimensions of space."""

    name: str
    plate_row: Optional[str] = None
    plate_column: Optional[str] = None
    grid_row: Optional[int] = None
    grid_column: Optional[int] = None
    x_coord: Optional[float] = None
    y_coord: Optional[float] = None
    z_coord: Optional[float] = None

    def _check(self) -> None:
        self._put("name", a_text("name", self.name))
        for member in ("grid_row", "grid_column"):
            self._put(member, an_index(member, getattr(self, member)))
        for member in ("x_coord", "y_coord", "z_coord"):
            self._put(member, a_number(member, getattr(self, member)))
        if (self.plate_row is None) != (self.plate_column is None):
            raise ValueError("plate_row and plate_column must both be set or both be None")
        if (self.grid_row is None) != (self.grid_column is None):
            raise ValueError("grid_row and grid_column must both be set or both be None")


def channels_of(coords: Sequence[object]) -> List[Channel]:
    """Channels, also of their names; names are unique."""
    channels = [_made(Channel, coord) for coord in coords]
    if len({channel.name for channel in channels}) < len(channels):
        raise ValueError("Channel names must be unique.")
    return channels


def positions_of(coords: Sequence[object]) -> List[Position]:
    """Positions, also of their names; names are unique in a well and a cell of a grid."""
    positions = [_made(Position, coord) for coord in coords]
    groups: Dict[Tuple[object, ...], Counter[str]] = {}
    for position in positions:
        key = position.plate_row, position.plate_column, position.grid_row, position.grid_column
        groups.setdefault(key, Counter())[position.name] += 1
    for (plate_row, plate_column, grid_row, grid_column), names in groups.items():
        twice = [name for name, count in names.items() if count > 1]
        if not twice:
            continue
        if plate_row is None and grid_row is None:
            raise ValueError("All positions without row/column must have unique names.")
        where = [f"well ({plate_row!r}, {plate_column!r})"] if plate_row is not None else []
        where += [f"grid position ({grid_row}, {grid_column})"] if grid_row is not None else []
        raise ValueError(
            f"Position names must be unique within each group. Duplicate names in {', '.join(where)}: {twice}"
        )
    return positions


def _made(kind: Type[C], coord: object) -> C:
    if isinstance(coord, str):
        return kind(name=coord)
    return kind.model_validate(coord)
