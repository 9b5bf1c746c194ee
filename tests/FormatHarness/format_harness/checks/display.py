"""What viewers show at first: channels, their colours, and windows of intensity."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np

from ..case import planes_of
from ..dataset import Dataset
from ..frames import bits_of
from ..problem import Problem
from ..truth.axes import type_of
from ..truth.images import Image, Truth
from ..truth.measured import Measured, measured_of
from .images import paths_of


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    measured = {camera.key: measured_of(truth, camera) for camera in truth.cameras}
    for path, image in zip(paths_of(truth, dataset), truth.images):
        omero = dataset.ome(path).get("omero")
        if image.camera.get("omero") is False:
            if omero is not None:
                yield Problem("omero", path, "is there, although the settings want none")
            continue
        if omero is None:
            yield Problem("omero", path, "is missing")
            continue
        yield from _check_channels(path, image, omero, measured[image.key])
        yield from _check_defaults(path, image, omero.get("rdefs") or {})


def channels_of(image: Image) -> list[int]:
    """The numbers of the channels that an image shows."""
    axis = next((i for i, one in enumerate(image.axes) if type_of(one) == "channel"), None)
    if axis is not None:
        return list(range(image.levels[0].pixels.shape[axis]))
    selected = [index for dimension, index in image.indices if type_of(dimension) == "channel"]
    return selected[:1] or [0]


def _coord_of(image: Image, number: int) -> dict[str, Any]:
    dimension = next((one for one in [*image.axes, *[one for one, _ in image.indices]] if type_of(one) == "channel"), {})
    coord = (dimension.get("coords") or {number: {}})[number]
    return coord if isinstance(coord, dict) else {"name": str(coord)}


def _check_channels(path: str, image: Image, omero: dict[str, Any], measured: dict[int, Measured]) -> Iterator[Problem]:
    """A channel has one window in all images of a camera: they are to be compared."""
    expected, given = channels_of(image), omero.get("channels") or []
    if len(given) != len(expected):
        yield Problem("omero", path, f"{len(given)} channels, not {len(expected)}")
        return
    for channel, number in zip(given, expected):
        coord = _coord_of(image, number)
        if coord.get("name") and channel.get("label") != coord["name"]:
            yield Problem("label", path, f"{channel.get('label')!r}, not {coord['name']!r}")
        colour = _colour_of(image, coord, number)
        if colour and channel.get("color") != colour:
            yield Problem("color", path, f"{channel.get('color')} for channel {number}, not {colour}")
        yield from _check_window(path, image, channel.get("window") or {}, measured.get(number))


def _colour_of(image: Image, coord: dict[str, Any], number: int) -> str | None:
    """What nobody could show otherwise; None where it is a matter of taste."""
    if coord.get("color"):
        return coord["color"].lstrip("#").upper()
    if planes_of(image.camera) > 1:
        return ["FF0000", "00FF00", "0000FF", None][number]
    known = {None: None, 450: "0000FF", 507: "00FF00", 525: "00FF00", 610: "FF0000"}
    return known.get(coord.get("emission_wavelength_nm"))


def _check_window(path: str, image: Image, window: dict[str, Any], measured: Measured | None) -> Iterator[Problem]:
    """Limits in order and with a width; the least and the greatest intensity, and percentiles, where all pixels count."""
    low, start, end, high = (window.get(key) for key in ("min", "start", "end", "max"))
    if None in (low, start, end, high) or not low <= start < end <= high:
        yield Problem("window", path, f"{window}")
        return
    if planes_of(image.camera) > 1:
        most = (1 << bits_of(image.camera)) - 1 if bits_of(image.camera) else np.iinfo(image.camera["dtype"]).max
        if (low, start, end, high) != (0, 0, most, most):
            yield Problem("window", path, f"{window} for colours up to {most}")
        return
    values = measured.values[np.isfinite(measured.values)].astype(float) if measured else np.zeros(0)
    if not values.size:
        return
    if values.min() == values.max():  # one count of an even picture
        if not start <= values[0] <= end or end - start > max(1.0, abs(values[0]) / 2**19):
            yield Problem("window", path, f"{window} for pixels of {values[0]} alone")
        return
    least, few, most, greatest = np.quantile(values, [0, 0.01, 0.99, 1])
    count = max(1.0, (greatest - least) * 1e-3)  # percentiles come from a histogram
    wrong = start < least - count or end > greatest + count
    if measured.is_whole:
        wrong |= not (np.isclose(low, least) and np.isclose(high, greatest))
        # Where few pixels differ from the rest, the whole range is shown.
        wrong |= (start > few + count or end < most - count) and (start, end) != (low, high)
    if wrong:
        yield Problem("window", path, f"{window} for pixels from {least} to {greatest}")


def _check_defaults(path: str, image: Image, defaults: dict[str, Any]) -> Iterator[Problem]:
    """Viewers fail on planes that do not exist."""
    lengths = dict(zip([type_of(axis) for axis in image.axes[:-2]], image.levels[0].pixels.shape))
    for key, kind in (("defaultT", "time"), ("defaultZ", "space")):
        if not 0 <= defaults.get(key, 0) < max(1, lengths.get(kind, 1)):
            yield Problem("rdefs", path, f"{key} is {defaults.get(key)} of {lengths.get(kind, 1)}")
