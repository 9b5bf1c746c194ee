"""A dataset's documents, as they lie on the disk."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any


class Dataset:
    """Groups and arrays by path; `""` is the root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        found = {}
        for file in sorted(self.folder.rglob("zarr.json")):
            path = file.parent.relative_to(self.folder).as_posix()
            found["" if path == "." else path] = json.loads(file.read_text("utf-8"))
        return found

    def of(self, path: str) -> dict[str, Any]:
        return self.documents.get(path, {})

    def attributes(self, path: str) -> dict[str, Any]:
        return self.of(path).get("attributes") or {}

    def ome(self, path: str) -> dict[str, Any]:
        return self.attributes(path).get("ome") or {}

    def own(self, path: str) -> dict[str, Any]:
        return self.attributes(path).get("omezarr_native") or {}

    @property
    def arrays(self) -> list[str]:
        return [path for path, document in self.documents.items() if document.get("node_type") == "array"]

    @property
    def ome_xml(self) -> str | None:
        file = self.folder / "OME" / "METADATA.ome.xml"
        return file.read_text("utf-8") if file.exists() else None
