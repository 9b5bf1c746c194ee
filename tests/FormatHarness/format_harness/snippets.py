"""Runs the snippets of docs/readers.md against datasets that the library writes.

A comment before a snippet says what runs it, on which dataset, and what must hold afterwards:
<!-- run: INTERPRETER DATASET; ASSERTIONS -->. Snippets without one are shown only.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Callable

import numpy as np

from .write import REPOSITORY, omezarr_native

_READERS = REPOSITORY / "tests" / "ConformanceTests" / "readers"
_SNIPPET = re.compile(r"<!-- run: (\S+) (\w+); (.*?) -->\n```\w+\n(.*?)```", re.DOTALL)
_FRAME = [{"name": "y", "count": 48, "unit": "um", "scale": 0.25}, {"name": "x", "count": 64, "unit": "um", "scale": 0.25}]


def main() -> int:
    text = (REPOSITORY / "docs" / "readers.md").read_text("utf-8")
    snippets, failed = _SNIPPET.findall(text), 0
    for interpreter, dataset, assertions, code in snippets:
        with tempfile.TemporaryDirectory(prefix="omz-snippet-") as folder:
            failed += not _run(interpreter, dataset, assertions, code, Path(folder))
    print(f"{len(snippets)} snippets, {failed} failed")
    return 1 if failed or not snippets else 0


def _run(interpreter: str, dataset: str, assertions: str, code: str, folder: Path) -> bool:
    title = f"{interpreter}, {dataset}: {code.strip().splitlines()[0]}"
    command = _command_of(interpreter, folder)
    if subprocess.run([*command, *_VERSION[interpreter]], capture_output=True, check=False).returncode != 0:
        print(f"skipped: {title} (not installed)")
        return True
    other = _DATASETS[dataset](folder)
    file = folder / ("snippet.mjs" if interpreter == "node" else "snippet.py")
    # What the reader of a running acquisition cannot do itself is the other process's.
    before = "" if dataset != "growing" else textwrap.dedent("""
        import pathlib, time
        def acquire_more():
            pathlib.Path("more").touch()
            while not pathlib.Path("done").exists():
                time.sleep(0.01)
    """)
    file.write_text(before + code + "\n" + assertions + "\n", "utf-8")
    try:
        run = subprocess.run([*command, str(file)], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    finally:
        if other is not None:
            other.kill()
            other.wait()
    print(f"{'ran' if run.returncode == 0 else 'FAILED'}: {title}")
    if run.returncode:
        print(textwrap.indent(run.stderr, "    "))
    return run.returncode == 0


_VERSION = {"python": ["-c", "import zarr"], "newer-python": ["-c", "import dask, xarray, zarr; from osgeo import gdal"],
            "node": ["--version"]}


def _command_of(interpreter: str, folder: Path) -> list[str]:
    if interpreter != "node":
        return ["bash", str(_READERS / f"{interpreter}.sh")]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "omezarr-native" / "readers"
    (folder / "node_modules").symlink_to(Path(os.environ.get("OMEZARR_READERS") or home) / "npm" / "node_modules")
    return ["node"]


def _picture(number: int) -> np.ndarray:
    return np.full((48, 64), number + 1, np.uint16)


def _stream(folder: Path, name: str, outer: list[dict[str, Any]], **more: Any) -> Any:
    return omezarr_native.create_stream(
        {"root_path": str(folder / name), "dtype": "uint16", "dimensions": [*outer, *_FRAME], "compression": "blosc-lz4", **more})


def _image(folder: Path) -> None:
    outer = [{"name": "t", "count": 5, "unit": "s", "scale": 0.5}, {"name": "c", "coords": ["DAPI", "GFP"]},
             {"name": "z", "count": 2, "unit": "um", "scale": 1}]
    with _stream(folder, "cells.ome.zarr", outer, pyramid={"levels": 3}, layout="auto") as stream:
        for number in range(20):
            stream.append(_picture(number), frame_metadata={"delta_t": number / 2, "note": f"frame {number}"})


def _file(folder: Path) -> None:
    _image(folder)
    program = os.environ.get("OMEZARR_PROGRAM") or REPOSITORY / "artifacts" / "linux-x64" / "bin" / "omezarr"
    subprocess.run([str(program), "pack", str(folder / "cells.ome.zarr")], check=True, capture_output=True)


def _collection(folder: Path) -> None:
    outer = [{"name": "t", "count": 2}, {"name": "p", "type": "position", "coords": ["Pos 1", "100% EtOH"]}]
    with _stream(folder, "tiles.ome.zarr", outer) as stream:
        for number in range(4):
            stream.append(_picture(number))


def _plate(folder: Path) -> None:
    wells = [("first", "A", "1"), ("second", "A", "1"), ("first", "B", "2")]
    coords = [{"name": name, "plate_row": row, "plate_column": column} for name, row, column in wells]
    plate = {"row_names": ["A", "B"], "column_names": ["1", "2"]}
    with _stream(folder, "screen.ome.zarr", [{"name": "p", "type": "position", "coords": coords}], plate=plate) as stream:
        for number in range(3):
            stream.append(_picture(number))


def _missing(folder: Path) -> None:
    with _stream(folder, "gaps.ome.zarr", [{"name": "t"}]) as stream:
        for number in (0, 1, 2, 5, 6, 7, 8, 10):
            stream.append(_picture(number), index=number)


def _elsewhere(folder: Path, code: str) -> subprocess.Popen[str]:
    """Another process: the acquisition that a reader follows, or that is killed. Waits until it has said that it is ready."""
    program = folder / "acquisition.py"
    program.write_text(textwrap.dedent(code), "utf-8")
    paths = os.pathsep.join([str(REPOSITORY / "tests" / "FormatHarness"), *sys.path])
    process = subprocess.Popen(["bash", str(_READERS / "python.sh"), str(program)], cwd=folder, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "PYTHONPATH": paths})
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the acquisition did not begin")
    return process


_BEGIN = """
    import pathlib, sys, time
    from format_harness.snippets import _picture, _stream
    stream = _stream(pathlib.Path("."), NAME, [{"name": "t"}])
    for number in range(4):
        stream.append(_picture(number))
    stream.flush()
    print("ready", flush=True)
"""


def _growing(folder: Path) -> subprocess.Popen[str]:
    return _elsewhere(folder, _BEGIN.replace("NAME", '"growing.ome.zarr"') + """
    while not pathlib.Path("more").exists():
        time.sleep(0.01)
    for number in range(4, 8):
        stream.append(_picture(number))
    stream.flush()
    pathlib.Path("done").touch()
    time.sleep(600)
    """)


def _crashed(folder: Path) -> None:
    process = _elsewhere(folder, _BEGIN.replace("NAME", '"crashed.ome.zarr"') + """
    time.sleep(600)
    """)
    process.kill()
    process.wait()


_DATASETS: dict[str, Callable[[Path], subprocess.Popen[str] | None]] = {
    "image": _image, "file": _file, "collection": _collection, "plate": _plate, "missing": _missing, "growing": _growing,
    "crashed": _crashed}
