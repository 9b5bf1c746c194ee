"""An acquisition that goes on where it ended."""

from __future__ import annotations

import unittest

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz

FRAMES = [np.full((HEIGHT, WIDTH), 1 + number, "uint16") for number in range(9)]


class ResumeTests(ScratchTestCase):
    def test_goes_on_with_the_next_frame(self) -> None:
        taken = []
        for end in (3, 7, 9):
            with omz.create_stream(self.settings(None, resume=True)) as stream:
                stream.on("coords_changed", lambda update: taken.append(update.frame_number))
                self.assertEqual(stream.next_frame, len(taken))
                self.assertEqual(stream.stats().next_frame, len(taken))
                for number in range(stream.next_frame, end):
                    stream.append(FRAMES[number])
                self.assertEqual(stream.next_frame, end)
        self.assertEqual(taken, list(range(9)))
        for stored, frame in zip(raw_zarr.read(self.path / "0"), FRAMES):
            np.testing.assert_array_equal(stored, frame)

    def test_names_what_differs(self) -> None:
        with omz.create_stream(self.settings(None, resume=True)) as stream:
            stream.append(FRAMES[0])
        with self.assertRaisesRegex(omz.SettingsError, "`checksum` was false and is now true"):
            omz.create_stream(self.settings(None, resume=True, checksum=True))

    def test_sets_metadata_of_a_dataset_that_has_ended(self) -> None:
        with omz.create_stream(self.settings(None, resume=True)) as stream:
            stream.append(FRAMES[0])
            with self.assertRaises(omz.AlreadyExistsError):
                omz.set_metadata(self.path, "lab", 1)
        omz.set_metadata(self.path, "lab", {"operator": "µ"})
        omz.set_metadata(self.path, "level", [1], group="0")
        self.assertEqual(raw_zarr.attributes(self.path)["lab"], {"operator": "µ"})
        self.assertEqual(raw_zarr.attributes(self.path / "0")["level"], [1])
        for wrong, error in ((("ome", 1, ""), omz.ReservedNameError), (("lab", 1, "../x"), omz.InvalidArgumentError),
                             (("lab", 1, "nothing"), omz.NotFoundError)):
            with self.assertRaises(error):
                omz.set_metadata(self.path, wrong[0], wrong[1], group=wrong[2])
        # It goes on all the same, and keeps what was set.
        with omz.create_stream(self.settings(None, resume=True)) as stream:
            self.assertEqual(stream.next_frame, 1)
        self.assertEqual(raw_zarr.attributes(self.path)["lab"], {"operator": "µ"})


if __name__ == "__main__":
    unittest.main()
