"""Two cameras of different shape and type, each with a thread of its own: ``python arrays.py [path]``. Needs no numpy.

Each camera is an array of the settings, with a key; its frames are appended by that key and become an image of their own.
"""

from __future__ import annotations

import sys
import threading
from array import array

from omezarr_native import ArrayStream, create_stream

FRAMES = 20
SIZES = {"left": 256 * 256, "overview": 120 * 160}

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "arrays.ome.zarr",
    "overwrite": True,
    "compression": "blosc-lz4",
    "layout": "auto",
    "arrays": [
        {
            "key": "left",
            "dtype": "uint16",
            "dimensions": [{"name": "t"}, {"name": "y", "count": 256}, {"name": "x", "count": 256}],
        },
        {
            "key": "overview",
            "dtype": "uint8",
            "dimensions": [{"name": "t"}, {"name": "y", "count": 120}, {"name": "x", "count": 160}],
        },
    ],
}


def acquire(camera: ArrayStream, type_code: str) -> None:
    """What a camera's thread does."""
    for time in range(FRAMES):
        camera.append(array(type_code, [time]) * SIZES[camera.key])


with create_stream(settings) as stream:
    threads = [
        threading.Thread(target=acquire, args=(stream["left"], "H")),
        threading.Thread(target=acquire, args=(stream["overview"], "B")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames = stream.stats().frames_appended

print(f"{frames} frames are in {settings['root_path']}")
