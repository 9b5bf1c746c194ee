"""Two cameras, each with a thread of its own, one dataset: ``python cameras.py [path]``. Needs no numpy.

Each frame carries its number in acquisition order, so the threads need not wait for one another.
"""

from __future__ import annotations

import sys
import threading
from array import array

from omezarr_native import Stream, create_stream

TIMES, CAMERAS, HEIGHT, WIDTH = 20, 2, 256, 256

settings = {
    "root_path": sys.argv[1] if len(sys.argv) > 1 else "cameras.ome.zarr",
    "overwrite": True,
    "dtype": "uint16",
    "compression": "blosc-lz4",
    "dimensions": [
        {"name": "t", "type": "time", "count": TIMES},
        {"name": "c", "type": "channel", "coords": ["left", "right"]},
        {"name": "y", "type": "space", "count": HEIGHT},
        {"name": "x", "type": "space", "count": WIDTH},
    ],
    "pipeline": {"producers": CAMERAS},
}


def acquire(stream: Stream, camera: int) -> None:
    """What a camera's thread does."""
    for time in range(TIMES):
        frame = array("H", [1000 * camera + time]) * (HEIGHT * WIDTH)
        stream.append(frame, index=time * CAMERAS + camera)


with create_stream(settings) as stream:
    threads = [threading.Thread(target=acquire, args=(stream, camera)) for camera in range(CAMERAS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames = stream.stats().frames_appended

print(f"{frames} frames are in {settings['root_path']}")
