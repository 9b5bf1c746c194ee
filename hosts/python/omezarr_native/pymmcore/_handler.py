"""The handler for ``run_mda(sequence, output=handler)``."""

from __future__ import annotations

import logging
import os
import sys
from typing import Callable, List, Mapping, Optional, Protocol, Union

from .._stream import Stream
from ..ome_writers import StreamView
from ._recorder import Recorder

_logger = logging.getLogger("omezarr_native")


class _Runner(Protocol):
    def cancel(self) -> object: ...


class Core(Protocol):
    """Such as ``CMMCorePlus``: what can stop the run."""

    @property
    def mda(self) -> _Runner: ...


class OmeZarrHandler:
    """Writes a run of pymmcore-plus: ``core.run_mda(sequence, output=OmeZarrHandler("cells.ome.zarr", core=core))``.

    pymmcore-plus stops telling a handler of anything, in silence, once it has raised. So this one raises nothing: the first error
    is kept in :attr:`error`, logged, and ends the run; :meth:`result` raises it.

    Parameters
    ----------
    path
        The dataset. A second kind of frames in one run (another region, binning or type) goes to a dataset with ``_1`` behind its
        name, and so on.
    core
        Whose run is ended after an error; None: that of ``CMMCorePlus.instance()``.
    settings
        Further members of the settings document, such as ``{"layout": "auto", "compression": "blosc-lz4"}``.
    overwrite
        Whether a dataset that is there is replaced.
    dimension_overrides
        Members of dimensions by their names, such as ``{"z": {"chunk_size": 5}}``.
    on_shape_change
        ``"new"``: a dataset for each kind of frames; ``"error"``: the run ends.
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        *,
        core: Optional[Core] = None,
        settings: Optional[Mapping[str, object]] = None,
        overwrite: bool = False,
        dimension_overrides: Optional[Mapping[str, Mapping[str, object]]] = None,
        on_shape_change: str = "new",
    ) -> None:
        self._core = core
        self._recorder = Recorder(path, settings, overwrite, dimension_overrides, on_shape_change)
        self._reason: Optional[str] = None
        #: The first error of the run, or None.
        self.error: Optional[Exception] = None

    @property
    def paths(self) -> List[str]:
        """The datasets of the run."""
        return self._recorder.paths

    @property
    def streams(self) -> List[Stream]:
        """The streams of the run, for statistics."""
        return self._recorder.streams

    def result(self) -> List[str]:
        """The datasets of the run; raises its first error."""
        if self.error is not None:
            raise self.error
        return self.paths

    def get_view(self) -> Optional[StreamView]:
        """The frames so far as one array, from any thread; None before the run."""
        return self._recorder.view()

    # ---- what pymmcore-plus calls, one after the other, on a thread of its own

    def sequenceStarted(self, sequence: object, meta: Optional[Mapping[str, object]] = None) -> None:
        """Makes the dataset."""
        self.error = None
        self._reason = None
        self._guarded(lambda: self._recorder.begin(sequence, meta))

    def frameReady(self, img: object, event: object, meta: Optional[Mapping[str, object]] = None) -> None:
        """Stores a frame."""
        if self.error is None:
            self._guarded(lambda: self._recorder.append(img, event, meta))

    def sequencePauseToggled(self, paused: bool) -> None:
        """Nothing: frames that come are stored."""

    def sequenceCanceled(self, sequence: object) -> None:
        """Says in the metadata that somebody stopped the run."""
        self._reason = self._reason or "the sequence was canceled"

    def sequenceFinished(self, sequence: object) -> None:
        """Stores what has come, and completes the metadata."""
        self._guarded(lambda: self._recorder.end(self._reason))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            _logger.exception("the run cannot be recorded")
            if self.error is not None:
                return
            self.error = error
            self._reason = f"{type(error).__name__}: {error}"
            self._cancel()

    def _cancel(self) -> None:
        """Later frames would be lost, so that none should be taken."""
        try:
            core = self._core or _instance()
            if core is not None:
                core.mda.cancel()
        except Exception:
            _logger.exception("the run could not be ended")


def _instance() -> Optional[Core]:
    """The core of pymmcore-plus, where there is one."""
    module = sys.modules.get("pymmcore_plus")
    kind: object = getattr(module, "CMMCorePlus", None)
    instance: Optional[Callable[[], Core]] = getattr(kind, "instance", None)
    return None if instance is None else instance()
