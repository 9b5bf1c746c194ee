"""Defects that are put into documents and chunks of good datasets: a harness that does not find each of them is worth nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, Callable, Iterator

from .case import Case
from .check import Verdict, look_at, look_at_documents
from .generate import generate
from .readers.pool import Pool
from .truth.images import Truth
from .write import Refused, write

Document = dict[str, Any]


def plant_all(first_seed: int, most: int, folder: Path, pool: Pool) -> int:
    """Plants each defect in the first dataset that it fits; tells which were found. 0 when all were."""
    waiting = dict(DEFECTS)
    for case in _cases(first_seed, most):
        if not waiting:
            break
        seed, good = case.seed, folder / "good.ome.zarr"
        try:
            write(case, good)
        except Refused:
            continue
        truth = Truth(case)
        before = _problems(truth, good, pool)
        for name, plant in list(waiting.items()):
            bad = folder / f"{seed}-{len(waiting)}.ome.zarr"
            shutil.copytree(good, bad)
            if plant(bad):
                found = _found(truth, bad, pool, before)
                print(f"{'found' if found else 'NOT FOUND'}: {name} (seed {seed}): {found[0] if found else ''}"[:240], flush=True)
                if not found:
                    return 1
                del waiting[name]
            shutil.rmtree(bad)
        shutil.rmtree(good)
    for name in waiting:
        print(f"NOT PLANTED: {name}: no dataset has what it changes")
    print(f"{len(DEFECTS) - len(waiting)} of {len(DEFECTS)} defects found")
    return 1 if waiting else 0


def _cases(first_seed: int, most: int) -> Iterator[Case]:
    """Plates are rare: each comes in both versions."""
    for seed in range(first_seed, first_seed + most):
        yield generate(seed)
        if "plate" in generate(seed).settings:
            other = generate(seed)
            other.settings["ome_zarr_version"] = "0.5" if other.settings.get("ome_zarr_version") == "0.6" else "0.6"
            yield other


def _found(truth: Truth, bad: Path, pool: Pool, before: list[str]) -> list[str]:
    """What is wrong now: by the documents, or else by the readers, which take longer."""
    return next((found for look in (look_at_documents, look_at)
                 if (found := [problem for problem in _problems(truth, bad, pool, look) if problem not in before])), [])


def _problems(truth: Truth, dataset: Path, pool: Pool, look: Callable[..., None] = look_at) -> list[str]:
    verdict = Verdict(truth=truth)
    look(verdict, dataset, pool)
    return [re.sub(r"/[^ ]*\.ome\.zarr", "", str(problem)) for problem in verdict.problems]


def _in_documents(change: Callable[[Document], Any], where: str = "**/zarr.json") -> Callable[[Path], bool]:
    """Changes the first document in which there is something to change."""
    def plant(dataset: Path) -> bool:
        for file in sorted(dataset.glob(where)):
            text = file.read_text("utf-8")
            document = json.loads(text)
            try:
                change(document)
            except (KeyError, IndexError, TypeError, StopIteration):
                continue
            if document != json.loads(text):
                file.write_text(json.dumps(document), "utf-8")
                return True
        return False
    return plant


def _in_image(change: Callable[[Document], Any]) -> Callable[[Path], bool]:
    return _in_documents(lambda document: change(document["attributes"]["ome"]["multiscales"][0]))


def _in_step(change: Callable[[Document], Any]) -> Callable[[Path], bool]:
    """Changes the transformation of the last level of an image of 0.6."""
    return _in_image(lambda image: image["coordinateSystems"] and change(image["datasets"][-1]["coordinateTransformations"][0]))


def _in_omero(change: Callable[[Document], Any]) -> Callable[[Path], bool]:
    return _in_documents(lambda document: change(document["attributes"]["ome"]["omero"]))


def _in_array(change: Callable[[Document], Any]) -> Callable[[Path], bool]:
    return _in_documents(lambda document: document["node_type"] == "array" and change(document))


def _in_xml(pattern: str, replacement: Callable[[re.Match[str]], str]) -> Callable[[Path], bool]:
    def plant(dataset: Path) -> bool:
        file = dataset / "OME" / "METADATA.ome.xml"
        text = file.read_text("utf-8") if file.exists() else ""
        changed = re.sub(pattern, replacement, text, count=1)
        file.write_text(changed, "utf-8") if changed != text else None
        return changed != text
    return plant


def _swap(items: list[Any], one: int = 0, other: int = 1) -> None:
    items[one], items[other] = items[other], items[one]


def _transformation(multiscale: Document, kind: str, level: int = 0) -> list[float]:
    return next(one[kind] for one in multiscale["datasets"][level]["coordinateTransformations"] if one["type"] == kind)


def _drop_chunk(dataset: Path) -> bool:
    """The pixels of an image: a chunk or shard that is lost reads as zeros."""
    file = next((file for file in sorted(dataset.rglob("c/**/*")) if file.is_file() and "frame_metadata" not in file.parts), None)
    if file is not None:
        file.unlink()
    return file is not None


def _flip_byte(dataset: Path) -> bool:
    files = [file for file in sorted(dataset.rglob("c/**/*")) if file.is_file() and "frame_metadata" not in file.parts]
    if not files:
        return False
    data = bytearray(files[0].read_bytes())
    data[0] ^= 0x10
    files[0].write_bytes(bytes(data))
    return True


def _swap_levels(dataset: Path) -> bool:
    """Levels of other chunks under the same documents."""
    for one in sorted(dataset.rglob("1/c")):
        if (one.parent.parent / "2" / "c").exists():
            shutil.rmtree(one)
            return True
    return False


DEFECTS: dict[str, Callable[[Path], bool]] = {
    "axes are swapped": _in_image(lambda image: _swap(image["axes"])),
    "an axis has another name": _in_image(lambda image: image["axes"][-1].update(name="width")),
    "an axis has another type": _in_image(lambda image: image["axes"][0].update(type="channel")),
    "a custom axis has no type": _in_image(lambda image: next(
        axis for axis in image["axes"] if axis.get("type") == "other").pop("type")),
    "a unit is lost": _in_image(lambda image: next(axis for axis in image["axes"] if "unit" in axis).pop("unit")),
    "scales are swapped": _in_image(lambda image: _swap(_transformation(image, "scale"), -1, -2)),
    "a level has the scale of full resolution": _in_image(lambda image: _transformation(image, "scale", 1).__setitem__(
        slice(None), _transformation(image, "scale", 0))),
    "a translation has the other sign": _in_image(lambda image: _transformation(image, "translation").__setitem__(
        slice(None), [-offset for offset in _transformation(image, "translation")])),
    "a level is moved by half a pixel": _in_image(lambda image: _transformation(image, "translation", 1).__setitem__(
        -1, _transformation(image, "translation", 1)[-1] * 2)),
    "a level is not listed": _in_image(lambda image: image["datasets"][1:].pop() and image["datasets"].pop()),
    "levels are listed in another order": _in_image(lambda image: _swap(image["datasets"])),
    "the method is another": _in_image(lambda image: image.update(type="gaussian") if image["type"] else None),
    "factors of a level are others": _in_image(lambda image: image["metadata"]["kwargs"]["factors"][0].__setitem__(-1, 7)),
    "series are in another order": _in_documents(lambda one: _swap(one["attributes"]["ome"]["series"]), "OME/zarr.json"),
    "a series is lost": _in_documents(lambda one: one["attributes"]["ome"]["series"].pop(), "OME/zarr.json"),
    "the version is another": _in_documents(lambda one: one["attributes"]["ome"].update(version="0.4")),
    "a level leads to another system": _in_step(lambda step: step["output"].update(name="elsewhere")),
    "a level begins at another array": _in_step(lambda step: step["input"].update(path="9")),
    "a coordinate system has another name": _in_image(lambda image: image["coordinateSystems"][0].update(name="elsewhere")),
    "there is another coordinate system": _in_image(lambda image: image["coordinateSystems"].append(
        {**image["coordinateSystems"][0], "name": "elsewhere"})),
    "a transformation has what another has": _in_step(lambda step: step.update(scale=[1.0]) if step["transformations"] else None),
    "a sequence has lost its translation": _in_step(lambda step: step["transformations"].pop()),
    "axes of a coordinate system are swapped": _in_image(lambda image: _swap(image["coordinateSystems"][0]["axes"])),
    "0.6 has the version of 0.5 in a well": _in_documents(lambda one: one["attributes"]["ome"]["well"].update(version="0.6rc0")
                                                          if "version" not in one["attributes"]["ome"]["well"] else None),
    "positions are mixed up": _in_documents(lambda one: one["attributes"]["omezarr_native"]["position"].update(name="another")),
    "an index is another": _in_documents(lambda one: one["attributes"]["omezarr_native"]["indices"][0].update(index=77)),
    "rows of a plate are in another order": _in_documents(
        lambda one: _swap(one["attributes"]["ome"]["plate"]["rows"]), "zarr.json"),
    "a well has another column": _in_documents(lambda one: one["attributes"]["ome"]["plate"]["wells"][0].update(columnIndex=9)),
    "fields of a well are in another order": _in_documents(lambda one: _swap(one["attributes"]["ome"]["well"]["images"])),
    "a field is of another run": _in_documents(lambda one: one["attributes"]["ome"]["well"]["images"][0].update(acquisition=8)
                                               if "acquisition" in one["attributes"]["ome"]["well"]["images"][0] else None),
    "a window is empty": _in_omero(lambda omero: omero["channels"][0]["window"].update(
        end=omero["channels"][0]["window"]["start"])),
    "a window is above the pixels": _in_omero(lambda omero: omero["channels"][0]["window"].update(
        start=9e9, end=9.1e9, max=9.1e9)),
    "channels have each other's label": _in_omero(lambda omero: (lambda one, other: (one.update(label=other["label"])))(
        *omero["channels"][:2])),
    "a given colour is another": _in_omero(lambda omero: next(
        one for one in omero["channels"] if one["label"] == "given").update(color="123456")),
    "a channel is lost": _in_omero(lambda omero: omero["channels"].pop()),
    "a default plane does not exist": _in_omero(lambda omero: omero["rdefs"].update(defaultZ=1000)),
    "it says complete, and is not": _in_documents(lambda one: one["attributes"]["omezarr_native"].update(
        complete=not one["attributes"]["omezarr_native"]["complete"])),
    "a missing frame is not told": _in_documents(lambda one: one["attributes"]["omezarr_native"]["missing_frames"].pop()),
    "a count is off by one": _in_documents(lambda one: one["attributes"]["omezarr_native"].update(
        frames_appended=one["attributes"]["omezarr_native"]["frames_appended"] + 1)),
    "listed frame metadata has another index": _in_documents(
        lambda one: one["attributes"]["ome_writers"]["frame_metadata"][0]["storage_index"].__setitem__(0, 99)),
    "listed frame metadata is lost": _in_documents(lambda one: one["attributes"]["ome_writers"]["frame_metadata"].pop()),
    "names of dimensions are in another order": _in_array(lambda one: _swap(one["dimension_names"])),
    "a shape is one too long": _in_array(lambda one: one["shape"].__setitem__(0, one["shape"][0] + 1)),
    "a data type is another": _in_array(lambda one: one.update(data_type={"uint8": "int8", "uint16": "int16"}[one["data_type"]])),
    "a fill value is another": _in_array(lambda one: one.update(fill_value=1) if one["fill_value"] == 0 else None),
    "chunks are read in another order": _in_array(lambda one: _swap(one["chunk_grid"]["configuration"]["chunk_shape"], -1, -2)),
    "a codec is lost": _in_array(lambda one: one["codecs"].pop() if len(one["codecs"]) > 1 else None),
    "a chunk is lost": _drop_chunk,
    "a byte is changed": _flip_byte,
    "a level's chunks are lost": _swap_levels,
    "a table of frames is lost": lambda dataset: _remove(dataset / "OME" / "frame_metadata" / "delta_t"),
    "times lie at another path": _in_documents(lambda one: one["attributes"]["omezarr_native"]["time_points"].update(path="u")),
    "OME-XML has another size": _in_xml(r'SizeX="(\d+)"', lambda match: f'SizeX="{int(match[1]) + 1}"'),
    "OME-XML has sizes swapped": _in_xml(r'SizeZ="(\d+)" SizeC="(\d+)"', lambda match: f'SizeZ="{match[2]}" SizeC="{match[1]}"'),
    "OME-XML has another physical size": _in_xml(r'PhysicalSizeX="[^"]+"', lambda match: 'PhysicalSizeX="4711"'),
    "OME-XML has another unit": _in_xml(r'PhysicalSizeYUnit="[^"]+"', lambda match: 'PhysicalSizeYUnit="km"'),
    "OME-XML has another pixel type": _in_xml(r' Type="[^"]+"', lambda match: ' Type="bit"'),
    "OME-XML lacks an image": _in_xml(r"(?s)<Image .*?</Image>", lambda match: ""),
    "OME-XML has another place of the stage": _in_xml(r'(<StageLabel [^>]*?) X="[^"]+"', lambda match: f'{match[1]} X="12345"'),
    "OME-XML has another colour": _in_xml(r'Color="(-?\d+)"', lambda match: 'Color="305419775"'),
    "OME-XML has another well": _in_xml(r'(<Well [^>]*?)Row="\d+"', lambda match: f'{match[1]}Row="25"'),
}


def _remove(folder: Path) -> bool:
    if folder.exists():
        shutil.rmtree(folder)
        return True
    return False
