"""``compat="ome-writers"``: the same documents as ome-writers wrote, but where its own are wrong."""

from __future__ import annotations

import copy
import json
import os
import shutil
import unittest
from pathlib import Path
from typing import Any, Dict, List

from support import ManyFilesTestCase

import numpy as np
import recorded

import omezarr_native as omz
from omezarr_native import ome_writers as ow

#: Names that ome-writers turns into nested folders, into folders that not every file system has, or into one on some.
SAFE_PATHS = {"a/b": "a-b", "a b": "a-b_2", "Pos:1": "Pos-1", "Pos*2": "Pos-2", "A": "A_2"}

RECORDS = recorded.read("ome-writers-documents")


def written(record: Dict[str, Any]) -> Dict[str, Any]:
    """What ome-writers wrote, and in its place what is right where that is not."""
    documents = copy.deepcopy(record["documents"])
    is_renamed = any(path in SAFE_PATHS for path in record["image_paths"]) and record["name"].startswith("pos names")
    found: Dict[str, Any] = {}
    for name, document in documents.items():
        if document["node_type"] == "array":
            lengthen(document, record["settings"])
        else:
            for multiscale in document.get("attributes", {}).get("ome", {}).get("multiscales", []):
                for transformation in multiscale["datasets"][0]["coordinateTransformations"]:
                    if transformation["type"] == "scale":
                        transformation["scale"] = [scale or 1.0 for scale in transformation["scale"]]
        if is_renamed:
            series = document.get("attributes", {}).get("ome", {}).get("series")
            if series is not None:
                series[:] = [SAFE_PATHS.get(path, path) for path in series]
            group = next((path for path in record["image_paths"] if name.startswith(f"{path}/")), None)
            name = name if group is None else SAFE_PATHS.get(group, group) + name[len(group) :]
        found[name] = document
    return found


