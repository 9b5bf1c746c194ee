"""What readers get wrong of themselves. docs/format.md lists each with its smallest example."""

from __future__ import annotations

from .dataset import Dataset


def fault_of(reader: str, dataset: Dataset, path: str, error: str) -> str | None:
    """The fault that explains why a reader failed on an array or image, or None: then it is ours."""
    return None
