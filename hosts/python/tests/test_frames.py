"""Frames of every kind: what is taken is stored as itself, and the rest is refused with the way out."""

from __future__ import annotations

import array
import ctypes
import gc
import mmap
import random
import sys
import unittest
from typing import Any, Callable, List, Tuple
from unittest import mock

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native import _frames


def pixels(shape: Tuple[int, ...] = (HEIGHT, WIDTH), dtype: str = "uint16", seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, shape).astype(dtype)


class ArrayInterface:
    """As images of PIL look from outside."""

    def __init__(self, values: np.ndarray) -> None:
        self.__array_interface__ = {
            "shape": values.shape, "typestr": values.dtype.str, "data": values.tobytes(), "version": 3
        }


class Convertible:
    """As arrays of dask, xarray, h5py and zarr look from outside."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self._values, dtype)


class Tensor:
    """As tensors of torch look from outside."""

    def __init__(self, values: np.ndarray, device: int = 1) -> None:
        self._values, self._device = values, device

    def __dlpack__(self, **options: Any) -> Any:
        return self._values.__dlpack__(**options)

    def __dlpack_device__(self) -> Tuple[int, int]:
        return self._device, 0


class FramesTestCase(ScratchTestCase):
    def stored(self) -> np.ndarray:
        return raw_zarr.read(self.path / "0")

    def append_all(self, frames: List[Any], **settings: Any) -> np.ndarray:
        casting = settings.pop("casting", "no")
        with omz.create_stream(self.settings(len(frames), overwrite=True, **settings), casting=casting) as stream:
            for frame in frames:
                self.assertTrue(stream.append(frame))
        return self.stored()

    def assert_refused(self, given: Any, words: str, error: type = TypeError, **settings: Any) -> None:
        with omz.create_stream(self.settings(1, overwrite=True, **settings)) as stream:
            with self.assertRaisesRegex(error, words):
                stream.append(given)
            self.assertEqual(stream.stats().frames_appended, 0)


class KindTests(FramesTestCase):
    def test_takes_whatever_shows_its_pixels(self) -> None:
        frame = pixels()
        data = frame.tobytes()
        rows = ((ctypes.c_uint16 * WIDTH) * HEIGHT).from_buffer_copy(data)
        shared = mmap.mmap(-1, len(data))
        shared.write(data)
        kinds = {
            "ctypes array": (ctypes.c_uint16 * (HEIGHT * WIDTH)).from_buffer_copy(data),
            "ctypes rows": rows,
            "ctypes bytes": (ctypes.c_uint8 * len(data)).from_buffer_copy(data),
            "string buffer": ctypes.create_string_buffer(data, len(data)),
            "np.ctypeslib": np.ctypeslib.as_ctypes(frame.copy()),
            "memoryview": memoryview(frame),
            "signed bytes": memoryview(data).cast("b"),
            "mmap": shared,
            "array": array.array("H", data),
            "flat": frame.ravel(),
            "every second of twice as many": np.repeat(frame.ravel(), 2)[::2],
            "__array_interface__": ArrayInterface(frame),
            "__array__": Convertible(frame),
            "DLPack": Tensor(frame.copy()),
            "a strided tensor": Tensor(np.repeat(frame, 2, axis=1)[:, ::2]),
            "matrix": np.asmatrix(frame),
            "memmap": np.memmap(self.scratch / "frame", frame.dtype, "w+", shape=frame.shape),
        }
        kinds["memmap"][:] = frame
        for kind, stored in zip(kinds, self.append_all(list(kinds.values()))):
            np.testing.assert_array_equal(stored, frame, err_msg=kind)

    def test_takes_rows_in_every_arrangement(self) -> None:
        sensor = pixels((2 * HEIGHT + 5, 2 * WIDTH + 5))
        unaligned = np.frombuffer(bytes(1) + sensor.tobytes(), "uint8")[1:].view("uint16").reshape(sensor.shape)
        views = [
            sensor[3 : 3 + HEIGHT, 5 : 5 + WIDTH],
            sensor[: 2 * HEIGHT : 2, : 2 * WIDTH : 2],
            sensor[HEIGHT - 1 :: -1, WIDTH - 1 :: -1],
            sensor[HEIGHT - 1 :: -1, :WIDTH],
            np.asfortranarray(sensor[:HEIGHT, :WIDTH]),
            sensor[:WIDTH, :HEIGHT].T,
            np.broadcast_to(sensor[0, :WIDTH], (HEIGHT, WIDTH)),
            np.broadcast_to(sensor[:HEIGHT, :1], (HEIGHT, WIDTH)),
            np.lib.stride_tricks.as_strided(sensor, (HEIGHT, WIDTH), (2, 2)),
            unaligned[:HEIGHT, :WIDTH],
        ]
        np.testing.assert_array_equal(self.append_all(views), np.stack(views))
        np.testing.assert_array_equal(self.append_all([memoryview(view) for view in views]), np.stack(views))

    def test_refuses_what_has_no_pixels_and_names_the_way_out(self) -> None:
        frame = pixels()
        for given, words in [
            (frame.tolist(), r"list.*numpy\.asarray\(frame, dtype='uint16'\)"),
            ("text", "str, which has no pixels"),
            (None, "NoneType"),
            (17, "int, which has no pixels"),
            (object(), r"object, which has no pixels.*numpy\.asarray"),
            (np.ma.masked_less(frame, 100), r"mask.*filled"),
            (Convertible(np.ma.masked_less(frame, 100).tolist()), "object|buffer format"),
            (Tensor(frame, device=2), r"memory of a device.*\.cpu\(\)"),
            (np.array([["a"]]), "dtype"),
            (frame.astype("M8[s]"), "does not take|buffer format|dtype"),
            (frame.astype("complex64"), "dtype is buffer format"),
            (Convertible, "has no pixels"),
        ]:
            with self.subTest(words):
                self.assert_refused(given, words)

    def test_refuses_other_types_and_names_the_cast(self) -> None:
        frame = pixels()
        self.assert_refused(frame.astype("uint8"), r"uint8, the stream's is uint16.*astype\('uint16'\).*casting='safe'")
        self.assert_refused(frame.astype(">u2"), r"big-endian.*casting='safe'")
        self.assert_refused(frame > 3, "bool.*casting='safe'")
        self.assert_refused(frame.astype("int16"), r"int16, the stream's is uint16, which cannot hold it")
        self.assert_refused(frame.astype("float32"), "cannot hold it", dtype="uint8")
        with self.assertRaisesRegex(ValueError, "'unsafe'"):
            omz.create_stream(self.settings(1, overwrite=True), casting="unsafe")

    def test_casts_what_is_safe_when_told(self) -> None:
        frame = pixels()
        frames = [frame.astype("uint8"), frame.astype(">u2"), frame > 100, frame, memoryview(frame.astype("uint8")).cast("B")]
        del frames[-1]  # bytes of half a frame are no frame
        stored = self.append_all([*frames, np.asfortranarray(frame.astype(">u2"))], casting="safe")
        np.testing.assert_array_equal(stored, np.stack([*[each.astype("uint16") for each in frames], frame]))
        with omz.create_stream(self.settings(1, overwrite=True), casting="safe") as stream:
            for unsafe in ("int16", "uint32", "float32"):
                with self.assertRaisesRegex(TypeError, unsafe):
                    stream.append(frame.astype(unsafe))

    def test_works_without_numpy(self) -> None:
        frame = pixels()
        strided = memoryview(np.asfortranarray(frame))
        with mock.patch.object(_frames, "numpy_or_none", return_value=None):
            stored = self.append_all([strided, memoryview(frame)[::-1], array.array("H", frame.tobytes())])
            self.assert_refused(Convertible(frame), "numpy, which is not installed")
            self.assert_refused(memoryview(frame.astype("uint8")), "uint8")
        np.testing.assert_array_equal(stored, np.stack([frame, frame[::-1], frame]))

    def test_frames_are_let_go_once_they_are_taken(self) -> None:
        frame = pixels()
        held = [sys.getrefcount(frame)]
        data = bytearray(frame.tobytes())
        with omz.create_stream(self.settings(None)) as stream:
            for refused in (frame.astype("int8"), frame[:5], memoryview(frame)[:5]):
                with self.assertRaises((TypeError, ValueError)):
                    stream.append(refused)
            stream.append(frame)
            stream.append(frame[::-1])
            stream.append(memoryview(frame))
            stream.append(data)
        del refused
        gc.collect()
        held.append(sys.getrefcount(frame))
        self.assertEqual(held[0], held[1])
        data.append(1)  # refused while a buffer is exported


class FormatTests(FramesTestCase):
    """Cameras' own formats."""

    CODES = [("rgb8", 3, "RGB"), ("bgr8", 3, "BGR"), ("rgba8", 4, "RGBA")]

    def colour_settings(self, times: int, pixel_format: str, samples: int, **frame: Any) -> Any:
        settings = self.settings(times, "uint8", overwrite=True, frame={"pixel_format": pixel_format, **frame})
        settings["dimensions"].insert(1, {"name": "c", "type": "channel", "count": samples})
        return settings

    def test_takes_colours_side_by_side_and_as_planes(self) -> None:
        for pixel_format, samples, order in self.CODES:
            image = pixels((HEIGHT, WIDTH, samples), "uint8")
            planes = np.ascontiguousarray(np.moveaxis(image, -1, 0))
            wide = np.zeros((HEIGHT, WIDTH + 7, samples), "uint8")
            wide[:, :WIDTH] = image
            kinds = {
                "interleaved": image,
                "flat rows": image.reshape(HEIGHT, WIDTH * samples),
                "planes": planes,
                "planes with strides": np.moveaxis(planes, 0, -1),
                "a crop": wide[:, :WIDTH],
                "mirrored": image[:, ::-1][:, ::-1],
                "Fortran": np.asfortranarray(image),
                "bytes": image.tobytes(),
                "memoryview": memoryview(image),
                "tensor": Tensor(image),
            }
            for rows in ({}, {"row_stride": WIDTH * samples + 9}):
                if rows:
                    kinds["bytes"] = np.pad(image.reshape(HEIGHT, -1), ((0, 0), (0, 9))).tobytes()
                with omz.create_stream(self.colour_settings(len(kinds), pixel_format, samples, **rows)) as stream:
                    for frame in kinds.values():
                        stream.append(frame)
                expected = np.stack([planes["RGBA".index(colour) if order[0] == "R" else 2 - "RGB".index(colour)]
                                     for colour in "RGBA"[:samples]])
                for kind, stored in zip(kinds, self.stored()):
                    np.testing.assert_array_equal(stored, expected, err_msg=f"{pixel_format}, {kind}, {rows}")
                with mock.patch.object(_frames, "numpy_or_none", return_value=None):
                    with omz.create_stream(self.colour_settings(3, pixel_format, samples, **rows)) as stream:
                        stream.append(memoryview(planes))
                        stream.append(memoryview(np.moveaxis(planes, 0, -1)))
                        stream.append(memoryview(image[::-1])[::-1])
                for stored in self.stored():
                    np.testing.assert_array_equal(stored, expected, err_msg=f"{pixel_format} without numpy, {rows}")

    def test_refuses_other_shapes_of_colours(self) -> None:
        with omz.create_stream(self.colour_settings(1, "rgb8", 3)) as stream:
            for shape in ((HEIGHT, WIDTH), (HEIGHT, WIDTH, 4), (HEIGHT, 3, WIDTH), (1, HEIGHT, WIDTH, 3), (WIDTH, HEIGHT, 3)):
                with self.assertRaisesRegex(omz.FrameSizeError, rf"\({HEIGHT}, {WIDTH}, 3\) or"):
                    stream.append(pixels(shape, "uint8"))
            with self.assertRaisesRegex(TypeError, "uint16"):
                stream.append(pixels((HEIGHT, WIDTH, 3)))

    def test_takes_rows_of_packed_pixels_and_nothing_else(self) -> None:
        for name, bits in (("mono10p", 10), ("mono12p", 12), ("mono12packed", 12)):
            row_bytes = -(-WIDTH * bits // 8)
            packed = pixels((HEIGHT, row_bytes), "uint8")
            whole = pixels((HEIGHT, 2 * WIDTH), "uint8")
            frames = [packed, packed.tobytes(), packed.ravel(), whole[:, :row_bytes], packed[::-1], whole[:, 1 : row_bytes + 1]]
            given = self.append_all(frames, frame={"pixel_format": name})
            expected = self.append_all([np.ascontiguousarray(frame).tobytes() for frame in
                                        (packed, packed, packed, whole[:, :row_bytes], packed[::-1], whole[:, 1 : row_bytes + 1])],
                                       frame={"pixel_format": name})
            np.testing.assert_array_equal(given, expected, err_msg=name)
            unpacked = pixels() % 1024
            settings = {"frame": {"pixel_format": name}}
            for refused in (unpacked, unpacked.ravel(), memoryview(unpacked), unpacked.astype("uint32")):
                self.assert_refused(refused, f"packed bytes.*{name}.*{row_bytes}", **settings)
            self.assert_refused(unpacked.view("uint8"), f"{row_bytes} bytes", omz.FrameSizeError, **settings)
            self.assert_refused(unpacked.tobytes(), "", omz.FrameSizeError, **settings)
            self.assert_refused(packed[:, :-1], f"{row_bytes} bytes", omz.FrameSizeError, **settings)


class RandomTests(FramesTestCase):
    """Whatever comes is stored as itself or refused: no pixel is ever wrong, and the interpreter goes on."""

    FORMATS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]

    def test_stores_nothing_but_what_was_given(self) -> None:
        taken = sum(self.play(seed) for seed in range(60))
        self.assertGreater(taken, 500)

    def play(self, seed: int) -> int:
        dice = random.Random(seed)
        height, width = dice.choice([(1, 1), (1, 7), (5, 1), (3, 3), (4, 6), (8, 3)])
        colour = dice.choice([None, None, ("rgb8", 3), ("bgr8", 3), ("rgba8", 4)])
        dtype = "uint8" if colour else dice.choice(self.FORMATS)
        casting = dice.choice(["no", "safe"])
        settings = self.settings(None, dtype, overwrite=True)
        settings["dimensions"][-2:] = [{"name": "y", "count": height}, {"name": "x", "count": width}]
        if colour:
            settings["frame"] = {"pixel_format": colour[0]}
            settings["dimensions"].insert(1, {"name": "c", "type": "channel", "count": colour[1]})
        expected: List[np.ndarray] = []
        with omz.create_stream(settings, casting=casting) as stream:
            for _ in range(60):
                frame, values = self.any_frame(dice, dtype, height, width, colour[1] if colour else 1)
                try:
                    stream.append(frame)
                except (TypeError, omz.FrameSizeError):
                    continue
                self.assertIsNotNone(values, f"seed {seed}: {type(frame)} {getattr(frame, 'shape', '')} was taken")
                expected.append(values)
            self.assertEqual(stream.stats().frames_appended, len(expected))
        if expected:
            shown = np.stack(expected)
            if colour:
                shown = np.moveaxis(shown[..., ::-1] if colour[0] == "bgr8" else shown, -1, 1)
            np.testing.assert_array_equal(self.stored(), shown.astype(dtype), err_msg=f"seed {seed}")
        return len(expected)

    def any_frame(self, dice: random.Random, dtype: str, height: int, width: int, samples: int) -> Any:
        """A frame, and the values that it has as (height, width[, samples]) if it may be taken at all."""
        given = dice.choice(3 * [dtype] + [*self.FORMATS, "bool", "float16", "complex64"])
        shape: Tuple[int, ...] = (height, width) if samples == 1 else (height, width, samples)
        values = np.frombuffer(dice.getrandbits(64 * int(np.prod(shape))).to_bytes(8 * int(np.prod(shape)), "little"), "uint64")
        if given.startswith(("float", "complex")):
            values = values.astype("float64") / 2.0**60
        values = values.reshape(shape).astype(given)
        frame: Any = values
        # the same values, in memory of another kind
        for _ in range(dice.randrange(3)):
            way = dice.randrange(6)
            if way == 0:
                frame = np.asfortranarray(frame)
            elif way == 1:
                frame = np.ascontiguousarray(frame[::-1])[::-1]
            elif way == 2:
                axis = dice.randrange(frame.ndim)
                frame = np.repeat(frame, 2, axis=axis)[tuple(slice(None, None, 2 if i == axis else 1) for i in range(frame.ndim))]
            elif way == 3:
                padded = np.zeros([size + dice.randrange(3) for size in frame.shape], frame.dtype)
                part = tuple(slice(0, size) for size in frame.shape)
                padded[part] = frame
                frame = padded[part]
            elif way == 4:
                frame = frame.astype(frame.dtype.newbyteorder(dice.choice("<>=")))
            elif samples > 1:
                frame = np.moveaxis(np.ascontiguousarray(np.moveaxis(frame, -1, 0)), 0, -1)
        is_flat = True
        if samples > 1 and dice.random() < 0.3:
            planes = np.moveaxis(frame, -1, 0)
            if planes.shape != (height, width, samples):  # else nobody could tell them apart
                frame, is_flat = planes, False
        wrong = dice.random() < 0.15
        if wrong:
            frame = dice.choice([frame[None], frame[..., :-1], frame[:0], np.concatenate([frame, frame])])
            is_flat = False
        wraps: List[Callable[[Any], Any]] = [
            lambda a: a, lambda a: a, memoryview, ArrayInterface, Convertible, Tensor, lambda a: a.tolist(),
            lambda a: np.ctypeslib.as_ctypes(np.ascontiguousarray(a)),
        ]
        wraps += [lambda a: a.ravel(), np.asmatrix] if is_flat else []  # planes in a row look like pixels in a row
        try:
            wrapped = dice.choice(wraps)(frame)
        except Exception:  # numpy itself does not make such a thing
            wrapped = frame
        same = np.can_cast(given, dtype, "safe") and not wrong
        return wrapped, values if same else None


if __name__ == "__main__":
    unittest.main()
