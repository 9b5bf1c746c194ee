"""A time-lapse at several stage positions, a group for each: ``python positions.py [path]``."""

from __future__ import annotations

import sys

import numpy as np

from omezarr_native import Position, create_stream, dims_from_standard_axes

TIMES, HEIGHT, WIDTH = 3, 256, 256
PIXEL_SIZE = 0.65

# tiles of a grid, which overlap by a tenth; coordinates in micrometers
step = 0.9 * WIDTH * PIXEL_SIZE
tiles = [
    Position("tile", grid_row=row, grid_column=column, x_coord=column * step, y_coord=row * step)
    for row in range(2)
    for column in range(2)
]

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "positions.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "layout": "auto",
    "compression": "blosc-lz4",
    # at each time the stage visits all tiles
    "dimensions": dims_from_standard_axes(
        {"t": TIMES, "p": tiles, "c": ["DAPI", "GFP"], "y": HEIGHT, "x": WIDTH},
        scales={"t": 60, "y": PIXEL_SIZE, "x": PIXEL_SIZE},
    ),
}

camera = np.random.default_rng()

with create_stream(settings) as stream:
    for _time in range(TIMES):
        for _tile in tiles:
            for _channel in range(2):
                stream.append(camera.poisson(100, (HEIGHT, WIDTH)).astype("uint16"))
    stats = stream.stats()

print(f"{stats.frames_appended} frames of {len(tiles)} positions are in {settings['root_path']}")
