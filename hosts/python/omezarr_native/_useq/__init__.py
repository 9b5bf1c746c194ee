"""Sequences of useq (MDASequence) as JSON or as objects: what they acquire, without useq itself."""

from ._layout import SequenceLayout
from ._places import Place
from ._sequence import Sequence as UseqSequence

__all__ = ["Place", "SequenceLayout", "UseqSequence"]
