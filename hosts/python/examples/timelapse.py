"""A two-channel time-lapse with numpy: ``python timelapse.py [path]``."""

from __future__ import annotations

import sys

import numpy as np

from omezarr_native import create_stream

TIMES, CHANNELS, HEIGHT, WIDTH = 5, ["DAPI", "GFP"], 512, 512

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "timelapse.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "compression": "blosc-zstd",
    # in the order in which the frames come, slowest first
    "dimensions": [
        {"name": "t", "type": "time", "count": TIMES, "unit": "second", "scale": 10},
        {
            "name": "c",
            "type": "channel",
            "coords": [{"name": name, "color": color} for name, color in zip(CHANNELS, ("blue", "lime"))],
        },
        {"name": "y", "type": "space", "count": HEIGHT, "unit": "micrometer", "scale": 0.325, "chunk_size": 256},
        {"name": "x", "type": "space", "count": WIDTH, "unit": "micrometer", "scale": 0.325, "chunk_size": 256},
    ],
}

camera = np.random.default_rng()

with create_stream(settings) as stream:
    stream.set_metadata("microscope", {"objective": "20x/0.8", "operator": "timelapse.py"})
    for time in range(TIMES):
        for channel in CHANNELS:
            frame = camera.poisson(100 + 10 * time, (HEIGHT, WIDTH)).astype("uint16")
            stream.append(frame)
    stats = stream.stats()

print(f"{stats.frames_appended} frames are in {settings['root_path']}; append p99 {stats.append_p99_ns / 1e6:.2f} ms")
