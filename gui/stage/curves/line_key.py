"""The key to the lines of a plot of curves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from core.data.task import Task
from core.language import tr
from core.runs.run_record import Record
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme
from gui.kit.training_sample import describe_sample
from gui.state.kept_runs import colour_of

SHOWN_COLOURS = 4


class LineKey(QLabel):
    """The lines of training, validation and test rows, and the colours of kept runs."""

    def __init__(self) -> None:
        super().__init__()
        zoom.set_type(self, look.SMALL)
        self.setProperty("small", True)
        self.setTextFormat(Qt.TextFormat.RichText)

    def show_lines(self, theme: Theme, task: Task | None, kept: Sequence[Record]) -> None:
        """Name the lines of the plot; the names of the kept runs are in the tool tip."""
        has_test = task is None or len(task.test_rows) > 0
        test = tr("test") if has_test else ""
        if has_test:
            test = f' &nbsp;<span style="color:{theme.counter_accent}">╌╌</span> {test}'
        if task is not None and len(task.validation_rows):
            dotted = f'<span style="color:{theme.ink}">┈┈</span>'
            test = f" &nbsp;{dotted} {tr('validation')}{test}"
        sample = describe_sample(task) if task else ""
        train = f"{tr('train', 'rows')} ≈" if sample else tr("train", "rows")
        colours = "".join(
            f'<span style="color:{colour_of(theme, record.colour)}">━</span>'
            for record in kept[:SHOWN_COLOURS]
        )
        others = f" &nbsp;{colours}&nbsp;+{len(kept)}" if kept else ""
        self.setText(f'<span style="color:{theme.accent}">━━</span> {train}{test}{others}')
        has_validation = task is not None and bool(len(task.validation_rows))
        lines = [tr("training rows: a solid line")]
        lines += [tr("validation rows: a dotted line")] * has_validation
        lines += [tr("test rows: a dashed line")] * has_test
        lines += [tr("{n} kept runs: lines of their own", n=len(kept))] * bool(kept)
        self.setAccessibleName("; ".join(lines))
        names = (record.name for record in kept)
        self.setToolTip(as_tip("\n".join(filter(None, (sample, *names)))))