def lengthen(document: Dict[str, Any], settings: Dict[str, Any]) -> None:
    """Chunks and shards that end with their axis, and as long as they were asked for along an axis without a bound."""
    sizes = {dimension["name"]: dimension for dimension in settings["dimensions"]}
    inner: List[int] = []
    outer: List[int] = []
    for at, name in enumerate(document["dimension_names"]):
        dimension, count = sizes[name], sizes[name]["count"]
        is_frame = at >= len(document["dimension_names"]) - 2
        chunk = dimension["chunk_size"] or (count if is_frame else 1)
        chunk = chunk if count is None else min(chunk, count)
        shard = dimension["shard_size_chunks"] or 1
        outer.append(chunk * (shard if count is None else min(shard, -(-count // chunk))))
        inner.append(chunk)
    document["chunk_grid"]["configuration"]["chunk_shape"] = outer
    if document["codecs"][0]["name"] == "sharding_indexed":
        document["codecs"][0]["configuration"]["chunk_shape"] = inner


def frame_metadata(number: int) -> Dict[str, Any]:
    """As it was when the documents were recorded."""
    return {
        "delta_t": number * 0.5,
        "exposure_time": 0.01,
        "position_x": number * 1.5,
        "note": f"n{number}",
        "deep": {"a": [1, None, number]},
    }


class DocumentTests(ManyFilesTestCase):
    def setUp(self) -> None:
        super().setUp()
        here = os.getcwd()
        os.chdir(self.scratch)
        self.addCleanup(os.chdir, here)

    def test_writes_what_ome_writers_writes(self) -> None:
        compared = 0
        for record in RECORDS:
            if "error" in record:
                continue
            with self.subTest(settings=record["name"]):
                root = self.scratch / record["output"]
                shutil.rmtree(root, ignore_errors=True)
                self.acquire(record)
                documents = {
                    path.relative_to(root).as_posix(): json.loads(path.read_text()) for path in root.rglob("zarr.json")
                }
                expected = written(record)
                self.assertEqual(sorted(documents), sorted(expected))
                for name in expected:
                    self.assertEqual(documents[name], expected[name], name)
                self.check_pixels(record, root)
                compared += 1
        self.assertEqual(compared, 179)

    def test_few_of_its_documents_are_wrong(self) -> None:
        """So that what is compared is not made right by the comparison itself."""
        right = [record for record in RECORDS if "error" not in record and written(record) == record["documents"]]
        self.assertEqual(len(right), 138)

    def test_refuses_what_ome_writers_refuses_but_for_names(self) -> None:
        refused = [record for record in RECORDS if "error" in record]
        self.assertEqual(len(refused), 8)
        self.assertEqual([record["name"] for record in refused if "order by type" not in record["error"]], [
            "pos plate named Well A1 (spaces)"
        ])
        for record in refused:
            if "order by type" in record["error"]:
                settings = self.settings_of_axes(record["error"])
                with self.assertRaisesRegex(ValueError, "OME-Zarr"):
                    ow.create_stream(settings, compat="ome-writers")
        self.assertEqual(os.listdir(self.scratch), [])

    @staticmethod
    def settings_of_axes(error: str) -> ow.AcquisitionSettings:
        """Axes begin with one of channels or space that OME-Zarr wants later."""
        first = error.split("'name': '")[1][0]
        names = {"c": "ct", "z": "zt"}[first]
        dimensions = ow.dims_from_standard_axes({**dict.fromkeys(names, 2), "y": 4, "x": 4})
        return ow.AcquisitionSettings(
            root_path="order", dimensions=dimensions, dtype="uint8", storage_order="acquisition"
        )

    def test_takes_names_of_fields_that_ome_writers_refuses(self) -> None:
        positions = [ow.Position(name="Well A1", plate_row="A", plate_column="1")]
        settings = ow.AcquisitionSettings(
            root_path="well",
            dimensions=[ow.Dimension(name="p", coords=positions), *ow.dims_from_standard_axes({"y": 4, "x": 4})],
            dtype="uint8",
            plate=ow.Plate(row_names=["A"], column_names=["1"]),
        )
        with ow.create_stream(settings, compat="ome-writers") as stream:
            stream.append(np.ones((4, 4), "uint8"))
        self.assertEqual(list(stream.get_metadata()), ["A/1/Well-A1"])

    def acquire(self, record: Dict[str, Any]) -> None:
        settings = ow.AcquisitionSettings.model_validate(record["settings"])
        self.assertEqual(settings.output_path, record["output"])
        hurried = {"durability": {"fsync": "never"}, "pipeline": {"workers": 1}}
        with ow.create_stream(settings, compat="ome-writers", native=hurried) as stream:
            for namespace, metadata in (record["global_metadata"] or {}).items():
                stream.set_global_metadata(namespace, metadata)
            for number in range(record["frames"]):
                frame = np.full(settings.shape[-2:], 1 + number % 100, str(settings.dtype))
                stream.append(frame, frame_metadata=frame_metadata(number) if record["frame_metadata"] else None)
            self.assertEqual(sorted(stream.get_metadata()), sorted(self.paths(record)))

    @staticmethod
    def paths(record: Dict[str, Any]) -> List[str]:
        paths = record["image_paths"]
        return [SAFE_PATHS.get(path, path) for path in paths] if record["name"].startswith("pos names") else paths

    def check_pixels(self, record: Dict[str, Any], root: Path) -> None:
        """Each frame is where its number says."""
        settings = ow.AcquisitionSettings.model_validate(record["settings"])
        sizes = list(settings.shape[:-2])
        if sizes and sizes[0] is None:
            sizes[0] = record["frames"] // int(np.prod(sizes[1:], dtype=int))
        order = settings.storage_index_permutation or range(len(settings.index_dimensions))
        at = settings.position_dimension_index
        with omz.open(root) as dataset:
            images = [
                np.asarray(dataset["0" if path == "." else f"{path}/0"]) for path in self.paths(record)
            ]
        for number in range(record["frames"]):
            index = list(np.unravel_index(number, sizes)) if sizes else []
            image = images[0 if at is None else index.pop(at)]
            self.assertTrue((image[tuple(index[axis] for axis in order)] == 1 + number % 100).all(), number)


if __name__ == "__main__":
    unittest.main()
