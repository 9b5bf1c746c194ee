"""The sink, which pymmcore-plus calls on the thread of the acquisition."""

from __future__ import annotations

import importlib
import os
from typing import Callable, List, Mapping, Optional, Sequence, Tuple, Union, cast

from ..ome_writers import StreamView
from ._recorder import Recorder


class OmeZarrSink:
    """Writes a run of pymmcore-plus on the thread of the acquisition, so that an error ends the run at once and is raised.

    pymmcore-plus has no public way to hand in a sink; :func:`sink_runner` has one.

    Parameters
    ----------
    path, settings, overwrite, dimension_overrides, on_shape_change
        As of :class:`OmeZarrHandler`.
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        *,
        settings: Optional[Mapping[str, object]] = None,
        overwrite: bool = False,
        dimension_overrides: Optional[Mapping[str, Mapping[str, object]]] = None,
        on_shape_change: str = "new",
    ) -> None:
        self._recorder = Recorder(path, settings, overwrite, dimension_overrides, on_shape_change)
        self._reason: Optional[str] = None

    @property
    def paths(self) -> List[str]:
        """The datasets of the run."""
        return self._recorder.paths

    def setup(self, sequence: object, meta: Optional[Mapping[str, object]]) -> None:
        """Makes the dataset."""
        self._reason = None
        self._recorder.begin(sequence, meta)

    def append(self, img: object, event: object, meta: Optional[Mapping[str, object]]) -> None:
        """Stores a frame where the index of its event says."""
        try:
            self._recorder.append(img, event, meta)
        except Exception as error:
            self._reason = f"{type(error).__name__}: {error}"
            raise

    def skip(self, *, frames: int = 1) -> None:
        """Frames that will not come."""
        self._recorder.skip(frames)

    def close(self) -> None:
        """Stores everything and completes the metadata."""
        self._recorder.end(self._reason)

    def get_view(self) -> Optional[StreamView]:
        """The frames so far as one array, from any thread; None before the run."""
        return self._recorder.view()


def sink_runner() -> Callable[[], object]:
    """A class for ``core.mda``: a runner of pymmcore-plus that takes an :class:`OmeZarrSink` as ``output``.

    Raises
    ------
    ImportError
        pymmcore-plus is not installed.
    RuntimeError
        Its runner handles outputs in another way than this package knows; use :class:`OmeZarrHandler`.
    """
    base: type = getattr(importlib.import_module("pymmcore_plus.mda"), "MDARunner")
    if not callable(getattr(base, "_coerce_outputs", None)):
        raise RuntimeError("this version of pymmcore-plus handles outputs in another way: use OmeZarrHandler")

    def coerce(output: object, overwrite: bool = False, dimension_overrides: object = None) -> Tuple[List[object], object]:
        is_list = isinstance(output, Sequence) and not isinstance(output, (str, bytes))
        outputs: List[object] = list(cast("Sequence[object]", output)) if is_list else [output]
        sinks = [one for one in outputs if isinstance(one, OmeZarrSink)]
        others = [one for one in outputs if not isinstance(one, OmeZarrSink) and one is not None]
        convert: Callable[..., Tuple[List[object], object]] = getattr(base, "_coerce_outputs")
        handlers, sink = convert(others, overwrite=overwrite, dimension_overrides=dimension_overrides)
        if len(sinks) + (sink is not None) > 1:
            raise NotImplementedError("only one sink is possible; give the others as OmeZarrHandler")
        return handlers, sinks[0] if sinks else sink

    made = type("OmeZarrRunner", (base,), {"_coerce_outputs": staticmethod(coerce)})
    return cast("Callable[[], object]", made)
