"""This package as a back end of ome-writers itself, where that is installed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Dict, List, Mapping, Sequence, Tuple, Union, cast

from ._settings import AcquisitionSettings
from ._stream import OMEStream, native_document
from .._types import Pixels
from ._view import Source

if TYPE_CHECKING:
    import numpy

    from .._types import Frame

#: Among the back ends of ome-writers.
NAME = "omezarr-native"


class OmeZarrNativeBackend:
    """What ome-writers asks of a back end. It hands frames in by the order of acquisition."""

    #: Whether documents are those of ome-writers; else this package's own.
    is_compatible: bool = False

    def __init__(self) -> None:
        self._stream: Union[OMEStream, None] = None

    def is_incompatible(self, settings: object) -> Union[bool, str]:
        """False, or why the settings are not for this back end."""
        try:
            self._settings_of(settings)
        except (ValueError, NotImplementedError) as error:
            return str(error)
        return False

    def prepare(self, settings: object, router: object) -> None:
        """Makes the dataset."""
        own = self._settings_of(settings)
        self._stream = OMEStream(own, native_document(own, self.is_compatible, {}), self.is_compatible)

    def write(
        self,
        position_index: int,
        index: Tuple[int, ...],
        frame: Frame,
        *,
        frame_metadata: Union[Mapping[str, object], None] = None,
    ) -> None:
        """Writes the next frame."""
        self._open().append(frame, frame_metadata=frame_metadata)

    def advance(self, indices: Sequence[Tuple[int, Tuple[int, ...]]]) -> None:
        """Leaves out the next frames."""
        if indices:
            self._open().skip(frames=len(indices))

    def finalize(self) -> None:
        """Stores everything. A second time it does nothing."""
        if self._stream is not None:
            self._stream.close()

    def get_arrays(self) -> Sequence[LiveArray]:
        """An array for each position, as it is stored."""
        stream = self._open()
        source = Source(stream.native, list(stream.get_metadata()))
        return [LiveArray(source, position) for position in range(len(stream.get_metadata()))]

    def get_metadata(self) -> Dict[str, Dict[str, object]]:
        """The attributes of each image."""
        return self._open().get_metadata()

    def update_metadata(self, metadata: Mapping[str, Mapping[str, object]]) -> None:
        """Replaces them."""
        self._open().update_metadata(metadata)

    def set_global_metadata(self, namespace: str, metadata: Mapping[str, object]) -> None:
        """Stores metadata of the acquisition, also after the end."""
        self._open().set_global_metadata(namespace, metadata)

    def _open(self) -> OMEStream:
        if self._stream is None:
            raise RuntimeError("Backend not prepared. Call prepare() first.")
        return self._stream

    @staticmethod
    def _settings_of(settings: object) -> AcquisitionSettings:
        if isinstance(settings, AcquisitionSettings):
            return settings
        dump = getattr(settings, "model_dump")
        document = cast("Dict[str, object]", dump(mode="json"))
        given = cast("Dict[str, object]", document.get("format") or {})
        document["format"] = {"suffix": given.get("suffix") or ".ome.zarr", "name": given.get("name", "ome-zarr")}
        return AcquisitionSettings.model_validate(document)


class LiveArray:
    """An image's pixels, as they are stored, with every frame so far."""

    def __init__(self, source: Source, image: int) -> None:
        self._source = source
        self._image = image

    @property
    def shape(self) -> Tuple[int, ...]:
        """Of what is there now."""
        return self._source.level(self._image).shape

    @property
    def dtype(self) -> numpy.dtype[numpy.generic]:
        """Of what is stored."""
        return self._source.level(self._image).dtype

    def __getitem__(self, key: Union[int, slice, Tuple[Union[int, slice], ...]]) -> Pixels:
        return self._source.level(self._image)[key]


def register_backend(*, compat: bool = False) -> None:
    """Makes this package the back end that ome-writers takes first for ``format="ome-zarr"`` and ``"auto"``.

    Then ``ome_writers.create_stream``, and with it ``run_mda(sequence, output="x.ome.zarr")`` of pymmcore-plus, writes through
    this package. ome-writers has no public way for that: where its table of back ends looks different, nothing is changed.

    Parameters
    ----------
    compat
        Whether documents are those of ome-writers; else this package's own.

    Raises
    ------
    ImportError
        ome-writers is not installed.
    RuntimeError
        Its table of back ends is not the one that this package knows.
    """
    module = importlib.import_module("ome_writers._stream")
    table: object = getattr(module, "AVAILABLE_BACKENDS", None)
    names: object = getattr(module, "VALID_BACKEND_NAMES", None)
    metadata: object = getattr(module, "BackendMetadata", None)
    if not isinstance(table, dict) or not isinstance(names, list) or not callable(metadata):
        raise RuntimeError("this version of ome-writers keeps its back ends elsewhere: use omezarr_native.ome_writers itself")
    known = cast("Dict[str, object]", table)
    listed = cast("List[str]", names)
    entry = metadata(
        name=NAME,
        module_path=__name__,
        class_name="CompatibleBackend" if compat else "OmeZarrNativeBackend",
        format="ome-zarr",
        is_available=lambda: True,
    )
    others = {name: one for name, one in known.items() if name != NAME}
    # Others hold the table itself, so it is changed in its place.
    known.clear()
    known[NAME] = entry
    known.update(others)
    if NAME not in listed:
        listed.append(NAME)


class CompatibleBackend(OmeZarrNativeBackend):
    """The same with the documents of ome-writers."""

    is_compatible: bool = True
