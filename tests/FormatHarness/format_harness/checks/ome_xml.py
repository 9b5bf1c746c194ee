"""OME-XML says of the images what OME-Zarr says of them."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from typing import Any, Iterator

from ..dataset import Dataset
from ..problem import Problem
from ..truth.axes import SYMBOLS, type_of, unit_of
from ..truth.images import Image, Truth
from .images import paths_of

_NAMESPACE = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
_LETTERS = {"time": "T", "space": "Z"}  # all other axes count as channels
_TYPES = {"float32": "float", "float64": "double"}


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    if dataset.ome_xml is None:
        if _is_expected(truth):
            yield Problem("OME-XML", "OME", "is missing")
        return
    root = ET.fromstring(dataset.ome_xml)
    images = root.findall(f"{_NAMESPACE}Image")
    if len(images) != len(truth.images):
        yield Problem("OME-XML", "OME", f"{len(images)} images, not {len(truth.images)}")
        return
    for path, element, image in zip(paths_of(truth, dataset), images, truth.images):
        yield from _check_sizes(path, element.find(f"{_NAMESPACE}Pixels"), image)
        yield from _check_channels(path, element, dataset)
        yield from _check_stage(path, element, image)
    if truth.plate is not None:
        yield from _check_plate(truth, root)


def _is_expected(truth: Truth) -> bool:
    asked = truth.case.settings.get("ome_xml")
    wide = any(image.camera["dtype"] in ("int64", "uint64") for image in truth.images)
    return not wide and (truth.structure != "image" if asked is None else asked)


def _check_sizes(path: str, pixels: Any, image: Image) -> Iterator[Problem]:
    given = {key: value for key, value in pixels.attrib.items() if key.startswith(("Size", "Physical", "Type", "TimeIncrement"))}
    expected = _sizes_of(image)
    for key in sorted(given.keys() | expected.keys()):
        there, right = given.get(key), expected.get(key)
        if there != right and not (isinstance(right, float) and there and math.isclose(float(there), right, rel_tol=1e-9)):
            yield Problem("OME-XML", path, f"{key} is {there}, not {right}")
    order = pixels.attrib.get("DimensionOrder", "")
    letters = list(dict.fromkeys(_LETTERS.get(type_of(axis), "C") for axis in reversed(image.axes[:-2])))
    if sorted(order) != sorted("XYZCT") or [letter for letter in order[2:] if letter in letters] != letters:
        yield Problem("OME-XML", path, f"DimensionOrder is {order} for {[axis['name'] for axis in image.axes]}")


def _sizes_of(image: Image) -> dict[str, Any]:
    """Sizes are those of the stored axes, the last one X. A physical size is there when NGFF has one, with its unit."""
    shape = image.levels[0].pixels.shape
    letters = [_LETTERS.get(type_of(axis), "C") for axis in image.axes[:-2]] + ["Y", "X"]
    sizes: dict[str, Any] = {f"Size{letter}": str(math.prod(length for one, length in zip(letters, shape) if one == letter))
                             for letter in "XYZCT"}
    sizes["Type"] = _TYPES.get(image.camera["dtype"], image.camera["dtype"])
    for letter, axis in zip(letters, image.axes):
        name = {"T": "TimeIncrement", "C": None}.get(letter, f"PhysicalSize{letter}")
        scale, unit = axis.get("scale") or None, unit_of(axis)  # of time 0 is not known
        size = abs(scale if scale is not None else 1.0)
        if name and (scale is not None or unit) and size and (letter != "T" or (unit and (scale is None or scale > 0))):
            sizes[name] = float(size)
            sizes[f"{name}Unit"] = SYMBOLS.get(unit, "reference frame")
    return sizes


def _check_channels(path: str, element: Any, dataset: Dataset) -> Iterator[Problem]:
    """Names and colours as in omero, where both know channels."""
    omero, channels = dataset.ome(path).get("omero"), element.findall(f".//{_NAMESPACE}Channel")
    if omero is None or not channels or len(channels) != len(omero["channels"]):
        return
    for given, shown in zip(channels, omero["channels"]):
        if given.get("Name") is not None and given.get("Name") != shown["label"]:
            yield Problem("OME-XML", path, f"channel {given.get('Name')!r} is {shown['label']!r} in omero")
        colour = given.get("Color")
        if colour is not None and f"{int(colour) & 0xFFFFFFFF:08X}"[:6] != shown["color"]:
            yield Problem("OME-XML", path, f"colour {int(colour) & 0xFFFFFFFF:08X} is {shown['color']} in omero")


def _check_stage(path: str, element: Any, image: Image) -> Iterator[Problem]:
    label = element.find(f"{_NAMESPACE}StageLabel")
    for letter in "xyz":
        known, given = (image.position or {}).get(f"{letter}_coord"), None if label is None else label.get(letter.upper())
        if (known is None) != (given is None) or known is not None and not math.isclose(known, float(given), rel_tol=1e-6):
            yield Problem("OME-XML", path, f"stage {letter} is {given}, not {known}")


def _check_plate(truth: Truth, root: Any) -> Iterator[Problem]:
    rows, columns = truth.plate["row_names"], truth.plate["column_names"]
    given = [(int(well.get("Row")), int(well.get("Column")), sample.find(f"{_NAMESPACE}ImageRef").get("ID"))
             for well in root.iter(f"{_NAMESPACE}Well") for sample in well.findall(f"{_NAMESPACE}WellSample")]
    ids = [element.get("ID") for element in root.findall(f"{_NAMESPACE}Image")]
    expected = [(rows.index(image.position["plate_row"]), columns.index(image.position["plate_column"]), ids[number])
                for number, image in enumerate(truth.images)]
    if sorted(given) != sorted(expected):
        yield Problem("OME-XML", "", f"well samples are {given}, not {expected}")
