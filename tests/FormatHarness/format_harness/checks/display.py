"""What viewers show at first: channels, their colours, and windows of intensity."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np

from ..case import count_of, planes_of
from ..dataset import Dataset
from ..problem import Problem
from ..truth.axes import type_of
from ..truth.images import Image, Truth
from .images import paths_of


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    shown: dict[tuple[str, int], list[np.ndarray]] = {}
    for image in truth.images:
        for number, pixels in channels_of(image):
            for known in range(len(channels_of(image))) if _grows(image) else (number,):
                shown.setdefault((image.key, known), []).append(pixels.ravel())
    for path, image in zip(paths_of(truth, dataset), truth.images):
        omero = dataset.ome(path).get("omero")
        if image.camera.get("omero") is False:
            if omero is not None:
                yield Problem("omero", path, "is there, although the settings want none")
            continue
        if omero is None:
            yield Problem("omero", path, "is missing")
            continue
        yield from _check_channels(path, image, omero, shown)
        yield from _check_defaults(path, image, omero.get("rdefs") or {})


def channels_of(image: Image) -> list[tuple[int, np.ndarray]]:
    """The number of each channel that an image shows, and its pixels."""
    pixels = image.levels[0].pixels
    axis = next((i for i, one in enumerate(image.axes) if type_of(one) == "channel"), None)
    if axis is not None:
        return [(number, pixels.take(number, axis)) for number in range(pixels.shape[axis])]
    selected = [index for dimension, index in image.indices if type_of(dimension) == "channel"]
    return [(selected[0] if selected else 0, pixels)]


def _grows(image: Image) -> bool:
    """Whether channels come without end: then one window is measured for all of them."""
    return any(type_of(axis) == "channel" and count_of(axis) is None for axis in image.axes)


def _coord_of(image: Image, number: int) -> dict[str, Any]:
    dimension = next((one for one in [*image.axes, *[one for one, _ in image.indices]] if type_of(one) == "channel"), {})
    coord = (dimension.get("coords") or {number: {}})[number]
    return coord if isinstance(coord, dict) else {"name": str(coord)}


def _check_channels(path: str, image: Image, omero: dict[str, Any], shown: dict[Any, list[np.ndarray]]) -> Iterator[Problem]:
    """A channel has one window in all images of a camera: they are to be compared."""
    expected, given = channels_of(image), omero.get("channels") or []
    if len(given) != len(expected):
        yield Problem("omero", path, f"{len(given)} channels, not {len(expected)}")
        return
    for channel, (number, _) in zip(given, expected):
        coord = _coord_of(image, number)
        if coord.get("name") and channel.get("label") != coord["name"]:
            yield Problem("label", path, f"{channel.get('label')!r}, not {coord['name']!r}")
        colour = _colour_of(image, coord, number)
        if colour and channel.get("color") != colour:
            yield Problem("color", path, f"{channel.get('color')} for channel {number}, not {colour}")
        yield from _check_window(path, image, channel.get("window") or {}, np.concatenate(shown[image.key, number]))


def _colour_of(image: Image, coord: dict[str, Any], number: int) -> str | None:
    """What nobody could show otherwise; None where it is a matter of taste."""
    if coord.get("color"):
        return coord["color"].lstrip("#").upper()
    if planes_of(image.camera) > 1:
        return ["FF0000", "00FF00", "0000FF", None][number]
    known = {None: None, 450: "0000FF", 507: "00FF00", 525: "00FF00", 610: "FF0000"}
    return known.get(coord.get("emission_wavelength_nm"))


def _check_window(path: str, image: Image, window: dict[str, Any], pixels: np.ndarray) -> Iterator[Problem]:
    """Limits in order and with a width; what is shown lies among the pixels, or one count around them."""
    low, start, end, high = (window.get(key) for key in ("min", "start", "end", "max"))
    if None in (low, start, end, high) or not low <= start < end <= high:
        yield Problem("window", path, f"{window}")
        return
    finite = pixels[np.isfinite(pixels)].astype(float) if pixels.dtype.kind == "f" else pixels.astype(float)
    if planes_of(image.camera) > 1:
        if (low, start, end, high) != (0, 0, 255, 255):
            yield Problem("window", path, f"{window} for colours of 8 bits")
    elif finite.size and finite.min() < finite.max():
        count = max(1.0, (finite.max() - finite.min()) * 1e-3)
        if start < finite.min() - count or end > finite.max() + count:
            yield Problem("window", path, f"{window} for pixels from {finite.min()} to {finite.max()}")


def _check_defaults(path: str, image: Image, defaults: dict[str, Any]) -> Iterator[Problem]:
    """Viewers fail on planes that do not exist."""
    lengths = dict(zip([type_of(axis) for axis in image.axes[:-2]], image.levels[0].pixels.shape))
    for key, kind in (("defaultT", "time"), ("defaultZ", "space")):
        if not 0 <= defaults.get(key, 0) < max(1, lengths.get(kind, 1)):
            yield Problem("rdefs", path, f"{key} is {defaults.get(key)} of {lengths.get(kind, 1)}")
