"""Sequences of useq as settings, the same as ome-writers makes of them."""

from __future__ import annotations

import warnings
from typing import Dict, List, Mapping, Optional, Tuple, Union, cast

from .._useq import Place, SequenceLayout, UseqSequence
from ._coordinates import Channel, Position
from ._dimension import Dimension, StandardAxis
from ._settings import Plate

#: Scale and unit.
UnitTuple = Tuple[float, str]

_WAY_OUT = "omezarr_native.pymmcore.settings_from_useq takes every sequence"


def useq_to_acquisition_settings(
    seq: object,
    image_width: int,
    image_height: int,
    *,
    units: Optional[Mapping[str, Optional[UnitTuple]]] = None,
    pixel_size_um: Optional[float] = None,
    chunk_shapes: Optional[Mapping[str, int]] = None,
    shard_shapes: Optional[Mapping[str, int]] = None,
) -> Dict[str, Union[List[Dimension], Optional[Plate]]]:
    """``dimensions`` and ``plate`` for :class:`AcquisitionSettings` of a ``useq.MDASequence``, also as a dict or a JSON text.

    Parameters
    ----------
    seq
        The sequence.
    image_width, image_height
        Pixels of a frame.
    units
        Of a dimension by its name: scale and unit, instead of those of the plan.
    pixel_size_um
        Micrometres from pixel to pixel.
    chunk_shapes, shard_shapes
        Elements of a chunk, chunks of a shard, by the names of the dimensions.

    Raises
    ------
    NotImplementedError
        The frames do not fill the dimensions, so that a stream that counts them would put them in wrong places.
    """
    sequence = UseqSequence.of(seq)
    _check(sequence)
    layout = SequenceLayout(sequence)
    sizes: Dict[str, Dict[str, object]] = {}
    for name in [str(dimension["name"]) for dimension in layout.dimensions()]:
        unit = (units or {}).get(name)
        sizes[name] = {
            "chunk_size": (chunk_shapes or {}).get(name),
            "shard_size_chunks": (shard_shapes or {}).get(name),
            **({} if unit is None else {"scale": unit[0], "unit": unit[1]}),
        }
    dimensions = [_dimension(sequence, layout, made, sizes[str(made["name"])]) for made in layout.dimensions()]
    if pixel_size_um is not None and pixel_size_um <= 0:
        warnings.warn(f"Invalid pixel_size_um={pixel_size_um}. Must be positive. Ignoring pixel size.", UserWarning, stacklevel=2)
        pixel_size_um = None
    for axis, count in ((StandardAxis.Y, image_height), (StandardAxis.X, image_width)):
        dimensions.append(
            axis.to_dimension(
                count=count,
                scale=pixel_size_um,
                chunk_size=(chunk_shapes or {}).get(axis.value),
                shard_size_chunks=(shard_shapes or {}).get(axis.value),
            )
        )
    plate = layout.plate
    return {"dimensions": dimensions, "plate": None if plate is None else Plate.model_validate(plate)}


def dims_from_useq(
    seq: object,
    image_width: int,
    image_height: int,
    *,
    units: Optional[Mapping[str, Optional[UnitTuple]]] = None,
    pixel_size_um: Optional[float] = None,
    chunk_shapes: Optional[Mapping[str, int]] = None,
    shard_shapes: Optional[Mapping[str, int]] = None,
) -> List[Dimension]:
    """Deprecated: the dimensions of :func:`useq_to_acquisition_settings`."""
    warnings.warn(
        "`dims_from_useq` is deprecated and will be removed in a future version. Use `useq_to_acquisition_settings` instead: "
        "dimensions can be obtained from the returned dictionary.",
        DeprecationWarning,
        stacklevel=2,
    )
    settings = useq_to_acquisition_settings(
        seq,
        image_width,
        image_height,
        units=units,
        pixel_size_um=pixel_size_um,
        chunk_shapes=chunk_shapes,
        shard_shapes=shard_shapes,
    )
    return cast("List[Dimension]", settings["dimensions"])


def _dimension(
    sequence: UseqSequence, layout: SequenceLayout, made: Mapping[str, object], sizes: Mapping[str, object]
) -> Dimension:
    name = str(made["name"])
    if name == "p":
        return StandardAxis.POSITION.to_dimension(coords=[_position(sequence, place) for place in layout.places])
    members: Dict[str, object] = {"scale": 1.0, "unit": StandardAxis(name).unit(), **sizes}
    if "scale" not in sizes:
        if name == "t" and sequence.time is not None and sequence.time.interval:
            members["scale"] = sequence.time.interval
        elif name == "z" and sequence.z is not None and sequence.z.step:
            members["scale"] = sequence.z.step
    return Dimension.model_validate(
        {
            "name": name,
            "type": StandardAxis(name).dimension_type(),
            "count": made["count"],
            "coords": [Channel(name=channel.config) for channel in sequence.channels] if name == "c" else None,
            **members,
        }
    )


def _position(sequence: UseqSequence, place: Place) -> Position:
    z = None if sequence.wells is not None else place.z
    if place.position is None and z is None and place.grid_row is not None and _is_relative(sequence):
        z = 0.0  # a grid around wherever the stage is
    return Position(
        name=place.name,
        plate_row=place.plate_row,
        plate_column=place.plate_column,
        grid_row=place.grid_row,
        grid_column=place.grid_column,
        x_coord=place.x,
        y_coord=place.y,
        z_coord=z,
    )


def _is_relative(sequence: UseqSequence) -> bool:
    return sequence.grid is not None and "top" not in sequence.grid and "vertices" not in sequence.grid


def _check(sequence: UseqSequence) -> None:
    """Raises for sequences whose frames cannot be counted."""
    order = sequence.axis_order
    if "p" in order and "g" in order and abs(order.index("p") - order.index("g")) != 1:
        raise NotImplementedError(
            f"Cannot handle axis_order={order} with non-adjacent position and grid axes: they become one dimension. {_WAY_OUT}."
        )
    for what, is_there in (("do_stack=False", sequence.skips_planes), ("acquire_every > 1", sequence.skips_times)):
        if is_there:
            raise NotImplementedError(
                f"Sequences with Channel.{what} values are not supported: their dimensions are ragged. {_WAY_OUT}."
            )
    if sequence.wells is not None and sequence.grid is not None:
        raise NotImplementedError(f"WellPlatePlan with grid_plan is not supported. Use well_points_plan instead. {_WAY_OUT}.")
    for stage in sequence.stages:
        inner = stage.sequence
        if inner is not None and (inner.time is not None or inner.channels or inner.z is not None):
            raise NotImplementedError(
                "Ragged dimensions detected: different positions have different dimensionality. Position subsequences may only "
                f"contain grid_plan. {_WAY_OUT}."
            )
