"""Writes a case with the published library, through its C interface as the Python host has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .case import Case, events
from .frames import bytes_of, metadata_of

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "hosts" / "python"))
os.environ.setdefault("OMEZARR_NATIVE_LIBRARY", str(REPOSITORY / "artifacts" / "linux-x64" / "libomezarr_native.so"))

import omezarr_native  # noqa: E402


class Refused(Exception):
    """The library does not take the settings."""


def write(case: Case, dataset: Path) -> None:
    """Makes the dataset. Raises `Refused` when the settings are not taken; any other error is a finding."""
    settings = {"root_path": str(dataset), **case.settings}
    try:
        stream = omezarr_native.create_stream(settings)
    except (omezarr_native.SettingsError, omezarr_native.NotSupportedError) as refusal:
        raise Refused(str(refusal)) from refusal
    cameras = dict(case.cameras())
    with stream:
        for event in events(case):
            if event.kind == "skip":
                stream.skip(frames=1, key=event.key)
            elif event.kind == "flush":
                stream.flush(60)
            else:
                stream.append(
                    bytes_of(case, event.key, cameras[event.key], event.number), key=event.key,
                    frame_metadata=metadata_of(case, event.key, event.number),
                    index=event.number if event.explicit else None)
