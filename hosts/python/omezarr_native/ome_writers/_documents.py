"""The metadata documents of a dataset on the disk, read and replaced one by one."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from pathlib import Path
from typing import Dict, List, Mapping, Optional, cast

#: Attributes of a group.
Attributes = Dict[str, object]

#: Of the library itself, which reads them again: they stay whatever a host puts beside them.
KEPT = ("omezarr_native", "ome_writers")


class Documents:
    """The ``zarr.json`` of a dataset."""

    def __init__(self, root: str, is_durable: bool = True) -> None:
        self.root: Path = Path(root)
        self._is_durable = is_durable

    def read(self, group: str) -> Dict[str, object]:
        """The document of a group; ``"."`` is the root."""
        return cast("Dict[str, object]", json.loads(self._file(group).read_text("utf-8")))

    def attributes(self, group: str) -> Attributes:
        """The attributes of a group; a copy."""
        return cast(Attributes, self.read(group).get("attributes") or {})

    def write(self, group: str, document: Mapping[str, object]) -> None:
        """Replaces a document. Readers see the old one or the new one."""
        # Nothing that JSON does not have gets to the disk.
        text = json.dumps(document, allow_nan=False, ensure_ascii=False)
        file = self._file(group)
        handle, name = tempfile.mkstemp(dir=str(file.parent), prefix=".zarr.json.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                if self._is_durable:
                    os.fsync(stream.fileno())
            os.chmod(name, file.stat().st_mode & 0o777 if file.exists() else 0o644)
            os.replace(name, str(file))
        except BaseException:
            os.unlink(name)
            raise

    def set_attributes(self, group: str, attributes: Optional[Mapping[str, object]]) -> None:
        """Replaces the attributes of a group; None leaves it without any."""
        document = self.read(group)
        document.pop("attributes", None)
        if attributes is not None:
            document["attributes"] = copy.deepcopy(dict(attributes))
        self.write(group, document)

    def replace_attributes(self, group: str, attributes: Mapping[str, object]) -> None:
        """The same, but what the library keeps there stays."""
        kept = {name: value for name, value in self.attributes(group).items() if name in KEPT and name not in attributes}
        self.set_attributes(group, {**attributes, **kept})

    def arrays_of(self, group: str) -> List[str]:
        """The arrays directly below a group."""
        folder = self.root / group
        return [str(Path(group) / one.name) for one in sorted(folder.iterdir()) if one.is_dir() and self._is_array(one)]

    @staticmethod
    def _is_array(folder: Path) -> bool:
        file = folder / "zarr.json"
        return file.is_file() and json.loads(file.read_text("utf-8")).get("node_type") == "array"

    def _file(self, group: str) -> Path:
        return self.root / group / "zarr.json"
