"""What an append costs the thread that calls it: ``python per_frame.py``. Nothing waits: the ring has room for all frames.

Frames are small (64 x 64 of uint16), so that the copy of the pixels is as good as nothing.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from typing import Any, Dict

import numpy as np

import omezarr_native as omz

FRAMES, ROUNDS = 4000, 5

CASES: Dict[str, Dict[str, Any]] = {
    "a frame": {},
    "with two numbers": {"frame_metadata": {"delta_t": 0.5, "exposure_time": 0.01}},
    "with a number and JSON": {"frame_metadata": {"delta_t": 0.5, "note": "x", "bins": [1, 2]}},
    "by coordinates": {"index": {}},
}


def main() -> None:
    frame = np.random.default_rng(1).integers(0, 4096, (64, 64), "uint16")
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "root_path": f"{folder}/frames.ome.zarr",
            "overwrite": True,
            "dtype": "uint16",
            "durability": {"fsync": "never"},
            "pipeline": {"ring_frames": 4 * FRAMES},
            "dimensions": [{"name": "t", "chunk_size": 64}, {"name": "y", "count": 64}, {"name": "x", "count": 64}],
        }
        for case, arguments in CASES.items():
            medians, native = [], []
            for _ in range(ROUNDS):
                with omz.create_stream(settings) as stream:
                    medians.append(statistics.median(measure(stream, frame, arguments)))
                    native.append(stream.stats().append_p50_ns / 1000)
            print(f"{case:24} {min(medians):5.1f} µs, of which {min(native):.1f} µs in the library")


def measure(stream: omz.Stream, frame: Any, arguments: Dict[str, Any]) -> Any:
    """Microseconds of each append."""
    for number in range(FRAMES):
        if "index" in arguments:
            arguments = {"index": {"t": number}}
        started = time.perf_counter()
        stream.append(frame, **arguments)
        yield 1e6 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
