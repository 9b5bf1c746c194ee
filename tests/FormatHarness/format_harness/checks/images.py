"""Structure, axes, transformations and arrays of the images."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, Iterator

from ..dataset import Dataset
from ..problem import Problem
from ..truth.axes import type_of, unit_of
from ..truth.images import Image, Truth
from . import versions

# What every file system and every URL takes as it stands.
_SAFE = re.compile(r"[A-Za-z0-9_.~-]+")
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)


def paths_of(truth: Truth, dataset: Dataset) -> list[str]:
    """Where the images are, in the truth's order: series say so, in the order of acquisition."""
    return [""] if truth.structure == "image" else list(dataset.ome("OME").get("series") or [])


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    paths = paths_of(truth, dataset)
    if len(paths) != len(truth.images):
        yield Problem("series", "OME", f"{len(paths)} images, not {len(truth.images)}: {paths}")
        return
    yield from _check_root(truth, dataset)
    yield from _check_paths(paths)
    for path, image in zip(paths, truth.images):
        yield from _check_image(dataset, path, image)
        yield from _check_own(truth, dataset, path, image)


def _check_root(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    ome, structure = dataset.ome(""), truth.structure
    yield from versions.check(truth, dataset)
    there = "plate" if "plate" in ome else "image" if "multiscales" in ome else "collection"
    if there != structure:
        yield Problem("structure", "", f"{there}, not {structure}")
    if structure != "image" and ome.get("bioformats2raw.layout") != 3:
        yield Problem("structure", "", "bioformats2raw.layout is not 3")


def _check_paths(paths: list[str]) -> Iterator[Problem]:
    folded = [unicodedata.normalize("NFC", path).casefold() for path in paths]
    if len(set(folded)) != len(paths):
        yield Problem("path", "OME", f"not distinct: {paths}")
    for path in paths:
        for part in path.split("/") if path else []:
            if (not _SAFE.fullmatch(part) or part.startswith("__") or part.strip(".") != part or _DEVICES.fullmatch(part)
                    or part.lower() in ("zarr.json", "ome") or len(part) > 255):
                yield Problem("path", path, f"{part!r} is not a portable name")


def _check_image(dataset: Dataset, path: str, image: Image) -> Iterator[Problem]:
    multiscales = dataset.ome(path).get("multiscales")
    if not isinstance(multiscales, list) or len(multiscales) != 1:
        yield Problem("multiscales", path, f"{multiscales}")
        return
    multiscale, version = multiscales[0], versions.of(dataset)
    yield from version.check(path, multiscale)
    axes, expected = version.axes(multiscale), [_axis_of(axis) for axis in image.axes]
    if axes != expected:
        yield Problem("axes", path, f"{axes}, not {expected}")
    if not image.camera.get("allow_nonconforming"):
        yield from _check_order(path, axes)
    datasets = multiscale.get("datasets") or []
    if [one.get("path") for one in datasets] != [str(number) for number in range(len(image.levels))]:
        yield Problem("levels", path, f"{[one.get('path') for one in datasets]}, not {len(image.levels)} levels")
        return
    for one, level in zip(datasets, image.levels):
        yield from _check_transformations(f"{path}/{one['path']}", version.steps(one), level)
        yield from _check_array(dataset, f"{path}/{one['path']}".lstrip("/"), image, level)
    yield from _check_downscaling(path, multiscale, image)


def _axis_of(axis: dict[str, Any]) -> dict[str, Any]:
    """A custom axis has the type other: the schemas of 0.5 take one without a type for one of space."""
    known = {"name": axis["name"], "type": type_of(axis) or "other", "unit": unit_of(axis)}
    return {key: value for key, value in known.items() if value is not None}


def _check_order(path: str, axes: list[dict[str, Any]]) -> Iterator[Problem]:
    """The text of OME-Zarr 0.5, which its schemas miss in part."""
    kinds = [axis.get("type") if axis.get("type") in ("time", "space") else "other" for axis in axes]
    if kinds != sorted(kinds, key=["time", "other", "space"].index) or kinds.count("time") > 1 or kinds.count("other") > 1 \
            or not 2 <= kinds.count("space") <= 3:
        yield Problem("axes break a MUST", path, f"{axes}")


def _check_transformations(where: str, given: list[dict[str, Any]], level: Any) -> Iterator[Problem]:
    if [one.get("type") for one in given] not in (["scale"], ["scale", "translation"]):
        yield Problem("transformations", where, f"{given}")
        return
    if not _near(given[0]["scale"], level.scale):
        yield Problem("scale", where, f"{given[0]['scale']}, not {level.scale}")
    translation = given[1]["translation"] if len(given) > 1 else [0.0] * len(level.translation)
    if not _near(translation, level.translation):
        yield Problem("translation", where, f"{translation}, not {level.translation}")


def _near(given: list[float], expected: list[float]) -> bool:
    return len(given) == len(expected) and all(
        math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12) for one, other in zip(given, expected))


def _check_array(dataset: Dataset, path: str, image: Image, level: Any) -> Iterator[Problem]:
    array = dataset.of(path)
    if array.get("dimension_names") != [axis["name"] for axis in image.axes]:
        yield Problem("dimension_names", path, f"{array.get('dimension_names')}")
    if array.get("shape") != list(level.pixels.shape):
        yield Problem("shape", path, f"{array.get('shape')}, not {list(level.pixels.shape)}")
    if array.get("data_type") != level.pixels.dtype.name or array.get("fill_value") != 0:
        yield Problem("data_type", path, f"{array.get('data_type')}, fill value {array.get('fill_value')}")


def _check_downscaling(path: str, multiscale: dict[str, Any], image: Image) -> Iterator[Problem]:
    if len(image.levels) == 1:
        if multiscale.get("type") != "none" or "description" not in (multiscale.get("metadata") or {}):
            yield Problem("downscaling", path, f"{multiscale.get('type')} of a single level: {multiscale.get('metadata')}")
        return
    method = (image.camera.get("pyramid") or {}).get("method") or "mean"
    factors = ((multiscale.get("metadata") or {}).get("kwargs") or {}).get("factors")
    if multiscale.get("type") != method or factors != [level.steps for level in image.levels[1:]]:
        yield Problem("downscaling", path, f"{multiscale.get('type')} by {factors}, not {method} by "
                      f"{[level.steps for level in image.levels[1:]]}")


def _check_own(truth: Truth, dataset: Dataset, path: str, image: Image) -> Iterator[Problem]:
    """What tells which image it is, whatever its path."""
    own = dataset.own(path)
    if image.key and own.get("array") != image.key:
        yield Problem("own metadata", path, f"array is {own.get('array')!r}, not {image.key!r}")
    if (own.get("position") or {}).get("name") != (image.position or {}).get("name"):
        yield Problem("own metadata", path, f"position is {own.get('position')}, not {image.position}")
    if truth.structure == "image":
        return
    indices = [(one["dimension"], one["index"]) for one in own.get("indices") or []]
    expected = [(dimension["name"], index) for dimension, index in image.indices]
    if indices != expected:
        yield Problem("own metadata", path, f"indices are {indices}, not {expected}")
