"""More dimensions than an image of OME-Zarr has axes: an image for each angle. ``python angles.py [path]``."""

from __future__ import annotations

import sys

import numpy as np

from omezarr_native import Dimension, create_stream, dims_from_standard_axes

TIMES, ANGLES, PLANES, HEIGHT, WIDTH = 2, [0, 120, 240], 4, 256, 256

time, *others = dims_from_standard_axes({"t": TIMES, "c": ["GFP"], "z": PLANES, "y": HEIGHT, "x": WIDTH})

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "angles.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "layout": "auto",
    # six dimensions: the sample turns at each time, and at each angle a stack is taken
    "dimensions": [time, Dimension("angle", type="other", unit="degree", coords=ANGLES), *others],
}

camera = np.random.default_rng()

with create_stream(settings) as stream:
    for _time in range(TIMES):
        for _angle in ANGLES:
            for _plane in range(PLANES):
                stream.append(camera.poisson(100, (HEIGHT, WIDTH)).astype("uint16"))
    stats = stream.stats()

print(f"{stats.frames_appended} frames of {len(ANGLES)} angles are in {settings['root_path']}")
