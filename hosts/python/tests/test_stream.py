"""Frames through the stream and back from the disk."""

from __future__ import annotations

import array
import contextlib
import gc
import json
import threading
import unittest
import urllib.request
import warnings
from typing import Iterator, List
from unittest import mock

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native import _library


def frames(count: int, dtype: str = "uint16") -> np.ndarray:
    """Frames that all differ, from the dtype's lowest values to its highest."""
    random = np.random.default_rng(17)
    if np.dtype(dtype).kind == "f":
        return random.normal(size=(count, HEIGHT, WIDTH)).astype(dtype)
    limits = np.iinfo(dtype)
    return random.integers(limits.min, limits.max, (count, HEIGHT, WIDTH), dtype, endpoint=True)


class StreamTests(ScratchTestCase):
    def stored(self) -> np.ndarray:
        return raw_zarr.read(self.path / "0")

    def test_stores_every_frame(self) -> None:
        expected = frames(4)
        with omz.create_stream(self.settings()) as stream:
            for frame in expected:
                self.assertTrue(stream.append(frame))
        np.testing.assert_array_equal(self.stored(), expected)

    def test_stores_the_frames_of_each_camera_by_its_key(self) -> None:
        left, right = frames(4), frames(3, "uint8")[:, : HEIGHT // 2]
        settings = self.settings(4)
        dimensions = settings.pop("dimensions")
        y = {**dimensions[-2], "count": HEIGHT // 2}
        settings["arrays"] = [
            {"key": "left", "dimensions": dimensions},
            {"key": "right", "dtype": "uint8", "dimensions": [{"name": "t"}, y, dimensions[-1]]},
        ]
        with omz.create_stream(settings) as stream:
            self.assertEqual(stream.keys, ["left", "right"])
            threads = [
                threading.Thread(target=lambda: [stream["left"].append(frame) for frame in left]),
                threading.Thread(target=lambda: [stream.append(frame, key="right") for frame in right]),
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual((stream["left"].stats().frames_appended, stream.stats().frames_appended), (4, 7))
            with self.assertRaisesRegex(omz.InvalidArgumentError, "left, right"):
                stream.append(left[0])
            with self.assertRaisesRegex(omz.InvalidArgumentError, "left, right"):
                stream["middle"]
            with self.assertRaisesRegex(TypeError, "uint8"):
                stream["right"].append(left[0])
            stream["left"].set_image_metadata("left", "lab", 17)
            with self.assertRaisesRegex(omz.InvalidArgumentError, "right"):
                stream["left"].set_image_metadata("right", "lab", 17)
        np.testing.assert_array_equal(raw_zarr.read(self.path / "left" / "0"), left)
        np.testing.assert_array_equal(raw_zarr.read(self.path / "right" / "0"), right)
        self.assertEqual(json.loads((self.path / "left" / "zarr.json").read_text())["attributes"]["lab"], 17)

    def test_stores_what_comes_with_the_frames_of_each_camera(self) -> None:
        settings = self.settings(2)
        settings["arrays"] = [{"key": "left"}, {"key": "right"}]
        with omz.create_stream(settings) as stream:
            stream["left"].append(frames(1)[0], frame_metadata={"delta_t": 0.5})
            stream["right"].append(frames(1)[0])
            stream.append(frames(1)[0], key="right", frame_metadata={"exposure_time": 2, "note": "late"})
        for key, listed in (
            ("left", {"delta_t": 0.5, "storage_index": [0]}),
            ("right", {"exposure_time": 2, "note": "late", "storage_index": [1]}),
        ):
            attributes = json.loads((self.path / key / "zarr.json").read_text())["attributes"]
            self.assertEqual(attributes["ome_writers"]["frame_metadata"], [listed])
            self.assertTrue((self.path / "OME" / "frame_metadata" / key / "zarr.json").exists())

    def test_stores_every_data_type(self) -> None:
        for dtype in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"):
            with self.subTest(dtype=dtype):
                expected = frames(2, dtype)
                with omz.create_stream(self.settings(2, dtype, overwrite=True)) as stream:
                    for frame in expected:
                        stream.append(frame)
                np.testing.assert_array_equal(self.stored(), expected)

    def test_takes_anything_with_a_buffer(self) -> None:
        expected = frames(1)[0]
        read_only = expected.copy()
        read_only.flags.writeable = False
        kinds = [
            expected.tobytes(),
            bytearray(expected.tobytes()),
            memoryview(expected),
            array.array("H", expected.tobytes()),
            read_only,
        ]
        with omz.create_stream(self.settings(len(kinds))) as stream:
            for kind in kinds:
                stream.append(kind)
        for number, stored in enumerate(self.stored()):
            np.testing.assert_array_equal(stored, expected, err_msg=f"kind {number}")

    def test_takes_padded_rows_and_other_strides(self) -> None:
        sensor = np.random.default_rng(3).integers(0, 4096, (2 * HEIGHT, 2 * WIDTH), dtype="uint16")
        views = [
            sensor[3 : 3 + HEIGHT, 5 : 5 + WIDTH],  # a crop: rows are contiguous
            sensor[::2, ::2],  # every second pixel
            sensor[:HEIGHT, :WIDTH][::-1, ::-1],  # backwards
            np.asfortranarray(sensor[:HEIGHT, :WIDTH]),
        ]
        with omz.create_stream(self.settings(len(views))) as stream:
            for view in views:
                stream.append(view)
        for stored, view in zip(self.stored(), views):
            np.testing.assert_array_equal(stored, view)

    def test_refuses_another_dtype_and_names_both(self) -> None:
        with omz.create_stream(self.settings(1)) as stream:
            with self.assertRaisesRegex(TypeError, "float32.*uint16"):
                stream.append(np.zeros((HEIGHT, WIDTH), "float32"))
            with self.assertRaisesRegex(TypeError, "int16.*uint16"):
                stream.append(np.zeros((HEIGHT, WIDTH), "int16"))
            with self.assertRaisesRegex(TypeError, "big-endian.*uint16"):
                stream.append(np.zeros((HEIGHT, WIDTH), ">u2"))
            with self.assertRaises(TypeError):
                stream.append([[0] * WIDTH] * HEIGHT)  # type: ignore[arg-type]
            self.assertEqual(stream.stats().frames_appended, 0)

    def test_refuses_another_shape_and_names_both(self) -> None:
        with omz.create_stream(self.settings(1)) as stream:
            with self.assertRaisesRegex(omz.FrameSizeError, rf"\({WIDTH}, {HEIGHT}\).*\({HEIGHT}, {WIDTH}\)"):
                stream.append(np.zeros((WIDTH, HEIGHT), "uint16"))
            with self.assertRaises(ValueError):
                stream.append(np.zeros((1, HEIGHT, WIDTH), "uint16"))
            with self.assertRaises(omz.FrameSizeError):
                stream.append(bytes(2 * HEIGHT * WIDTH - 1))

    def test_skipped_frames_read_as_zero(self) -> None:
        expected = frames(4)
        with omz.create_stream(self.settings()) as stream:
            stream.append(expected[0])
            stream.skip(frames=2)
            stream.append(expected[3])
            self.assertEqual(stream.stats().frames_skipped, 2)
            with self.assertRaises(ValueError):
                stream.skip(frames=0)
        expected[1:3] = 0
        np.testing.assert_array_equal(self.stored(), expected)

    def test_shows_itself_when_asked_to(self) -> None:
        with omz.create_stream(self.settings(2)) as stream:
            self.assertEqual(stream.monitor_url, "")
        with omz.create_stream({**self.settings(2), "overwrite": True, "monitor": {}}) as stream:
            self.assertRegex(stream.monitor_url, r"^http://127\.0\.0\.1:[0-9]+/[0-9a-f]{32}/$")
            with urllib.request.urlopen(stream.monitor_url, timeout=60) as page:
                self.assertIn(b"<canvas", page.read())

    def test_finds_frames_by_their_coordinates(self) -> None:
        expected = frames(4)
        settings = self.settings(4)
        y, x = settings["dimensions"][-2:]
        settings["dimensions"] = [{"name": "t", "count": 2}, {"name": "c", "count": 2}, y, x]
        with omz.create_stream(settings) as stream:
            self.assertEqual(stream.output_path, str(self.path))
            for number in (3, 0, 2, 1):
                index = stream.index_of(number // 2, number % 2)
                self.assertEqual(index, number)
                stream.append(expected[number], index=index)
            with self.assertRaises(omz.FrameIndexError):
                stream.index_of(0, 2)
            with self.assertRaisesRegex(ValueError, "t, c"):
                stream.index_of(0)
        np.testing.assert_array_equal(self.stored().reshape(expected.shape), expected)

    def test_one_frame_too_many_is_an_index_error(self) -> None:
        with omz.create_stream(self.settings(1)) as stream:
            stream.append(frames(1)[0])
            with self.assertRaises(IndexError):
                stream.append(frames(1)[0])
            with self.assertRaises(omz.TooManyFramesError):
                stream.skip(frames=1)

    def test_keeps_what_was_acquired_before_an_exception(self) -> None:
        expected = frames(4)
        with self.assertRaisesRegex(RuntimeError, "the stage is stuck"):
            with omz.create_stream(self.settings()) as stream:
                stream.append(expected[0])
                raise RuntimeError("the stage is stuck")
        self.assertTrue(stream.closed)
        np.testing.assert_array_equal(self.stored()[0], expected[0])

    def test_says_which_exception_ended_it(self) -> None:
        endings = [
            (ValueError("stage: µ\n" + 2000 * "é"), "ValueError: stage: µ\n"),
            (KeyboardInterrupt(), "KeyboardInterrupt"),
            (OSError("cut\0short"), "OSError: cut short"),
        ]
        for error, expected in endings:
            with self.subTest(expected), self.recorded_reasons() as reasons:
                with self.assertRaises(type(error)):
                    with omz.create_stream(self.settings(overwrite=True)):
                        raise error
                self.assertEqual(len(reasons), 1)
                self.assertTrue(reasons[0].decode().startswith(expected), reasons)
                self.assertLessEqual(len(reasons[0]), 1024)
                self.assertEqual(self.statuses, [0])
        with self.recorded_reasons() as reasons:
            with omz.create_stream(self.settings(overwrite=True)) as stream:
                stream.append(frames(1)[0])
            self.assertEqual(reasons, [])

    def test_says_why_it_is_ended_when_told(self) -> None:
        stream = omz.create_stream(self.settings())
        stream.set_end_reason("the camera was unplugged")
        stream.set_end_reason(None)
        with self.assertRaisesRegex(omz.InvalidArgumentError, "1025 bytes"):
            stream.set_end_reason(1025 * "x")
        stream.close()
        with self.assertRaises(omz.FinalizedError):
            stream.set_end_reason("too late")

    @contextlib.contextmanager
    def recorded_reasons(self) -> Iterator[List[bytes]]:
        """Reasons as the library gets them, and in ``statuses`` what it says to them."""
        native, reasons = _library.library(), []
        call, self.statuses = native.omz_set_end_reason, []

        def recorded(handle: int, reason: bytes) -> int:
            reasons.append(reason)
            self.statuses.append(call(handle, reason))
            return self.statuses[-1]

        with mock.patch.object(native, "omz_set_end_reason", recorded):
            yield reasons

    def test_closes_once(self) -> None:
        stream = omz.create_stream(self.settings())
        stream.skip(frames=4)
        self.assertFalse(stream.closed)
        stream.close()
        stream.close()
        stream.abort()
        self.assertTrue(stream.closed)
        with self.assertRaises(omz.FinalizedError):
            stream.append(frames(1)[0])
        self.assertEqual(stream.stats().frames_skipped, 4)

    def test_an_aborted_stream_leaves_a_readable_array(self) -> None:
        stream = omz.create_stream(self.settings())
        stream.append(frames(1)[0])
        stream.flush(timeout=60)
        stream.abort()
        self.assertTrue(stream.closed)
        np.testing.assert_array_equal(self.stored(), frames(1))

    def test_a_forgotten_stream_is_stored_and_warned_about(self) -> None:
        expected = frames(4)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            stream = omz.create_stream(self.settings())
            for frame in expected:
                stream.append(frame)
            del stream
            gc.collect()
        self.assertIn("its frames were stored", " ".join(str(warning.message) for warning in caught))
        np.testing.assert_array_equal(self.stored(), expected)

    def test_stores_metadata_under_its_namespace(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            stream.set_metadata("lab.microscope", {"objective": "63x/1.4", "gain": np.float32(0.5)})
            with self.assertRaises(omz.ReservedNameError):
                stream.set_metadata("ome", {})
            with self.assertRaises(ValueError):
                stream.set_metadata("lab.other", {"gain": float("nan")})
        stored = raw_zarr.attributes(self.path)
        self.assertEqual(stored["lab.microscope"], {"objective": "63x/1.4", "gain": 0.5})
        self.assertIn("ome", stored)

    def test_stores_what_comes_with_a_frame(self) -> None:
        with omz.create_stream(self.settings(3)) as stream:
            stream.append(frames(1)[0], frame_metadata={"delta_t": 0.5, "note": "first", "timestamp_ns": 2**62})
            stream.append(frames(1)[0], frame_metadata={"exposure_time": np.float32(0.25), "position_x": 3})
            stream.append(frames(1)[0], frame_metadata={})
        stored = json.loads((self.path / "zarr.json").read_text())["attributes"]["ome_writers"]["frame_metadata"]
        self.assertEqual(
            stored,
            [
                {"note": "first", "delta_t": 0.5, "timestamp_ns": 2**62, "storage_index": [0]},
                {"exposure_time": 0.25, "position_x": 3, "storage_index": [1]},
            ],
        )

    def test_stores_metadata_of_an_image(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            stream.set_image_metadata("", "lab", {"temperature": 37})
            with self.assertRaises(ValueError):
                stream.set_image_metadata("elsewhere", "lab", {})
        self.assertEqual(json.loads((self.path / "zarr.json").read_text())["attributes"]["lab"], {"temperature": 37})

    def test_flush_puts_whole_chunks_on_the_store(self) -> None:
        expected = frames(2)
        with omz.create_stream(self.settings()) as stream:
            for frame in expected:
                stream.append(frame)
            stream.flush(timeout=60)
            self.assertEqual(stream.stats().frames_written, 2)
            np.testing.assert_array_equal(self.stored()[:2], expected)

    def test_statistics_count_frames_and_bytes(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            for frame in frames(3):
                stream.append(frame)
            stats = stream.stats()
            self.assertEqual(stats.frames_appended, 3)
            self.assertEqual(stats.bytes_in, 3 * 2 * HEIGHT * WIDTH)
            self.assertLessEqual(stats.append_p50_ns, stats.append_max_ns)
            self.assertEqual(stats.errors, 0)
            self.assertEqual(stream.error(), "")

    def test_threads_append_frames_by_their_index(self) -> None:
        expected = frames(32)
        settings = self.settings(len(expected), pipeline={"producers": 4})

        def produce(stream: omz.Stream, first: int) -> None:
            for index in range(first, len(expected), 4):
                stream.append(expected[index], index=index)

        with omz.create_stream(settings) as stream:
            threads = [threading.Thread(target=produce, args=(stream, first)) for first in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        np.testing.assert_array_equal(self.stored(), expected)

    def test_frames_may_come_in_any_order(self) -> None:
        expected = frames(4)
        with omz.create_stream(self.settings()) as stream:
            for index in (2, 0, 3, 1):
                stream.append(expected[index], index=index)
            with self.assertRaises(omz.FrameIndexError):
                stream.append(expected[0], index=0)
            with self.assertRaises(ValueError):
                stream.append(expected[0], index=-1)
        np.testing.assert_array_equal(self.stored(), expected)

    def test_an_unbounded_acquisition_has_the_frames_that_came(self) -> None:
        expected = frames(7)
        with omz.create_stream(self.settings(None)) as stream:
            for frame in expected:
                stream.append(frame)
        np.testing.assert_array_equal(self.stored(), expected)

    def test_the_root_is_an_ome_zarr_image(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            stream.skip(frames=4)
        multiscales = json.loads((self.path / "zarr.json").read_text())["attributes"]["ome"]["multiscales"]
        self.assertEqual([axis["name"] for axis in multiscales[0]["axes"]], ["t", "y", "x"])
        self.assertEqual(multiscales[0]["datasets"][0]["path"], "0")


if __name__ == "__main__":
    unittest.main()
