"""The images of a case: which there are, in which order, with which pixels, and where they lie in space and time."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Case, count_of, declared_frames, events, frame_dimensions, planes_of
from ..frames import dtype_of, pixels_of
from . import axes as axes_of
from .pyramid import levels_of, shrunk


@dataclass
class Level:
    """A resolution level: its pixels, and where its elements are."""

    pixels: np.ndarray
    steps: list[int]
    scale: list[float]
    translation: list[float]


@dataclass
class Image:
    """An image as it must be, but for its path."""

    key: str
    camera: dict[str, Any]
    axes: list[dict[str, Any]]
    position: dict[str, Any] | None
    indices: list[tuple[dict[str, Any], int]]  # along the dimensions that select it
    levels: list[Level]


@dataclass(frozen=True)
class Place:
    """Where a frame is."""

    image: int               # among all images
    index: tuple[int, ...]   # of its first plane, the frame's own axes left out


def positions_of(dimension: dict[str, Any]) -> list[dict[str, Any]]:
    """Positions as objects; a count alone names them by number."""
    coords = dimension.get("coords") or [str(number) for number in range(dimension["count"])]
    return [coord if isinstance(coord, dict) else {"name": str(coord)} for coord in coords]


class Camera:
    """Where each frame of a camera belongs."""

    def __init__(self, case: Case, key: str, camera: dict[str, Any], first_image: int) -> None:
        self.case, self.key, self.camera, self.first_image = case, key, camera, first_image
        self.axes, self.selecting = axes_of.split(camera)
        self.frame_dimensions = frame_dimensions(camera)
        self.counts = [count_of(dimension) for dimension in self.frame_dimensions]
        touched = [event.number for event in events(case) if event.key == key and event.kind != "flush"]
        self.extent = max(touched) + 1 if touched else 0
        self.ending = self._ending_dimension()
        self.declared = declared_frames(camera)
        self.numbers = self._numbers()  # all that the images have room for, also those that never came
        self.appended = [event.number for event in events(case) if event.key == key and event.kind == "append"]
        self.skipped = [event.number for event in events(case) if event.key == key and event.kind == "skip"]
        self.images = math.prod(count_of(dimension) for dimension in self.selecting)

    @property
    def is_unbounded(self) -> bool:
        return None in self.counts

    def _ending_dimension(self) -> dict[str, Any] | None:
        """The dimension whose length is known in the end: the unbounded one, or the slowest of more than one element, which an
        early end cuts back, if it is an axis and not one of channels."""
        slowest = next((one for one, count in zip(self.frame_dimensions, self.counts) if count != 1), None)
        if slowest is None or count_of(slowest) is None:
            return slowest
        cuts = self.case.settings.get("early_end", "cut") == "cut"
        is_axis = any(slowest is axis for axis in self.axes)
        return slowest if cuts and is_axis and axes_of.type_of(slowest) != "channel" else None

    def _numbers(self) -> int:
        if self.ending is None:
            return self.declared
        return self.length_of(self.ending) * self._step()

    def _step(self) -> int:
        """Frames of one element along the ending dimension."""
        at = next(i for i, one in enumerate(self.frame_dimensions) if one is self.ending)
        return math.prod(self.counts[at + 1:])

    def length_of(self, axis: dict[str, Any]) -> int:
        """The length of an axis at the end. The one that ends is as long as the last frame needs, and at least 1."""
        return max(1, -(-self.extent // self._step())) if axis is self.ending else count_of(axis)

    @property
    def rows(self) -> int:
        """Of the tables of frames: an unbounded run has as many as came."""
        return self.extent if self.is_unbounded else self.numbers

    def place_of(self, number: int) -> Place:
        """Frames count through their dimensions, the last one fastest."""
        index: dict[str, int] = {}
        for dimension, count in reversed(list(zip(self.frame_dimensions, self.counts))):
            number, index[dimension["name"]] = divmod(number, count) if count is not None else (0, number)
        image = 0
        for dimension in self.selecting:
            image = image * count_of(dimension) + index.get(dimension["name"], 0)
        return Place(self.first_image + image, tuple(index.get(axis["name"], 0) for axis in self.axes[:-2]))

    def planes_of(self, number: int) -> list[tuple[Place, int]]:
        """The place of each of a frame's planes, which are the indices of its own channels."""
        place, planes = self.place_of(number), planes_of(self.camera)
        if planes == 1:
            return [(place, 0)]
        colours = self.camera["dimensions"][-3]
        if any(colours is axis for axis in self.axes):
            at = next(i for i, axis in enumerate(self.axes) if axis is colours)
            return [(Place(place.image, (*place.index[:at], plane, *place.index[at + 1:])), plane) for plane in range(planes)]
        return [(Place(place.image + plane, place.index), plane) for plane in range(planes)]  # it is the fastest to select

    def make_images(self) -> list[Image]:
        shape = [self.length_of(axis) for axis in self.axes]
        full = [np.zeros(shape, dtype_of(self.camera)) for _ in range(self.images)]
        for number in self.appended:
            pixels = pixels_of(self.case, self.key, self.camera, number)
            for place, plane in self.planes_of(number):
                full[place.image - self.first_image][place.index] = pixels[plane]
        choices = itertools.product(*[range(count_of(dimension)) for dimension in self.selecting])
        return [self._image(pixels, list(zip(self.selecting, choice))) for pixels, choice in zip(full, choices)]

    def _image(self, pixels: np.ndarray, indices: list[tuple[dict[str, Any], int]]) -> Image:
        position = next((positions_of(dimension)[index] for dimension, index in indices
                         if axes_of.type_of(dimension) == "position"), None)
        return Image(self.key, self.camera, self.axes, position, indices, self._levels(pixels, position))

    def _levels(self, pixels: np.ndarray, position: dict[str, Any] | None) -> list[Level]:
        pyramid = self.camera.get("pyramid")
        scale = [axis.get("scale") or 1.0 for axis in self.axes]
        origin = [(axis.get("translation") or 0.0) + self._stage(place, position) for place, axis in enumerate(self.axes)]
        levels = [Level(pixels, [1] * pixels.ndim, scale, origin)]
        if pyramid is None:
            return levels
        factors = pyramid.get("factors") or {}
        steps = [factors.get(axis["name"], 2 if place >= len(self.axes) - 2 else 1) for place, axis in enumerate(self.axes)]
        growing = next((place for place, axis in enumerate(self.axes) if count_of(axis) is None), None)
        total, method = [1] * pixels.ndim, pyramid.get("method") or "mean"
        planned = [count_of(axis) or length for axis, length in zip(self.axes, pixels.shape)]
        for taken in levels_of(pyramid.get("levels") or "auto", planned, list(pixels.shape), steps, growing):
            total = [before * step for before, step in zip(total, taken)]
            middle = [0.0 if method == "decimate" else (factor - 1) / 2 * size for factor, size in zip(total, scale)]
            levels.append(Level(shrunk(levels[-1].pixels, taken, method), taken,
                                [size * factor for size, factor in zip(scale, total)],
                                [start + shift for start, shift in zip(origin, middle)]))
        return levels

    def _stage(self, place: int, position: dict[str, Any] | None) -> float:
        letter = axes_of.letter_of(self.axes, place)
        return (position or {}).get(f"{letter}_coord") or 0.0 if letter else 0.0


class Truth:
    """All that must be in the dataset of a case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cameras: list[Camera] = []
        for key, camera in case.cameras():
            self.cameras.append(Camera(case, key, camera, sum(one.images for one in self.cameras)))
        self.images = [image for camera in self.cameras for image in camera.make_images()]
        self.plate = case.settings.get("plate")
        self.version = case.settings.get("ome_zarr_version") or "0.5"

    @property
    def is_refused(self) -> bool:
        """Whether the settings would break a MUST of OME-Zarr without saying that they may."""
        allowed = self.case.settings.get("allow_nonconforming")
        return not allowed and not all(axes_of.conform(camera.axes, self.version) for camera in self.cameras)

    @property
    def structure(self) -> str:
        if self.plate is not None:
            return "plate"
        return "image" if len(self.images) == 1 and "arrays" not in self.case.settings else "collection"
