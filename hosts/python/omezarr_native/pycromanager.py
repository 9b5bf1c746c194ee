"""Saving for pycro-manager: an image processor that takes each image.

    from omezarr_native.pycromanager import OmeZarrSaver

    with OmeZarrSaver("cells.ome.zarr", {"time": 10, "channel": ["DAPI", "GFP"]}) as saver:
        with Acquisition(image_process_fn=saver) as acquisition:
            acquisition.acquire(events)

An acquisition without ``directory`` and ``name`` leaves saving to its image processor.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Mapping, Optional, Tuple, Type, Union, cast

from ._axes import Axes, AxesDataset, Coordinates
from ._stream import Stream
from ._types import Frame

#: Of the tags of an image: milliseconds since the acquisition began, exposure in ms, the stage in µm.
_NUMBERS = (
    ("ElapsedTime-ms", "delta_t", 1000.0),
    ("Exposure", "exposure_time", 1000.0),
    ("XPosition_um_Intended", "position_x", 1.0),
    ("YPosition_um_Intended", "position_y", 1.0),
    ("ZPosition_um_Intended", "position_z", 1.0),
)


class OmeZarrSaver:
    """An ``image_process_fn`` that writes each image where its ``Axes`` say. Close it after the acquisition.

    Parameters
    ----------
    path, axes, settings, overwrite
        As of :class:`omezarr_native.exengine.OmeZarrStorage`.
    hands_on
        Whether images go on to the acquisition's own viewer and storage as well.
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        axes: Axes,
        *,
        settings: Optional[Mapping[str, object]] = None,
        overwrite: bool = False,
        hands_on: bool = False,
    ) -> None:
        self._dataset = AxesDataset(path, axes, settings, overwrite)
        self._hands_on = hands_on

    @property
    def stream(self) -> Optional[Stream]:
        """The stream, once the first image has come."""
        return self._dataset.stream

    def __call__(self, image: Frame, metadata: Mapping[str, object]) -> Optional[Tuple[Frame, Mapping[str, object]]]:
        """Stores an image; what it raises ends the acquisition."""
        axes = metadata.get("Axes")
        if not isinstance(axes, Mapping):
            raise ValueError("the image's metadata have no 'Axes', which say where it belongs")
        self._dataset.put(cast(Coordinates, axes), image, frame_metadata(metadata))
        return (image, metadata) if self._hands_on else None

    def close(self) -> None:
        """Stores everything and completes the metadata. A second time it does nothing."""
        self._dataset.close()

    def __enter__(self) -> OmeZarrSaver:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


def frame_metadata(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """The ``frame_metadata`` of the tags of an image: what this package knows in its units, and all tags as they are."""
    found = dict(metadata)
    for tag, name, divisor in _NUMBERS:
        value = metadata.get(tag)
        try:
            found[name] = float(cast(str, value)) / divisor
        except (TypeError, ValueError):
            continue
    return found
