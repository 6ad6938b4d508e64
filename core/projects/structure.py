"""Values as JSON with their arrays beside it, and back, checked against the types of their fields.

Dataclasses and named tuples become objects; arrays and tensors become {"array": k}, the k-th of a
list, so that what several values share is stored once and shared again. Numbers that are not finite
become the words of `NOT_FINITE`, bytes their hexadecimal digits. Fields whose names begin with an
underscore are left out.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, DataError
from core.language import mark, tr
from core.runs.json_object import quoted

Array = NDArray[Any]

NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
DEEPEST = 60  # values within values
WORDS = {
    bool: mark("true or false"),
    int: mark("a whole number"),
    float: mark("a number"),
    str: mark("text"),
}


class Arrays:
    """The arrays of an encoded value, each of them once."""

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self._known: dict[int, int] = {}
        self._kept: list[object] = []  # so that no identity is given anew

    def index(self, value: Any) -> int:
        """Return the number of an array or tensor."""
        key = id(value)
        if key not in self._known:
            array = value if isinstance(value, np.ndarray) else value.detach().cpu().numpy()
            self._known[key] = len(self.arrays)
            self.arrays.append(array)
            self._kept.append(value)
        return self._known[key]


def encoded(value: Any, arrays: Arrays) -> Any:
    """Return the value as JSON-compatible values; its arrays are added to `arrays`."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    names = _names_of(type(value))
    if names is not None:
        return {name: encoded(getattr(value, name), arrays) for name in names}
    if isinstance(value, list | tuple):
        return [encoded(each, arrays) for each in value]
    if isinstance(value, Mapping):
        return {str(key): encoded(each, arrays) for key, each in value.items()}
    if isinstance(value, np.generic):
        return encoded(value.item(), arrays)
    return {"array": arrays.index(value)}


def _names_of(kind: type) -> tuple[str, ...] | None:
    """Return the stored fields of a dataclass or a named tuple; None for other types."""
    if is_dataclass(kind):
        return tuple(f.name for f in fields(kind) if not f.name.startswith("_"))
    if issubclass(kind, tuple):
        return getattr(kind, "_fields", None)
    return None


