"""The structs of omezarr_native.h as ctypes sees them."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_double, c_int64, c_uint32, c_uint64, c_void_p


class RawFrame(ctypes.Structure):
    """``omz_frame``."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("pixels", c_void_p),
        ("size_bytes", c_uint64),
        ("row_stride", c_uint64),
        ("index", c_int64),
        ("metadata_json", c_char_p),
        ("delta_t", c_double),
        ("exposure_time", c_double),
        ("position_x", c_double),
        ("position_y", c_double),
        ("position_z", c_double),
        ("timestamp_ns", c_int64),
    ]


#: The flags that say which of the last members are known: ``OMZ_FRAME_HAS_...``.
FRAME_HAS = {
    "delta_t": 1,
    "exposure_time": 2,
    "position_x": 4,
    "position_y": 8,
    "position_z": 16,
    "timestamp_ns": 32,
}


class RawStats(ctypes.Structure):
    """``omz_stats``."""

    _fields_ = [("struct_size", c_uint32), ("active_workers", c_uint32)] + [
        (name, c_uint64)
        for name in (
            "frames_appended",
            "frames_encoded",
            "frames_written",
            "frames_skipped",
            "frames_dropped",
            "bytes_in",
            "bytes_out",
            "chunks_written",
            "ring_capacity",
            "ring_occupancy",
            "ring_high_water",
            "ring_waits",
            "ring_wait_ns",
            "append_last_ns",
            "append_mean_ns",
            "append_p50_ns",
            "append_p99_ns",
            "append_max_ns",
            "memory_bytes",
            "errors",
            "managed_bytes_allocated",
            "gc_collections",
            "frames_borrowed",
            "borrowed_held",
            "borrowed_capacity",
            "free_bytes",
            "seconds_left",
            "bytes_to_come",
            "frames_metadata_lost",
            "next_frame",
        )
    ]
