"""The settings' types."""

from __future__ import annotations

import contextlib
import json
import unittest
from typing import Any

import support  # noqa: F401  (finds the package)

import numpy as np

from omezarr_native import (
    Backpressure,
    Channel,
    Compression,
    DataType,
    Dimension,
    DimensionType,
    Fsync,
    NotSupportedError,
    Plate,
    PlateAcquisition,
    Position,
    PyramidMethod,
    dims_from_standard_axes,
    validate_settings,
)
from omezarr_native._settings import to_json


class ModelTests(unittest.TestCase):
    def test_dumps_every_member_with_none_for_what_is_absent(self) -> None:
        dimension = Dimension("c", coords=[Channel("DAPI", color="blue"), "GFP"])
        self.assertEqual(
            dimension.model_dump(),
            {
                "name": "c",
                "count": None,
                "type": "channel",
                "coords": [
                    {
                        "name": "DAPI",
                        "excitation_wavelength_nm": None,
                        "emission_wavelength_nm": None,
                        "fluorophore": None,
                        "color": "blue",
                    },
                    "GFP",
                ],
                "chunk_size": None,
                "shard_size_chunks": None,
                "unit": None,
                "scale": None,
                "translation": None,
            },
        )

    def test_knows_channels_from_positions_by_their_type(self) -> None:
        self.assertEqual(Dimension("a", coords=[Position("first")]).type, "position")
        self.assertEqual(Dimension("a", coords=["x", Channel("first")]).type, "channel")
        self.assertEqual(Dimension("a", coords=[Channel("first")], type="other").type, "other")
        self.assertIsNone(Dimension("a", coords=[1, 2]).type)

    def test_can_be_members_of_a_settings_dict(self) -> None:
        plate = Plate(["A"], ["1"], acquisitions=[PlateAcquisition(0, name="first")])
        settings = {
            "root_path": "x",
            "dtype": "uint8",
            "plate": plate,
            "dimensions": dims_from_standard_axes({"p": [Position("0", plate_row="A", plate_column="1")], "y": 3, "x": 4}),
        }
        document = json.loads(to_json(settings))
        self.assertEqual(document["plate"]["acquisitions"][0]["name"], "first")
        self.assertEqual(document["dimensions"][0]["coords"][0]["plate_row"], "A")

    def test_makes_dimensions_of_standard_axes_in_the_order_given(self) -> None:
        dimensions = dims_from_standard_axes(
            {"t": None, "p": ["a", "b"], "c": [Channel("DAPI")], "z": 5, "y": 64, "x": 48},
            chunk_shapes={"y": 32},
            shard_shapes={"z": 5},
            scales={"z": 0.5},
        )
        self.assertEqual("".join(dimension.name for dimension in dimensions), "tpczyx")
        self.assertEqual(
            [dimension.type for dimension in dimensions], ["time", "position", "channel", "space", "space", "space"]
        )
        self.assertEqual([dimension.unit for dimension in dimensions], ["second", None, None] + ["micrometer"] * 3)
        self.assertEqual([dimension.count for dimension in dimensions], [None, None, None, 5, 64, 48])
        self.assertEqual(dimensions[1].coords, ["a", "b"])
        self.assertEqual((dimensions[4].chunk_size, dimensions[3].shard_size_chunks, dimensions[3].scale), (32, 5, 0.5))

    def test_refuses_axes_that_are_no_standard(self) -> None:
        with self.assertRaisesRegex(ValueError, "'angle'"):
            dims_from_standard_axes({"angle": 3, "y": 4, "x": 4})

    def test_names_the_rows_and_columns_of_standard_plates(self) -> None:
        plate = Plate.from_standard_wells(96, name="screen")
        self.assertEqual("".join(plate.row_names), "ABCDEFGH")
        self.assertEqual(plate.column_names, [str(column) for column in range(1, 13)])
        self.assertEqual(plate.name, "screen")
        self.assertEqual(Plate.from_standard_wells(1536).row_names[24:], ["Y", "Z", "AA", "AB", "AC", "AD", "AE", "AF"])
        self.assertEqual(Plate.from_standard_wells((703, 1)).row_names[51:53], ["AZ", "BA"])
        self.assertEqual(Plate.from_standard_wells((703, 1)).row_names[701:], ["ZZ", "AAA"])
        self.assertEqual(len(Plate.from_standard_wells((5, 4)).column_names), 4)
        for wells in (6, 12, 24, 48, 96, 384, 1536):
            plate = Plate.from_standard_wells(wells)
            self.assertEqual(len(plate.row_names) * len(plate.column_names), wells)

    def test_refuses_values_when_they_are_made_and_when_they_are_set(self) -> None:
        for make, words in [
            (lambda: Channel(""), r"Channel\.name is ''"),
            (lambda: Channel(None), "Channel.name is None"),  # type: ignore[arg-type]
            (lambda: Channel("a", emission_wavelength_nm=float("nan")), "finite"),
            (lambda: Channel("a", color=3), "CSS name"),  # type: ignore[arg-type]
            (lambda: Position("p", grid_row=-1), "from 0"),
            (lambda: Position("p", x_coord="left"), "finite number"),  # type: ignore[arg-type]
            (lambda: Dimension("t", count=0), "Dimension.count is 0; it must be a whole number from 1"),
            (lambda: Dimension("t", count=True), "from 1"),
            (lambda: Dimension("t", count=2.5), "from 1"),  # type: ignore[arg-type]
            (lambda: Dimension("t", type="tyme"), "space, time, channel, position, other"),
            (lambda: Dimension("t", coords="abc"), "list of"),
            (lambda: Dimension("t", coords=[None]), "list of"),  # type: ignore[list-item]
            (lambda: Dimension("t", scale=float("inf")), "finite"),
            (lambda: Plate("ABC", ["1"]), "list of texts"),
            (lambda: Plate(["A"], ["1"], acquisitions=[3]), "PlateAcquisition"),  # type: ignore[list-item]
            (lambda: PlateAcquisition(0, start_time=-1), "from 0"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                make()
        dimension = Dimension("t", count=np.int64(3), scale=np.float32(0.5))
        with self.assertRaises(ValueError):
            dimension.count = 0
        with self.assertRaisesRegex(AttributeError, "Dimension has no 'cuont'"):
            dimension.cuont = 5  # type: ignore[attr-defined]
        self.assertEqual(dimension.count, 3)
        dimension.count = None

    def test_dumps_as_json(self) -> None:
        dimension = Dimension("t", count=np.int64(3), scale=np.float32(0.5), type=DimensionType.TIME)
        document = json.loads(dimension.model_dump_json())
        self.assertEqual((document["count"], document["scale"], document["type"]), (3, 0.5, "time"))

    def test_refuses_scales_of_axes_that_there_are_not(self) -> None:
        for given in ("chunk_shapes", "shard_shapes", "scales"):
            with self.assertRaisesRegex(ValueError, "'Z' is given, but sizes are of t, y, x"):
                dims_from_standard_axes({"t": 2, "y": 3, "x": 4}, **{given: {"Z": 2}})

    def test_the_library_knows_every_value_of_every_enum(self) -> None:
        def settings(**others: Any) -> Any:
            dimensions = dims_from_standard_axes({"t": 2, "y": 3, "x": 4})
            return {"root_path": "x", "dtype": "uint16", "dimensions": dimensions, **others}

        for dtype in DataType:
            validate_settings(settings(dtype=dtype))
        for compression in Compression:
            validate_settings(settings(compression=compression))
        for backpressure in Backpressure:
            validate_settings(settings(pipeline={"backpressure": backpressure}))
        for fsync in Fsync:
            validate_settings(settings(durability={"fsync": fsync}))
        for method in PyramidMethod:
            validate_settings(settings(pyramid={"method": method}))
        for kind in DimensionType:
            document = settings()
            document["dimensions"].insert(0, Dimension("a", count=1, type=kind, coords=["b"]))
            with contextlib.suppress(NotSupportedError):
                validate_settings(document)

    def test_refuses_plates_that_there_are_not(self) -> None:
        with self.assertRaisesRegex(ValueError, "no standard plate of 50"):
            Plate.from_standard_wells(50)
        for shape in ((0, 4), (1, 2, 3)):
            with self.assertRaisesRegex(ValueError, "rows, columns"):
                Plate.from_standard_wells(shape)  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
