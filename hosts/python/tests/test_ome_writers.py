"""The interface of ome-writers: settings, the stream, its view, events and metadata."""

from __future__ import annotations

import gc
import json
import sys
import threading
import types
import unittest
import warnings
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional
from unittest import mock

from support import ScratchTestCase

import numpy as np

import omezarr_native as omz
from omezarr_native import ome_writers as ow
from omezarr_native.ome_writers import _backend


def frame(number: int, dtype: str = "uint16") -> np.ndarray:
    return np.full((6, 8), number + 1, dtype)


class SettingsTests(unittest.TestCase):
    def test_may_be_incomplete_until_the_stream_is_made(self) -> None:
        settings = ow.AcquisitionSettings(root_path="cells")
        with self.assertRaisesRegex(ValueError, "dimensions"):
            settings.output_path
        with self.assertRaisesRegex(ValueError, "dimensions must be set"):
            ow.create_stream(settings)
        settings.dimensions = ow.dims_from_standard_axes({"t": 2, "y": 6, "x": 8})
        with self.assertRaisesRegex(ValueError, "dtype must be set"):
            ow.create_stream(settings)
        settings.dtype = np.uint16
        self.assertEqual((settings.dtype, settings.output_path), ("uint16", "cells.ome.zarr"))
        settings.root_path = ""
        with self.assertRaisesRegex(ValueError, "root_path is required"):
            ow.create_stream(settings)

    def test_are_checked_when_a_member_is_set_and_stay_as_they_were(self) -> None:
        dimension = ow.Dimension(name="t", count=3)
        wrong = {"count": 0, "type": "length", "unit": "gallon", "scale": "wide", "colour": 1, "name": ""}
        for member, value in wrong.items():
            with self.subTest(member=member), self.assertRaises(ValueError):
                setattr(dimension, member, value)
        self.assertEqual(dimension, ow.Dimension(name="t", count=3))
        settings = ow.AcquisitionSettings(dtype="uint8")
        for member, value in (("dtype", "text"), ("compression", "lzw"), ("dimensions", [dimension]), ("storage_order", ["t"])):
            with self.subTest(member=member), self.assertRaises(ValueError):
                setattr(settings, member, value)
                settings.dimensions = ow.dims_from_standard_axes({"t": 2, "y": 6, "x": 8})

    def test_tell_what_follows_from_the_dimensions(self) -> None:
        dimensions = ow.dims_from_standard_axes({"t": None, "p": ["a", "b"], "z": 3, "c": ["DAPI", "GFP"], "y": 6, "x": 8})
        settings = ow.AcquisitionSettings(root_path="d/cells.zarr/", dimensions=dimensions, dtype="<u2")
        self.assertEqual(settings.output_path, "d/cells.zarr")
        self.assertEqual(settings.shape, (None, 2, 3, 2, 6, 8))
        self.assertTrue(settings.is_unbounded)
        self.assertIsNone(settings.num_frames)
        self.assertEqual([position.name for position in settings.positions], ["a", "b"])
        self.assertEqual(settings.position_dimension_index, 1)
        for dimensions_of, names in (
            (settings.frame_dimensions, "yx"),
            (settings.index_dimensions, "tzc"),
            (settings.array_dimensions, "tzcyx"),
            (settings.storage_index_dimensions, "tcz"),
            (settings.array_storage_dimensions, "tczyx"),
        ):
            self.assertEqual("".join(dimension.name for dimension in dimensions_of), names)
        self.assertEqual(settings.storage_index_permutation, (0, 2, 1))
        settings.storage_order = "acquisition"
        self.assertIsNone(settings.storage_index_permutation)

    def test_standard_axes_have_chunks_of_a_frame(self) -> None:
        dimensions = ow.dims_from_standard_axes({"t": 5, "z": 4, "y": 6, "x": 8}, {"z": 2}, {ow.StandardAxis.Z: 3})
        self.assertEqual([dimension.chunk_size for dimension in dimensions], [1, 2, 6, 8])
        self.assertEqual([dimension.shard_size_chunks for dimension in dimensions], [None, 3, None, None])
        self.assertEqual([dimension.unit for dimension in dimensions], ["second", *3 * ["micrometer"]])
        with self.assertRaisesRegex(ValueError, "Standard axes"):
            ow.dims_from_standard_axes({"q": 2})

    def test_come_back_from_what_they_dump(self) -> None:
        settings = ow.AcquisitionSettings(
            root_path="cells",
            dimensions=[
                ow.Dimension(name="p", coords=[ow.Position(name="a", grid_row=0, grid_column=1, x_coord=2)]),
                ow.Dimension(name="c", coords=[ow.Channel(name="DAPI", color="blue"), "GFP"]),
                *ow.dims_from_standard_axes({"y": 6, "x": 8}),
            ],
            dtype="float32",
            compression="zstd",
        )
        self.assertEqual(ow.AcquisitionSettings.model_validate(settings.model_dump()), settings)
        self.assertEqual(ow.AcquisitionSettings.model_validate_json(settings.model_dump_json()), settings)
        self.assertEqual(settings.model_copy(deep=True), settings)
        self.assertIsNot(settings.model_copy(deep=True).dimensions[0], settings.dimensions[0])
        self.assertEqual(settings.model_copy(update={"dtype": ">u2"}).dtype, "uint16")

    def test_types_follow_from_coords_units_and_names(self) -> None:
        self.assertEqual(ow.Dimension(name="q", coords=[ow.Channel(name="a"), "b"]).type, "channel")
        self.assertEqual(ow.Dimension(name="q", coords=["a", ow.Position(name="b")]).type, "position")
        self.assertEqual(ow.Dimension(name="q", count=2, unit="um").unit, "micrometer")
        self.assertEqual(ow.Dimension(name="q", count=2, unit="ms").type, "time")
        self.assertEqual(ow.Dimension(name="c", coords=["a"]).coords, [ow.Channel(name="a")])
        self.assertEqual(ow.Dimension(name="s", type="position", count=2).coords, [ow.Position(name="0"), ow.Position(name="1")])
        for members in (
            {"coords": [ow.Channel(name="a")], "unit": "um"},
            {"coords": [ow.Channel(name="a"), 3]},
            {"coords": [ow.Channel(name="a")], "type": "time"},
            {"coords": ["a", "a"], "type": "channel"},
            {"coords": ["a", "a"], "type": "position"},
            {"coords": ["a"], "count": 2},
        ):
            with self.subTest(members=members), self.assertRaises(ValueError):
                ow.Dimension(name="q", **members)  # type: ignore[arg-type]
        with self.assertRaises(NotImplementedError):
            ow.Dimension(name="p")
        with self.assertWarns(DeprecationWarning):
            self.assertEqual(ow.PositionDimension(positions=["a"]).coords, [ow.Position(name="a")])

    def test_rows_of_the_largest_plates_have_two_letters(self) -> None:
        rows = ow.Plate.from_standard_wells(1536).row_names
        self.assertEqual((rows[25], rows[26], rows[27], len(rows)), ("Z", "AA", "AB", 32))

    def test_refuse_other_formats_in_words(self) -> None:
        for make in (
            lambda: ow.AcquisitionSettings(root_path="cells.ome.tiff"),
            lambda: ow.AcquisitionSettings(format="tifffile"),
            lambda: ow.AcquisitionSettings(format={"name": "ome-tiff"}),  # type: ignore[arg-type]
            lambda: ow.OmeTiffFormat(),
        ):
            with self.assertRaisesRegex(NotImplementedError, "OME-TIFF"):
                make()
        for make in (lambda: ow.AcquisitionSettings(format="scratch"), lambda: ow.ScratchFormat()):
            with self.assertRaisesRegex(NotImplementedError, "scratch"):
                make()

    def test_end_as_the_path_does_that_was_given_last(self) -> None:
        settings = ow.AcquisitionSettings(dimensions=ow.dims_from_standard_axes({"y": 6, "x": 8}))
        for path, expected in (("a.zarr", "a.zarr"), ("a", "a.ome.zarr"), ("b.ome.zarr", "b.ome.zarr")):
            settings.root_path = path
            self.assertEqual(settings.output_path, expected)
        settings.format = ow.OmeZarrFormat(suffix=".images")
        settings.root_path = "c.zarr"
        self.assertEqual(settings.output_path, "c.images")
        with self.assertRaises(NotImplementedError):
            settings.format = "tifffile"
        self.assertEqual(settings.output_path, "c.images")

    def test_have_the_path_that_the_library_writes_to(self) -> None:
        dimensions = ow.dims_from_standard_axes({"t": 2, "y": 6, "x": 8})
        for path in ("cells", "cells.zarr", "cells.ome.zarr", "cells.OME.Zarr/", "a.b/cells.1", "cells.ome.zarr.d"):
            for form in ("auto", "tensorstore", {"name": "ome-zarr", "suffix": ".images"}):
                settings = ow.AcquisitionSettings(path, dimensions, "uint8", form)  # type: ignore[arg-type]
                told = omz.describe_layout(ow._stream.native_document(settings, False, {}))["output_path"]
                self.assertEqual(settings.output_path, told)


