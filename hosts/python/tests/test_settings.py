"""Settings in every form, and the errors that they lead to."""

from __future__ import annotations

import datetime
import enum
import json
import unittest
from pathlib import Path
from typing import Any

from support import ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native._json import dumps
from omezarr_native._settings import to_json


class Model:
    """As pydantic's models look from outside."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def model_dump(self, mode: str = "python") -> Any:
        assert mode == "json"
        return self.values


class ModelWithJson(Model):
    def model_dump_json(self) -> str:
        return json.dumps(self.values)


class SettingsTests(ScratchTestCase):
    def test_takes_dicts_json_texts_and_models(self) -> None:
        settings = self.settings()
        forms = [settings, json.dumps(settings), json.dumps(settings).encode(), Model(**settings), ModelWithJson(**settings)]
        for form in forms:
            self.assertEqual(json.loads(to_json(form)), settings)
            omz.validate_settings(form)

    def test_writes_paths_numpy_values_and_models_as_json(self) -> None:
        given = {"path": Path("a/b"), "dtype": np.dtype("uint16"), "scale": np.float64(0.5), "list": np.arange(2), "m": Model(a=1)}
        self.assertEqual(
            json.loads(dumps(given)), {"path": "a/b", "dtype": "uint16", "scale": 0.5, "list": [0, 1], "m": {"a": 1}}
        )

    def test_takes_what_people_write(self) -> None:
        class Sampling(enum.Enum):
            XY = 0.5

        frame = np.arange(24 * 40, dtype="uint16").reshape(24, 40)
        dtypes = [np.uint16, np.dtype("uint16"), np.dtype(">u2"), "u2", "<u2", frame.dtype.str, np.str_("uint16")]
        for number, dtype in enumerate(dtypes):
            with self.subTest(dtype=dtype):
                settings = self.settings(np.int64(1), dtype=dtype, root_path=self.path, overwrite=np.bool_(number > 0))
                settings["dimensions"] = tuple(settings["dimensions"])
                settings["dimensions"][-1].update(scale=Sampling.XY, unit="micrometer")
                with omz.create_stream(settings) as stream:
                    stream.append(frame)
                np.testing.assert_array_equal(raw_zarr.read(self.path / "0")[0], frame)
        arrays = [{"key": "a", "dtype": "f4"}, {"key": "b", "dtype": np.single}]
        with omz.create_stream(self.settings(1, overwrite=True, arrays=arrays)) as stream:
            for key in "ab":
                stream[key].append(frame.astype("float32"))

    def test_times_are_seconds_where_settings_have_seconds(self) -> None:
        moment = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.timezone.utc)
        plate = omz.Plate(["A"], ["1"], acquisitions=[omz.PlateAcquisition(0, start_time=moment, end_time=1795694401)])
        document = json.loads(to_json({"plate": plate, "note": moment, "day": moment.date()}))
        self.assertEqual(document["plate"]["acquisitions"][0]["start_time"], 1795694400)
        self.assertEqual((document["note"], document["day"]), ("2026-11-26T12:00:00+00:00", "2026-11-26"))

    def test_refuses_before_anything_is_made(self) -> None:
        loop: Any = self.settings()
        loop["loop"] = loop
        for settings, error in [
            ("{} \0", ValueError),
            (json.dumps(self.settings()) + "\0", ValueError),
            (self.settings(dtype=float("nan")), ValueError),
            (self.settings(dtype=int), TypeError),
            (self.settings(dtype=omz.Plate), TypeError),
            (self.settings(dtype="\ud800"), ValueError),
            (b"\xff\xfe", ValueError),
            (loop, ValueError),
            (Model, TypeError),
            ([], TypeError),
            (None, TypeError),
            (7, TypeError),
            ("[]", ValueError),
            ("", ValueError),
        ]:
            with self.subTest(str(settings)[:40]):
                for call in (omz.create_stream, omz.validate_settings, omz.describe_layout, omz.estimate_memory):
                    with self.assertRaises(error):
                        call(settings)
                self.assertEqual(list(self.scratch.iterdir()), [])

    def test_takes_texts_that_begin_with_a_byte_order_mark(self) -> None:
        text = "\ufeff" + json.dumps(self.settings())
        for form in (text, text.encode()):
            omz.create_stream(form).abort()
            self.path.rename(self.scratch / f"done{len(list(self.scratch.iterdir()))}")

    def test_refuses_what_is_no_settings(self) -> None:
        with self.assertRaisesRegex(TypeError, "int"):
            omz.create_stream(3)
        with self.assertRaises(TypeError):
            omz.create_stream({"root_path": object()})

    def test_names_every_problem_by_its_path(self) -> None:
        settings = self.settings(compresion="zstd")
        settings["dimensions"][0]["count"] = -3
        with self.assertRaises(omz.SettingsError) as caught:
            omz.validate_settings(settings)
        self.assertIn("compression", str(caught.exception))
        self.assertIn("dimensions[0].count", str(caught.exception))
        self.assertIsInstance(caught.exception, ValueError)
        self.assertEqual(caught.exception.status_name, "OMZ_E_INVALID_SETTINGS")

    def test_an_existing_dataset_is_a_file_exists_error(self) -> None:
        omz.create_stream(self.settings()).close()
        with self.assertRaises(FileExistsError) as caught:
            omz.create_stream(self.settings())
        self.assertIn(str(self.path), str(caught.exception))
        omz.create_stream(self.settings(overwrite=True)).close()

    def test_a_folder_that_is_no_zarr_is_never_replaced(self) -> None:
        self.path.mkdir()
        (self.path / "thesis.txt").write_text("ten years of work")
        with self.assertRaises(omz.NotAZarrError):
            omz.create_stream(self.settings(overwrite=True))
        self.assertTrue((self.path / "thesis.txt").exists())

    def test_describes_the_layout_and_the_memory(self) -> None:
        plan = omz.describe_layout(self.settings())
        self.assertEqual(plan["arrays"][0]["shape"], [4, 24, 40])
        self.assertGreater(omz.estimate_memory(self.settings()), 24 * 40 * 2)
        self.assertFalse(self.path.exists())


if __name__ == "__main__":
    unittest.main()
