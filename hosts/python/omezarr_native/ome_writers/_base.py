"""Models as ome-writers has them: keyword arguments, checked when they are made and when a member is set."""

from __future__ import annotations

import copy
import json
from typing import ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple, Type, TypeVar, cast

M = TypeVar("M", bound="Model")


class Model:
    """A dataclass that is checked as a whole whenever a member is set, and dumps like a pydantic model."""

    #: What a mapping may have beside the members, by the names that it has there.
    _aliases: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        object.__setattr__(self, "_is_ready", True)
        self._check()

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self._members():
            raise ValueError(f"{type(self).__name__} has no {name!r}; it has {', '.join(self._members())}")
        before = dict(self.__dict__)
        object.__setattr__(self, name, value)
        if "_is_ready" not in self.__dict__:
            return
        try:
            self._check()
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _check(self) -> None:
        """Raises ValueError, and puts members into their usual form with :meth:`_put`."""

    def _put(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @classmethod
    def _members(cls) -> Tuple[str, ...]:
        fields: Mapping[str, object] = getattr(cls, "__dataclass_fields__")
        return tuple(name for name in fields if not name.startswith("_"))

    @classmethod
    def model_validate(cls: Type[M], value: object) -> M:
        """The model of a mapping, or the model itself."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(f"{cls.__name__} is made of a mapping, not of {value!r}")
        given = {str(key): member for key, member in cast("Mapping[object, object]", value).items()}
        unknown = [name for name in given if name not in cls._members() and name not in cls._aliases]
        if unknown:
            raise ValueError(f"{cls.__name__} has no {', '.join(map(repr, unknown))}; it has {', '.join(cls._members())}")
        try:
            return cls(**{cls._aliases.get(name, name): member for name, member in given.items()})
        except TypeError as error:  # a member is missing
            raise ValueError(str(error)) from None

    @classmethod
    def model_validate_json(cls: Type[M], text: str) -> M:
        """The model of a JSON text."""
        return cls.model_validate(json.loads(text))

    def model_dump(
        self,
        *,
        mode: str = "python",
        exclude: Optional[Sequence[str]] = None,
        exclude_none: bool = False,
    ) -> Dict[str, object]:
        """All members as plain values, models inside included."""
        members = {name: _plain(getattr(self, name), mode) for name in self._members() if name not in (exclude or ())}
        return {name: value for name, value in members.items() if not exclude_none or value is not None}

    def model_dump_json(self, *, indent: Optional[int] = None) -> str:
        """The same as a JSON text."""
        return json.dumps(self.model_dump(mode="json"), indent=indent, ensure_ascii=False)

    def model_copy(self: M, *, update: Optional[Mapping[str, object]] = None, deep: bool = False) -> M:
        """A copy, with some members replaced."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            made._put(name, value)
        if update:
            made._check()
        return made


def _plain(value: object, mode: str) -> object:
    if isinstance(value, Model):
        return value.model_dump(mode=mode)
    if isinstance(value, (list, tuple)):
        items = [_plain(item, mode) for item in cast("Sequence[object]", value)]
        return items if mode == "json" or isinstance(value, list) else tuple(items)
    return value


def a_text(name: str, value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text that is not empty, not {value!r}")
    return str(value)


def a_count(name: str, value: object) -> Optional[int]:
    """A whole number from 1, or None."""
    if value is None:
        return None
    found = _whole(value)
    if found is None or found < 1:
        raise ValueError(f"{name} must be a whole number from 1, not {value!r}")
    return found


def an_index(name: str, value: object) -> Optional[int]:
    """A whole number, or None."""
    if value is None:
        return None
    found = _whole(value)
    if found is None:
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    return found


def a_number(name: str, value: object) -> Optional[float]:
    """A number, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise ValueError(f"{name} must be a number, not {value!r}")
    return float(cast(float, value))


def texts(name: str, value: object) -> List[str]:
    """A list of texts."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ValueError(f"{name} must be a list of texts, not {value!r}")
    items = list(cast("Sequence[object]", value))
    if not all(isinstance(item, str) for item in items):
        raise ValueError(f"{name} must be a list of texts, not {value!r}")
    return [str(item) for item in items]


def _whole(value: object) -> Optional[int]:
    if isinstance(value, bool):
        return None
    if hasattr(value, "__index__"):
        return int(cast(int, value))
    return int(value) if isinstance(value, float) and value.is_integer() else None
