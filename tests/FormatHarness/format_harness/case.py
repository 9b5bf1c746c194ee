"""A case: settings and a script. Everything else follows from them, so that a case is its own replay."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Iterator

import numpy as np


@dataclass
class Case:
    """One acquisition.

    `settings` is the document without `root_path`. `script` says what the host does: see `DEFAULT_SCRIPT`.
    """

    seed: int
    settings: dict[str, Any]
    script: dict[str, Any] = field(default_factory=dict)

    def cameras(self) -> list[tuple[str, dict[str, Any]]]:
        """Each camera's key and its settings, with what it takes from the top of the document."""
        arrays = self.settings.get("arrays")
        if arrays is None:
            return [("", self.settings)]
        top = {key: value for key, value in self.settings.items() if key != "arrays"}
        return [(array["key"], {**top, **array}) for array in arrays]

    def says(self, key: str) -> Any:
        return self.script.get(key, DEFAULT_SCRIPT[key])

    def to_json(self) -> str:
        return json.dumps({"seed": self.seed, "settings": self.settings, "script": self.script}, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Case":
        return Case(**json.loads(text))


DEFAULT_SCRIPT: dict[str, Any] = {
    "frames": None,        # how many of each camera, None: as many as are declared
    "order": "in turn",    # or "shuffled" within a few, or "gaps": some never come
    "skips": 0.0,          # part of the frames that are skipped
    "metadata": "none",    # or "numbers", "all", "some"
    "pixels": "noise",     # or "flat", "sparse", "gradient", "odd floats"
    "flushes": 0.0,        # part of the frames after which the host flushes
}


@dataclass(frozen=True)
class Event:
    """A call of the host's: a frame of a camera, or so many left out, or a flush."""

    key: str
    number: int
    kind: str  # append, skip, flush
    explicit: bool = False


def random_of(case: Case, *about: Any) -> np.random.Generator:
    """Randomness that depends on nothing but the seed and what it is for."""
    words = [case.seed & 0xFFFFFFFF, *(int.from_bytes(str(one).encode()[:64], "little") & (2**64 - 1) for one in about)]
    return np.random.default_rng(words)


def frame_dimensions(camera: dict[str, Any]) -> list[dict[str, Any]]:
    """The dimensions along which frames follow each other: all but the frame's own, its colours among these."""
    inside = 3 if planes_of(camera) > 1 else 2
    return camera["dimensions"][:-inside]


# The components of a colour pixel in the order in which they come: red, green, blue, alpha, and what is not stored.
COLOURS = {f"{order}{bits}": order for bits in (8, 16) for order in ("rgb", "bgr", "rgba", "bgra")}
COLOURS["bgrx8"] = "bgrx"


def planes_of(camera: dict[str, Any]) -> int:
    """The planes that are stored of a frame."""
    frame = camera.get("frame") or {}
    order = COLOURS.get(frame.get("pixel_format"))
    return 1 if order is None else 4 if "a" in order and frame.get("alpha") != "drop" else 3


def count_of(dimension: dict[str, Any]) -> int | None:
    count = dimension.get("count")
    return len(dimension["coords"]) if count is None and dimension.get("coords") else count


def declared_frames(camera: dict[str, Any]) -> int | None:
    """How many frames the settings declare, None when they are unbounded."""
    counts = [count_of(dimension) for dimension in frame_dimensions(camera)]
    return None if None in counts else int(np.prod(counts, dtype=np.int64)) if counts else 1


def frames_of(case: Case, camera: dict[str, Any]) -> int:
    """How many frame numbers the host goes through, whatever becomes of them."""
    declared, asked = declared_frames(camera), case.says("frames")
    if declared is None:
        return 5 if asked is None else asked
    return declared if asked is None else min(asked, declared)


def events(case: Case) -> Iterator[Event]:
    """The host's calls, the cameras' taking turns."""
    queues = [list(_events_of(case, key, camera)) for key, camera in case.cameras()]
    turns = random_of(case, "turns")
    while any(queues):
        queue = queues[int(turns.integers(len(queues)))]
        if queue:
            yield queue.pop(0)


def _events_of(case: Case, key: str, camera: dict[str, Any]) -> Iterator[Event]:
    chance, order = random_of(case, "events", key), case.says("order")
    numbers = list(range(frames_of(case, camera)))
    if order == "shuffled":
        numbers = [number for start in range(0, len(numbers), 3)
                   for number in chance.permutation(numbers[start:start + 3]).tolist()]
    for number in numbers:
        if order == "gaps" and chance.random() < 0.2:
            continue
        if order == "in turn" and chance.random() < case.says("skips"):
            yield Event(key, number, "skip")
            continue
        yield Event(key, number, "append", explicit=order != "in turn")
        if chance.random() < case.says("flushes"):
            yield Event(key, number, "flush")
