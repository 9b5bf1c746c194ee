"""Storage for ExEngine and pycro-manager, by the protocols that these document."""

from __future__ import annotations

import inspect
import itertools
import threading
import unittest
from typing import Any, Dict, Iterator, List, Tuple
from unittest import mock

from support import ScratchTestCase

import numpy as np

import omezarr_native as omz
from omezarr_native import _axes
from omezarr_native.exengine import OmeZarrStorage
from omezarr_native.pycromanager import OmeZarrSaver, frame_metadata


def frame(number: int) -> np.ndarray:
    return (np.arange(48).reshape(6, 8) + 50 * number + 1).astype("uint16")


def all_of(axes: Dict[str, List[Any]]) -> Iterator[Tuple[int, Dict[str, Any]]]:
    for number, at in enumerate(itertools.product(*axes.values())):
        yield number, dict(zip(axes, at))


class ExEngineTests(ScratchTestCase):
    """``DataStorage``: put, ``in``, get_data, get_metadata, ``[...]``, finish, close."""

    def test_what_was_put_can_be_read_at_once_and_after_the_end(self) -> None:
        axes: Dict[str, List[Any]] = {"time": [0, 1], "position": [0, 1], "channel": ["DAPI", "GFP"], "angle": [0, 1, 2], "z": [0, 1]}
        storage = OmeZarrStorage(self.path, {"time": None, "position": 2, "channel": ["DAPI", "GFP"], "angle": 3, "z": 2})
        self.assertNotIn({"time": 0}, storage)
        # Not in the order of the axes, as adaptive acquisitions come.
        order = sorted(all_of(axes), key=lambda one: (one[0] * 7) % 48)
        for number, at in order:
            self.assertNotIn(at, storage)
            storage.put(at, frame(number), {"exposure": number, "tags": {"a": [1]}})
            self.assertIn(at, storage)
            np.testing.assert_array_equal(storage[at], frame(number))
            self.assertEqual(storage.get_metadata(at), {"exposure": number, "tags": {"a": [1]}})
        self.check(storage, axes)
        storage.finish()
        self.check(storage, axes)
        storage.close()
        with omz.open(self.path) as dataset:
            self.assertEqual(len(dataset), 6, "two positions of three angles")
            self.assertTrue(dataset.complete)

    def check(self, storage: OmeZarrStorage, axes: Dict[str, List[Any]]) -> None:
        for number, at in all_of(axes):
            np.testing.assert_array_equal(storage.get_data(at), frame(number))
            self.assertEqual(storage.get_metadata(at)["exposure"], number)

    def test_metadata_of_long_runs_are_looked_up_where_they_are_stored(self) -> None:
        with mock.patch.object(_axes, "_MOST_KEPT", 3):
            storage = OmeZarrStorage(self.path, {"time": 10})
            for number in range(10):
                storage.put({"time": number}, frame(number), {"n": number})
                for earlier in range(number + 1):
                    self.assertEqual(storage.get_metadata({"time": earlier}), {"n": earlier})
            storage.finish()

    def test_what_has_no_place_is_refused_and_what_is_not_there_is_a_key_error(self) -> None:
        storage = OmeZarrStorage(self.path, {"time": 2, "channel": ["DAPI"]}, settings={"compression": "zstd"})
        with self.assertRaises(KeyError):
            storage.get_data({"time": 0})
        storage.put({"time": 1, "channel": "DAPI"}, frame(0))
        for wrong in ({"time": 2}, {"channel": "GFP"}, {"time": 1}):
            with self.subTest(wrong=wrong), self.assertRaises(IndexError):
                storage.put(wrong, frame(1), {})
        with self.assertRaisesRegex(ValueError, "axes are time, channel"):
            storage.put({"angle": 2}, frame(1), {})
        for missing in ({"time": 0}, {"time": 9}, {"angle": 2}):
            with self.subTest(missing=missing), self.assertRaises(KeyError):
                storage.get_metadata(missing)
            self.assertNotIn(missing, storage)
        storage.finish()

    def test_threads_put_and_read(self) -> None:
        storage = OmeZarrStorage(self.path, {"time": 40})
        seen: List[bool] = []

        def work(first: int) -> None:
            for number in range(first, 40, 4):
                storage.put({"time": number}, frame(number), {"n": number})
                seen.append(bool((storage[{"time": number}] == frame(number)).all()))

        threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        storage.finish()
        self.assertEqual(seen, 40 * [True])


class PycroManagerTests(ScratchTestCase):
    """``image_process_fn(image, metadata)``: ``metadata["Axes"]`` says where; returning nothing diverts the image."""

    def test_takes_each_image_where_its_axes_say(self) -> None:
        axes: Dict[str, List[Any]] = {"position": [0, 1], "time": [0, 1, 2], "channel": ["DAPI", "GFP"]}
        with OmeZarrSaver(self.path, {"position": 2, "time": 3, "channel": ["DAPI", "GFP"]}) as saver:
            # pycro-manager looks how many arguments a processor takes.
            self.assertEqual(len(inspect.signature(saver).parameters), 2)
            for number, at in all_of(axes):
                tags = {"Axes": at, "ElapsedTime-ms": "1500.0", "Exposure": 20, "XPosition_um_Intended": 3.5, "Camera": "Cam"}
                self.assertIsNone(saver(frame(number), tags))
        saver.close()
        with omz.open(self.path) as dataset:
            for number, at in all_of(axes):
                stored = dataset.level(f"{at['position']}/0")[at["time"], at["channel"] == "GFP"]
                np.testing.assert_array_equal(stored, frame(number))
            found = dataset.frame_metadata(5)
        self.assertEqual((found["delta_t"], found["exposure_time"], found["position_x"]), (1.5, 0.02, 3.5))
        self.assertEqual((found["Camera"], found["Axes"]), ("Cam", {"position": 0, "time": 2, "channel": "GFP"}))

    def test_hands_images_on_when_asked(self) -> None:
        with OmeZarrSaver(self.path, {"time": 1}, hands_on=True) as saver:
            image, tags = frame(0), {"Axes": {"time": 0}}
            self.assertEqual(saver(image, tags), (image, tags))
            with self.assertRaisesRegex(ValueError, "Axes"):
                saver(image, {})

    def test_tags_that_are_no_numbers_cost_nothing(self) -> None:
        self.assertEqual(frame_metadata({"Exposure": "auto", "n": 1}), {"Exposure": "auto", "n": 1})


if __name__ == "__main__":
    unittest.main()
