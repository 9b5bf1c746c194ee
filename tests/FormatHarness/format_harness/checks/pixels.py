"""What a reader found in the arrays, against what must be there."""

from __future__ import annotations

import json
from typing import Any, Iterator

import numpy as np

from ..problem import Problem
from ..truth.arrays import Texts

_TEXTS = {"json": "uint8", "json_offset": "uint64", "json_length": "uint32"}


def check(reader: str, expected: dict[str, Any], found: dict[str, np.ndarray], errors: list[tuple[str, str]],
          whole: bool = True) -> Iterator[Problem]:
    """`whole` when the reader lists arrays by itself, so that one too many is wrong too."""
    failed = {path for path, _ in errors}
    for path, text in errors:
        yield Problem(f"{reader} fails", path, text)
    paths = {part for path, value in expected.items() for part in ([f"{path}{end}" for end in ("", "_offset", "_length")]
             if isinstance(value, Texts) else [path])}
    if whole and paths - failed != found.keys() - failed:
        yield Problem(f"{reader}: arrays", "", f"missing {sorted(paths - found.keys() - failed)}, "
                      f"unexpected {sorted(found.keys() - paths)}")
    for path, right in expected.items():
        if isinstance(right, Texts):
            yield from _check_texts(reader, path, right, found)
        elif path in found:
            yield from _check_elements(reader, path, right, found[path])


def _check_elements(reader: str, path: str, right: np.ndarray, there: np.ndarray) -> Iterator[Problem]:
    if there.shape != right.shape or there.dtype != right.dtype:
        yield Problem(f"{reader}: shape", path, f"{there.shape} of {there.dtype}, not {right.shape} of {right.dtype}")
        return
    differs = bits_of(there) != bits_of(right)
    if differs.any():
        first = tuple(int(at[0]) for at in np.nonzero(differs)) if differs.ndim else ()
        yield Problem(f"{reader}: pixels", path, f"{int(differs.sum())} of {differs.size} differ, first at {list(first)}: "
                      f"{there[first]!r}, not {right[first]!r}")


def bits_of(values: np.ndarray) -> np.ndarray:
    """Bits, but any not-a-number is like any other."""
    if values.dtype.kind != "f":
        return values
    same = np.where(np.isnan(values), np.array(np.nan, values.dtype), values)
    return np.ascontiguousarray(same).view(np.dtype(f"u{values.dtype.itemsize}"))


def _check_texts(reader: str, path: str, right: Texts, found: dict[str, np.ndarray]) -> Iterator[Problem]:
    if not all(f"{path[:-4]}{name}" in found for name in _TEXTS):
        return
    types = {name: found[f"{path[:-4]}{name}"].dtype.name for name in _TEXTS}
    if types != _TEXTS:
        yield Problem(f"{reader}: shape", path, f"{types}, not {_TEXTS}")
    texts, offsets, lengths = (found[f"{path[:-4]}{name}"] for name in _TEXTS)
    if len(offsets) != len(right.documents) or len(lengths) != len(right.documents):
        yield Problem(f"{reader}: shape", path, f"{len(lengths)} texts, not {len(right.documents)}")
        return
    for number, document in enumerate(right.documents):
        start, length = int(offsets[number]), int(lengths[number])
        text = texts[start:start + length].tobytes()
        if (json.loads(text) if text else {}) != document:
            yield Problem(f"{reader}: frame metadata", path, f"frame {number}: {text!r}, not {document}")
            return
