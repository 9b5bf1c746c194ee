"""What back ends of ome-writers lose without a word. Each stays right here; ome-writers.md lists them."""

from __future__ import annotations

import datetime
import json
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional

from support import ScratchTestCase

import numpy as np

import omezarr_native as omz
from omezarr_native import ome_writers as ow


def frame(number: int, dtype: str = "uint16") -> np.ndarray:
    """Every pixel differs from frame to frame and within a frame."""
    return (np.arange(48).reshape(6, 8) + 100 * number + 1).astype(dtype)


class LossTests(ScratchTestCase):
    def stream(self, dimensions: List[ow.Dimension], dtype: str = "uint16", **members: Any) -> ow.OMEStream:
        frame_axes = ow.dims_from_standard_axes({"y": 6, "x": 8})
        settings = ow.AcquisitionSettings(
            root_path=str(self.path), dimensions=[*dimensions, *frame_axes], dtype=dtype, overwrite=True, **members
        )
        return ow.create_stream(settings)

    def image(self, path: str = "0") -> np.ndarray:
        with omz.open(self.path) as dataset:
            return np.asarray(dataset[path])

    def metadata(self) -> Any:
        return json.loads((self.path / "zarr.json").read_text())["attributes"]["ome_writers"]["frame_metadata"]

    def test_every_frame_of_an_unbounded_axis_with_chunks_of_several(self) -> None:
        for frames in (1, 2, 3, 4, 7):
            for shard in (None, 2):
                with self.subTest(frames=frames, shard=shard):
                    axis = ow.Dimension(name="t", type="time", chunk_size=3, shard_size_chunks=shard)
                    with self.stream([axis]) as stream:
                        for number in range(frames):
                            stream.append(frame(number))
                    np.testing.assert_array_equal(self.image(), [frame(number) for number in range(frames)])

    def test_every_frame_of_a_chunk_that_is_not_full_at_the_end(self) -> None:
        for chunks in ((4, 1), (1, 3), (4, 3), (7, 2)):
            for frames in (1, 5, 8, 11):
                with self.subTest(chunks=chunks, frames=frames):
                    t = ow.Dimension(name="t", type="time", count=5, chunk_size=chunks[0])
                    z = ow.Dimension(name="z", type="space", count=3, chunk_size=chunks[1])
                    with self.stream([t, z]) as stream:
                        for number in range(frames):
                            stream.append(frame(number))
                    image = self.image()
                    for number in range(frames):
                        np.testing.assert_array_equal(image[number // 3, number % 3], frame(number))
                    self.assertFalse(image.reshape(-1, 48)[frames:].any())

    def test_positions_of_one_name_in_a_well(self) -> None:
        positions = [
            ow.Position(name="site", plate_row="A", plate_column="1", grid_row=0, grid_column=column) for column in range(3)
        ]
        plate = ow.Plate(row_names=["A"], column_names=["1"])
        with self.stream([ow.Dimension(name="p", coords=positions)], plate=plate) as stream:
            for number in range(3):
                stream.append(frame(number))
        for number, path in enumerate(stream.get_metadata()):
            np.testing.assert_array_equal(self.image(f"{path}/0"), frame(number))
        self.assertEqual(list(stream.get_metadata()), ["A/1/site", "A/1/site_2", "A/1/site_3"])

    def test_positions_whose_names_differ_by_case_or_are_no_folders(self) -> None:
        names = ["a", "A", "a/b", "Pos:1", "Pos*1", "..", "位置"]
        with self.stream([ow.Dimension(name="p", type="position", coords=names)]) as stream:
            for number in range(len(names)):
                stream.append(frame(number))
        paths = list(stream.get_metadata())
        self.assertEqual(len({path.lower() for path in paths}), len(names))
        for number, (name, path) in enumerate(zip(names, paths)):
            self.assertRegex(path, r"^[A-Za-z0-9._-]+$")
            np.testing.assert_array_equal(self.image(f"{path}/0"), frame(number))
            own: Any = stream.get_metadata()[path]["omezarr_native"]
            self.assertEqual(own["position"]["name"], name)

    def test_frames_of_another_byte_order_or_a_smaller_type(self) -> None:
        kinds = [">u2", "<u2", "uint8", "bool"]
        with self.stream([ow.Dimension(name="t", count=len(kinds) - 1)]) as stream:
            for kind in kinds[:-1]:
                stream.append((np.arange(48).reshape(6, 8) + 1).astype(kind))
        for stored in self.image():
            np.testing.assert_array_equal(stored, np.arange(48).reshape(6, 8) + 1)

    def test_frames_of_a_type_that_does_not_fit_are_refused(self) -> None:
        with self.stream([ow.Dimension(name="t", count=2)], "uint8") as stream:
            for kind in ("uint16", "int8", "float32", ">i4"):
                with self.assertRaisesRegex(TypeError, "uint8"):
                    stream.append(frame(0, kind))
            for shape in ((8, 6), (6, 9), (2, 6, 8), (48, 2)):
                with self.assertRaises((ValueError, TypeError)):
                    stream.append(np.zeros(shape, "uint8"))
            stream.append(frame(0, "uint8"))
        np.testing.assert_array_equal(self.image()[0], frame(0, "uint8"))

    def test_metadata_with_nan_and_moments(self) -> None:
        moment = datetime.datetime(2026, 11, 26, 12, 30, tzinfo=datetime.timezone.utc)
        given: Dict[str, Any] = {
            "delta_t": 0.5, "gain": float("nan"), "when": moment, "where": Path("a"), "n": np.int64(3), "set": {1}, "o": object(),
        }  # fmt: skip
        expected = {"delta_t": 0.5, "gain": None, "when": moment.isoformat(), "where": "a", "n": 3, "set": [1], "o": None}
        for compat in (None, "ome-writers"):
            with self.subTest(compat=compat):
                settings = ow.AcquisitionSettings(
                    root_path=str(self.path),
                    dimensions=ow.dims_from_standard_axes({"t": 2, "y": 6, "x": 8}),
                    dtype="uint16",
                    overwrite=True,
                )
                with ow.create_stream(settings, compat=compat) as stream:
                    stream.append(frame(0), frame_metadata=given)
                    stream.append(frame(1))
                np.testing.assert_array_equal(self.image(), [frame(0), frame(1)])
                self.assertEqual(self.metadata(), [{**expected, "storage_index": [0]}])

    def test_channels_of_floating_point_pixels(self) -> None:
        for compat in (None, "ome-writers"):
            with self.subTest(compat=compat):
                self.check_floating_point(compat)

    def check_floating_point(self, compat: Optional[str]) -> None:
        settings = ow.AcquisitionSettings(
            root_path=str(self.path),
            dimensions=ow.dims_from_standard_axes({"c": ["DAPI", "GFP"], "y": 6, "x": 8}),
            dtype="float32",
            overwrite=True,
        )
        with ow.create_stream(settings, compat=compat) as stream:
            for number in range(2):
                stream.append(frame(number, "float32"))
        np.testing.assert_array_equal(self.image(), [frame(0), frame(1)])
        channels = json.loads((self.path / "zarr.json").read_text())["attributes"]["ome"]["omero"]["channels"]
        self.assertEqual([channel["label"] for channel in channels], ["DAPI", "GFP"])


if __name__ == "__main__":
    unittest.main()
