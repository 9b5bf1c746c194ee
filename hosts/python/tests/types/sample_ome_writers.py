"""Hosts of ome-writers' interface and of pymmcore-plus, as their users write them, for type checkers."""

from __future__ import annotations

from typing import Dict, List, Mapping

from omezarr_native import create_stream
from omezarr_native.ome_writers import (
    AcquisitionSettings,
    Channel,
    CoordUpdate,
    Dimension,
    Plate,
    Position,
    StandardAxis,
    create_stream as create_ome_stream,
    dims_from_standard_axes,
    useq_to_acquisition_settings,
)
from omezarr_native.pymmcore import OmeZarrHandler, OmeZarrSink, frame_metadata_from_v1, settings_from_useq


def settings() -> AcquisitionSettings:
    return AcquisitionSettings(
        root_path="cells.ome.zarr",
        dimensions=[
            Dimension(name="p", coords=[Position(name="a", plate_row="A", plate_column="1")]),
            Dimension(name="c", coords=[Channel(name="DAPI"), "GFP"]),
            StandardAxis.Z.to_dimension(count=3, scale=0.5),
            *dims_from_standard_axes({"y": 32, "x": 32}),
        ],
        dtype="uint16",
        plate=Plate.from_standard_wells(96),
    )


def acquire() -> int:
    reached: List[int] = []

    def told(update: CoordUpdate) -> None:
        reached.append(update.frame_number)

    with create_ome_stream(settings(), compat="ome-writers", native={"pyramid": {}}) as stream:
        stream.on("coords_changed", told)
        view = stream.view()
        stream.append(bytes(2048), frame_metadata={"delta_t": 0.5})
        stream.skip(frames=2)
        length: int = view.shape[0]
        largest = float(view[0, 0].mean())
        metadata: Dict[str, Dict[str, object]] = stream.get_metadata()
        stream.update_metadata(metadata)
    return len(reached) + length + int(largest)


def convert(sequence: Mapping[str, object], summary: Mapping[str, object]) -> List[str]:
    found = settings_from_useq(sequence, summary, {"z": {"chunk_size": 5}})
    with create_stream({**found, "root_path": "cells"}) as stream:
        stream.append(bytes(2048), index=found.index_of({"t": 1}), frame_metadata=frame_metadata_from_v1({"exposure_ms": 5}))
    useq_to_acquisition_settings(sequence, 32, 32, pixel_size_um=0.5)
    handler = OmeZarrHandler("cells.ome.zarr", settings={"layout": "auto"})
    sink = OmeZarrSink("cells.ome.zarr")
    sink.setup(sequence, summary)
    sink.append(bytes(2), {"index": {}}, None)
    sink.close()
    paths: List[str] = handler.result()
    return paths


def wrong() -> None:
    """Each of these is told by a type checker."""
    Dimension(count="many")  # type: ignore[arg-type, call-arg]
    create_ome_stream({"root_path": "cells"})  # type: ignore[arg-type]
    Channel(name=3)  # type: ignore[arg-type]
    OmeZarrHandler("cells", core=3)  # type: ignore[arg-type]
    settings_from_useq({}, 3)  # type: ignore[arg-type]
