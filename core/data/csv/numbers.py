"""How a table writes numbers: decimal mark, thousands, signs, exponents and units.

Pandas reads plain numbers. What is here is asked only about the words of a column, once for each
different word, and about a sample of the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from core.language import mark

DECIMALS = {".": mark("decimal points"), ",": mark("decimal commas")}
THOUSANDS = {
    "": mark("no thousands"),
    ",": mark("thousands by commas"),
    ".": mark("thousands by points"),
    " ": mark("thousands by blanks"),
    "'": mark("thousands by apostrophes"),
}

# What stands for a minus, a blank and an apostrophe where a typesetter was at work.
_ALIKE = str.maketrans(
    dict.fromkeys("\u2212\u2013\ufe63\uff0d", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
    | dict.fromkeys("\u2019\u02bc", "'")
)
_CURRENCIES = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HUF INR JPY KRW MXN NOK PLN RUB SEK TRY USD ZAR"
# Those after the cent: rupee, rouble, won, lira, dong, hryvnia, naira, peso, shekel, baht.
_SYMBOLS = "$€£¥¢\u20b9\u20bd\u20a9\u20ba\u20ab\u20b4\u20a6\u20b1\u20aa\u0e3f"
_PREFIX = rf"(?:[A-Z]{{0,2}}[{_SYMBOLS}]|{'|'.join(_CURRENCIES.split())}|Rs\.?|Fr\.|kr\.?)"
_WITH_UNIT = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-]?) ?(?P<prefix>{_PREFIX})? ?(?P<minus>-?)"
    r"(?P<core>(?:\d(?:[\d.,' ]*\d)?|[.,]\d+)(?:[ed][+-]?\d+)?)"
    r" ?(?P<suffix>[^\W\d_][^\s\d,;]{0,11}[23²³]?|[%‰°″′€$£¥][^\s\d,;]{0,11})?(?P<close>\))?",
    re.ASCII | re.IGNORECASE,
)
_ORDINALS = ("st", "nd", "rd", "th")
_FIRM = set(_SYMBOLS) | {"%", "‰"}  # units that need no further evidence
LONGEST = 64  # characters of a number with its unit
LEAST_DIFFERENT = 3  # numbers with the same word beside them, from which on it is a unit
_INDIAN = r"[1-9]\d?(?:,\d{2})+,\d{3}"  # lakhs and crores: 12,34,567
_GROUPED = re.compile(
    rf"(?:[1-9]\d{{0,2}}(?P<mark>[.,' ])\d{{3}}(?:(?P=mark)\d{{3}})*|{_INDIAN})"
    r"(?:(?P<point>[.,])\d*)?",
    re.ASCII,
)
_SIMPLE = re.compile(r"[+-]?\d+(?:[.,]\d*)?", re.ASCII)
_EXPONENT = re.compile("[ed]", re.IGNORECASE)
_MARKED = re.compile(r"(\d*)([.,])(\d*)", re.ASCII)


class WithUnit(NamedTuple):
    """A number with its sign, as text, and the unit before or after it, "" for none."""

    number: str
    unit: str


@lru_cache(4096)
def split_unit(text: str) -> WithUnit | None:
    """Take a text apart into a number and what stands before or behind it; None if it is not so.

    A number in brackets is negative, if it is money or has a fraction: as accountants write.
    """
    if len(text) > LONGEST:
        return None
    text = text.translate(_ALIKE)
    found = _WITH_UNIT.fullmatch(text)
    if found is None:
        return None
    prefix, suffix = found["prefix"] or "", found["suffix"] or ""
    is_closed = bool(found["open"])
    if is_closed != bool(found["close"]) or (prefix and suffix and suffix != "%"):
        return None
    if suffix.casefold() in _ORDINALS or (found["sign"] and found["minus"]):
        return None
    sign = found["sign"] or found["minus"]
    core = found["core"]
    if is_closed:
        if sign or not (prefix or suffix or re.search("[.,]", core)):
            return None
        sign = "-"
    return WithUnit(sign + core, prefix or suffix)


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of a table are written.

    thousands : the mark between groups of three digits, "" for none.
    """

    decimal: str = "."
    thousands: str = ""

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        m = re.escape(self.decimal)
        return re.compile(
            rf"[+-]?(\d+(?:{m}\d*)?|{m}\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE
        )

    @cached_property
    def _unusual(self) -> re.Pattern[str]:
        """Fortran's exponents, and thousands."""
        m, t = re.escape(self.decimal), re.escape(self.thousands)
        exponent = rf"[+-]?(\d+d[+-]|(\d+{m}\d*|{m}\d+)d[+-]?)\d+"
        indian = rf"|{_INDIAN}" if t == "," else ""
        groups = rf"([1-9]\d{{0,2}}({t}\d{{3}})+{indian})"
        grouped = rf"|[+-]?{groups}({m}\d*)?(e[+-]?\d+)?" if t else ""
        return re.compile(exponent + grouped, re.ASCII | re.IGNORECASE)

    def parse(self, text: str) -> float | None:
        """Return the number in a text, or None; 1_000 and full-width digits are not numbers."""
        if not self._plain.fullmatch(text):
            text = text.translate(_ALIKE)
            if not self._plain.fullmatch(text):
                if not self._unusual.fullmatch(text):
                    return self._in_brackets(text)
                text = text.replace(self.thousands, "") if self.thousands else text
                text = text.lower().replace("d", "e")
        return float(text.replace(self.decimal, "."))

    def _in_brackets(self, text: str) -> float | None:
        """Return the negative number that accountants write as (1,600.00), or None."""
        inside = text[1:-1]
        if text[:1] + text[-1:] != "()" or not set(inside) & {self.decimal, self.thousands}:
            return None
        number = self.parse(inside) if inside[:1].isdigit() else None
        return None if number is None else -number

    def parse_with_unit(self, text: str) -> tuple[float, str] | None:
        """Return the number in a text and its unit, or None."""
        found = split_unit(text)
        number = None if found is None or not found.unit else self.parse(found.number)
        return None if found is None or number is None else (number, found.unit)

    def parse_any(self, text: str) -> float | None:
        """Return the number in a text, with a unit or without, or None."""
        number = self.parse(text)
        with_unit = self.parse_with_unit(text) if number is None else None
        return with_unit[0] if with_unit else number

    def count(self, cells: Sequence[str]) -> int:
        """Return how many of a column's cells are numbers, plain or with the column's unit."""
        words = [cell for cell in cells if self.parse(cell) is None]
        units: Counter[str] = Counter()
        different: Counter[str] = Counter()
        for word, count in Counter(words).items():
            if found := self.parse_with_unit(word):
                units[found[1]] += count
                different[found[1]] += 1
        unit = find_unit(units, different, len(cells))
        return len(cells) - len(words) + (units[unit] if unit else 0)


