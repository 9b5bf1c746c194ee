"""The settings' types; nothing here needs the library."""

from __future__ import annotations

import json
import unittest

import support  # noqa: F401  (finds the package)

from omezarr_native import Channel, Dimension, Plate, PlateAcquisition, Position, dims_from_standard_axes
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

    def test_refuses_plates_that_there_are_not(self) -> None:
        with self.assertRaisesRegex(ValueError, "no standard plate of 50"):
            Plate.from_standard_wells(50)
        for shape in ((0, 4), (1, 2, 3)):
            with self.assertRaisesRegex(ValueError, "rows, columns"):
                Plate.from_standard_wells(shape)  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
