"""The Python of the pages runs as it stands."""

from __future__ import annotations

import os
import re
import types
import unittest
from pathlib import Path
from typing import Any, Dict, List

from support import HERE, ScratchTestCase

import numpy as np

import omezarr_native as omz

PAGES = HERE.parent


class Core:
    """Runs a sequence of two channels, as pymmcore-plus does."""

    @property
    def mda(self) -> Core:
        return self

    def cancel(self) -> None:
        raise AssertionError("nothing should fail")

    def run_mda(self, sequence: Any, output: Any, block: bool) -> None:
        assert block
        output.sequenceStarted(sequence, {"image_infos": [{"plane_shape": [16, 24], "dtype": "uint16", "pixel_size_um": 0.5}]})
        for t in range(3):
            for c in range(2):
                event = types.SimpleNamespace(index={"t": t, "c": c})
                output.frameReady(np.full((16, 24), 10 * t + c + 1, "uint16"), event, {"runner_time_ms": 1.5})
        output.sequenceFinished(sequence)


class PageTests(ScratchTestCase):
    def setUp(self) -> None:
        super().setUp()
        here = os.getcwd()
        os.chdir(self.scratch)
        self.addCleanup(os.chdir, here)

    def run_page(self, name: str, **given: Any) -> Dict[str, Any]:
        """All blocks of a page, one after the other, but for those that it says are not run."""
        text = (PAGES / name).read_text("utf-8")
        blocks: List[str] = re.findall(r"(?<!-->\n)```python\n(.*?)```", text, re.DOTALL)
        self.assertTrue(blocks)
        names: Dict[str, Any] = dict(given)
        for block in blocks:
            exec(compile(block, name, "exec"), names)
        return names

    def test_going_on(self) -> None:
        page = "../../docs/resuming.md"
        if not (PAGES / page).exists():
            return  # only a checkout has it
        camera = types.SimpleNamespace(frame=lambda number: np.full((16, 24), number + 1, "uint16"))
        dimensions = [{"name": "t"}, {"name": "y", "count": 16}, {"name": "x", "count": 24}]
        for frames in (3, 7):
            self.run_page(page, camera=camera, dimensions=dimensions, frames=frames)
        with omz.open("cells.ome.zarr") as dataset:
            self.assertEqual(np.asarray(dataset["0"][:, 0, 0]).tolist(), [1, 2, 3, 4, 5, 6, 7])

    def test_from_ome_writers_to_this(self) -> None:
        camera = [np.full((512, 512), number + 1, "uint16") for number in range(20)]
        self.run_page("ome-writers.md", camera=camera)
        with omz.open("cells.ome.zarr") as dataset:
            self.assertEqual(np.asarray(dataset["0"][:, :, 0, 0]).ravel().tolist(), list(range(1, 21)))

    def test_pymmcore_plus(self) -> None:
        sequence = {"time_plan": {"interval": 0, "loops": 3}, "channels": ["DAPI", "GFP"]}
        acquired = [
            ({"index": {"c": c, "z": z}}, np.full((512, 512), 3 * c + z + 1, "uint16"), {"exposure_ms": 5})
            for c in range(2)
            for z in range(3)
        ]
        self.run_page("pymmcore-plus.md", core=Core(), sequence=sequence, acquired=acquired)
        for name in ("cells", "stack"):
            with omz.open(f"{name}.ome.zarr") as dataset:
                self.assertEqual(dataset["0"][:, :, 0, 0].ravel().tolist(), [1, 2, 11, 12, 21, 22])
        with omz.open("own.ome.zarr") as dataset:
            self.assertEqual(dataset["0"][:, :, 0, 0].ravel().tolist(), [1, 2, 3, 4, 5, 6])
            self.assertEqual(dataset["0"].translation[1], -1)

    def test_following_a_running_acquisition(self) -> None:
        growing = omz.create_stream({**self.settings(None), "root_path": "growing.ome.zarr"})
        frame = np.full((24, 40), 7, "uint16")

        def go_on() -> None:
            growing.append(frame)
            growing.flush(timeout=60)

        go_on()
        self.run_page("following.md", settings=self.settings(3), camera=[frame, frame + 1, frame + 2], go_on=go_on)
        growing.close()

    def test_the_readme(self) -> None:
        class Acquisition:
            """As pycro-manager's, of two time points and channels."""

            def __init__(self, image_process_fn: Any) -> None:
                self.process = image_process_fn

            def __enter__(self) -> Acquisition:
                return self

            def __exit__(self, *error: object) -> None:
                pass

            def acquire(self, events: Any) -> None:
                for number, axes in enumerate(events):
                    assert self.process(np.full((4, 4), number + 1, "uint16"), {"Axes": axes}) is None

        events = [{"time": t, "channel": c} for t in range(2) for c in ("DAPI", "GFP")]
        names = self.run_page(
            "README.md",
            settings=self.settings(2),
            camera=[np.full((24, 40), 3, "uint16")] * 2,
            DataHandler=lambda storage: storage,
            Acquisition=Acquisition,
            events=events,
        )
        with omz.open("cells.ome.zarr") as dataset:
            self.assertEqual(dataset.level("0")[:, :, 0, 0].tolist(), [[1, 2], [3, 4]])
        self.assertIsNone(names["handler"].stream, "nothing was put")

    def test_every_page_is_tried(self) -> None:
        pages = [page.name for page in Path(PAGES).glob("*.md") if "```python" in page.read_text("utf-8")]
        self.assertEqual(sorted(pages), ["README.md", "following.md", "ome-writers.md", "pymmcore-plus.md"])


if __name__ == "__main__":
    unittest.main()