def find_unit(cells: Counter[str], different: Counter[str], filled: int) -> str:
    """Return the unit that most of a column's cells have beside their number, or "".

    cells, different : how many cells have each unit, and how many different ones. filled : the
    number of cells that are not missing.
    """
    if not cells:
        return ""
    unit, count = cells.most_common(1)[0]
    is_firm = bool(_FIRM & set(unit)) or unit in _CURRENCIES.split()
    is_constant = 2 * count > filled and (is_firm or different[unit] >= LEAST_DIFFERENT)
    return unit if is_constant else ""


class Doubt(NamedTuple):
    """A cell that could be read in two ways, and the place of its column."""

    column: int
    cell: str


class Marks(NamedTuple):
    """The marks of a table's numbers, and a cell that could be read with others, if any."""

    form: NumberForm
    doubt: Doubt | None = None


@dataclass
class _Seen:
    """What the numbers of a column say about their marks."""

    decimals: Counter[str]  # cells in which this mark can only be the decimal one
    groups: Counter[str]  # cells in which this mark can only part thousands
    unclear: dict[str, list[str]]  # cells such as 1.600, by their mark
    plain: int = 0  # whole numbers below 1000
    large: int = 0  # whole numbers from 1000 on, without a mark
    words: int = 0

    def looks_grouped(self, mark: str) -> bool:
        """Return whether the unclear cells of this mark are thousands by the cells beside them.

        A column that writes three digits after each decimal mark has them in whole numbers too.
        """
        return bool(self.plain) and not self.large and not self.decimals[mark]


