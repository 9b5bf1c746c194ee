"""What the tests share: a scratch folder and small settings."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, Optional

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
if "OMEZARR_NATIVE_TEST_INSTALLED" not in os.environ:  # where an installed package is to be tested, not the one beside this
    sys.path.insert(0, str(HERE.parent))

HEIGHT, WIDTH = 24, 40


class ScratchTestCase(unittest.TestCase):
    """A test with a folder of its own."""

    #: Where the folder is; None is the system's place for such.
    scratch_parent: Optional[str] = None

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(dir=self.scratch_parent)
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


class ManyFilesTestCase(ScratchTestCase):
    """The same for thousands of small files: in memory where there is such a file system."""

    scratch_parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
