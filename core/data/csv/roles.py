"""What each column of a table is for: the label, a feature of numbers or of words, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.config import DataConfig
from core.data.csv import label as labels
from core.data.csv import texts
from core.data.csv.label import LabelChoice
from core.data.csv.table import MOST_CATEGORIES, Column, Table
from core.data.csv.understood import NOT_CHOSEN
from core.errors import DataError
from core.language import tr
from core.name_lookup import plain
from core.note import Note
from core.number_format import format_integer

ALL = ("all",)


@dataclass(frozen=True, eq=False)
class Roles:
    """The columns of a table by what they are for.

    label : the label column, and why. columns : those of the data set, by index, in the order of
    the table. categorical : those of them that go in as categories.
    text : the column of texts whose words are the features, None without one; text_why : why it is.
    """

    table: Table
    label: LabelChoice
    columns: tuple[int, ...]
    categorical: frozenset[int]
    text: int | None = None
    text_why: str = ""

    @property
    def doubts(self) -> dict[str, str | Note]:
        """Columns of the data set that are no features unless they are asked for, and why."""
        columns = self.table.columns
        return {
            columns[j].name: doubt
            for j in self.columns
            if (doubt := columns[j].doubt_note) and j not in self.categorical
        }

    @property
    def unused(self) -> tuple[tuple[str, str | Note], ...]:
        """The names of the columns outside the data set, each with the reason."""
        table, label = self.table, self.label.column
        return tuple(
            (column.name, table.obstacle_of(j, label) or column.doubt_note or self._why_not_chosen)
            for j, column in enumerate(table.columns)
            if j not in (label, self.text) and j not in self.columns
        )

    @property
    def _why_not_chosen(self) -> Note:
        return Note(NOT_CHOSEN if self.text is None else texts.BESIDE_TEXTS)


def decide(table: Table, config: DataConfig) -> Roles:
    """Return the roles as the config chooses them, or as the table suggests.

    Raises DataError where a column that the config names cannot have its role.
    """
    label = labels.choose(table) if config.label is None else _chosen(table, config.label)
    if config.text is not None:
        text = texts.chosen(table, config.text, label.column)
        return Roles(table, label, (), frozenset(), text, "chosen")
    usable = table.usable(label.column)
    if not (config.features or config.categorical):
        alone = texts.alone(table, label.column)
        if alone is not None:
            return Roles(table, label, (), frozenset(), alone, texts.ONLY_TEXTS)
    _check_features(table, label.column, usable, config.features)
    if pictures := table.pictures(label.column):
        return Roles(table, label, pictures.columns, frozenset())
    categorical = _categorical(table, label.column, usable, config)
    numbers = [j for j in usable if table.columns[j].is_number]
    return Roles(table, label, tuple(sorted({*numbers, *categorical})), categorical)


def _chosen(table: Table, wanted: str) -> LabelChoice:
    column = table.column(wanted)
    return LabelChoice(column, "chosen", (), labels.quantity(table.columns[column]))


def _categorical(
    table: Table, label: int, usable: Sequence[int], config: DataConfig
) -> frozenset[int]:
    """Return the columns that go in as categories."""
    words = [j for j in usable if table.columns[j].kind == "text"]
    named = {j for j in words if _is_named(table.names[j], config.features)}
    if config.categorical is None:
        pairs = (j for j in words if _are_two(table.columns[j], is_merged=config.merge_case))
        return frozenset({*named, *pairs})
    if config.categorical == ALL:
        return frozenset(words)
    asked = {table.column(name) for name in config.categorical}
    for j in asked:
        if reason := _why_no_categories(table, j, label):
            raise DataError(
                tr(
                    "{file}: column “{name}” cannot be categories ({reason}); choose from {names}.",
                    file=table.path.name,
                    name=table.names[j],
                    reason=reason,
                    names=", ".join(table.names[k] for k in words[:12]) or tr("none"),
                )
            )
    return frozenset(named | asked)


def _are_two(column: Column, *, is_merged: bool) -> bool:
    """Return whether a column holds two words, which go in without being asked for."""
    return not column.aside and len(column.categories(is_merged=is_merged)[0]) == 2


def _is_named(column: str, features: Sequence[str] | None) -> bool:
    """Return whether the features name a column, or one of its categories."""
    name = plain(column)
    return any(
        plain(feature) == name or plain(feature).startswith(f"{name} = ")
        for feature in features or ()
    )


def _why_no_categories(table: Table, j: int, label: int) -> str:
    """Return why a column cannot be categories, or ""."""
    column = table.columns[j]
    if column.kind != "whole numbers" or j == label:
        return table.why_unusable(j, label) or (tr("numbers") if column.is_number else "")
    try:
        count = len(column.classes[0])
    except DataError:
        count = table.n
    if 1 < count <= MOST_CATEGORIES:
        return ""
    return tr(
        "{count} different numbers, at most {most} can be categories",
        count=format_integer(count),
        most=MOST_CATEGORIES,
    )


def _check_features(
    table: Table, label: int, usable: tuple[int, ...], wanted: Sequence[str] | None
) -> None:
    """Raise DataError if a wanted feature cannot be used, or if there are no usable ones."""
    for name in wanted or ():
        for j, column in enumerate(table.columns):
            if plain(column.name) == plain(name) and j not in usable:
                raise DataError(
                    tr(
                        "{file}: column “{name}” cannot be a feature ({reason}); choose from "
                        "{names}.",
                        file=table.path.name,
                        name=column.name,
                        reason=table.why_unusable(j, label),
                        names=", ".join(table.names[k] for k in usable[:12]) or tr("none"),
                    )
                )
    if not usable:
        raise without_features(table, label)


def without_features(table: Table, label: int) -> DataError:
    """Return the error of a table that has no features beside this label."""
    return DataError(
        tr(
            "{name} has no column beside the label “{label}” that holds numbers which "
            "differ, or a few words; a feature must. {more}",
            name=table.path.name,
            label=table.names[label],
            more=describe_text_columns(table, label),
        )
    )


def describe_text_columns(table: Table, label: int) -> str:
    """Return a sentence on why there may be no features beside the label."""
    for j, column in enumerate(table.columns):
        word = next((cell for cell in column.head if isinstance(cell, str)), None)
        if j != label and column.kind == "text" and word is not None:
            return tr("Column “{name}” holds words, such as “{word}”.", name=column.name, word=word)
    return tr("Is the separator right?")
