"""Units as OME-Zarr names them, and the symbols and short forms that people write."""

from __future__ import annotations

from typing import Dict, Optional

_PREFIXES = {
    "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "µ", "milli": "m",
    "centi": "c", "deci": "d", "hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E",
    "zetta": "Z", "yotta": "Y", "": "",
}  # fmt: skip

_OTHER_LENGTHS = {"angstrom": "Å", "foot": "ft", "inch": "in", "mile": "mi", "parsec": "pc", "yard": "yd"}
_OTHER_TIMES = {"day": "d", "hour": "h", "minute": "min"}


def _with_prefixes(unit: str, symbol: str) -> Dict[str, str]:
    return {prefix + unit: short + symbol for prefix, short in _PREFIXES.items()}


#: Names of OME-Zarr, with the symbols of OME-XML.
LENGTHS: Dict[str, str] = {**_with_prefixes("meter", "m"), **_OTHER_LENGTHS}
TIMES: Dict[str, str] = {**_with_prefixes("second", "s"), **_OTHER_TIMES}

_SHORT_FORMS = {
    "um": "micrometer", "\u03bcm": "micrometer", "micron": "micrometer", "us": "microsecond", "\u03bcs": "microsecond",
    "sec": "second", "hr": "hour", "msec": "millisecond",
}  # fmt: skip


def ngff_unit(unit: str) -> str:
    """The unit's name in OME-Zarr; what it does not know stays as it is."""
    for names in (LENGTHS, TIMES):
        if unit.lower() in names:
            return unit.lower()
        for name, symbol in names.items():
            if unit == symbol:
                return name
    return _SHORT_FORMS.get(unit, unit)


def type_of_unit(unit: Optional[str]) -> Optional[str]:
    """``space``, ``time``, or None."""
    name = "" if unit is None else ngff_unit(unit)
    return "space" if name in LENGTHS else "time" if name in TIMES else None