class StreamTestCase(ScratchTestCase):
    """Small streams."""

    def stream(self, sizes: Mapping[str, Any], dtype: str = "uint16", **others: Any) -> ow.OMEStream:
        dimensions = ow.dims_from_standard_axes({**sizes, "y": 6, "x": 8})
        members = {name: others.pop(name) for name in ("plate", "storage_order", "compression") if name in others}
        settings = ow.AcquisitionSettings(
            root_path=str(self.path), dimensions=dimensions, dtype=dtype, overwrite=True, **members
        )
        return ow.create_stream(settings, **others)


class StreamTests(StreamTestCase):
    def test_counts_frames_in_the_order_of_acquisition(self) -> None:
        with self.stream({"t": 2, "p": ["a", "b"], "z": 3, "c": 2}) as stream:
            for number in range(24):
                stream.append(frame(number))
            with self.assertRaises(IndexError):
                stream.append(frame(24))
            with self.assertRaises(IndexError):
                stream.skip(frames=1)
        self.assertTrue(stream.closed)
        stream.close()
        with omz.open(self.path) as dataset:
            for number in range(24):
                t, p, z, c = np.unravel_index(number, (2, 2, 3, 2))
                self.assertEqual(int(dataset["ab"[p] + "/0"][t, c, z, 0, 0]), number + 1)

    def test_skips_all_frames_or_none(self) -> None:
        with self.stream({"t": 4}) as stream:
            for wrong in (0, -1):
                with self.assertRaises(ValueError):
                    stream.skip(frames=wrong)
            with self.assertRaisesRegex(IndexError, "total of 4 frames"):
                stream.skip(frames=5)
            stream.append(frame(0))
            stream.skip(frames=2)
            stream.append(frame(3))
        with omz.open(self.path) as dataset:
            self.assertEqual(np.asarray(dataset["0"])[:, 0, 0].tolist(), [1, 0, 0, 4])

    def test_stores_bool_and_float16_as_types_that_hold_them(self) -> None:
        for dtype, stored in (("bool", "uint8"), ("float16", "float32")):
            with self.subTest(dtype=dtype):
                values = np.array([[0, 1, 1, 0, 1, 0, 0, 1]] * 6).astype(dtype)
                with self.stream({"t": 1}, dtype) as stream:
                    with self.assertRaisesRegex(TypeError, dtype):
                        stream.append(values.astype("float64"))
                    stream.append(values)
                    self.assertEqual(stream.view().dtype, np.dtype(dtype))
                    np.testing.assert_array_equal(stream.view()[0], values)
                with omz.open(self.path) as dataset:
                    self.assertEqual(dataset["0"].dtype, np.dtype(stored))
                    np.testing.assert_array_equal(np.asarray(dataset["0"])[0], values)

    def test_takes_further_settings_of_this_package(self) -> None:
        with self.stream({"t": 3}, native={"pyramid": {"levels": 2}, "layout": "auto"}) as stream:
            stream.append(frame(0))
            self.assertEqual(stream.native.stats().frames_appended, 1)
        self.assertTrue((self.path / "1" / "zarr.json").exists())
        with self.assertRaisesRegex(ValueError, "nonsense"):
            self.stream({"t": 3}, native={"nonsense": 1})
        with self.assertRaisesRegex(ValueError, "compat"):
            self.stream({"t": 3}, compat="other")

    def test_refuses_a_dataset_that_is_there(self) -> None:
        with self.stream({"t": 1}) as stream:
            stream.append(frame(0))
        settings = stream.settings
        settings.overwrite = False
        with self.assertRaises(FileExistsError):
            ow.create_stream(settings)

    def test_keeps_its_settings_when_the_given_ones_change(self) -> None:
        settings = ow.AcquisitionSettings(
            root_path=str(self.path), dimensions=ow.dims_from_standard_axes({"t": 2, "y": 6, "x": 8}), dtype="uint16"
        )
        with ow.create_stream(settings) as stream:
            settings.dimensions[0].count = 1
            stream.append(frame(0))
            stream.append(frame(1))

    def test_warns_of_a_stream_that_nobody_closed(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            stream = self.stream({"t": 1})
            stream.append(frame(0))
            del stream
            gc.collect()
        self.assertEqual([warning.category for warning in caught if "not closed" in str(warning.message)], [UserWarning])

    def test_says_in_the_metadata_what_ended_it(self) -> None:
        with self.assertRaises(RuntimeError):
            with self.stream({"t": 2}) as stream:
                raise RuntimeError("the stage hit the objective")
        self.assertTrue(stream.closed)
        attributes = json.loads((self.path / "zarr.json").read_text())["attributes"]
        self.assertIn("the stage hit the objective", attributes["omezarr_native"]["reason"])


class ViewTests(StreamTestCase):
    def test_shows_frames_in_the_order_of_acquisition_while_they_come(self) -> None:
        expected = np.zeros((2, 2, 3, 2, 6, 8), "uint16")
        with self.stream({"t": 2, "p": ["a", "b"], "z": 3, "c": ["DAPI", "GFP"]}) as stream:
            live, full = stream.view(), stream.view(dynamic_shape=False)
            self.assertEqual((live.shape, full.shape), ((0, 0, 0, 0, 6, 8), expected.shape))
            for number in range(16):
                stream.append(frame(number))
                expected.reshape(-1, 6, 8)[number] = number + 1
                np.testing.assert_array_equal(full[np.unravel_index(number, (2, 2, 3, 2))], frame(number))
            self.assertEqual(live.shape, (2, 2, 3, 2, 6, 8))
            self.assertEqual(live.coords["p"], ["a", "b"])
            self.assertEqual(live.coords["c"], ["DAPI", "GFP"])
            self.assertEqual(live.dims, ("t", "p", "z", "c", "y", "x"))
            self.compare(full, expected)
        self.compare(full, expected)
        self.compare(stream.view(), expected)

    def compare(self, view: ow.StreamView, expected: np.ndarray) -> None:
        np.testing.assert_array_equal(np.asarray(view), expected)
        for key in (
            (1, 0),
            (slice(None), 1),
            (slice(None), slice(None, None, -1), 2),
            (slice(None), slice(0, 1), slice(2, None, -1), 0),
            (0, slice(None), -1, slice(None), 3),
            (..., )[:0],
            (0, 1, 2, 1, slice(5, 0, -2), slice(1, 7, 3)),
            (slice(5, 9),),
        ):
            with self.subTest(key=key):
                np.testing.assert_array_equal(view[key], expected[key])

    def test_reads_what_has_not_come_as_0_unless_it_is_strict(self) -> None:
        with self.stream({"t": None, "c": 2}) as stream:
            loose, strict = stream.view(), stream.view(strict=True)
            for number in range(3):
                stream.append(frame(number))
            self.assertEqual((loose.shape, len(loose), loose.ndim), ((2, 2, 6, 8), 2, 4))
            self.assertEqual(int(loose[1, 1].max()), 0)
            self.assertEqual(int(loose[7, 0].max()), 0)
            self.assertEqual(strict[-1, 0, 0, 0], 3)
            for key in ((2,), (-3,), (0, 2)):
                with self.assertRaises(IndexError):
                    strict[key]
            with self.assertRaises(IndexError):
                loose[0, 2]
            with self.assertRaises(IndexError):
                loose[0, 0, 0, 0, 0]
        self.assertEqual(np.asarray(loose)[:, :, 0, 0].tolist(), [[1, 2], [3, 0]])
        self.assertEqual(int(loose[7, 0].max()), 0)

    def test_tells_when_it_has_grown(self) -> None:
        grown = threading.Event()
        with self.stream({"t": 3}) as stream:
            view = stream.view()
            shapes: List[int] = []

            @view.coords_changed.connect
            def changed() -> None:
                shapes.append(view.shape[0])
                if view.shape[0] == 3:
                    grown.set()

            stream.append(frame(0))
            stream.skip(frames=2)
            self.assertTrue(grown.wait(60))
            view.coords_changed.disconnect(changed)
            self.assertEqual(shapes[-1], 3)


class EventTests(StreamTestCase):
    def test_come_in_the_order_of_the_frames_with_names(self) -> None:
        updates: Dict[str, List[ow.CoordUpdate]] = {"coords_changed": [], "coords_expanded": []}
        done = threading.Event()
        with self.stream({"t": 2, "c": ["DAPI", "GFP"]}) as stream:
            stream.append(frame(0))
            for event, found in updates.items():
                stream.on(event, found.append)
            stream.on("coords_changed", lambda update: update.frame_number == 3 and done.set())
            with self.assertRaises(ValueError):
                stream.on("frames", print)
            stream.append(frame(1))
            stream.skip(frames=2)
            self.assertTrue(done.wait(60))
        self.assertEqual([update.frame_number for update in updates["coords_changed"]], [1, 3])
        self.assertEqual([update.current_indices["t"] for update in updates["coords_changed"]], [0, 1])
        self.assertEqual([update.is_high_water_mark for update in updates["coords_changed"]], [True, True])
        self.assertEqual(updates["coords_expanded"], updates["coords_changed"])
        reached = {"t": range(2), "c": ["DAPI", "GFP"], "y": range(6), "x": range(8)}
        self.assertEqual(updates["coords_expanded"][-1].max_coords, reached)

    def test_never_cost_a_frame(self) -> None:
        def fails(update: ow.CoordUpdate) -> None:
            raise RuntimeError("no window is open")

        done = threading.Event()
        with self.assertLogs("omezarr_native", "ERROR"):
            with self.stream({"t": 2}) as stream:
                stream.on("coords_changed", fails)
                stream.on("coords_changed", lambda update: update.frame_number == 1 and done.set())
                stream.append(frame(0))
                stream.append(frame(1))
                self.assertTrue(done.wait(60))

    def test_follow_from_the_numbers_of_frames(self) -> None:
        """The extent that is told at once is that of all frames one after the other."""
        for sizes in ((3, 2, 2), (None, 2, 3), (4,), (None,), (1, 5, 1, 2)):
            axes = dict(zip("tczp", sizes))
            settings = ow.AcquisitionSettings(
                dimensions=[
                    *(ow.Dimension(name=f"a{name}", count=size, type="other") for name, size in axes.items()),
                    *ow.dims_from_standard_axes({"y": 6, "x": 8}),
                ]
            )
            tracker = ow._tracker.Tracker(settings)
            reached = [0] * len(sizes)
            for number in range(24 if sizes[0] is None else int(np.prod(sizes))):
                index = tracker.indices(number)
                bounded = [1000 if size is None else size for size in sizes]
                self.assertEqual(index, tuple(np.unravel_index(number, bounded)))
                reached = [max(most, at + 1) for most, at in zip(reached, index)]
                self.assertEqual(tracker.reached(number + 1), tuple(reached))


class MetadataTests(StreamTestCase):
    def attributes(self, group: str = ".") -> Dict[str, Any]:
        return json.loads((self.path / group / "zarr.json").read_text())["attributes"]

    def test_of_images_are_read_and_replaced_before_and_after_the_end(self) -> None:
        for compat in (None, "ome-writers"):
            with self.subTest(compat=compat):
                with self.stream({"p": ["a", "b"], "t": 1}, compat=compat) as stream:
                    found = stream.get_metadata()
                    self.assertEqual(sorted(found), ["a", "b"])
                    self.assertNotIn("ome_writers", found["a"])
                    found["a"]["ome"]["multiscales"][0]["name"] = "left"  # type: ignore[index]
                    found["a"]["lab"] = {"gain": 2}
                    stream.update_metadata({"a": found["a"]})
                    self.assertEqual(stream.get_metadata()["a"]["lab"], {"gain": 2})
                    with self.assertRaises(KeyError):
                        stream.update_metadata({"b": {}, "c": {}})
                    with self.assertRaises(ValueError):
                        stream.update_metadata({"a": {"lab": float("nan")}})
                    stream.append(frame(0), frame_metadata={"delta_t": 0.5})
                    stream.append(frame(1))
                stored = self.attributes("a")
                self.assertEqual((stored["lab"], stored["ome"]["multiscales"][0]["name"]), ({"gain": 2}, "left"))
                self.assertEqual(stored["ome_writers"]["frame_metadata"], [{"delta_t": 0.5, "storage_index": [0]}])
                found["a"]["lab"] = 3
                stream.update_metadata({"a": found["a"]})
                self.assertEqual(self.attributes("a")["lab"], 3)
                self.assertEqual(self.attributes("a")["ome_writers"], stored["ome_writers"])
                self.assertEqual(stream.get_metadata()["a"]["lab"], 3)

    def test_of_the_acquisition_are_stored_before_and_after_the_end(self) -> None:
        for compat in (None, "ome-writers"):
            for sizes in ({"t": 1}, {"p": ["a", "b"]}):
                with self.subTest(compat=compat, sizes=sizes):
                    with self.stream(sizes, compat=compat) as stream:
                        for namespace in ("", "ome", "ome_writers", 3):
                            with self.assertRaises(ValueError):
                                stream.set_global_metadata(namespace, {})  # type: ignore[arg-type]
                        with self.assertRaises(ValueError):
                            stream.set_global_metadata("lab", 3)  # type: ignore[arg-type]
                        stream.set_global_metadata("lab", {"a": 1})
                        stream.set_global_metadata("lab", {"b": np.float32(0.5), "c": float("nan")})
                    self.assertEqual(self.attributes()["lab"], {"b": 0.5, "c": None})
                    stream.set_global_metadata("later", {"d": [1, 2]})
                    stream.set_global_metadata("lab", {"e": 1})
                    self.assertEqual((self.attributes()["later"], self.attributes()["lab"]), ({"d": [1, 2]}, {"e": 1}))
                    self.assertIn("ome", self.attributes())

    def test_documents_are_replaced_whole(self) -> None:
        with self.stream({"t": 1}) as stream:
            stream.append(frame(0))
        before = (self.path / "zarr.json").read_bytes()
        with mock.patch("os.replace", side_effect=OSError("no space")), self.assertRaises(OSError):
            stream.set_global_metadata("lab", {"a": 1})
        self.assertEqual((self.path / "zarr.json").read_bytes(), before)
        self.assertEqual([name for name in self.path.iterdir() if name.name.startswith(".zarr.json")], [])


@dataclass
class BackendMetadata:
    """As that of ome-writers."""

    name: str
    module_path: str
    class_name: str
    format: str
    is_available: Callable[[], bool]

    def create(self) -> Any:
        return getattr(sys.modules[self.module_path], self.class_name)()


class BackendTests(ScratchTestCase):
    def modules(self, table: Optional[Dict[str, Any]]) -> Dict[str, types.ModuleType]:
        package, module = types.ModuleType("ome_writers"), types.ModuleType("ome_writers._stream")
        if table is not None:
            module.AVAILABLE_BACKENDS = table  # type: ignore[attr-defined]
            module.VALID_BACKEND_NAMES = ["tensorstore", "auto"]  # type: ignore[attr-defined]
            module.BackendMetadata = BackendMetadata  # type: ignore[attr-defined]
        return {"ome_writers": package, "ome_writers._stream": module}

    def test_comes_first_in_the_table_of_ome_writers(self) -> None:
        table: Dict[str, Any] = {"tensorstore": object()}
        modules = self.modules(table)
        with mock.patch.dict(sys.modules, modules):
            ow.register_backend()
            ow.register_backend(compat=True)
        self.assertEqual(list(table), [_backend.NAME, "tensorstore"])
        self.assertEqual(modules["ome_writers._stream"].VALID_BACKEND_NAMES, ["tensorstore", "auto", _backend.NAME])
        self.assertIsInstance(table[_backend.NAME].create(), _backend.CompatibleBackend)

    def test_says_when_ome_writers_is_not_as_expected(self) -> None:
        with mock.patch.dict(sys.modules, self.modules(None)), self.assertRaisesRegex(RuntimeError, "elsewhere"):
            ow.register_backend()
        with mock.patch.dict(sys.modules, {"ome_writers": None, "ome_writers._stream": None}), self.assertRaises(ImportError):
            ow.register_backend()

    def test_does_what_ome_writers_asks_of_a_back_end(self) -> None:
        settings = ow.AcquisitionSettings(
            root_path=str(self.path),
            dimensions=ow.dims_from_standard_axes({"t": 3, "p": ["a", "b"], "y": 6, "x": 8}),
            dtype="uint16",
        )

        class Pydantic:
            """Settings of another package."""

            def model_dump(self, mode: str) -> Dict[str, object]:
                document = settings.model_dump(mode=mode)
                document["format"] = {"name": "ome-zarr", "backend": "auto", "suffix": ".ome.zarr"}
                return document

        backend = _backend.OmeZarrNativeBackend()
        with self.assertRaises(RuntimeError):
            backend.get_arrays()
        self.assertIs(backend.is_incompatible(Pydantic()), False)
        backend.prepare(Pydantic(), object())
        backend.set_global_metadata("lab", {"a": 1})
        backend.write(0, (0,), frame(0), frame_metadata={"delta_t": 1})
        backend.advance([(1, (0,)), (0, (1,))])
        backend.write(1, (1,), frame(3))
        arrays = backend.get_arrays()
        self.assertEqual([array.shape for array in arrays], [(3, 6, 8), (3, 6, 8)])
        self.assertEqual([int(arrays[0][0, 0, 0]), int(arrays[1][0].max()), int(arrays[1][1, 5, 7])], [1, 0, 4])
        backend.finalize()
        backend.finalize()
        self.assertEqual(int(backend.get_arrays()[1][1, 5, 7]), 4)
        metadata = backend.get_metadata()
        metadata["a"]["lab"] = 2
        backend.update_metadata(metadata)
        backend.set_global_metadata("lab", {"a": 3})
        self.assertEqual(backend.get_metadata()["a"]["lab"], 2)


if __name__ == "__main__":
    unittest.main()
