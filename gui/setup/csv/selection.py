"""Selection of what to load from a table: label, features, and treatment of gaps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from core.config import Missing
from core.data.csv.table import Gaps, Table
from core.errors import DataError
from gui.kit.plain_text import short

MAX_NAMED = 6  # classes


class Role(Enum):
    """Role of a column."""

    LABEL = auto()
    FEATURE = auto()
    UNUSED = auto()
    UNUSABLE = auto()


@dataclass(frozen=True)
class Outcome:
    """Outcome of a selection.

    classes : number of classes and the first names, as text; "" if the label has none.
    gaps : missing values of the rows.
    summary : what would be loaded, as text; obstacle : why nothing can be loaded, or "".
    """

    classes: str
    gaps: Gaps
    summary: str
    obstacle: str


class Selection:
    """The chosen roles of a table's columns, and the treatment of rows with a gap.

    label : index of the label column; features : indices of the feature columns.
    missing : “skip” leaves out rows that lack a number, “fill” fills in the mean.
    """

    def __init__(self, table: Table, missing: Missing = "skip") -> None:
        self.table = table
        self.label = table.default_label
        usable = table.usable(self.label)
        self.features = {j for j in usable if not table.columns[j].doubt} or set(usable)
        self.missing = missing

    # Choices --------------------------------------------------------------------------------------

    def choose_label(self, label: int) -> None:
        """Make another column the label; the old one becomes a feature if it is suitable."""
        if label == self.label:
            return
        old, self.label = self.label, label
        usable = self.table.usable(label)
        if old in usable and not self.table.columns[old].doubt:
            self.features.add(old)
        self.features &= set(usable)

    def toggle(self, column: int) -> None:
        """Toggle a column as a feature; no effect for pictures, which use all their columns."""
        if column in self.table.usable(self.label) and not self.is_pictures:
            self.features ^= {column}

    def take_all(self) -> None:
        self.features = set(self.table.usable(self.label))

    def take_none(self) -> None:
        self.features = set()

    # Results --------------------------------------------------------------------------------------

    @property
    def is_pictures(self) -> bool:
        return self.table.image_shape(self.label) is not None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features in the form of DataConfig: names, or ("all",)."""
        is_all = self.is_pictures or len(self.features) == len(self.table.usable(self.label))
        return ("all",) if is_all else tuple(self.table.names[j] for j in sorted(self.features))

    @property
    def roles(self) -> list[Role]:
        """Role of each column."""
        usable = self.table.usable(self.label)

        def role(j: int) -> Role:
            if j == self.label:
                return Role.LABEL
            if j not in usable:
                return Role.UNUSABLE
            return Role.FEATURE if j in self.features else Role.UNUSED

        return [role(j) for j in range(len(self.table.columns))]

    def outcome(self) -> Outcome:
        """Return the outcome of the selection."""
        table = self.table
        gaps = table.gaps(self.label, sorted(self.features))
        rows = table.n - int(gaps.no_label.sum())
        if self.missing == "skip":
            rows -= int(gaps.incomplete.sum())
        try:
            names, _ = table.columns[self.label].classes
        except DataError as error:
            return Outcome("", gaps, "", str(error))
        shown = ", ".join(map(short, names[:MAX_NAMED])) + (", …" if len(names) > MAX_NAMED else "")
        classes = f"{len(names):,} class{'es' if len(names) != 1 else ''}: {shown}"
        return Outcome(classes, gaps, self._summary(rows, len(names)), self._obstacle(rows))

    def _summary(self, rows: int, classes: int) -> str:
        shape = self.table.image_shape(self.label)
        count = len(self.features)
        what = (
            f"pictures of {shape[0]} × {shape[1]} pixels"
            if shape
            else f"rows × {count:,} feature{'s' if count != 1 else ''}"
        )
        one = "  ·  one class only: nothing to tell apart" if classes == 1 else ""
        return f"Loads {rows:,} {what}{one}"

    def _obstacle(self, rows: int) -> str:
        if not self.table.n:
            return "The file has no rows below its header."
        if not self.table.usable(self.label):
            return (
                "No column beside the label holds numbers that differ; a feature must. "
                + self.table.say_words_beside(self.label)
            )
        if not self.features:
            return "Tick at least one feature."
        if not rows:
            return "Each row lacks something; fill in the mean, or untick the emptiest features."
        return ""
