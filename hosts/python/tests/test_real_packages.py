"""The same with the packages themselves, where they are installed."""

from __future__ import annotations

import importlib.util
import unittest
from typing import Any, Dict

from support import ScratchTestCase

import numpy as np
import recorded

import omezarr_native as omz
from omezarr_native import ome_writers as ow
from omezarr_native import pymmcore


def is_missing(package: str) -> bool:
    return importlib.util.find_spec(package) is None


def frame(number: int) -> np.ndarray:
    return np.full((6, 8), number + 1, "uint16")


@unittest.skipIf(is_missing("ome_writers"), "ome-writers is not installed")
class OmeWritersTests(ScratchTestCase):
    def setUp(self) -> None:
        super().setUp()
        from ome_writers import _stream

        tables: Dict[str, Any] = dict(_stream.AVAILABLE_BACKENDS)
        names = list(_stream.VALID_BACKEND_NAMES)

        def restore() -> None:
            _stream.AVAILABLE_BACKENDS.clear()
            _stream.AVAILABLE_BACKENDS.update(tables)
            _stream.VALID_BACKEND_NAMES[:] = names

        self.addCleanup(restore)

    def test_writes_through_this_package_once_it_is_registered(self) -> None:
        import ome_writers

        for compat in (False, True):
            ow.register_backend(compat=compat)
            settings = ome_writers.AcquisitionSettings(
                root_path=str(self.path),
                dimensions=ome_writers.dims_from_standard_axes({"t": 3, "p": ["a", "b"], "c": 2, "y": 6, "x": 8}),
                dtype="uint16",
                format="ome-zarr",
                overwrite=True,
            )
            with ome_writers.create_stream(settings) as stream:
                view = stream.view()
                for number in range(8):
                    stream.append(frame(number), frame_metadata={"delta_t": number})
                stream.skip(frames=4)
                stream.set_global_metadata("lab", {"a": 1})
                self.assertEqual(int(view[1, 1, 1, 0, 0]), 8)
                self.assertEqual(sorted(stream.get_metadata()), ["a", "b"])
            with omz.open(self.path) as dataset:
                self.assertEqual(dataset.level("b/0")[:, :, 0, 0].tolist(), [[3, 4], [7, 8], [0, 0]])
                self.assertEqual(dataset.info["attributes"]["lab"], {"a": 1})

    def test_settings_of_ome_writers_become_the_same_here(self) -> None:
        import ome_writers

        dimensions = ome_writers.dims_from_standard_axes({"t": 3, "p": ["a", "b"], "c": ["DAPI"], "y": 6, "x": 8})
        theirs = ome_writers.AcquisitionSettings(root_path="cells.ome.zarr", dimensions=dimensions, dtype="uint16")
        ours = ow.AcquisitionSettings.model_validate(theirs.model_dump(mode="json"))
        follows = ["output_path", "shape", "num_frames", "is_unbounded", "position_dimension_index", "storage_index_permutation"]
        for name in follows:
            self.assertEqual(getattr(ours, name), getattr(theirs, name), name)


@unittest.skipIf(is_missing("useq"), "useq-schema is not installed")
class UseqTests(unittest.TestCase):
    INFO = {"image_infos": [{"plane_shape": [4, 6], "dtype": "uint16"}]}

    def test_sequences_are_read_as_useq_reads_them(self) -> None:
        import useq

        read = 0
        for record in recorded.read("useq-settings"):
            try:
                sequence = useq.MDASequence.model_validate(record["sequence"])
                events = list(sequence)
            except Exception:  # of another version, or without an end
                continue
            with self.subTest(sequence=record["name"]):
                settings = pymmcore.settings_from_useq(sequence, self.INFO)
                listed: Any = settings["dimensions"]
                dimensions = {dimension["name"]: dimension for dimension in listed}
                for event in events:
                    index = settings.index_of(dict(event.index))
                    assert index is not None
                    for name, at in index.items():
                        self.assertLess(at, dimensions[name]["count"])
                    if "p" in index:
                        place = dimensions["p"]["coords"][index["p"]]
                        for axis in "xy":
                            if getattr(event, f"{axis}_pos") is not None:
                                self.assertAlmostEqual(place[f"{axis}_coord"], getattr(event, f"{axis}_pos"))
                read += 1
        self.assertGreater(read, 60)


@unittest.skipIf(is_missing("pymmcore_plus"), "pymmcore-plus is not installed")
class PymmcorePlusTests(ScratchTestCase):
    def test_a_run_of_the_demo_camera_is_written(self) -> None:
        import useq
        from pymmcore_plus import CMMCorePlus

        core = CMMCorePlus()
        core.loadSystemConfiguration()
        sequence = useq.MDASequence(channels=["DAPI", "FITC"], time_plan={"interval": 0, "loops": 3})
        frames: Dict[Any, np.ndarray] = {}
        core.mda.events.frameReady.connect(lambda img, event: frames.update({tuple(sorted(event.index.items())): img}))
        handler = pymmcore.OmeZarrHandler(self.path, core=core)
        core.mda.run(sequence, output=handler)
        (path,) = handler.result()
        self.assertEqual(len(frames), 6)
        with omz.open(path) as dataset:
            for index, img in frames.items():
                at = dict(index)
                np.testing.assert_array_equal(dataset.level("0")[at["t"], at["c"]], img)


if __name__ == "__main__":
    unittest.main()
