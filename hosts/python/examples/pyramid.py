"""A growing z-stack with resolution levels, made while the frames come: ``python pyramid.py [path]``."""

from __future__ import annotations

import sys

import numpy as np

from omezarr_native import create_stream, describe_layout

PLANES, HEIGHT, WIDTH = 16, 600, 1000

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "pyramid.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "layout": "auto",
    "compression": "blosc-lz4",
    "dimensions": [
        {"name": "z", "type": "space", "unit": "micrometer", "scale": 0.5},  # no count: as many as come
        {"name": "y", "type": "space", "count": HEIGHT, "unit": "micrometer", "scale": 0.25},
        {"name": "x", "type": "space", "count": WIDTH, "unit": "micrometer", "scale": 0.25},
    ],
    # levels down to 256 pixels; rows and columns halve by themselves, and two planes become one
    "pyramid": {"levels": "auto", "method": "mean", "factors": {"z": 2}},
}

levels = describe_layout(settings)["arrays"]

camera = np.random.default_rng()
y, x = np.mgrid[:HEIGHT, :WIDTH]
beads = camera.integers((0, 0, 0), (PLANES, HEIGHT, WIDTH), (40, 3))

with create_stream(settings) as stream:
    for plane in range(PLANES):
        light = np.full((HEIGHT, WIDTH), 100.0)
        for bead_z, bead_y, bead_x in beads:
            # wider and fainter out of focus
            spread = 8 + 4 * abs(plane - bead_z)
            light += 3e5 / spread**2 * np.exp(-((y - bead_y) ** 2 + (x - bead_x) ** 2) / (2 * spread**2))
        stream.append(camera.poisson(light).astype("uint16"))
    stats = stream.stats()

print(f"{stats.frames_appended} frames on {len(levels)} levels are in {settings['root_path']}:")
for level in levels:
    _, height, width = level["shape"]
    print(f"  {level['path']}: {height} x {width}")