def find_marks(
    columns: Sequence[Sequence[str]],
    separator: str = "",
    decimal: str | None = None,
    thousands: str | None = None,
) -> Marks:
    """Return the marks of the numbers in a sample of a table; those given are not doubted.

    columns : the filled cells of each column. separator : of the columns: where commas part them,
        hardly anybody writes decimal commas.
    """
    seen = [_look_at(cells) for cells in columns]
    decimals: Counter[str] = Counter()
    for column in seen:
        decimals += column.decimals
        for sign, other in ((".", ","), (",", ".")):
            decimals[other] += column.groups[sign]
    grouped = {
        mark: [
            c for c in seen if mark in c.unclear and (mark == separator or c.looks_grouped(mark))
        ]
        for mark in ",."
    }
    if decimal is None and thousands in (",", "."):
        decimal = "." if thousands == "," else ","
    if decimal is None:
        if decimals["."] or decimals[","]:
            decimal = "," if decimals[","] > decimals["."] else "."
        else:
            decimal = _decimal_of_unclear(seen, grouped)
    if thousands is None:
        thousands = _thousands(seen, decimal)
    return Marks(NumberForm(decimal, thousands), _doubt(seen, decimals, decimal))


def _look_at(cells: Sequence[str]) -> _Seen:
    seen = _Seen(Counter(), Counter(), {})
    blanks: set[str] = set()
    for cell in cells:
        power: list[str] = []
        if _SIMPLE.fullmatch(cell):  # nearly all
            core = cell.lstrip("+-")
        elif (found := split_unit(cell)) is None:
            seen.words += 1
            continue
        else:
            core, *power = _EXPONENT.split(found.number.lstrip("+-"), maxsplit=1)
        if core.isdigit():
            seen.plain += len(core) <= 3
            seen.large += len(core) > 3
        elif marked := _MARKED.fullmatch(core):
            head, mark, tail = marked.groups()
            if len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0" and not power:
                seen.unclear.setdefault(mark, []).append(cell)
            else:
                seen.decimals[mark] += 1
        elif (parts := _GROUPED.fullmatch(core)) and (parts["mark"] or ",") != parts["point"]:
            mark, point = parts["mark"] or ",", parts["point"]
            if mark == " " and not point and cell.count(" ") == 1:
                blanks.add(core)  # a single one may be two numbers
            else:
                seen.groups[mark] += 1
            if point:
                seen.decimals[point] += 1
        else:
            seen.words += 1
    if len(blanks) > 1 and len(blanks) > seen.words:
        seen.groups[" "] += len(blanks)
    return seen


def _decimal_of_unclear(seen: list[_Seen], grouped: dict[str, list[_Seen]]) -> str:
    """Return the decimal mark where all marked numbers look like 1.600."""
    counts = {mark: sum(mark in column.unclear for column in seen) for mark in ",."}
    mark = max(".,", key=lambda m: counts[m])
    is_grouped = len(grouped[mark]) * 2 > counts[mark]
    return {",": ".", ".": ","}[mark] if is_grouped else mark


def _thousands(seen: list[_Seen], decimal: str) -> str:
    counts: Counter[str] = Counter()
    for column in seen:
        counts += column.groups
        for sign, cells in column.unclear.items():
            counts[sign] += len(cells)
    del counts[decimal]
    return counts.most_common(1)[0][0] if counts else ""


def _doubt(seen: list[_Seen], decimals: Counter[str], decimal: str) -> Doubt | None:
    """Return the first cell such as 1.600 whose reading other cells do not settle."""
    for index, column in enumerate(seen):
        for sign, cells in column.unclear.items():
            if sign == decimal:
                is_settled = column.decimals[sign] or (
                    decimals[sign] and not column.looks_grouped(sign)
                )
            else:
                is_settled = bool(decimals[decimal])
            if not is_settled:
                return Doubt(index, cells[0])
    return None
