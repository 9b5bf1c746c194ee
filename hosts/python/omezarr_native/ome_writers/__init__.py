"""The interface of ome-writers, written by this package.

    from omezarr_native.ome_writers import AcquisitionSettings, create_stream, dims_from_standard_axes

    settings = AcquisitionSettings(
        root_path="cells.ome.zarr",
        dimensions=dims_from_standard_axes({"t": 10, "c": 2, "y": 512, "x": 512}),
        dtype="uint16",
    )
    with create_stream(settings) as stream:
        for frame in camera:
            stream.append(frame)

Needs nothing installed; numpy for ``view``. hosts/python/ome-writers.md says what is different, and :func:`register_backend`
makes this package a back end of ome-writers itself.
"""

from ._backend import register_backend
from ._compat import VERSION as __version__
from ._coordinates import Channel, Position
from ._dimension import Dimension, PositionDimension, StandardAxis, dims_from_standard_axes
from ._settings import AcquisitionSettings, OmeTiffFormat, OmeZarrFormat, Plate, ScratchFormat
from ._stream import OMEStream, create_stream
from ._tracker import CoordUpdate
from ._useq import dims_from_useq, useq_to_acquisition_settings
from ._view import StreamView

__all__ = [
    "AcquisitionSettings",
    "Channel",
    "CoordUpdate",
    "Dimension",
    "OMEStream",
    "OmeTiffFormat",
    "OmeZarrFormat",
    "Plate",
    "Position",
    "PositionDimension",
    "ScratchFormat",
    "StandardAxis",
    "StreamView",
    "__version__",
    "create_stream",
    "dims_from_standard_axes",
    "dims_from_useq",
    "register_backend",
    "useq_to_acquisition_settings",
]
