"""How a level is made of the one before it: docs/pyramids.md, for whole arrays and without regard to speed."""

from __future__ import annotations

import itertools
from typing import Iterator

import numpy as np


def shrunk(level: np.ndarray, steps: list[int], method: str) -> np.ndarray:
    """The next level. Blocks at the upper ends are of the elements that exist."""
    shape = [-(-length // step) for length, step in zip(level.shape, steps)]
    result = np.zeros(shape, level.dtype)
    for blocks, place in _regions(level, steps):
        result[place] = _METHODS[method](blocks)
    return result


def _regions(level: np.ndarray, steps: list[int]) -> Iterator[tuple[np.ndarray, tuple[slice, ...]]]:
    """Blocks of equal size: (elements of a block, blocks...), and where their results go. Elements in C order."""
    parts = []
    for length, step in zip(level.shape, steps):
        whole, rest = divmod(length, step)
        parts.append([part for part in ((slice(0, whole), slice(0, whole * step), step), (slice(whole, whole + 1),
                     slice(whole * step, length), rest)) if part[0].stop > part[0].start and part[2] > 0])
    for choice in itertools.product(*parts):
        there = level[tuple(part[1] for part in choice)]
        split = there.reshape([size for out, _, step in choice for size in (out.stop - out.start, step)])
        inside = split.transpose([*range(1, split.ndim, 2), *range(0, split.ndim, 2)])
        outer = [out.stop - out.start for out, _, _ in choice]
        yield inside.reshape([-1, *outer]), tuple(part[0] for part in choice)


def _mean(blocks: np.ndarray) -> np.ndarray:
    count = len(blocks)
    if blocks.dtype.kind == "f":
        total = blocks[0].astype(np.float64)
        with np.errstate(all="ignore"):
            for element in blocks[1:]:
                total = total + element.astype(np.float64)
            return (total / count).astype(blocks.dtype)
    exact = object if blocks.dtype.itemsize == 8 else np.int64
    total = blocks.astype(exact).sum(axis=0)
    quotient, rest = total // count, total % count
    up = (2 * rest > count) | ((2 * rest == count) & (quotient % 2 == 1))
    return (quotient + up.astype(np.int64)).astype(blocks.dtype)


def _least(blocks: np.ndarray) -> np.ndarray:
    least = blocks.min(axis=0)
    if blocks.dtype.kind == "f":
        negative = (np.signbit(blocks) & (blocks == 0)).any(axis=0)
        least = np.where(least == 0, np.where(negative, -0.0, 0.0), least).astype(blocks.dtype)
    return least


def _greatest(blocks: np.ndarray) -> np.ndarray:
    return -_least(-blocks) if blocks.dtype.kind == "f" else blocks.max(axis=0)


def _median(blocks: np.ndarray) -> np.ndarray:
    middle = np.sort(blocks, axis=0)[(len(blocks) - 1) // 2]
    if blocks.dtype.kind != "f":
        return middle
    middle = np.where(middle == 0, 0.0, middle)
    return np.where(np.isnan(blocks).any(axis=0), np.nan, middle).astype(blocks.dtype)


def _mode(blocks: np.ndarray) -> np.ndarray:
    ordered = np.sort(blocks, axis=0)  # not-a-number comes last
    if blocks.dtype.kind == "f":
        ordered = np.where(ordered == 0, 0.0, ordered).astype(blocks.dtype)
    best, most = ordered[0].copy(), np.zeros(blocks.shape[1:], int)
    for element in ordered:
        same = (ordered == element) | ((ordered != ordered) & (element != element))
        count = same.sum(axis=0)
        best, most = np.where(count > most, element, best), np.maximum(count, most)
    return best


_METHODS = {"mean": _mean, "decimate": lambda blocks: blocks[0], "min": _least, "max": _greatest, "median": _median,
            "mode": _mode}


def levels_of(asked: str | int, planned: list[int], shape: list[int], steps: list[int], growing: int | None) -> list[list[int]]:
    """The factors of each level after the first, from the level before. An axis of one element stays as it is.

    There are as many as asked, or as shrink something of the planned shape, of which an axis that grows is no reason for a
    level. An early end leaves their number as it is, and shrinks only what is there.
    """
    levels: list[list[int]] = []
    planned, shape = list(planned), list(shape)
    while len(levels) + 1 < (32 if asked == "auto" else asked) and (asked != "auto" or max(planned[-2:]) > 256):
        if not any(length > 1 and step > 1 for axis, (length, step) in enumerate(zip(planned, steps)) if axis != growing):
            break
        levels.append([1 if length <= 1 else step for length, step in zip(shape, steps)])
        planned, shape = (_shrunk_lengths(lengths, steps) for lengths in (planned, shape))
    return levels


def _shrunk_lengths(lengths: list[int], steps: list[int]) -> list[int]:
    return [-(-length // step) for length, step in zip(lengths, steps)]
