"""The documents that ome-writers writes for the same settings, for ``compat="ome-writers"``."""

from __future__ import annotations

import copy
import shutil
from typing import Dict, List, Mapping, Optional, Sequence, cast

from ._coordinates import Channel
from ._dimension import Dimension
from ._documents import Attributes, Documents
from ._settings import STORED_AS, AcquisitionSettings

#: The version of ome-writers whose documents these are.
VERSION = "0.3.3.dev0"

_INTEGERS = {f"{kind}{bits}": (kind == "int", bits) for kind in ("int", "uint") for bits in (8, 16, 32, 64)}


def native_settings() -> Dict[str, object]:
    """What the library has to be asked for, so that pixels lie where ome-writers puts them."""
    return {"ome_xml": False, "omero": True, "early_end": "keep"}


class CompatDocuments:
    """Rewrites the documents of a dataset that is complete."""

    def __init__(self, settings: AcquisitionSettings, images: Sequence[str], documents: Documents) -> None:
        self._settings = settings
        self._images = images
        self._documents = documents
        #: Of each image what came with its frames, in the order in which they came.
        self.frame_metadata: Dict[str, List[object]] = {path: [] for path in images}
        #: What hosts set for all of the acquisition.
        self.global_metadata: Dict[str, object] = {}
        self._colors: List[Optional[str]] = self._colors_on_disk()

    def image_attributes(self) -> Attributes:
        """Of each image, without what came with frames."""
        ome: Attributes = {"version": "0.5", "multiscales": [self._multiscale()]}
        channels = self._omero_channels()
        if channels:
            ome["omero"] = {"channels": channels}
        return {"ome": ome}

    def write(self, updates: Mapping[str, Mapping[str, object]]) -> None:
        """Once the library is done."""
        for path in self._images:
            attributes: Attributes = copy.deepcopy(dict(updates.get(path, self.image_attributes())))
            if path == ".":
                attributes.update(self.global_metadata)
            if self.frame_metadata[path] or path in updates or (path == "." and self.global_metadata):
                attributes["ome_writers"] = {"frame_metadata": self.frame_metadata[path], "version": VERSION}
            self._documents.set_attributes(path, attributes)
            for array in self._documents.arrays_of(path):
                self._documents.write(array, {**self._documents.read(array), "storage_transformers": []})
        if list(self._images) != ["."]:
            self._write_groups()
        self._remove_what_it_does_not_have()

    def _write_groups(self) -> None:
        if self._settings.plate is None:
            root: Attributes = {"ome": {"version": "0.5", "bioformats2raw.layout": 3}}
            self._documents.set_attributes("OME", {"ome": {"version": "0.5", "series": list(self._images)}})
        else:
            root = {"ome": {"version": "0.5", "plate": self._plate()}}
            for well, fields in self._wells().items():
                self._documents.set_attributes(well, {"ome": {"version": "0.5", "well": {"images": fields}}})
                self._documents.set_attributes(well.split("/")[0], None)
        if self.global_metadata:
            root = {**root, **self.global_metadata, "ome_writers": {"frame_metadata": [], "version": VERSION}}
        self._documents.set_attributes(".", root)

    def _remove_what_it_does_not_have(self) -> None:
        """The arrays of frame metadata, all of which is in the attributes, and of plates and single images the folder OME."""
        folder = self._documents.root / "OME"
        is_collection = self._settings.plate is None and list(self._images) != ["."]
        gone = folder / "frame_metadata" if is_collection else folder
        if gone.is_dir():
            shutil.rmtree(gone)

    def _multiscale(self) -> Attributes:
        dimensions = self._settings.array_storage_dimensions
        scale = [_scale(dimension) for dimension in dimensions]
        transformations: List[Attributes] = [{"type": "scale", "scale": scale}]
        if any(dimension.translation is not None for dimension in dimensions):
            offsets = [dimension.translation or 0.0 for dimension in dimensions]
            transformations.append({"type": "translation", "translation": offsets})
        return {
            "axes": [_axis(dimension) for dimension in dimensions],
            "datasets": [{"path": "0", "coordinateTransformations": transformations}],
        }

    def _omero_channels(self) -> List[Attributes]:
        named = [dimension for dimension in self._settings.array_storage_dimensions if dimension.type == "channel"]
        coords: List[Channel] = list(cast("Sequence[Channel]", named[0].coords or ())) if named else []
        dtype = STORED_AS.get(str(self._settings.dtype), str(self._settings.dtype))
        # ome-writers has no window for floating point, and fails; from 0 to 1 is all that such pixels usually are.
        least, most = 0.0, 1.0
        if dtype in _INTEGERS:
            is_signed, bits = _INTEGERS[dtype]
            least = float(-(2 ** (bits - 1))) if is_signed else 0.0
            most = float(2 ** (bits - is_signed) - 1)
        window = {"min": least, "max": most, "start": least, "end": most}
        colors = self._colors + [None] * len(coords)
        return [
            {"label": channel.name, "color": (color if channel.color is not None else None) or "FFFFFF", "window": window}
            for channel, color in zip(coords, colors)
        ]

    def _colors_on_disk(self) -> List[Optional[str]]:
        """The colours of the channels as the library understood them."""
        omero = cast("Mapping[str, object]", self._documents.attributes(self._images[0]).get("ome", {})).get("omero", {})
        channels = cast("Sequence[Mapping[str, object]]", cast("Mapping[str, object]", omero).get("channels", []))
        return [str(channel["color"]) for channel in channels]

    def _plate(self) -> Attributes:
        plate = self._settings.plate
        rows = list(plate.row_names) if plate is not None else []
        columns = list(plate.column_names) if plate is not None else []
        described: Attributes = {
            "rows": [{"name": name} for name in rows],
            "columns": [{"name": name} for name in columns],
            "wells": [
                {"path": well, "rowIndex": rows.index(well.split("/")[0]), "columnIndex": columns.index(well.split("/")[1])}
                for well in self._wells()
            ],
        }
        if plate is not None and plate.name is not None:
            described["name"] = plate.name
        return described

    def _wells(self) -> Dict[str, List[Attributes]]:
        """The fields of each well, in the order in which wells are first visited."""
        wells: Dict[str, List[Attributes]] = {}
        for path in self._images:
            well, _, field = path.rpartition("/")
            wells.setdefault(well, []).append({"path": field})
        return wells


def _axis(dimension: Dimension) -> Attributes:
    axis: Attributes = {"name": dimension.name, "type": dimension.type}
    if dimension.unit is not None:
        axis["unit"] = dimension.unit
    return axis


def _scale(dimension: Dimension) -> float:
    # A scale of 0, which ome-writers writes, is none.
    return dimension.scale or 1.0
