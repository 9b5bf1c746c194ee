"""Random cases over all settings that change what is written."""

from __future__ import annotations

import random
from typing import Any

from .case import COLOURS, Case, declared_frames, planes_of

_DTYPES = ["uint8", "uint16", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64"]
_PACKED = {**{name: "uint16" for name in ("mono10p", "mono12p", "mono12packed")},
           **{name: "uint16" if name.endswith("16") else "uint8" for name in COLOURS}}
_METHODS = ["mean", "mean", "decimate", "min", "max", "median", "mode"]
_CODECS: list[Any] = [
    None, "none", "blosc-lz4", "blosc-zstd", "zstd", {"name": "none", "checksum": True}, {"name": "gzip", "level": 1},
    {"name": "gzip", "level": 6, "checksum": True}, {"name": "zstd", "level": 1, "checksum": True}, {"name": "zstd", "level": 19},
    {"name": "blosc", "cname": "lz4hc", "clevel": 1, "shuffle": "bit"}, {"name": "blosc", "cname": "zlib", "clevel": 3},
    {"name": "blosc", "cname": "zstd", "clevel": 1, "shuffle": "none", "checksum": True},
    {"name": "blosc", "cname": "lz4", "clevel": 9, "shuffle": "byte", "blocksize": 256},
    {"name": "blosc", "cname": "lz4", "clevel": 1, "effort": "exact"}, {"name": "blosc", "cname": "zstd", "effort": "adaptive"},
]
_NAMES = ["Pos0", "Pos #1", "50% EtOH", "a%2Fb", "a b", "a/b", "well: 1?", "*", "\u00e9", "e\u0301", "Ä", "ä", "__a", "NUL",
          "x.", "..", "µm", "細胞", "OME", "zarr.json", "A", "a", "b" * 90, "c:\\d", "\U0001F52C", "pos_000_000", "con.txt", "t",
          "0", "-", "_"]
_CHANNELS: list[Any] = [
    "DAPI", "GFP", {"name": "Cy5", "color": "#00ff4b"}, {"name": "EGFP", "emission_wavelength_nm": 507},
    {"name": "mCherry", "excitation_wavelength_nm": 587, "emission_wavelength_nm": 610, "fluorophore": "mCherry"},
    {"name": "blue dye", "emission_wavelength_nm": 450}, "brightfield, \u00b5", {"name": "given", "color": "#ff8800"},
]


def generate(seed: int) -> Case:
    return _Generator(seed).case()


class _Generator:
    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, random.Random(seed)

    def one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def any(self, choices: list[Any]) -> Any:
        return self.random.choice(choices)

    def case(self) -> Case:
        settings = self._cameras() if self.one_in(6) else self._camera(positions=True)
        dtypes = [camera["dtype"] for camera in settings.get("arrays") or [settings]]
        if self.one_in(3):
            settings["ome_xml"] = self.any([False] if {"int64", "uint64"} & set(dtypes) else [True, True, False])
        if self.one_in(6):
            settings.setdefault("allow_nonconforming", self.any([True, True, False]))
        if self.one_in(4):
            settings["early_end"] = self.any(["cut", "keep"])
        if self.one_in(3):
            settings["durability"] = {"fsync": "never", "flush_interval_ms": self.any([10, 50, 1000])}
        if self.one_in(3):
            settings["pipeline"] = {"workers": self.any([1, 2, 3])}
        settings.setdefault("durability", {"fsync": "never"})
        script = self._script(settings)
        if self.one_in(3):
            settings["ome_zarr_version"] = self.any(["0.6", "0.6", "0.6", "0.5"])
        return Case(self.seed, settings, script)

    def _script(self, settings: dict[str, Any]) -> dict[str, Any]:
        declared = [declared_frames({**settings, **camera}) for camera in settings.get("arrays") or [{}]]
        script = {"pixels": self.any(["noise", "noise", "flat", "sparse", "gradient", "odd floats"]),
                  "metadata": self.any(["none", "none", "numbers", "all", "some"]),
                  "order": self.any(["in turn", "in turn", "shuffled", "gaps"]),
                  "skips": self.any([0.0, 0.0, 0.3]), "flushes": self.any([0.0, 0.0, 0.2])}
        if None in declared:
            script["frames"] = self.random.randrange(0 if self.one_in(5) else 1, 20)
        elif self.one_in(4):
            script["frames"] = self.random.randrange(0 if self.one_in(5) else 1, max(declared) + 1)
        return script

    def _cameras(self) -> dict[str, Any]:
        keys = self.random.sample(["left", "right", "cam 1", "Kamera ü", "a%20b", "overview"], self.random.randrange(1, 4))
        settings: dict[str, Any] = {"arrays": [{"key": key, **self._camera(positions=self.one_in(3))} for key in keys]}
        if self.one_in(2):
            settings["compression"] = self.any(_CODECS)
        for array in settings["arrays"]:
            array.pop("plate", None)
        return settings

    def _camera(self, positions: bool) -> dict[str, Any]:
        camera: dict[str, Any] = {"dtype": self.any(_DTYPES)}
        outer = self._outer(positions)
        if self.one_in(4):
            self._pack(camera, outer)
        elif self.one_in(8) and camera["dtype"] in ("uint16", "int16", "uint8"):
            camera["frame"] = {"significant_bits": self.random.randrange(2, 9 if camera["dtype"] == "uint8" else 17)}
        if camera.get("frame") and self.one_in(4):
            camera["frame"]["row_stride"] = 0
        frame = [self._length(self._side("y")), self._length(self._side("x"))]
        if self.one_in(20):
            frame[0]["name"], frame[1]["name"] = "row", "column"
            for side in frame:
                side["type"] = "space"
        camera["dimensions"] = outer + frame
        packed = (camera.get("frame") or {}).get("pixel_format", "").startswith("mono")
        if packed:  # one packed pixel is as long as an unpacked one, and refused
            frame[1]["count"] = max(2, frame[1]["count"])
        if self.one_in(6):
            frame_settings = camera.setdefault("frame", {})
            frame_settings["row_stride"] = frame[1]["count"] * 8 + self.random.randrange(0, 9) * 8
        if not self.one_in(4):
            camera["compression"] = self.any(_CODECS)
        if self.one_in(4):
            camera["layout"] = "auto"
        else:
            self._cut(camera["dimensions"])
        if self.one_in(4):
            camera["checksum"] = True
        if not self.one_in(3):
            self._pyramid(camera)
        if self.one_in(6):
            camera["omero"] = self.any([True, False])
        if self.one_in(6):
            camera["storage_order"] = self._order([one["name"] for one in camera["dimensions"]])
        self._plate(camera)
        return camera

    def _order(self, names: list[str]) -> Any:
        return self.any(["ome", "acquisition", [*self.random.sample(names[:-2], len(names) - 2), *names[-2:]]])

    def _outer(self, positions: bool) -> list[dict[str, Any]]:
        """The dimensions around the frame, slowest first."""
        kinds = [self._time, self._channels, self._stack]
        wanted = self.random.sample(kinds, self.random.randrange(0, 4))
        if self.one_in(5):
            wanted.append(self._custom)
        if self.one_in(12):
            wanted.append(lambda: {"name": "phase", "coords": [0, "pi", 2.5]})
        if self.one_in(12):
            wanted.append(lambda: {"name": "delay", "type": "time", "count": 2})
        if self.one_in(15):
            wanted.append(lambda: {"name": "dye", "type": "channel", "coords": ["d", "e"]})
        if positions and self.one_in(3):
            wanted.append(self._positions)
        outer = [make() for make in self.random.sample(wanted, len(wanted))]
        if outer and outer[0].get("type") != "position" and "coords" not in outer[0] and self.one_in(3):
            outer[0]["count"] = None
        return outer

    def _count(self) -> int:
        return self.any([1, 2, 2, 3, 4, 5])

    def _time(self) -> dict[str, Any]:
        dimension: dict[str, Any] = {"name": self.any(["t", "t", "t", "time", "Zeit"]), "count": self._count()}
        if dimension["name"] == "Zeit":
            dimension["type"] = "time"
        if self.one_in(2):
            dimension["unit"] = self.any(["s", "ms", "minute", "sec", "µs"])
        return self._scaled(dimension, [0.5, 30, 1.25e-3, 0])

    def _stack(self) -> dict[str, Any]:
        stack = self._length({"name": self.any(["z", "z", "z", "depth"]), "count": self._count(), "type": "space"})
        return {**stack, "scale": -2.5} if self.one_in(12) else stack  # taken downwards

    def _channels(self) -> dict[str, Any]:
        dimension: dict[str, Any] = {"name": self.any(["c", "c", "c", "channel"])}
        if self.one_in(3):
            return {**dimension, "count": self._count()}
        return {**dimension, "type": "channel", "coords": self.random.sample(_CHANNELS, self.random.randrange(1, 5))}

    def _custom(self) -> dict[str, Any]:
        dimension = {"name": self.any(["angle", "phase angle", "λ", "illumination"]), "count": self._count()}
        return {**dimension, "type": "other"} if self.one_in(2) else dimension

    def _positions(self) -> dict[str, Any]:
        names = self.random.sample(_NAMES, self.random.randrange(1, 6))
        coords: list[Any] = []
        for name in names:
            position: dict[str, Any] = {"name": name}
            for key in ("x_coord", "y_coord", "z_coord"):
                if self.one_in(2):
                    position[key] = self.random.randrange(-4000, 4000) / 8
            coords.append(position if len(position) > 1 or self.one_in(2) else name)
        return {"name": "p", "type": "position", **({"count": self._count()} if self.one_in(5) else {"coords": coords})}

    def _side(self, name: str) -> dict[str, Any]:
        return {"name": name, "count": self.any([257, 300] if self.one_in(12) else [1, 2, 3, 7, 16, 17, 31, 32, 40, 64])}

    def _length(self, dimension: dict[str, Any]) -> dict[str, Any]:
        if self.one_in(2):
            dimension["unit"] = self.any(["um", "micrometer", "nm", "mm", "µm", "Å"])
        dimension = self._scaled(dimension, [0.108, 0.5, 2, 1e-4])
        if self.one_in(6):
            dimension["translation"] = self.random.randrange(-800, 800) / 16
        return dimension

    def _scaled(self, dimension: dict[str, Any], scales: list[float]) -> dict[str, Any]:
        if self.one_in(2):
            dimension["scale"] = self.any(scales)
        return dimension

    def _cut(self, dimensions: list[dict[str, Any]]) -> None:
        sharded = self.one_in(2)
        for dimension in dimensions:
            if dimension.get("type") == "position":
                continue
            if self.one_in(2):
                dimension["chunk_size"] = self.random.randrange(1, (dimension.get("count") or 4) + 2)
            if sharded and self.one_in(2):
                dimension["shard_size_chunks"] = self.random.randrange(1, 5)

    def _pack(self, camera: dict[str, Any], outer: list[dict[str, Any]]) -> None:
        name = self.any(list(_PACKED))
        camera["dtype"], camera["frame"] = _PACKED[name], {"pixel_format": name}
        if name in COLOURS:
            if "a" in COLOURS[name] and self.one_in(2):
                camera["frame"]["alpha"] = self.any(["keep", "drop"])
            planes = planes_of(camera)
            outer[:] = [one for one in outer if one.get("type") != "channel" and one["name"] not in ("c", "channel")]
            outer.append({"name": "c", "type": "channel", **({"count": planes} if self.one_in(2) else
                          {"coords": ["Red", "Green", "Blue", "Alpha"][:planes]})})

    def _pyramid(self, camera: dict[str, Any]) -> None:
        pyramid: dict[str, Any] = {}
        if not self.one_in(3):
            pyramid["method"] = self.any(_METHODS)
        factors = {one["name"]: self.any([1, 2, 3, 4]) for one in camera["dimensions"][-2:] if self.one_in(4)}
        stack = next((one for one in camera["dimensions"][:-2] if one.get("type") == "space"), None)
        if stack and self.one_in(3):
            factors[stack["name"]] = self.any([2, 2, 3, 4])
        if factors:
            pyramid["factors"] = factors
        if not self.one_in(3):
            pyramid["levels"] = self.random.randrange(1, self._most_levels(camera["dimensions"], factors) + 1)
        camera["pyramid"] = pyramid

    @staticmethod
    def _most_levels(dimensions: list[dict[str, Any]], factors: dict[str, int]) -> int:
        """As many levels as there is something to shrink; an unbounded axis alone gives no reason for one."""
        frame = len(dimensions) - 2
        sides = [(one["count"], factors.get(one["name"], 2 if place >= frame else 1))
                 for place, one in enumerate(dimensions) if one.get("count") and (place >= frame or one["name"] in factors)]
        levels = 1
        while any(count > 1 and factor > 1 for count, factor in sides) and levels < 6:
            sides = [(-(-count // factor), factor) for count, factor in sides]
            levels += 1
        return levels

    def _plate(self, camera: dict[str, Any]) -> None:
        positions = next((one for one in camera["dimensions"] if one.get("type") == "position" and "coords" in one), None)
        if positions is None or not self.one_in(2):
            return
        rows = self.any([["A", "B"], ["A", "B", "C", "AA"], ["1", "2"]])
        columns = self.any([["1", "2", "3"], ["01", "02"], ["x"]])
        runs = [{"id": 3, "name": "before"}, {"id": 1}] if self.one_in(3) else None
        for place, coord in enumerate(positions["coords"]):
            coord = coord if isinstance(coord, dict) else {"name": coord}
            coord["plate_row"], coord["plate_column"] = self.any(rows), self.any(columns)
            if runs:
                coord["plate_acquisition"] = self.any(runs)["id"]
            positions["coords"][place] = coord
        camera["plate"] = {"row_names": rows, "column_names": columns, **({"acquisitions": runs} if runs else {})}
        if self.one_in(4):
            # Names may have marks, which 0.5 does not allow in a well.
            camera["plate"]["field_paths"], camera["allow_nonconforming"] = "names", True
