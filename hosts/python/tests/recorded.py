"""What other packages do, recorded: tests/data/README.md."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Dict, List

DATA = Path(__file__).resolve().parent / "data"


def read(name: str) -> List[Dict[str, Any]]:
    """All records of a file."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
