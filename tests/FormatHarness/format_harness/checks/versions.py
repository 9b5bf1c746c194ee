"""What differs between versions of OME-Zarr: where an image's axes are, and how a level's transformation is written."""

from __future__ import annotations

from typing import Any, Iterator

from ..dataset import Dataset
from ..problem import Problem
from ..truth.images import Truth

_STORED = {"0.5": "0.5", "0.6": "0.6rc0"}


class _Version05:
    @staticmethod
    def axes(multiscale: dict[str, Any]) -> list[dict[str, Any]]:
        return multiscale.get("axes") or []

    @staticmethod
    def steps(level: dict[str, Any]) -> list[dict[str, Any]]:
        return level.get("coordinateTransformations") or []

    @staticmethod
    def check(path: str, multiscale: dict[str, Any]) -> Iterator[Problem]:
        if "coordinateTransformations" in multiscale or "coordinateSystems" in multiscale:
            yield Problem("multiscales", path, f"has {sorted(multiscale)}")


class _Version06:
    """All levels lead to one coordinate system of the image; each has one transformation, from its own array."""

    @staticmethod
    def axes(multiscale: dict[str, Any]) -> list[dict[str, Any]]:
        systems = multiscale.get("coordinateSystems") or []
        return (systems[0].get("axes") or []) if len(systems) == 1 else []

    @staticmethod
    def steps(level: dict[str, Any]) -> list[dict[str, Any]]:
        given = level.get("coordinateTransformations") or []
        return given[0].get("transformations", given) if len(given) == 1 else given

    @staticmethod
    def check(path: str, multiscale: dict[str, Any]) -> Iterator[Problem]:
        if "coordinateTransformations" in multiscale or "axes" in multiscale:
            yield Problem("multiscales", path, f"has {sorted(multiscale)}")
        names = [system.get("name") for system in multiscale.get("coordinateSystems") or []]
        if len(names) != 1 or not names[0]:
            yield Problem("coordinateSystems", path, f"are {names}")
        for level in multiscale.get("datasets") or []:
            given = level.get("coordinateTransformations") or []
            ends = [(one.get("input"), one.get("output")) for one in given]
            if ends != [({"path": level.get("path")}, {"name": name}) for name in names]:
                yield Problem("transformations", path, f"of level {level.get('path')} lead from and to {ends}")
            members = [{*one} - {"type", "input", "output"} for one in given]
            if members != [{{"sequence": "transformations"}.get(one.get("type"), "scale")} for one in given] or any(
                    {*step} != {"type", step.get("type")} for one in given for step in one.get("transformations") or []):
                yield Problem("transformations", path, f"of level {level.get('path')} are {given}")


_VERSIONS: dict[str | None, Any] = {"0.5": _Version05, "0.6rc0": _Version06}


def of(dataset: Dataset) -> Any:
    """The version that the root says; what it should be is another check's."""
    return _VERSIONS.get(dataset.ome("").get("version"), _Version05)


def check(truth: Truth, dataset: Dataset) -> Iterator[Problem]:
    """Every group says the version; plates and wells of 0.5 say it again, those of 0.6 no more."""
    expected = _STORED[truth.version]
    for path in dataset.documents:
        ome = dataset.ome(path)
        if ome and ome.get("version") != expected:
            yield Problem("version", path, f"{ome.get('version')}, not {expected}")
        for part in (ome[key] for key in ("plate", "well") if key in ome):
            if part.get("version") != (expected if truth.version == "0.5" else None):
                yield Problem("version", path, f"{part.get('version')} of a part")
