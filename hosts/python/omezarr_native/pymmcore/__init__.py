"""Runs of pymmcore-plus as OME-Zarr, every frame where the index of its event says.

    from omezarr_native.pymmcore import OmeZarrHandler

    handler = OmeZarrHandler("cells.ome.zarr", core=core)
    core.run_mda(sequence, output=handler, block=True)
    handler.result()

hosts/python/pymmcore-plus.md is the page for its users. Nothing of pymmcore-plus or useq needs to be installed to read a
sequence that is given as JSON.
"""

from ..ome_writers import register_backend as register_ome_writers_backend
from ._handler import Core, OmeZarrHandler
from ._metadata import frame_metadata_from_v1
from ._settings import SequenceSettings, settings_from_useq
from ._sink import OmeZarrSink, sink_runner

__all__ = [
    "Core",
    "OmeZarrHandler",
    "OmeZarrSink",
    "SequenceSettings",
    "frame_metadata_from_v1",
    "register_ome_writers_backend",
    "settings_from_useq",
    "sink_runner",
]