class Decoder:
    """Makes values of the result of `encoded`, given their types.

    arrays : those that were encoded, read-only. Raises DataError with the place of the fault.
    """

    def __init__(self, arrays: Sequence[Array]) -> None:
        self._arrays = arrays
        self._tensors: dict[int, Any] = {}

    def decode(self, hint: Any, value: Any, place: str, depth: int = 0) -> Any:
        """Return the value of this type."""
        if depth > DEEPEST:
            raise DataError(tr("{place} lies too deep.", place=place))
        if hint is Any:
            return value
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._any_of(get_args(hint), value, place, depth)
        if origin is Literal:
            if value not in get_args(hint) or isinstance(value, bool):
                raise _unexpected(
                    place, value, tr("one of {values}", values=", ".join(map(str, get_args(hint))))
                )
            return value
        if origin is np.ndarray:
            return self._array(get_args(hint)[1], value, place)
        if origin in (tuple, Sequence):
            return self._tuple(get_args(hint), value, place, depth)
        if origin in (dict, Mapping):
            return self._dict(get_args(hint)[1], value, place, depth)
        kind = origin or hint
        if kind in (bool, int, float, str, bytes, type(None)):
            return _plain(kind, value, place)
        if issubclass(kind, Enum):
            return _member(kind, value, place)
        if _names_of(kind) is not None:
            return self._object(kind, get_args(hint), value, place, depth)
        return self._tensor(value, place)

    def _any_of(self, hints: tuple[Any, ...], value: Any, place: str, depth: int) -> Any:
        error = _unexpected(place, value)
        if value is None and type(None) in hints:
            return None
        for hint in hints:
            if hint is type(None):
                continue
            try:
                return self.decode(hint, value, place, depth + 1)
            except DataError as found:
                error = found
        raise error

    def _tuple(self, hints: tuple[Any, ...], value: Any, place: str, depth: int) -> Any:
        if not isinstance(value, list):
            raise _unexpected(place, value)
        each = [hints[0]] * len(value) if len(hints) == 1 or hints[1] is ... else list(hints)
        if len(each) != len(value):
            raise _unexpected(place, value)
        return tuple(
            self.decode(hint, member, f"{place}[{k}]", depth + 1)
            for k, (hint, member) in enumerate(zip(each, value, strict=True))
        )

    def _dict(self, hint: Any, value: Any, place: str, depth: int) -> Any:
        if not isinstance(value, dict):
            raise _unexpected(place, value)
        return {
            key: self.decode(hint, member, f"{place}.{quoted(key)}", depth + 1)
            for key, member in value.items()
        }

    def _object(
        self, kind: type, arguments: tuple[Any, ...], value: Any, place: str, depth: int
    ) -> Any:
        if not isinstance(value, dict):
            raise _unexpected(place, value)
        hints, defaults = _fields_of(kind)
        unknown = set(value) - set(hints)
        if unknown:
            raise DataError(
                tr(
                    "{place} has “{name}”, which is not known; a newer Logit Lab may have written "
                    "it.",
                    place=place,
                    name=min(unknown),
                )
            )
        found = {}
        letters = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=False))
        for name, hint in hints.items():
            if name in value:
                hint = letters.get(hint, hint) if isinstance(hint, TypeVar) else hint
                found[name] = self.decode(hint, value[name], f"{place}.{name}", depth + 1)
            elif name not in defaults:
                raise DataError(tr("{place}.{name} is missing.", place=place, name=name))
        try:
            return kind(**found)
        except (ConfigError, DataError) as error:
            raise DataError(f"{place}: {error}") from error

    def _array(self, dtype: Any, value: Any, place: str) -> Array:
        array = self._arrays[self._index(value, place)]
        wanted = get_args(dtype)[0]
        wanted = wanted if isinstance(wanted, type) else np.generic
        if not np.issubdtype(array.dtype, wanted):
            raise DataError(
                tr(
                    "{place} holds {dtype}; {name} was expected.",
                    place=place,
                    dtype=array.dtype,
                    name=wanted.__name__,
                )
            )
        return array

    def _tensor(self, value: Any, place: str) -> Any:
        import torch  # only here: opening a window with points needs none

        index = self._index(value, place)
        if index not in self._tensors:
            self._tensors[index] = torch.from_numpy(self._arrays[index].copy())
        return self._tensors[index]

    def _index(self, value: Any, place: str) -> int:
        index = value.get("array") if isinstance(value, dict) and len(value) == 1 else None
        if type(index) is not int or not 0 <= index < len(self._arrays):
            raise _unexpected(place, value)
        return index


@cache
def _fields_of(kind: type) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the types of the stored fields, and which of them may be missing."""
    # Named by the data set of a table alone, which does not import what reads tables.
    from core.data.csv.dialect import TableFormat

    hints = get_type_hints(kind, localns={TableFormat.__name__: TableFormat})
    stored = {name: hints[name] for name in _names_of(kind) or ()}
    if is_dataclass(kind):
        have = (
            f.name
            for f in fields(kind)
            if f.default is not MISSING or f.default_factory is not MISSING
        )
        return stored, frozenset(have)
    return stored, frozenset(getattr(kind, "_field_defaults", ()))


def _plain(kind: Any, value: Any, place: str) -> Any:
    if kind is bytes:
        return _bytes(value, place)
    if kind is float:
        if isinstance(value, str) and value in NOT_FINITE:
            return NOT_FINITE[value]
        if type(value) in (int, float):
            try:
                return float(value)
            except OverflowError:
                raise _unexpected(place, value) from None
    elif type(value) is kind and (kind is not int or abs(value) < 2**63):
        if kind is str and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _unexpected(place, value)
        return value
    raise _unexpected(place, value, tr(WORDS.get(kind, "")))


def _bytes(value: Any, place: str) -> bytes:
    try:
        return bytes.fromhex(_plain(str, value, place))
    except ValueError:
        raise _unexpected(place, value) from None


def _member(kind: type[Enum], value: Any, place: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise _unexpected(place, value) from None


def _unexpected(place: str, value: Any, expected: str = "") -> DataError:
    found = quoted(value)
    if not expected:
        return DataError(tr("{place} is {found}.", place=place, found=found))
    return DataError(
        tr(
            "{place} is {found}; it must be {expected}.",
            place=place,
            found=found,
            expected=expected,
        )
    )
