"""Runs of pymmcore-plus, recorded with its demo devices and played again: every frame where its event's index says."""

from __future__ import annotations

import json
import queue
import sys
import threading
import types
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple
from unittest import mock

from support import ManyFilesTestCase, ScratchTestCase

import numpy as np
import recorded

import omezarr_native as omz
from omezarr_native import pymmcore
from omezarr_native.pymmcore import _recorder

RUNS = recorded.read("pymmcore-runs")
SEQUENCES = recorded.read("useq-settings")

#: Runs are played at this part of their size, so that hundreds of frames are quick.
SMALLER = 8


def run_named(name: str) -> Dict[str, Any]:
    return next(run for run in RUNS if run["name"].split()[0] == name)


def small(size: int) -> int:
    return max(1, size // SMALLER)


def summary_of(run: Dict[str, Any]) -> Dict[str, Any]:
    """The summary metadata of a run, of the smaller size."""
    summary = json.loads(json.dumps(run["summary"]))
    for info in summary["image_infos"]:
        info["plane_shape"] = [small(size) for size in info["plane_shape"][:2]] + info["plane_shape"][2:]
        info["height"], info["width"] = info["plane_shape"][:2]
    return summary  # type: ignore[no-any-return]


def picture(number: int, call: Dict[str, Any]) -> np.ndarray:
    """A frame that differs from all others, with the shape and the strides of the recorded one."""
    shape = [small(size) for size in call["shape"][:2]] + call["shape"][2:]
    values = (np.arange(int(np.prod(shape))) * 7 + 31 * number + 1) % 250 + 1
    if len(shape) == 2:
        return values.reshape(shape).astype(call["dtype"])
    planes = values.reshape(shape[2], *shape[:2]).astype(call["dtype"])
    frame = np.moveaxis(planes, 0, -1)
    # Planes one after the other, as pymmcore-plus hands colours over.
    assert np.argsort(frame.strides).tolist() == np.argsort(call["strides"]).tolist()
    return frame


class FakeRunner:
    """Calls handlers as that of pymmcore-plus: from a relay, which an exception of a handler ends in silence."""

    def __init__(self) -> None:
        self.is_canceled = False
        self.relay_error: Optional[BaseException] = None

    @property
    def mda(self) -> FakeRunner:
        return self

    def cancel(self) -> None:
        self.is_canceled = True

    def play(self, run: Dict[str, Any], handler: Any, before: Optional[Callable[[str], None]] = None) -> List[np.ndarray]:
        """The pictures that were handed in."""
        calls: queue.Queue[Optional[Tuple[str, Tuple[Any, ...]]]] = queue.Queue()
        relay = threading.Thread(target=self._relay, args=(calls, handler, before))
        relay.start()
        pictures: List[np.ndarray] = []
        appends = iter([call[1] for call in run["sink"] if call[0] == "append"])
        for told in run["handler"]:
            if self.is_canceled and not isinstance(told, str):
                continue
            if told == "sequenceStarted":
                calls.put(("sequenceStarted", (run["sequence"], summary_of(run))))
            elif isinstance(told, str) and told.startswith("sequencePauseToggled"):
                calls.put(("sequencePauseToggled", (told.endswith("True"),)))
            elif isinstance(told, str):
                calls.put((told, (run["sequence"],)))
            else:
                call = next(appends)
                assert call["index"] == told
                pictures.append(picture(len(pictures), call))
                event = types.SimpleNamespace(index=told)
                calls.put(("frameReady", (pictures[-1], event, call["meta"])))
        calls.put(None)
        relay.join()
        return pictures

    def _relay(self, calls: Any, handler: Any, before: Optional[Callable[[str], None]]) -> None:
        try:
            while (call := calls.get()) is not None:
                if before is not None:
                    before(call[0])
                getattr(handler, call[0])(*call[1])
        except BaseException as error:
            self.relay_error = error


class RunTestCase(ManyFilesTestCase):
    def check_frames(self, run: Dict[str, Any], paths: List[str], pictures: List[np.ndarray]) -> None:
        """Each picture is where the index of its event says, and all else is 0."""
        calls = [call[1] for call in run["sink"] if call[0] == "append"]
        found: Dict[str, Dict[str, np.ndarray]] = {}
        for path in paths:
            with omz.open(path) as dataset:
                found[path] = {
                    image.path or ".": np.asarray(dataset["0" if not image.path else f"{image.path}/0"]) for image in dataset
                }
        taken = {path: {name: np.zeros(image.shape, bool) for name, image in images.items()} for path, images in found.items()}
        for picture_of, call in zip(pictures, calls):
            path, name, at = self.place(run, paths, found, picture_of, call["index"])
            stored = found[path][name][at]
            expected = np.moveaxis(picture_of, -1, 0) if picture_of.ndim > 2 else picture_of
            np.testing.assert_array_equal(stored, expected, err_msg=f"{run['name']} {call['index']} in {name}{at}")
            self.assertFalse(taken[path][name][at].any(), f"{run['name']} {call['index']}: two frames in one place")
            taken[path][name][at] = True
        for path, images in found.items():
            for name, image in images.items():
                self.assertFalse(image[~taken[path][name]].any(), f"{run['name']}: something else is in {name}")

    def place(
        self, run: Dict[str, Any], paths: List[str], found: Any, frame: np.ndarray, index: Dict[str, int]
    ) -> Tuple[str, str, Tuple[int, ...]]:
        """By the metadata of what was written alone: names of axes, what selects an image, and positions by stage."""
        size = frame.shape[:2]
        path = next(path for path in paths if next(iter(found[path].values())).shape[-2:] == size)
        with omz.open(path) as dataset:
            for image in dataset:
                own = image.info["attributes"].get("omezarr_native", {})
                if not all(self.is_selected(run, selected, index) for selected in own.get("indices", [])):
                    continue
                axes = [axis["name"] for axis in image.axes]
                at = []
                for axis in axes[:-2]:
                    if axis in ("rgb", "c") and frame.ndim > 2 and axis != ("c" if "c" in index else ""):
                        at.append(slice(None))
                    elif axis == "c":
                        at.append(self.channel(run, index))
                    else:
                        at.append(index.get(axis, 0))
                return path, image.path or ".", tuple(at)
        raise AssertionError(f"no image of {index}")

    @staticmethod
    def is_selected(run: Dict[str, Any], selected: Dict[str, Any], index: Dict[str, int]) -> bool:
        if selected["dimension"] != "p":
            return bool(index.get(selected["dimension"], 0) == selected["index"])
        return selected["index"] == place_number(run["sequence"], index)

    @staticmethod
    def channel(run: Dict[str, Any], index: Dict[str, int]) -> int:
        """Channels of the sequence first, then those that only some positions have."""
        known = [channel["config"] for channel in run["sequence"].get("channels", [])]
        stages = run["sequence"].get("stage_positions") or []
        stages = [] if isinstance(stages, dict) else stages
        own: List[str] = []
        for number, stage in enumerate(stages):
            names = [channel["config"] for channel in (stage.get("sequence") or {}).get("channels", [])]
            if number == index.get("p"):
                own = names
            known += [name for name in names if name not in known]
        return known.index(own[index["c"]]) if own else index.get("c", 0)


def place_number(sequence: Dict[str, Any], index: Dict[str, int]) -> int:
    """Which position an event has, all tiles of all positions counted one after the other."""
    positions = sequence.get("stage_positions") or []
    grid = sequence.get("grid_plan")
    p, g = index.get("p", 0), index.get("g", 0)
    if isinstance(positions, dict) or not (grid or any((stage.get("sequence") or {}).get("grid_plan") for stage in positions)):
        return p
    if grid and list(sequence.get("axis_order", "tpgcz")).index("g") < list(sequence.get("axis_order", "tpgcz")).index("p"):
        return g * max(1, len(positions)) + p
    sizes = [tiles((stage.get("sequence") or {}).get("grid_plan") or grid) for stage in positions] or [tiles(grid)]
    return sum(sizes[:p]) + g


def tiles(grid: Optional[Dict[str, Any]]) -> int:
    if not grid:
        return 1
    return int(grid.get("num_points") or grid["rows"] * grid["columns"])


class HandlerTests(RunTestCase):
    def test_finds_every_frame_of_every_run(self) -> None:
        played = 0
        for number, run in enumerate(RUNS):
            with self.subTest(run=run["name"]):
                runner = FakeRunner()
                handler = pymmcore.OmeZarrHandler(self.scratch / f"{number}.ome.zarr", core=runner)
                pictures = runner.play(run, handler)
                self.assertIsNone(runner.relay_error)
                paths = handler.result()
                self.assertTrue(paths)
                self.assertTrue(all(stream.closed for stream in handler.streams))
                self.check_frames(run, [path for path in paths if pictures], pictures)
                self.assertEqual(sum(stream.stats().frames_appended for stream in handler.streams), len(pictures))
                played += 1
        self.assertEqual(played, 59)

    def test_keeps_what_came_before_a_cancel_and_says_so(self) -> None:
        for name in ("30", "30b"):
            with self.subTest(run=name):
                run, runner = run_named(name), FakeRunner()
                handler = pymmcore.OmeZarrHandler(self.scratch / f"{name}.ome.zarr", core=runner)
                pictures = runner.play(run, handler)
                (path,) = handler.result()
                with omz.open(path) as dataset:
                    own = dataset.info["attributes"]["omezarr_native"]
                    self.assertEqual(dataset["0"].shape[0], len(pictures))
                self.assertIn("canceled", own["reason"])

    def test_an_error_is_kept_and_ends_the_run_and_the_frames_before_it_are_stored(self) -> None:
        run, runner = run_named("01"), FakeRunner()
        handler = pymmcore.OmeZarrHandler(self.path, core=runner)
        append = _recorder.Recorder.append

        def fails(self: Any, img: Any, event: Any, meta: Any) -> None:
            if event.index["t"] == 2:
                raise OSError("the disk is gone")
            append(self, img, event, meta)

        with mock.patch.object(_recorder.Recorder, "append", fails), self.assertLogs("omezarr_native", "ERROR"):
            pictures = runner.play(run, handler)
        self.assertIsNone(runner.relay_error, "an exception would end the relay in silence")
        self.assertTrue(runner.is_canceled)
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            handler.result()
        with omz.open(self.path) as dataset:
            np.testing.assert_array_equal(dataset["0"][:2], pictures[:2])
            self.assertIn("the disk is gone", dataset.info["attributes"]["omezarr_native"]["reason"])

    def test_a_dataset_that_cannot_be_made_ends_the_run_before_its_first_frame(self) -> None:
        run, runner = run_named("01"), FakeRunner()
        self.path.mkdir()
        (self.path / "notes.txt").write_text("mine")
        handler = pymmcore.OmeZarrHandler(self.path, core=runner)
        with self.assertLogs("omezarr_native", "ERROR"):
            runner.play(run, handler)
        self.assertTrue(runner.is_canceled)
        with self.assertRaises(FileExistsError):
            handler.result()
        self.assertEqual([file.name for file in self.path.iterdir()], ["notes.txt"])

    def test_a_core_that_cannot_cancel_costs_nothing_more(self) -> None:
        runner = mock.Mock(spec=["mda"])
        runner.mda.cancel.side_effect = RuntimeError("no run")
        handler = pymmcore.OmeZarrHandler(self.path, core=runner)
        with self.assertLogs("omezarr_native", "ERROR") as logged:
            handler.sequenceStarted({}, {"image_infos": [{"plane_shape": [4, 4], "dtype": "text"}]})
            handler.sequenceFinished({})
        self.assertIsInstance(handler.error, ValueError)
        self.assertIn("could not be ended", "".join(logged.output))

    def test_another_region_goes_to_a_dataset_of_its_own_or_ends_the_run(self) -> None:
        run, runner = run_named("22c"), FakeRunner()
        handler = pymmcore.OmeZarrHandler(self.path, core=runner)
        with self.assertLogs("omezarr_native", "WARNING"):
            pictures = runner.play(run, handler)
        self.assertEqual(len(handler.result()), 3)
        self.assertEqual([Path(path).name for path in handler.paths], [f"test{at}.ome.zarr" for at in ("", "_1", "_2")])
        self.check_frames(run, handler.paths, pictures)
        runner = FakeRunner()
        handler = pymmcore.OmeZarrHandler(self.path, core=runner, overwrite=True, on_shape_change="error")
        with self.assertLogs("omezarr_native", "ERROR"):
            runner.play(run, handler)
        with self.assertRaisesRegex(ValueError, "8 x 8 uint16, and now are 8 x 16"):
            handler.result()

    def test_a_failed_snap_moves_no_other_frame(self) -> None:
        run = run_named("21")
        indices = [call[1]["index"] for call in run["sink"] if call[0] == "append"]
        self.assertEqual(len(indices), 7, "one of eight is missing")
        handler = pymmcore.OmeZarrHandler(self.path)
        pictures = FakeRunner().play(run, handler)
        with omz.open(self.path) as dataset:
            image = np.asarray(dataset["0"])
            missing = dataset.info["missing_frames"]
        for index, expected in zip(indices, pictures):
            np.testing.assert_array_equal(image[index["t"], index["c"]], expected)
        self.assertEqual(len(missing), 1)

    def test_stores_what_pymmcore_plus_tells(self) -> None:
        run = run_named("28")
        overrides = {"t": {"chunk_size": 5}}
        handler = pymmcore.OmeZarrHandler(self.path, settings={"compression": "zstd"}, dimension_overrides=overrides)
        FakeRunner().play(run, handler)
        with omz.open(self.path) as dataset:
            self.assertEqual(dataset["0"].chunks[0], 5)
            found = dataset.frame_metadata(3)
            attributes = dataset[0].info["attributes"]
        meta = [call[1]["meta"] for call in run["sink"] if call[0] == "append"][3]
        self.assertAlmostEqual(found["delta_t"], meta["runner_time_ms"] / 1000)
        self.assertEqual(found["exposure_time"], 0.005)
        self.assertEqual(found["camera_metadata"], meta["camera_metadata"])
        self.assertIn("timestamp_ns", found)
        self.assertEqual(attributes["pymmcore_plus"]["summary_metadata"], summary_of(run))

    def test_every_image_has_the_summary_of_the_run(self) -> None:
        run = run_named("07")
        FakeRunner().play(run, pymmcore.OmeZarrHandler(self.path))
        with omz.open(self.path) as dataset:
            for image in dataset:
                self.assertEqual(image.info["attributes"]["pymmcore_plus"]["summary_metadata"], summary_of(run))

    def test_shows_the_frames_while_they_come(self) -> None:
        run, runner = run_named("08"), FakeRunner()
        handler = pymmcore.OmeZarrHandler(self.path, core=runner)
        shapes: List[Any] = []

        def before(call: str) -> None:
            view = handler.get_view()
            shapes.append(None if view is None else view.shape[:2])

        pictures = runner.play(run, handler, before)
        self.assertEqual(shapes, [None, (0, 0), (1, 1), (1, 2), (1, 3), *3 * [(2, 3)], *3 * [(3, 3)]])
        view = handler.get_view()
        assert view is not None
        for call, expected in zip([call[1] for call in run["sink"] if call[0] == "append"], pictures):
            np.testing.assert_array_equal(view[call["index"]["t"], call["index"]["p"]], expected)


    def test_shows_cameras_and_colours_as_axes(self) -> None:
        for name, axes in (("26", ("t", "c", "z", "cam")), ("25", ("t", "cam")), ("24b", ("c",)), ("24", ("t",)), ("15", ("p",))):
            with self.subTest(run=name):
                run = run_named(name)
                handler = pymmcore.OmeZarrHandler(self.scratch / f"{name}.ome.zarr")
                pictures = FakeRunner().play(run, handler)
                view = handler.get_view()
                assert view is not None
                self.assertEqual(view.dims[: len(axes)], axes)
                whole = np.asarray(view)
                self.assertEqual(whole.shape, view.shape)
                for call, expected in zip([call[1] for call in run["sink"] if call[0] == "append"], pictures):
                    index = dict(call["index"], p=place_number(run["sequence"], call["index"]))
                    at = tuple(index[axis] for axis in axes)
                    shown = np.moveaxis(expected, -1, 0) if expected.ndim > 2 else expected
                    np.testing.assert_array_equal(view[at].squeeze(), shown)
                    np.testing.assert_array_equal(whole[at].squeeze(), shown)


class SinkTests(RunTestCase):
    def test_finds_every_frame_of_every_run(self) -> None:
        for number, run in enumerate(RUNS):
            with self.subTest(run=run["name"]):
                sink = pymmcore.OmeZarrSink(self.scratch / f"{number}.ome.zarr")
                pictures: List[np.ndarray] = []
                for call in run["sink"]:
                    if call[0] == "setup":
                        sink.setup(run["sequence"], summary_of(run))
                    elif call[0] == "append":
                        pictures.append(picture(len(pictures), call[1]))
                        sink.append(pictures[-1], {"index": call[1]["index"]}, call[1]["meta"])
                    elif call[0] == "skip":
                        sink.skip(frames=call[1])
                    else:
                        sink.close()
                if pictures:
                    self.check_frames(run, sink.paths, pictures)

    def test_raises_where_the_acquisition_sees_it_and_says_so_in_the_metadata(self) -> None:
        sink = pymmcore.OmeZarrSink(self.path, on_shape_change="error")
        sink.setup({"time_plan": {"interval": 0, "loops": 3}}, {"image_infos": [{"plane_shape": [4, 4], "dtype": "uint8"}]})
        sink.append(np.ones((4, 4), "uint8"), {"index": {"t": 0}}, {})
        with self.assertRaises(IndexError):
            sink.append(np.ones((4, 4), "uint8"), {"index": {"t": 3}}, {})
        with self.assertRaises(omz.FrameIndexError):
            sink.append(np.ones((4, 4), "uint8"), {"index": {"t": 0}}, {})
        with self.assertRaises(ValueError):
            sink.append(np.ones((4, 5), "uint8"), {"index": {"t": 1}}, {})
        sink.close()
        with omz.open(self.path) as dataset:
            self.assertIn("4 x 5", dataset.info["attributes"]["omezarr_native"]["reason"])

    def test_is_handed_to_a_runner_that_has_no_public_way_for_it(self) -> None:
        class MDARunner:
            @staticmethod
            def _coerce_outputs(output: Any, overwrite: bool = False, dimension_overrides: Any = None) -> Any:
                return [one for one in output if one != "sink"], "sink" if "sink" in output else None

        package, module = types.ModuleType("pymmcore_plus"), types.ModuleType("pymmcore_plus.mda")
        module.MDARunner = MDARunner  # type: ignore[attr-defined]
        with mock.patch.dict(sys.modules, {"pymmcore_plus": package, "pymmcore_plus.mda": module}):
            runner: Any = pymmcore.sink_runner()()
            module.MDARunner = object  # type: ignore[attr-defined]
            with self.assertRaisesRegex(RuntimeError, "OmeZarrHandler"):
                pymmcore.sink_runner()
        sink = pymmcore.OmeZarrSink(self.path)
        self.assertIsInstance(runner, MDARunner)
        module_of = runner._coerce_outputs
        self.assertEqual(module_of(sink), ([], sink))
        self.assertEqual(module_of([sink, "handler"]), (["handler"], sink))
        self.assertEqual(module_of(["sink", "handler"]), (["handler"], "sink"))
        self.assertEqual(module_of(None), ([], None))
        with self.assertRaises(NotImplementedError):
            module_of([sink, "sink"])


class SettingsTests(ScratchTestCase):
    INFO = {"image_infos": [{"plane_shape": [4, 6], "dtype": "uint16", "pixel_size_um": 0.5}]}

    def test_take_every_sequence_and_have_a_place_for_each_of_its_events(self) -> None:
        taken = 0
        for recorded_sequence in SEQUENCES:
            with self.subTest(sequence=recorded_sequence["name"]):
                settings = pymmcore.settings_from_useq(recorded_sequence["sequence"], self.INFO)
                layout = omz.describe_layout({**settings, "root_path": str(self.path)})
                dimensions: Any = settings["dimensions"]
                counts = {dimension["name"]: dimension["count"] for dimension in dimensions}
                self.assertTrue(layout["arrays"])
                events = recorded_sequence["events"]
                for event in events if isinstance(events, list) else []:
                    index = settings.index_of(event["index"])
                    assert index is not None
                    for name, at in index.items():
                        self.assertTrue(counts[name] is None or at < counts[name])
                taken += 1
        self.assertEqual(taken, 80)

    def test_say_where_each_plane_is(self) -> None:
        """The first plane and the distance of planes, of relative plans around the position of the stage."""
        checked = 0
        for recorded_sequence in SEQUENCES:
            plan = recorded_sequence["sequence"]
            has_offsets = any(isinstance(channel, dict) and channel.get("z_offset") for channel in plan.get("channels", []))
            if has_offsets or "autofocus" in recorded_sequence["name"] or not isinstance(recorded_sequence["events"], list):
                continue
            settings = pymmcore.settings_from_useq(plan, self.INFO)
            dimensions: Any = {dimension["name"]: dimension for dimension in settings["dimensions"]}  # type: ignore[attr-defined]
            for event in recorded_sequence["events"]:
                index = settings.index_of(event["index"]) or {}
                if "z" not in event["index"] or event.get("z") is None:
                    continue
                z = dimensions["z"]
                position = dimensions["p"]["coords"][index["p"]] if "p" in dimensions else {}
                listed = z.get("coords")
                offset = listed[index["z"]] - listed[0] if listed else index["z"] * (z["scale"] or 0)
                self.assertAlmostEqual((position.get("z_coord") or 0) + z["translation"] + offset, event["z"])
                checked += 1
        self.assertEqual(checked, 254)

    def test_equal_names_are_told_apart(self) -> None:
        positions = [{"name": "a", "x": x} for x in (0, 1, 2)]
        channels = [{"config": "DAPI"}, {"config": "DAPI"}, {"config": "DAPI", "group": "Other"}]
        settings: Any = pymmcore.settings_from_useq({"stage_positions": positions, "channels": channels}, self.INFO)
        p, c = settings["dimensions"][:2]
        self.assertEqual([position["name"] for position in p["coords"]], ["a", "a_2", "a_3"])
        self.assertEqual(c["coords"], ["DAPI (Channel)", "DAPI (Channel) 2", "DAPI (Other)"])
        with omz.create_stream({**settings, "root_path": str(self.path)}) as stream:
            self.assertEqual(len(stream.layout["arrays"]), 3)  # type: ignore[arg-type]

    def test_read_a_sequence_as_text_or_as_a_model(self) -> None:
        plan = {"time_plan": {"interval": {"milliseconds": 500}, "loops": 3}, "channels": ["DAPI", {"config": "GFP"}]}
        model = types.SimpleNamespace(model_dump=lambda **_: plan, grid_plan=None, stage_positions=())
        expected = pymmcore.settings_from_useq(plan, self.INFO)
        self.assertEqual(pymmcore.settings_from_useq(json.dumps(plan), self.INFO), expected)
        self.assertEqual(pymmcore.settings_from_useq(model, self.INFO), expected)
        t: Any = expected["dimensions"][0]  # type: ignore[index]
        self.assertEqual((t["count"], t["scale"]), (3, 0.5))
        with self.assertRaises(TypeError):
            pymmcore.settings_from_useq(3, self.INFO)
        with self.assertRaisesRegex(ValueError, "what frames look like"):
            pymmcore.settings_from_useq(plan)
        self.assertTrue(pymmcore.settings_from_useq(iter([]), self.INFO).is_counted)

    def test_lengths_of_time_are_read_in_all_their_forms(self) -> None:
        for given, scale in (
            (2, 2), (0.25, 0.25), ({"minutes": 1, "seconds": 5}, 65), ("0:01:05", 65), ("PT1M5S", 65), ("P1DT1S", 86401),
            ("1 day, 0:00:01", 86401), (0, None),
        ):  # fmt: skip
            with self.subTest(given=given):
                plan = {"time_plan": {"interval": given, "loops": 2}}
                t: Any = pymmcore.settings_from_useq(plan, self.INFO)["dimensions"][0]  # type: ignore[index]
                self.assertEqual(t["scale"], scale)
        plan = {"time_plan": {"interval": 0.1, "duration": 1}}
        t = pymmcore.settings_from_useq(plan, self.INFO)["dimensions"][0]  # type: ignore[index]
        self.assertEqual(t["count"], 11)

    def test_points_that_only_useq_can_draw_are_asked_of_it(self) -> None:
        point = types.SimpleNamespace(x=1.5, y=2.5, grid_row=None, grid_col=None)

        class Points(List[Any]):
            is_relative = True

        plan = {"grid_plan": {"num_points": 2}, "stage_positions": [{"x": 10, "y": 20}]}
        model = types.SimpleNamespace(
            model_dump=lambda **_: json.loads(json.dumps(plan)),
            grid_plan=Points([point, point]),
            stage_positions=[types.SimpleNamespace(sequence=None)],
        )
        p: Any = pymmcore.settings_from_useq(model, self.INFO)["dimensions"][0]  # type: ignore[index]
        self.assertEqual([(one["x_coord"], one["y_coord"]) for one in p["coords"]], 2 * [(11.5, 22.5)])
        with mock.patch.dict(sys.modules, {"useq": None}):
            p = pymmcore.settings_from_useq(plan, self.INFO)["dimensions"][0]  # type: ignore[index]
            self.assertEqual([one["x_coord"] for one in p["coords"]], [None, None])
            with self.assertRaisesRegex(NotImplementedError, "useq"):
                pymmcore.settings_from_useq({"grid_plan": {"vertices": [[0, 0], [1, 0], [0, 1]]}}, self.INFO)

    def test_a_sequence_is_left_out_of_the_metadata_of_its_frames(self) -> None:
        event = types.SimpleNamespace(
            model_dump=lambda **options: {"index": {"t": 0}, "sequence": "x" * 99999, "exposure": None}
        )
        meta = {"runner_time_ms": 1500, "exposure_ms": 20, "position": {"x": 1, "y": None}, "mda_event": event, "format": "f"}
        self.assertEqual(
            pymmcore.frame_metadata_from_v1(meta),
            {"delta_t": 1.5, "exposure_time": 0.02, "position_x": 1.0, "mda_event": {"index": {"t": 0}}},
        )
        self.assertEqual(pymmcore.frame_metadata_from_v1({}), {})


if __name__ == "__main__":
    unittest.main()
