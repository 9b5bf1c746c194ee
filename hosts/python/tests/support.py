"""What the tests share: a scratch folder and small settings."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

HEIGHT, WIDTH = 24, 40


class ScratchTestCase(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.path = self.scratch / "test.ome.zarr"

    def settings(self, times: Any = 4, dtype: Any = "uint16", **others: Any) -> Dict[str, Any]:
        """Uncompressed frames of HEIGHT x WIDTH, a chunk each."""
        return {
            "root_path": str(self.path),
            "dtype": dtype,
            "dimensions": [
                {"name": "t", "type": "time", "count": times},
                {"name": "y", "type": "space", "count": HEIGHT},
                {"name": "x", "type": "space", "count": WIDTH},
            ],
            **others,
        }
