"""Which column is the label: by what the file states, by names, by what the columns hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from core.data.csv.table import FEW_ROWS, MOST_CATEGORIES, Column, Table
from core.errors import DataError
from core.language import mark, tr
from core.name_lookup import plain
from core.number_format import format_integer

# Names of label columns, most telling first; each tuple is a rank.
SURE = (
    ("label", "labels", "class", "classes", "target"),
    ("class label", "class name", "classname", "classlabel", "target class", "y true", "klasse"),
)
LIKELY = (
    ("species", "outcome", "diagnosis", "survived", "churn", "response", "category", "sentiment"),
    ("churned", "exited", "attrition", "admit", "admitted", "approved", "loan status", "default"),
    ("defaulted", "spam", "is spam", "fraud", "is fraud", "purchased", "subscribed", "converted"),
    ("clicked", "deposit", "hired", "passed", "survival", "death event", "stroke", "disease"),
    ("heart disease", "heartdisease", "malignant", "winner", "quality", "variety", "income"),
    ("result", "output", "kategorie", "art", "ergebnis", "diagnose"),
)
NAMES = (*SURE, *LIKELY)
LAST_WORDS = (
    *("label", "class", "target", "outcome", "species", "diagnosis", "category", "status"),
    *("type", "group", "kind"),
)
PARTNERS = {"y": ("x",), "z": ("x", "y"), "lon": ("lat",), "longitude": ("latitude",)}
QUANTITIES = {
    *("price", "cost", "age", "income", "salary", "weight", "height", "length", "width"),
    *("temperature", "amount", "count", "year", "mpg", "score", "area", "distance"),
}

FEW_NUMBERS = 10  # so many different whole numbers look like classes
MANY_CLASSES = 20  # more numbers than these are classes only if each is frequent
MOST_DISTINCT_LABELS = 100  # of pictures
MOST_RIVALS = 6
SAMPLE = 1_000  # rows looked at first
STATED = mark("the file says so")
BY_NAME = mark("by its name")


class LabelChoice(NamedTuple):
    """The label column that a table suggests.

    why : the reason, as in “by its name”, to be translated. rivals : indices of others that could
        be the label.
    trouble : why it should not be used without asking, or "".
    """

    column: int
    why: str
    rivals: tuple[int, ...] = ()
    trouble: str = ""


def choose(table: Table) -> LabelChoice:
    """Return the column that is most likely the label."""
    column, why, trouble = _first_of(table)
    rivals: list[int] = []
    if not trouble and not table.pictures(column):
        rivals = [j for j in _candidates(table) if j != column and not _is_odd(table.columns[j])]
    if _rank(table, column)[0] < len(SURE) or why == STATED:
        rivals = [j for j in rivals if _rank(table, j)[0] < len(NAMES)]
    others = sorted(rivals, key=lambda j: _rank(table, j))[:MOST_RIVALS]
    return LabelChoice(column, why, tuple(others), trouble or quantity(table.columns[column]))


def quantity(column: Column) -> str:
    """Return why a label column looks like a quantity rather than a class, or ""."""
    if column.kind != "whole numbers":
        return ""
    try:
        names, y = column.classes
    except DataError:
        return ""  # refused anyway
    h, n = len(names), int((y >= 0).sum())
    if h <= FEW_NUMBERS:
        return ""
    is_many = h > MANY_CLASSES
    spread = column.high - column.low + 1
    words = set(plain(column.name).split())
    if (
        n < 3 * h
        or (is_many and spread > 3 * h and n < 50 * h)
        or (is_many and n < 10 * h)
        or (is_many and words & QUANTITIES)
    ):
        return tr(
            "“{name}” looks like a quantity, not a class: {h} different numbers in {n} rows.",
            name=column.name,
            h=format_integer(h),
            n=format_integer(n),
        )
    return ""


def _first_of(table: Table) -> tuple[int, str, str]:
    """Return the index of the best column, why, and what speaks against it or ""."""
    stated = [j for j, role in enumerate(table.format.roles) if role == "label"]
    if stated:
        return stated[0], STATED, ""
    for found in (_by_name(table, SURE), _of_pictures(table), _by_name(table, LIKELY), _y(table)):
        if found is not None:
            return found
    return _by_content(table), mark("the last column that can hold classes"), ""


def _by_content(table: Table) -> int:
    """Return the index of the last column that looks like classes, else of one that can hold them.

    Words go before numbers, unless the last column of all holds few different ones.
    """
    kept = [j for j in range(len(table.columns)) if may_be_label(table, j)]
    last = kept[-1] if kept else len(table.columns) - 1
    free = [j for j in kept if not _is_partner(table, j)]
    few = [j for j in _candidates(table) if j in free]
    words = [j for j in few if table.columns[j].kind == "text"]
    if last in few:
        return last
    if words:
        return words[-1]
    if last in free and not quantity(table.columns[last]):
        return last
    for columns in (few, [j for j in free if table.columns[j].kind == "text"], free):
        if columns:
            return columns[-1]
    return last


def _by_name(table: Table, ranks: tuple[tuple[str, ...], ...]) -> tuple[int, str, str] | None:
    names = [plain(name) for name in table.names]
    for rank in ranks:
        for name in rank:
            if name in names:
                j = names.index(name)
                if ranks is SURE or may_be_label(table, j):
                    return j, BY_NAME, ""
    return None


def _y(table: Table) -> tuple[int, str, str] | None:
    """Return the column y, unless it is a coordinate beside x or other columns are words."""
    names = [plain(name) for name in table.names]
    if "y" not in names:
        return None
    y = names.index("y")
    if table.columns[y].kind == "text":
        return y, BY_NAME, ""
    others = [j for j in _candidates(table) if j != y and names[j] not in ("x", "z")]
    has_words = any(table.columns[j].kind == "text" for j in others)
    if has_words or (others and _is_partner(table, y)):
        return None
    return y, BY_NAME, ""


def _of_pictures(table: Table) -> tuple[int, str, str] | None:
    """Return the label column of pictures: of words, else the first or the last one."""
    every = range(len(table.columns))
    if found := table.pictures(None):
        words = [j for j in every if j not in found.columns and may_be_label(table, j)]
        if words:
            return words[-1], mark("the only column beside pixels"), ""
        return (
            0,
            "",
            tr(
                "all of its {n} columns are pixels, there is no label column: a model can be "
                "asked about such pictures, not trained on them.",
                n=len(found.columns),
            ),
        )
    kept = [j for j in every if table.columns[j].is_number and not table.columns[j].doubt]
    if not kept:
        return None
    ends = [
        j
        for j in dict.fromkeys((*kept[-1:], *kept[:1]))
        if table.pictures(j) and 1 < _distinct(table, j) <= MOST_DISTINCT_LABELS
    ]
    if not ends:
        return None
    stems = Counter(_stem(table.names[j]) for j in kept)
    usual = stems.most_common(1)[0][0]
    best = min(ends, key=lambda j: (_stem(table.names[j]) == usual, _largest_share(table, j)))
    return (
        best,
        mark("the first column, beside pixels")
        if best == kept[0]
        else mark("the last column, beside pixels"),
        "",
    )


def _stem(name: str) -> str:
    """Return a name without its numbers, which all pixels have in common."""
    return re.sub(r"[\d\W_]+", "", name).casefold()


def _largest_share(table: Table, j: int) -> float:
    """Return the share of rows with the most frequent value: small for classes, not for pixels."""
    return float(np.bincount(table.columns[j].classes[1] + 1).max() / max(table.n, 1))


def _candidates(table: Table) -> Iterator[int]:
    """Yield the columns that look like classes: few words, or few whole numbers."""
    for j, column in enumerate(table.columns):
        if j == table.split or column.aside:
            continue
        if column.kind == "text":
            few = column.codes is not None and len(column.words) <= MOST_CATEGORIES
            if few and may_be_label(table, j):
                yield j
        elif column.kind == "whole numbers" and _has_few(column):
            yield j


def _is_odd(column: Column) -> bool:
    """Return whether most rows have a word of their own."""
    return column.kind == "text" and bool(column.obstacle)


def _has_few(column: Column) -> bool:
    if column.doubt or not column.low < column.high:
        return False
    if column.high - column.low < FEW_NUMBERS:
        return True
    if len(np.unique(column.values[:SAMPLE])) > FEW_NUMBERS:  # sorting all of them takes long
        return False
    return len(column.classes[0]) <= FEW_NUMBERS


def _rank(table: Table, j: int) -> tuple[int, int]:
    """Return a sort key: columns with a label's name first, then words."""
    name = plain(table.names[j])
    known = [rank for rank, names in enumerate(NAMES) if name in names]
    last_word = re.split(r"\W+", name)[-1:] or [""]
    is_like = last_word[0] in LAST_WORDS
    rank = known[0] if known else len(NAMES) + (not is_like)
    return rank, 0 if table.columns[j].kind == "text" else 1


def _is_partner(table: Table, j: int) -> bool:
    """Return whether a column is a coordinate, whose partner is another column."""
    names = {plain(name) for name in table.names}
    return any(partner in names for partner in PARTNERS.get(plain(table.names[j]), ())) or (
        plain(table.names[j]) in ("x", "lat", "latitude")
        and bool(names & {"y", "lon", "longitude"})
    )


def may_be_label(table: Table, j: int) -> bool:
    """Return whether a column can hold classes: few enough different values."""
    column = table.columns[j]
    if j == table.split or (column.doubt and column.kind != "text") or column.aside:
        return False
    least = 1 if column.kind == "text" else 2
    return least <= _distinct(table, j) <= max(table.n // 2, FEW_ROWS)


def _distinct(table: Table, j: int) -> int:
    try:
        return len(table.columns[j].classes[0])
    except DataError:
        return table.n + FEW_ROWS + 1
