"""One case from settings to verdict."""

from __future__ import annotations

import itertools
import shutil
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from .case import Case
from .checks import display, frames, images, ome_xml, pixels, plate
from .dataset import Dataset
from .known_faults import fault_of
from .problem import Problem
from .readers.pool import Pool
from .truth.arrays import arrays_of
from .truth.images import Truth
from .write import Refused, omezarr_native, write

# Each dataset has a place of its own: GDAL remembers what it read of a file by its name.
_NUMBERS = itertools.count()

DOCUMENTS = {"images": images.check, "plate": plate.check, "display": display.check, "frames": frames.check,
             "OME-XML": ome_xml.check}


@dataclass
class Verdict:
    problems: list[Problem] = field(default_factory=list)
    arrays: dict[str, int] = field(default_factory=dict)   # arrays read, by reader
    images: dict[str, int] = field(default_factory=dict)   # images read, by reader
    faults: dict[str, list[str]] = field(default_factory=dict)  # a reader's own, by what it is
    truth: Truth | None = None


def check_case(case: Case, folder: Path, pool: Pool) -> Verdict:
    """Writes the dataset into a folder of its own, and looks at all of it."""
    dataset, verdict = folder / f"{next(_NUMBERS)}.ome.zarr", Verdict()
    try:
        verdict.truth = Truth(case)
        write(case, dataset)
        if verdict.truth.is_refused:
            verdict.problems.append(Problem("not refused", "", "it breaks a MUST of OME-Zarr"))
        look_at(verdict, dataset, pool)
    except Refused as refusal:
        if not verdict.truth.is_refused or "allow_nonconforming" not in str(refusal):
            verdict.problems.append(Problem("refused", "", str(refusal)))
    except omezarr_native.OmeZarrError as error:
        verdict.problems.append(Problem("write", "", f"{type(error).__name__}: {error}"))
    finally:
        shutil.rmtree(dataset, ignore_errors=True)
    return verdict


def look_at(verdict: Verdict, folder: Path, pool: Pool) -> None:
    """Holds what lies in a folder against the truth, by documents and by readers."""
    look_at_documents(verdict, folder, pool)
    truth, dataset = verdict.truth, Dataset(folder)
    expected, paths = arrays_of(truth, dataset), images.paths_of(truth, dataset)
    for reader, finding in pool.ask_all(folder, dataset.arrays, paths, truth.version).items():
        own = {path: fault_of(reader, dataset, path, text) for path, text in finding.errors}
        for fault in own.values():
            if fault:
                verdict.faults.setdefault(fault, []).append(reader)
        errors = [(path, text) for path, text in finding.errors if not own[path]]
        known = {path for path, fault in own.items() if fault}
        verdict.problems += pixels.check(
            reader, {path: value for path, value in expected.items() if path not in known}, finding.arrays, errors,
            whole=bool(finding.arrays) and not known)
        verdict.problems += _check_images(reader, truth, dict(zip(paths, truth.images)), finding.images)
        verdict.arrays[reader] = len(finding.arrays)
        verdict.images[reader] = len(finding.images)


def look_at_documents(verdict: Verdict, folder: Path, pool: Pool) -> None:
    truth, dataset = verdict.truth, Dataset(folder)
    if not truth.case.settings.get("allow_nonconforming"):
        verdict.problems += [Problem("schema", "", text) for text in pool.schema_problems(folder)]
    for name, check in DOCUMENTS.items():
        try:
            verdict.problems += check(truth, dataset)
        except Exception:  # documents of an unexpected form
            verdict.problems.append(Problem(name, "", traceback.format_exc(limit=-3)))


def _check_images(reader: str, truth: Truth, expected: dict, found: dict) -> list[Problem]:
    problems = []
    for path, facts in found.items():
        image = expected[path]
        right = {"axes": [axis["name"] for axis in image.axes], "shapes": [list(level.pixels.shape) for level in image.levels],
                 "scales": [level.scale for level in image.levels], "translations": [level.translation for level in image.levels]}
        problems += [Problem(f"{reader}: {key}", path, f"{value}, not {right[key]}") for key, value in facts.items()
                     if not _same(value, right[key])]
    return problems


def _same(given, expected) -> bool:
    if isinstance(expected, list):
        return isinstance(given, list) and len(given) == len(expected) and all(map(_same, given, expected))
    return given == expected or isinstance(expected, float) and abs(given - expected) <= 1e-9 * max(1.0, abs(expected))
