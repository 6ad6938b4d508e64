"""Selection of what to load from a table: label, features, and treatment of gaps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from core.config import DataConfig, Missing
from core.data.csv import label as labels
from core.data.csv import oddities, roles, spelling, texts
from core.data.csv.gaps import Gaps, find_gaps
from core.data.csv.label import LabelChoice
from core.data.csv.table import Table
from core.data.csv.understood import Remark, listed
from core.errors import DataError
from core.language import tr, tr_n
from core.number_format import format_count, format_integer
from gui.kit.plain_text import short

MAX_NAMED = 6  # classes
MAX_UNUSED = 5  # columns
CHOSEN = "chosen"


class Role(Enum):
    """Role of a column."""

    LABEL = auto()
    TEXT = auto()
    FEATURE = auto()
    UNUSED = auto()
    UNUSABLE = auto()


@dataclass(frozen=True)
class Outcome:
    """Outcome of a selection.

    classes : number of classes and the first names with their rows, as text; "" if there are none.
    gaps : missing values of the rows.
    remarks : what seems odd about the classes.
    summary : what would be loaded, as text; obstacle : why nothing can be loaded, or "".
    question : what to ask before loading, or "".
    """

    classes: str
    gaps: Gaps
    remarks: tuple[Remark, ...]
    summary: str
    obstacle: str
    question: str = ""


class Selection:
    """The chosen roles of a table's columns, and the treatment of rows with a gap.

    label : index of the label column; features : indices of the feature columns, those of words
    go in as categories.
    text : index of the column of texts, whose words alone are the features; None without one.
    missing : “skip” leaves out rows that lack a value, “fill” fills in the mean.
    missing_category : a missing word is a category of its own.
    merge_case : classes and words that differ only in how they are written are one.
    keep_totals : rows that seem to be no data, such as totals, stay.
    """

    def __init__(self, table: Table, missing: Missing = "skip") -> None:
        self.table = table
        self._choice = labels.choose(table)
        self._is_text_chosen = False
        self.text = texts.alone(table, self.label)
        usable = table.usable(self.label)
        self.features = {j for j in usable if not table.columns[j].doubt} or set(usable)
        self.missing = missing
        self.missing_category = self.merge_case = self.keep_totals = False

    def of_table(self, table: Table) -> Selection:
        """Return the selection for the file after it was read again, as similar as possible."""
        again = Selection(table, self.missing)
        again.missing_category, again.merge_case = self.missing_category, self.merge_case
        again.keep_totals = self.keep_totals
        if table.names == self.table.names and self._choice.why == CHOSEN:
            again.choose_label(self.label)
            again.features = self.features & set(table.usable(self.label))
        if table.names == self.table.names and self._is_text_chosen:
            again.choose_text(self.text if self.text in again.could_be_text else None)
        return again

    # Choices --------------------------------------------------------------------------------------

    @property
    def label(self) -> int:
        return self._choice.column

    def choose_label(self, label: int) -> None:
        """Make another column the label; the old one becomes a feature if it is suitable."""
        old = self.label
        trouble = labels.quantity(self.table.columns[label])
        self._choice = LabelChoice(label, CHOSEN, (), trouble)
        if label == old:
            return
        usable = self.table.usable(label)
        if old in usable and not self.table.columns[old].doubt:
            self.features.add(old)
        self.features &= set(usable)
        if not self._is_text_chosen or self.text == label:
            self.text = texts.alone(self.table, label)

    def choose_text(self, column: int | None) -> None:
        """Take the words of this column for the features, or with None all other columns."""
        self.text, self._is_text_chosen = column, True

    def toggle(self, column: int) -> None:
        """Toggle a column as a feature; no effect for pictures and texts, which are all of them."""
        if column in self.table.usable(self.label) and not (self.is_pictures or self.is_text):
            self.features ^= {column}

    def take_all(self) -> None:
        self.features = set(self.table.usable(self.label))

    def take_none(self) -> None:
        self.features = set()

    # Results --------------------------------------------------------------------------------------

    @property
    def is_text(self) -> bool:
        return self.text is not None

    @property
    def could_be_text(self) -> tuple[int, ...]:
        """The columns whose words could be the features."""
        return texts.possible(self.table, self.label)

    @property
    def is_pictures(self) -> bool:
        return not self.is_text and self.table.image_shape(self.label) is not None

    @property
    def categorical(self) -> tuple[int, ...]:
        """Indices of the features that are categories."""
        words = (j for j in sorted(self.features) if self.table.columns[j].kind == "text")
        return () if self.is_pictures or self.is_text else tuple(words)

    @property
    def config(self) -> DataConfig:
        """The config that loads this selection; how the file is written is not in it."""
        table, names = self.table, self.table.names
        if self.text is not None:
            return DataConfig(
                source="csv",
                path=str(table.path),
                label=names[self.label],
                text=names[self.text],
                merge_case=self.merge_case,
                any_label=bool(self._choice.trouble),
                keep_totals=self.keep_totals,
            )
        numbers = {j for j in table.usable(self.label) if table.columns[j].is_number}
        is_all = self.is_pictures or numbers <= self.features
        return DataConfig(
            source="csv",
            path=str(table.path),
            label=names[self.label],
            features=("all",) if is_all else tuple(names[j] for j in sorted(self.features)),
            missing=self.missing,
            categorical=tuple(names[j] for j in self.categorical),
            missing_category=self.missing_category,
            merge_case=self.merge_case,
            any_label=bool(self._choice.trouble),
            keep_totals=self.keep_totals,
        )

    @property
    def roles(self) -> list[Role]:
        """Role of each column."""
        usable = self.table.usable(self.label)

        def role(j: int) -> Role:
            if j == self.label:
                return Role.LABEL
            if j == self.text:
                return Role.TEXT
            if j not in usable or self.is_text:
                return Role.UNUSABLE
            return Role.FEATURE if j in self.features else Role.UNUSED

        return [role(j) for j in range(len(self.table.columns))]

    @property
    def label_reason(self) -> str:
        """Why this column is the label, and which others could be; "" if the user chose it."""
        if self._choice.why in ("", CHOSEN):
            return ""
        rivals = tuple(short(self.table.names[j]) for j in self._choice.rivals)
        if not rivals:
            return tr(self._choice.why)
        why = tr(self._choice.why)
        return tr("{why}; {rivals} could be it too", why=why, rivals=listed(rivals))

    @property
    def has_spellings(self) -> bool:
        """Whether classes differ only in how they are written."""
        try:
            return bool(spelling.spellings(self.table.columns[self.label].classes[0]))
        except DataError:
            return False

    @property
    def has_totals(self) -> bool:
        """Whether some rows with a label seem to be no data."""
        no_label = find_gaps(self.table, self.label, ()).no_label
        return any(not no_label[group.rows].all() for group in oddities.excluded_rows(self.table))

    @property
    def has_missing_words(self) -> bool:
        """Whether a feature of words lacks some."""
        return any(self.table.columns[j].gaps for j in self.categorical)

    def outcome(self) -> Outcome:
        """Return the outcome of the selection."""
        table = self.table
        lacking = set(self.categorical) if self.missing_category else set()
        features = set() if self.is_text else self.features
        gaps = find_gaps(table, self.label, sorted(features - lacking))
        rows = table.n - int(gaps.no_label.sum()) - self._lacking_text(gaps)
        if self.missing == "skip":
            rows -= int(gaps.incomplete.sum())
        column = table.columns[self.label]
        try:
            names, y = column.merged_classes if self.merge_case else column.classes
        except DataError as error:
            return Outcome("", gaps, (), "", str(error))
        remarks = oddities.remarks(table, self.label, names, y, is_merged=self.merge_case)
        excluded = [
            (row, group.why)
            for group in (() if self.keep_totals else oddities.excluded_rows(table))
            for row in group.rows
            if not gaps.no_label[row]
        ]
        rows -= sum(self.missing == "fill" or not gaps.incomplete[row] for row, _ in excluded)
        remarks += tuple(
            Remark(
                tr(
                    "line {line} is left out, as a row {why}",
                    line=format_integer(table.lines[row]),
                    why=tr(why),
                )
            )
            for row, why in excluded
        )
        counts = np.bincount(y[y >= 0], minlength=len(names))
        shown = ", ".join(
            f"{short(name)} ({format_integer(count)})"
            for name, count in zip(names[:MAX_NAMED], counts, strict=False)
        )
        more = ", …" if len(names) > MAX_NAMED else ""
        count = tr_n("{n} class", "{n} classes", len(names))
        classes = tr("{classes}: {names}", classes=count, names=f"{shown}{more}")
        obstacle, trouble = self._obstacle(rows), self._choice.trouble
        if trouble:
            remarks = ()  # about classes that are hardly meant
        if trouble and not self._choice.why:  # pictures without any label
            said = f"{trouble[:1].upper()}{trouble[1:]}"
            obstacle, trouble = (
                tr("{doubt} If one is the label all the same, choose it.", doubt=said),
                "",
            )
        summary = self._summary(rows, len(names))
        question = tr("{doubt} Each of them would be a class.", doubt=trouble) if trouble else ""
        return Outcome(classes, gaps, remarks, summary, obstacle, question)

    def _lacking_text(self, gaps: Gaps) -> int:
        """Return how many rows with a label have no text."""
        if self.text is None:
            return 0
        return int((self.table.columns[self.text].is_gap & ~gaps.no_label).sum())

    def _summary(self, rows: int, classes: int) -> str:
        shape = self.table.image_shape(self.label)
        count = len(self.features)
        one = f"  ·  {tr('one class only: nothing to tell apart')}" if classes == 1 else ""
        if self.text is not None:
            named = short(self.table.names[self.text])
            words = tr_n(
                "Loads {n} texts, of which the words in “{column}” are the features",
                "Loads {n} texts, of which the words in “{column}” are the features",
                rows,
                column=named,
            )
            return words + one
        n = format_integer(rows)
        if shape:
            size = f"{shape[0]} × {shape[1]}"
            return tr("Loads {n} pictures of {size} pixels", n=n, size=size) + one
        features = format_count(count, "feature")
        return tr("Loads {n} rows × {features}", n=n, features=features) + one

    def _obstacle(self, rows: int) -> str:
        if not self.table.n:
            return tr("The file has no rows below its header.")
        if self.is_text:
            return "" if rows else tr("Each row lacks its text, or its label.")
        if not self.table.usable(self.label):
            said = tr(
                "No column beside the label holds numbers that differ, or a few words; a feature "
                "must."
            )
            return f"{said} {roles.describe_text_columns(self.table, self.label)}"
        if not self.features:
            return tr("Tick at least one feature.")
        if not rows:
            return tr(
                "Each row lacks something; fill in the mean, or untick the emptiest features."
            )
        return ""

    def describe_unused(self) -> str:
        """Return the columns that are not used and why, "" if there are none."""
        columns = self.table.columns
        why_not = tr(texts.BESIDE_TEXTS) if self.is_text else tr("not ticked")
        named = tuple(
            f"{short(columns[j].name)} ({short(reason.partition(',')[0])})"
            for j, role in enumerate(self.roles)
            if role in (Role.UNUSED, Role.UNUSABLE)
            and (reason := self.table.why_unusable(j, self.label) or columns[j].doubt or why_not)
        )
        shown = listed(named, "; ", MAX_UNUSED)
        return tr("Not used: {columns}", columns=shown) if named else ""
