"""Reading what was written."""

from __future__ import annotations

import unittest
from typing import Any

import numpy
from support import HEIGHT, WIDTH, ScratchTestCase

import omezarr_native as omz


def pixels(times: int) -> numpy.ndarray[Any, Any]:
    return numpy.random.default_rng(times).integers(0, 65536, (times, HEIGHT, WIDTH), numpy.uint16)


KEYS: Any = [
    ...,
    0,
    -1,
    slice(None),
    (2, slice(None), slice(None, None, 2)),
    (slice(1, 4, 2), slice(20, 3, -5), 7),
    (..., slice(None, None, -1)),
    (1, ..., -3),
    (numpy.int64(2), slice(5, 5)),
    (slice(3, 1), slice(None), slice(None)),
    (1, 2, 3),
    (slice(-2, None), slice(100), slice(-10, -2)),
]


class DatasetTests(ScratchTestCase):
    def write(self, frames: Any, **settings: Any) -> None:
        with omz.create_stream(self.settings(len(frames), **settings)) as stream:
            for number, frame in enumerate(frames):
                stream.append(frame, frame_metadata={"delta_t": 0.5 * number, "note": f"number {number}"})

    def test_indexes_as_numpy_does(self) -> None:
        frames = pixels(5)
        for number, compression in enumerate(["none", "zstd", "blosc-lz4"]):
            self.write(frames, compression=compression, overwrite=number > 0)
            with omz.open(self.path, timeout=30 if number else None) as dataset:
                level = dataset["0"]
                for key in KEYS:
                    numpy.testing.assert_array_equal(level[key], frames[key], err_msg=str(key))
                    self.assertEqual(numpy.shape(level[key]), numpy.shape(frames[key]))

    def test_is_an_array_to_others(self) -> None:
        frames = pixels(3)
        self.write(frames, pyramid={"levels": 2})
        with omz.open(self.path) as dataset:
            level = dataset["0"]
            self.assertEqual((level.shape, level.ndim, level.size), (frames.shape, 3, frames.size))
            self.assertEqual((level.dtype, level.nbytes, len(level)), (frames.dtype, frames.nbytes, 3))
            self.assertEqual(level.chunks[1:], (HEIGHT, WIDTH))
            numpy.testing.assert_array_equal(numpy.asarray(level), frames)
            numpy.testing.assert_array_equal(numpy.asarray(level, dtype=float), frames.astype(float))
            self.assertEqual([one.shape for one in dataset[0]], [(3, HEIGHT, WIDTH), (3, HEIGHT // 2, WIDTH // 2)])
            self.assertEqual([axis["name"] for axis in dataset[0].axes], ["t", "y", "x"])
            self.assertIn("(3, 24, 40) uint16", repr(dataset[0]))

    def test_tells_what_is_there(self) -> None:
        self.write(pixels(4))
        with omz.open(self.path) as dataset:
            self.assertEqual((dataset.kind, dataset.complete, len(dataset)), ("image", True, 1))
            self.assertEqual(dataset.frame_metadata(3), {
                "image": 0, "storage_index": [3], "delta_t": 1.5, "note": "number 3",
            })
            with self.assertRaises(KeyError):
                dataset["7"]
            with self.assertRaises(IndexError):
                dataset["0"][4]
            with self.assertRaises(IndexError):
                dataset["0"][0, 0, 0, 0]

    def test_counts_what_is_missing(self) -> None:
        with omz.create_stream(self.settings(3)) as stream:
            stream.append(pixels(1)[0])
            stream.skip()
            stream.append(pixels(1)[0])
        with omz.open(self.path) as dataset:
            values, missing = dataset["0"].read()
            self.assertEqual((missing, int(values[1].max())), (1, 0))
            self.assertEqual(dataset.info["missing_frames"], [[1, 1]])

    def test_a_view_shows_every_frame_at_once(self) -> None:
        frames = pixels(6)
        settings = self.settings(None)
        settings["dimensions"][0]["chunk_size"] = 4
        with omz.create_stream(settings) as stream, stream.view(timeout=30) as view:
            for number, frame in enumerate(frames):
                stream.append(frame)
                view.refresh()
                numpy.testing.assert_array_equal(view["0"][: number + 1], frames[: number + 1])
                self.assertEqual(view["0"].shape, (number + 1, HEIGHT, WIDTH))
            stream.close()
            numpy.testing.assert_array_equal(view["0"][...], frames)

    def test_says_what_it_cannot_open(self) -> None:
        with self.assertRaises(omz.NotFoundError) as raised:
            omz.open(self.path)
        self.assertIsInstance(raised.exception, FileNotFoundError)
        self.path.mkdir()
        (self.path / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group", "attributes": {}}')
        with self.assertRaisesRegex(omz.FormatError, "ome"):
            omz.open(self.path)

    def test_a_closed_dataset_is_refused(self) -> None:
        self.write(pixels(1))
        dataset = omz.open(self.path)
        level = dataset["0"]
        dataset.close()
        dataset.close()
        with self.assertRaises(ValueError):
            level[0]


if __name__ == "__main__":
    unittest.main()
