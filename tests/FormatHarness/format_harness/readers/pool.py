"""Starts the readers' processes, asks them, and tells which readers are not there."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

_HERE = Path(__file__).resolve().parent
_SETUP = _HERE.parents[2] / "ConformanceTests" / "readers"


@dataclass
class Finding:
    """What a reader found in a dataset."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)


class Host:
    """A process that has readers."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        about = json.loads(line) if line else {"readers": {}, "absent": {}}
        self.readers: dict[str, str] = about["readers"]
        self.absent: dict[str, str] = about["absent"]
        self.knows06: list[str] = about.get("knows06", [])  # readers of images that know 0.6, and not 0.5 alone

    def ask(self, reader: str, dataset: Path, arrays: list[str], images: list[str], out: str) -> None:
        request = {"reader": reader, "dataset": str(dataset), "arrays": arrays, "images": images, "out": out}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def answer(self, out: str) -> Finding:
        line = self.process.stdout.readline()
        if not line:
            return Finding(errors=[("", f"the reader's process ended with {self.process.wait()}")])
        answer, found = json.loads(line), Finding()
        with open(out, "rb") as file:
            for array in answer["arrays"]:
                dtype = np.dtype(array["dtype"]).newbyteorder("<")
                count = int(np.prod(array["shape"], dtype=np.int64))
                values = np.frombuffer(file.read(count * dtype.itemsize), dtype)
                found.arrays[array["path"]] = values.reshape(array["shape"]).astype(array["dtype"], copy=False)
        found.images = {image.pop("path"): image for image in answer["images"]}
        found.errors = [(error["path"], error["error"]) for error in answer["errors"]]
        return found

    @property
    def seconds(self) -> float:
        """Of processor time; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


class Pool:
    """All readers of this machine."""

    def __init__(self) -> None:
        pythons = [["bash", str(_SETUP / "python.sh")], ["bash", str(_SETUP / "newer-python.sh")],
                   *[[path] for path in os.environ.get("OMEZARR_MORE_PYTHONS", "").split(os.pathsep) if path]]
        commands = [[*python, str(_HERE / "host.py")] for python in pythons] + [["node", str(_HERE / "host.mjs")]]
        self.hosts = [Host(command) for command in commands]
        self._node = self.hosts[-1]
        self.readers: dict[str, tuple[Host, str]] = {}
        for host in self.hosts:
            for name, version in host.readers.items():
                self.readers.setdefault(f"{name} {version}", (host, name))
        found = {name for _, name in self.readers.values()}
        self.absent = {name: reason for host in self.hosts for name, reason in host.absent.items() if name not in found}
        self._out = [tempfile.NamedTemporaryFile(prefix="omz-format-", delete=False).name for _ in self.hosts]

    def ask_all(self, dataset: Path, arrays: list[str], images: list[str], version: str) -> dict[str, Finding]:
        """Each reader's finding, of images if it knows the version.

        Processes work at the same time, the readers of one after each other.
        """
        waiting = [[(title, name) for title, (host, name) in self.readers.items() if host is one] for one in self.hosts]
        findings = {}
        while any(waiting):
            asked = [(host, queue.pop(0), out) for host, queue, out in zip(self.hosts, waiting, self._out) if queue]
            for host, (_, name), out in asked:
                host.ask(name, dataset, arrays, images if version == "0.5" or name in host.knows06 else [], out)
            for host, (title, _), out in asked:
                findings[title] = host.answer(out)
        return findings

    def schema_problems(self, dataset: Path) -> list[str]:
        """What the official JSON schemas say against the groups' documents."""
        self._node.process.stdin.write(json.dumps({"schemas": str(dataset)}) + "\n")
        self._node.process.stdin.flush()
        line = self._node.process.stdout.readline()
        return json.loads(line)["problems"] if line else [f"the validator's process ended with {self._node.process.wait()}"]

    @property
    def seconds(self) -> float:
        """Of processor time, with this process's own."""
        return sum(os.times()[:2]) + sum(host.seconds for host in self.hosts)

    def close(self) -> None:
        for host in self.hosts:
            host.close()
        for out in self._out:
            os.unlink(out)
