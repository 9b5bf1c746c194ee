"""The intensities that windows of display are measured on: docs/settings.md, Windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case import count_of
from ..frames import pixels_of
from .axes import type_of
from .images import Camera, Place, Truth

_MOST_PLANES = 16        # all of which are measured
_MOST_PIXELS = 1_000_000
_MOST_CHANNELS = 64
_MOST_UNBOUNDED = 16     # of channels without an end


@dataclass
class Measured:
    """What is stored of a channel in all images of a camera."""

    values: np.ndarray
    is_whole: bool  # whether every pixel counts


def measured_of(truth: Truth, camera: Camera) -> dict[int, Measured]:
    """By the channel's number."""
    channels = next((one for one in [*camera.axes, *camera.selecting] if type_of(one) == "channel"), None)
    most = _MOST_UNBOUNDED if channels is not None and count_of(channels) is None else _MOST_CHANNELS
    planes: dict[int, list[np.ndarray]] = {}
    for number in camera.appended:
        pixels = pixels_of(camera.case, camera.key, camera.camera, number)
        for place, plane in camera.planes_of(number):
            planes.setdefault(_channel_of(truth, camera, channels, place), []).append(pixels[plane])
    return {channel: Measured(np.concatenate([one.ravel() for one in some]),
                              len(some) <= _MOST_PLANES and sum(one.size for one in some) <= _MOST_PIXELS)
            for channel, some in planes.items() if channel < most}


def _channel_of(truth: Truth, camera: Camera, channels: dict | None, place: Place) -> int:
    if channels is None:
        return 0
    at = next((i for i, axis in enumerate(camera.axes) if axis is channels), None)
    if at is not None:
        return place.index[at]
    return next(index for dimension, index in truth.images[place.image].indices if dimension is channels)
