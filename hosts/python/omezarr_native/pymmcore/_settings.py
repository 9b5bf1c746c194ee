"""Settings for any sequence of useq, and where each of its frames goes."""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional, Tuple

from .._useq import SequenceLayout, UseqSequence
from .._useq._values import elements, members, number_or_none, text, whole

#: Values of a colour camera's pixel.
_COLOURS = 3


class SequenceSettings(Dict[str, object]):
    """A settings document without ``root_path``, and the way from an event's index to its frame.

    ::

        settings = settings_from_useq(sequence, summary_meta)
        with create_stream({**settings, "root_path": "cells.ome.zarr"}) as stream:
            stream.append(frame, index=settings.index_of(event.index))
    """

    def __init__(self, document: Mapping[str, object], layout: Optional[SequenceLayout], dimensions: List[str]) -> None:
        super().__init__(document)
        self._layout = layout
        #: The dimensions over which frames are counted.
        self._counted = dimensions

    @property
    def is_counted(self) -> bool:
        """Whether nothing is known of the sequence, so that frames can only be counted."""
        return self._layout is None

    def index_of(self, index: Mapping[str, int]) -> Optional[Dict[str, int]]:
        """For ``append(index=...)``: where the frame of an event goes; None is the next place.

        Parameters
        ----------
        index
            ``event.index``: along ``t``, ``p``, ``g``, ``c``, ``z``, and ``cam`` of several cameras.

        Raises
        ------
        IndexError
            The sequence has no such event.
        """
        if self._layout is None:
            return {"t": index["t"]} if list(index) == ["t"] else None
        found = self._layout.index_of(index)
        return {axis: at for axis, at in found.items() if axis in self._counted}


def settings_from_useq(
    sequence: object,
    summary_meta: Optional[Mapping[str, object]] = None,
    dimension_overrides: Optional[Mapping[str, Mapping[str, object]]] = None,
    *,
    shape: Optional[Tuple[int, ...]] = None,
    dtype: Optional[str] = None,
    pixel_size_um: Optional[float] = None,
) -> SequenceSettings:
    """The settings of a sequence: every sequence, ragged and unbounded ones too.

    Dimensions are as long as the longest that any position has; what is not acquired there stays 0. Frames are found by the
    index of their event, so that failed, skipped and reordered ones change nothing for the others.

    Parameters
    ----------
    sequence
        A ``useq.MDASequence``, the same as a dict or JSON text; or None, or an iterator of events, of which nothing is known
        beforehand: time without a bound.
    summary_meta
        ``SummaryMetaV1``: what the cameras give.
    dimension_overrides
        Members of dimensions by their names, such as ``{"z": {"chunk_size": 5}}``.
    shape, dtype, pixel_size_um
        Of frames, instead of what ``summary_meta`` says: ``(height, width)``, of colour cameras ``(height, width, 3)``.

    Raises
    ------
    ValueError
        Neither ``summary_meta`` nor ``shape`` and ``dtype`` say what frames look like.
    """
    infos = [members(info) for info in elements((summary_meta or {}).get("image_infos"))]
    info = infos[0] if infos else {}
    frame_shape = tuple(shape or [whole(size) for size in elements(info.get("plane_shape"))])
    frame_dtype = dtype or text(info.get("dtype"))
    if len(frame_shape) < 2 or not frame_dtype:
        raise ValueError("what frames look like is not known: give summary_meta, or shape and dtype")
    layout = None if _is_unknown(sequence) else SequenceLayout(UseqSequence.of(sequence))
    dimensions: List[Dict[str, object]] = [{"name": "t", "type": "time", "count": None}]
    if layout is not None:
        dimensions = layout.dimensions()
    is_colour = len(frame_shape) > 2
    _add_cameras(dimensions, infos, is_colour)
    counted = [str(dimension["name"]) for dimension in dimensions]
    if is_colour:
        _add_colours(dimensions, counted)
    size = number_or_none(info.get("pixel_size_um")) if pixel_size_um is None else pixel_size_um
    for name, count in zip("yx", frame_shape):
        scale = size if size is not None and size > 0 else None
        dimensions.append({"name": name, "type": "space", "count": count, "unit": "micrometer", "scale": scale})
    for dimension in dimensions:
        dimension.update((dimension_overrides or {}).get(str(dimension["name"]), {}))
    document: Dict[str, object] = {"dimensions": dimensions, "dtype": frame_dtype}
    if is_colour:
        document["frame"] = {"pixel_format": "rgb16" if frame_dtype == "uint16" else "rgb8"}
    if layout is not None and layout.plate is not None:
        document["plate"] = layout.plate
    return SequenceSettings(document, layout, counted)


def _is_unknown(sequence: object) -> bool:
    """Whether there is no plan: events come from an iterator, for which pymmcore-plus has a placeholder."""
    names = [kind.__name__ for kind in type(sequence).__mro__]
    return sequence is None or "GeneratorMDASequence" in names or hasattr(sequence, "__next__")


def _add_cameras(dimensions: List[Dict[str, object]], infos: List[Dict[str, object]], is_colour: bool) -> None:
    """Several cameras of one device: as channels, or as images of their own where there are channels already."""
    count = whole(infos[0].get("num_camera_adapter_channels"), 1) if infos else 1
    if count < 2:
        return
    labels = [text(info.get("camera_label")) for info in infos[1:]]
    is_taken = is_colour or any(dimension["name"] == "c" for dimension in dimensions)
    dimensions.append(
        {
            "name": "cam",
            "type": "other" if is_taken else "channel",
            "count": count,
            "coords": labels if len(labels) == count and len(set(labels)) == count else None,
        }
    )


def _add_colours(dimensions: List[Dict[str, object]], counted: List[str]) -> None:
    """Red, green and blue are the channels of an image; optical channels then have an image each."""
    for dimension in dimensions:
        if dimension["name"] == "c":
            dimension["type"] = "other"
    name = "rgb" if "c" in counted else "c"
    dimensions.append({"name": name, "type": "channel", "count": _COLOURS})
