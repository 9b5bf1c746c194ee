"""A storage for ExEngine, whose data can be read as soon as they were put.

    from omezarr_native.exengine import OmeZarrStorage

    storage = OmeZarrStorage("cells.ome.zarr", {"time": None, "channel": ["DAPI", "GFP"], "z": 5})
    handler = DataHandler(storage)
"""

from __future__ import annotations

import os
from typing import Dict, Mapping, Optional, Union

from ._axes import Axes, AxesDataset, Coordinates
from ._stream import Stream
from ._types import Frame, Pixels


class OmeZarrStorage:
    """The methods of ExEngine's ``DataStorage``, by coordinates such as ``{"time": 3, "channel": "GFP"}``.

    Parameters
    ----------
    path
        The dataset; it is made when the first frame comes.
    axes
        The lengths of the axes, slowest first: a count, the names of what is there, or None for a first axis without a bound.
        ``time``, ``channel``, ``z`` and ``position`` are what OME-Zarr knows; others are axes of their own.
    settings
        Further members of the settings document, such as ``{"compression": "zstd"}``.
    overwrite
        Whether a dataset that is there is replaced.
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        axes: Axes,
        *,
        settings: Optional[Mapping[str, object]] = None,
        overwrite: bool = False,
    ) -> None:
        self._dataset = AxesDataset(path, axes, settings, overwrite)

    @property
    def stream(self) -> Optional[Stream]:
        """The stream, once the first frame has come."""
        return self._dataset.stream

    def put(self, data_coordinates: Coordinates, data: Frame, metadata: Optional[Mapping[str, object]] = None) -> None:
        """Stores a frame; axes that are not named are at 0. Raises for one that is there, or has no place."""
        self._dataset.put(data_coordinates, data, metadata)

    def __contains__(self, data_coordinates: Coordinates) -> bool:
        return self._dataset.has(data_coordinates)

    def __getitem__(self, data_coordinates: Coordinates) -> Pixels:
        return self.get_data(data_coordinates)

    def get_data(self, data_coordinates: Coordinates) -> Pixels:
        """A frame, as it was put. Raises KeyError for one that was not."""
        return self._dataset.pixels(data_coordinates)

    def get_metadata(self, data_coordinates: Coordinates) -> Dict[str, object]:
        """What came with a frame. Raises KeyError for one that was not put."""
        return self._dataset.metadata(data_coordinates)

    def finish(self) -> None:
        """No more frames come: everything is stored. They can still be read."""
        self._dataset.close()

    def close(self) -> None:
        """The same, for who never finished."""
        self._dataset.close()
