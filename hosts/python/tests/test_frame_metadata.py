"""What comes with frames: stored as it is, or left out and counted. Never does it cost the frame."""

from __future__ import annotations

import datetime
import enum
import random
import unittest
from typing import Any, Dict, List

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native._json import MOST_BYTES

FRAME = np.arange(HEIGHT * WIDTH, dtype="uint16").reshape(HEIGHT, WIDTH)


class Model:
    """As pydantic's models look from outside."""

    def model_dump(self, mode: str = "python", exclude_unset: bool = False) -> Dict[str, Any]:
        return {"set": 1} if exclude_unset else {"set": 1, "unset": None}


class Hostile:
    """An object of a host's that raises whatever it is asked."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Gain(enum.Enum):
    HIGH = "high"


class FrameMetadataTests(ScratchTestCase):
    def acquire(self, *metadata: Dict[str, Any]) -> List[Dict[str, Any]]:
        """What is stored of them; every frame is. ``self.stats`` are the stream's."""
        with omz.create_stream(self.settings(len(metadata), overwrite=True)) as stream:
            for each in metadata:
                self.assertTrue(stream.append(FRAME, frame_metadata=each))
        self.stats = stream.stats()
        for stored in raw_zarr.read(self.path / "0"):
            np.testing.assert_array_equal(stored, FRAME)
        listed = raw_zarr.attributes(self.path).get("ome_writers", {}).get("frame_metadata", [])
        return [{key: value for key, value in entry.items() if key != "storage_index"} for entry in listed]

    def test_stores_what_python_has(self) -> None:
        moment = datetime.datetime(2026, 11, 26, 12, 0, 0, 250000, tzinfo=datetime.timezone.utc)
        stored = self.acquire(
            {"delta_t": np.float32(0.5), "exposure_time": 1, "timestamp_ns": moment},
            {"position_x": np.int64(7), "position_y": datetime.timedelta(seconds=2), "when": moment},
            {"model": Model(), "gain": Gain.HIGH, "bins": np.arange(3), "flag": np.bool_(True), "path": self.path, 3: None},
        )
        self.assertEqual(
            stored,
            [
                {"delta_t": 0.5, "exposure_time": 1, "timestamp_ns": 1795694400_250000000},
                {"position_x": 7, "position_y": 2, "when": "2026-11-26T12:00:00.250000+00:00"},
                {"model": {"set": 1}, "gain": "high", "bins": [0, 1, 2], "flag": True, "path": str(self.path), "3": None},
            ],
        )
        self.assertEqual(self.stats.frames_metadata_lost, 0)

    def test_a_value_that_cannot_be_stored_costs_only_itself(self) -> None:
        nan = float("nan")
        circular: Dict[str, Any] = {"ok": 1}
        circular["self"] = circular
        stored = self.acquire(
            {"delta_t": nan, "exposure_time": 0.25},
            {"delta_t": "soon", "note": "kept"},
            {"timestamp_ns": 2**63, "position_x": 10**400, "note": "kept"},
            {"voltage": [1.5, nan, {"deep": float("inf")}], "note": "kept"},
            {"object": object(), "hostile": Hostile(), "surrogate": "\ud800", "note": "kept"},
            {"long": "x" * MOST_BYTES, "note": "kept"},
            {"complex": 1j, (1, 2): "kept"},
            {"note": "kept"},
        )
        self.assertEqual(self.stats.frames_metadata_lost, 7)
        self.assertEqual(
            stored,
            [
                {"exposure_time": 0.25},
                {"note": "kept"},
                {"note": "kept"},
                {"voltage": [1.5, None, {"deep": None}], "note": "kept"},
                {"object": None, "hostile": None, "surrogate": None, "note": "kept"},
                {"note": "kept"},
                {"complex": None, "(1, 2)": "kept"},
                {"note": "kept"},
            ],
        )
        (deep,) = self.acquire({"circular": circular})
        self.assertEqual((deep["circular"]["self"]["ok"], self.stats.frames_metadata_lost), (1, 1))

    def test_says_once_in_the_log_that_metadata_are_lost(self) -> None:
        with self.assertLogs("omezarr_native", "WARNING") as logged:
            self.acquire(*5 * [{"delta_t": float("nan")}], *5 * [{"note": float("nan")}])
        self.assertEqual(len(logged.output), 1)
        self.assertEqual(self.stats.frames_metadata_lost, 10)

    def test_any_metadata_leave_the_frame_as_it_is(self) -> None:
        dice = random.Random(7)
        leaves = [
            None, True, 0, -1, 2**70, 0.5, float("nan"), float("-inf"), 1e308, "", "µ\0\n\"", "\udfff", b"x", 1j, object(), Hostile(),
            np.float32("nan"), np.uint8(3), np.datetime64("2026-01-01"), np.array([1, np.inf]), np.dtype("u2"), np.uint16,
            Gain.HIGH, Model(), range(3), {1, 2}, datetime.datetime.now(), "x" * 70000,
        ]

        def anything(depth: int) -> Any:
            kind = dice.randrange(6)
            if depth > 36 or kind > 3:
                return dice.choice(leaves)
            if kind == 0:
                return [anything(depth + 1) for _ in range(dice.randrange(3))]
            if kind == 1:
                return {dice.choice(["a", 1, None, (2, 3), "\ud800"]): anything(depth + 1) for _ in range(dice.randrange(3))}
            return [anything(depth + dice.choice([1, 20]))]

        names = ["delta_t", "exposure_time", "position_x", "timestamp_ns", "note", 7, "storage_index"]
        metadata = [{dice.choice(names): anything(0) for _ in range(dice.randrange(4))} for _ in range(400)]
        for entry in self.acquire(*metadata):
            for known in ("delta_t", "exposure_time", "position_x"):
                self.assertIsInstance(entry.get(known), (int, float, type(None)))
        self.assertGreater(self.stats.frames_metadata_lost, 50)
        self.assertEqual(self.stats.frames_appended, 400)


if __name__ == "__main__":
    unittest.main()
