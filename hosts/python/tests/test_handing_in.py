"""The other ways to hand frames in: by coordinates, lent, in slots; and what a stream says of itself."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import pickle
import random
import sys
import threading
import unittest
import warnings
import weakref
from typing import Any, Dict, List
from unittest import mock

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native import _lending

FRAME = np.arange(HEIGHT * WIDTH, dtype="uint16").reshape(HEIGHT, WIDTH)


class CoordinateTests(ScratchTestCase):
    def axes(self, *axes: Dict[str, Any]) -> Dict[str, Any]:
        settings = self.settings(overwrite=True)
        return {**settings, "dimensions": [*axes, *settings["dimensions"][-2:]]}

    def test_a_frame_lies_where_its_coordinates_say(self) -> None:
        settings = self.axes(
            {"name": "t"}, {"name": "c", "type": "channel", "coords": [{"name": "DAPI"}, {"name": "GFP"}]}, {"name": "z", "count": 3}
        )
        places = [(t, c, z) for t in range(3) for c in range(2) for z in range(3)]
        random.Random(3).shuffle(places)
        with omz.create_stream(settings) as stream:
            for number, (t, c, z) in enumerate(places):
                index: Dict[str, Any] = {"t": np.int64(t), "c": ["DAPI", "GFP"][c] if number % 2 else c, "z": z}
                stream.append(FRAME + 100 * t + 10 * c + z, index={axis: at for axis, at in index.items() if at != 0})
        stored = raw_zarr.read(self.path / "0")
        for t, c, z in places:
            np.testing.assert_array_equal(stored[t, c, z], FRAME + 100 * t + 10 * c + z)

    def test_says_what_is_wrong_with_coordinates(self) -> None:
        settings = self.axes({"name": "t", "count": 4}, {"name": "c", "coords": ["DAPI", "GFP"]})
        with omz.create_stream(settings) as stream:
            for index, error, words in [
                ({"t": 4}, omz.FrameIndexError, "t is 4, of 4"),
                ({"t": -1}, ValueError, "index of t"),
                ({"q": 0}, IndexError, "'q'; dimensions are t, c"),
                ({"c": "Cy5"}, IndexError, "'Cy5'; there are 'DAPI', 'GFP'"),
                ({"c": 0.5}, TypeError, "0.5"),
                ({"c": True}, TypeError, "True"),
                (-1, ValueError, "-1"),
                (2**63, ValueError, "9223372036854775808"),
                (2**200, ValueError, "index must be"),
                (0.5, TypeError, "0.5"),
                (8, omz.TooManyFramesError, "8"),
            ]:
                with self.subTest(index), self.assertRaisesRegex(error, words):
                    stream.append(FRAME, index=index)  # type: ignore[arg-type]
            self.assertEqual(stream.stats().frames_appended, 0)

    def test_colours_of_one_frame_are_no_coordinate(self) -> None:
        settings = self.axes({"name": "t", "count": 2}, {"name": "c", "type": "channel", "count": 3})
        settings.update(dtype="uint8", frame={"pixel_format": "rgb8"})
        image = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), "uint8")
        with omz.create_stream(settings) as stream:
            stream.append(image, index={"t": 1})
            with self.assertRaisesRegex(IndexError, "'c'; dimensions are t"):
                stream.append(image, index={"t": 0, "c": 0})
        np.testing.assert_array_equal(np.moveaxis(raw_zarr.read(self.path / "0")[1], 0, -1), image)

    def test_skips_only_what_can_be_skipped(self) -> None:
        with omz.create_stream(self.settings(None)) as stream:
            for frames, error in ((0, ValueError), (-1, ValueError), (2**64 + 1, ValueError), (1.5, TypeError), (True, TypeError)):
                with self.assertRaises(error):
                    stream.skip(frames=frames)  # type: ignore[arg-type]
            stream.skip(frames=np.uint8(2))  # type: ignore[arg-type]
            self.assertEqual(stream.stats().frames_skipped, 2)


class LendingTests(ScratchTestCase):
    def test_a_lent_frame_lives_until_it_is_stored(self) -> None:
        frames = [FRAME + number for number in range(12)]
        alive = [weakref.ref(frame) for frame in frames]
        expected = np.stack(frames)
        settings = self.settings(12)
        settings["dimensions"][0]["chunk_size"] = 12
        with omz.create_stream(settings) as stream:
            while len(frames) > 1:
                stream.lend(frames.pop(0), frame_metadata={"delta_t": 1.5})
            gc.collect()
            self.assertTrue(all(reference() is not None for reference in alive), "their chunk is not whole yet")
            stream.lend(frames.pop())
        gc.collect()
        self.assertFalse(any(reference() is not None for reference in alive))
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0"), expected)

    def test_takes_more_lent_frames_than_the_library_borrows(self) -> None:
        for most in (0, 3, 256):
            settings = self.settings(700, overwrite=True)
            settings["dimensions"][0]["chunk_size"] = 350
            with mock.patch.object(_lending, "_MOST_LENT", most), omz.create_stream(settings) as stream:
                for number in range(700):
                    self.assertTrue(stream.lend(FRAME + number if number % 2 else (FRAME + number)[:, ::-1][:, ::-1]))
                self.assertEqual(stream.stats().frames_appended, 700)
            stored = raw_zarr.read(self.path / "0")
            np.testing.assert_array_equal(stored, FRAME + np.arange(700, dtype="uint16")[:, None, None], err_msg=f"{most}")

    def test_a_lent_frame_that_is_refused_is_let_go(self) -> None:
        held = sys.getrefcount(FRAME)
        with omz.create_stream(self.settings(1)) as stream:
            stream.lend(FRAME)
            with self.assertRaises(omz.TooManyFramesError):
                stream.lend(FRAME)
            with self.assertRaises(TypeError):
                stream.lend(FRAME.astype("uint8"))
        self.assertEqual(sys.getrefcount(FRAME), held)

    def test_slots_are_arrays_to_be_filled(self) -> None:
        with omz.create_stream(self.settings(None)) as stream:
            for number in range(100):
                with stream.slot() as pixels:
                    pixels[:] = FRAME + number
                self.assertFalse(pixels.flags.writeable)
            with self.assertRaises(RuntimeError), stream.slot() as pixels:
                raise RuntimeError("the camera failed")
            slot = stream.slot()
            slot.array[:] = 7
            with self.assertRaises(omz.FrameIndexError):
                slot.commit(index=5)
            slot.array[:] = 8  # still open
            self.assertTrue(slot.commit(index={"t": 100}, frame_metadata={"delta_t": 2}))
            for closed in (slot.commit, lambda: slot.array):
                with self.assertRaises(omz.SlotError):
                    closed()
            slot.cancel()
            used = {id(memory) for memory in stream._lent[""].spare}
            self.assertLess(len(used), 101, "memory is used again")
        stored = raw_zarr.read(self.path / "0")
        np.testing.assert_array_equal(stored[:100], FRAME + np.arange(100, dtype="uint16")[:, None, None])
        np.testing.assert_array_equal(stored[100], np.full_like(FRAME, 8))
        self.assertEqual(pixels.shape, FRAME.shape)
        pixels.sum()  # the memory is Python's own: after the stream's end, too
        with self.assertRaises(omz.FinalizedError):
            stream.slot()

    def test_slots_have_the_shape_of_a_frame(self) -> None:
        settings = self.settings(1, "uint8", frame={"pixel_format": "rgb8"})
        settings["dimensions"].insert(1, {"name": "c", "type": "channel", "count": 3})
        with omz.create_stream(settings) as stream:
            with stream.slot() as pixels:
                self.assertEqual((pixels.shape, pixels.dtype), ((HEIGHT, WIDTH, 3), np.uint8))
                pixels[:] = [1, 2, 3]
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0")[0, :, 0, 0], [1, 2, 3])
        with omz.create_stream(self.settings(1, overwrite=True, frame={"pixel_format": "mono12p"})) as stream:
            self.assertEqual(stream.slot().array.shape, (HEIGHT, WIDTH * 12 // 8))
        with mock.patch.object(_lending, "numpy_or_none", return_value=None):
            with omz.create_stream(self.settings(1, overwrite=True)) as stream, stream.slot() as view:
                view[1, 2] = 17
        self.assertEqual(raw_zarr.read(self.path / "0")[0, 1, 2], 17)

    def test_threads_fill_slots_at_once(self) -> None:
        settings = self.settings(64, pipeline={"producers": 4})

        def produce(first: int) -> None:
            for number in range(first, 64, 4):
                slot = stream.slot()
                slot.array[:] = FRAME + number
                slot.commit(index=number)

        with omz.create_stream(settings) as stream:
            threads = [threading.Thread(target=produce, args=(first,)) for first in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0"), FRAME + np.arange(64, dtype="uint16")[:, None, None])


def _append_in_child(stream: Any) -> None:
    stream.append(FRAME)


class StreamAsAnObjectTests(ScratchTestCase):
    def test_tells_its_path_and_settings(self) -> None:
        with omz.create_stream(self.settings(dtype="u2")) as stream:
            self.assertEqual(stream.path, str(self.path))
            settings = stream.settings
            self.assertEqual((settings["dtype"], settings["pipeline"]["backpressure"]), ("uint16", "block"))
            settings["dtype"] = "float64"
            self.assertEqual(stream.settings["dtype"], "uint16")
            stream.append(FRAME)
            self.assertEqual(dict(stream.stats())["frames_appended"], 1)
            self.assertEqual(stream.stats()["frames_appended"], 1)
            with self.assertRaises(KeyError):
                stream.stats()["keys"]
            self.assertRegex(repr(stream), rf"{self.path}.*uint16 {HEIGHT} x {WIDTH}.*open, 1 frames")
            self.assertIn("<td>open</td>", stream._repr_html_())
        self.assertRegex(repr(stream), "closed, 1 frames")
        self.assertIn("<td>closed</td>", stream._repr_html_())
        self.assertEqual(stream.stats().frames_appended, 1)

    def test_says_in_words_what_a_stream_is_not(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            for attempt, words in [
                (lambda: copy.copy(stream), "cannot be copied"),
                (lambda: copy.deepcopy(stream), "cannot be copied"),
                (lambda: pickle.dumps(stream), "cannot be pickled.*create it in the process"),
                (lambda: list(stream), "not iterable"),  # type: ignore[call-overload]
                (lambda: stream[0], "key of an array.*not 0.*frames are not read"),  # type: ignore[index]
            ]:
                with self.subTest(words), self.assertRaisesRegex(TypeError, words):
                    attempt()
            self.assertFalse(stream.closed)

    @unittest.skipUnless(hasattr(os, "fork"), "a system without fork")
    def test_tells_a_forked_child_what_to_do(self) -> None:
        with omz.create_stream(self.settings(1)) as stream:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    stream.append(FRAME)
                except BaseException as error:
                    os.write(write, f"{type(error).__name__}: {error}".encode())
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            os.close(write)
            with os.fdopen(read) as told:
                self.assertRegex(told.read(), "ForkedError: .*multiprocessing.get_context.'spawn'.*create the stream in")
            with self.assertRaisesRegex(TypeError, "pickled"):
                multiprocessing.get_context("spawn").Process(target=_append_in_child, args=(stream,)).start()

    def test_a_forgotten_stream_is_told_of_when_it_had_frames(self) -> None:
        for appended in (0, 1):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                stream = omz.create_stream(self.settings(overwrite=True))
                if appended:
                    stream.append(FRAME)
                del stream
                gc.collect()
            self.assertEqual([warning.category for warning in caught], appended * [UserWarning])

    def test_flushes_with_any_time_out(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            stream.append(FRAME)
            for timeout in (None, float("inf"), 1e300, 60, 10):
                stream.flush(timeout)
            with self.assertRaises(ValueError):
                stream.flush(float("nan"))

    def test_texts_are_never_cut(self) -> None:
        with omz.create_stream(self.settings()) as stream:
            for call in (
                lambda: stream.set_metadata("lab\0x", 1),
                lambda: stream.set_image_metadata("\0", "lab", 1),
                lambda: stream.set_end_reason("a\0b"),
                lambda: stream.append(FRAME, key="left\0"),
            ):
                with self.assertRaisesRegex(ValueError, "NUL"):
                    call()
        with self.assertRaisesRegex(ValueError, "NUL"):
            omz.set_log_file("log\0.txt")


if __name__ == "__main__":
    unittest.main()
