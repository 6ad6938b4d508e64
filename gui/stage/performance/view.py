"""Training speed, and the shares of time spent training, drawing and waiting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
)

from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_plain, format_rate
from core.train.snapshot import DeviceBenchmark, Pace, Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.kit.view import View

BAR_PX = 4
WIDEST = "88.8 M steps/s · 88.8 M examples/s"
IDLE = Pace()
TIPS = {
    mark("training"): mark(
        "Share of the training thread's time in which it computes updates and figures"
    ),
    mark("drawing"): mark("Share of the window's thread in which it prepares and paints pictures"),
    mark("waiting"): mark(
        "Share of the training thread's time in which it waits: for the speed that is "
        "chosen, or for its turn on a busy machine"
    ),
}


class PerformanceView(View):
    """Steps and examples per second, and three shares of time as bars; in the foot of the window.

    drawing : returns the share (0 … 1) of the GUI thread's time that is spent drawing.
    """

    def __init__(self, theme: Theme, drawing: Callable[[], float]) -> None:
        super().__init__(theme)
        self._drawing = drawing
        self._shown: Pace | None = None
        self.rates = QLabel()
        zoom.set_type(self.rates, look.SMALL)
        self.rates.setProperty("small", True)
        self.rates.setAccessibleName(tr("Speed of training"))
        self.rates.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(14)
        row.addWidget(self.rates)
        self.bars, self._words = {}, {}
        for name, tip in TIPS.items():
            words, bar = QLabel(), QProgressBar()
            zoom.set_type(words, look.SMALL)
            words.setProperty("small", True)
            bar.setRange(0, 100)
            bar.setFixedHeight(BAR_PX)
            bar.setTextVisible(False)
            bar.setAccessibleName(tr("share of {name}", name=tr(name)))
            column = QVBoxLayout()
            column.setSpacing(2)
            for widget in (words, bar):
                widget.setToolTip(tr(tip))
                column.addWidget(widget)
            add_layout(row, column)
            self.bars[name], self._words[name] = bar, words
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._show(IDLE, 0.0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_widths()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fix_widths()

    def _fix_widths(self) -> None:
        """Fix the widths to those of the widest figures, so that nothing moves."""
        metrics = self.rates.fontMetrics()
        self.rates.setFixedWidth(metrics.horizontalAdvance(WIDEST) + 4)
        for name, words in self._words.items():
            words.setFixedWidth(metrics.horizontalAdvance(f"{name} 100%") + 4)

    def show_theme(self) -> None:
        """Colours come from the style sheet."""

    def show_task(self, task: Task) -> None:
        self._show(IDLE, 0.0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show(snapshot.pace, self._drawing() if snapshot.pace.steps else 0.0)

    def _show(self, pace: Pace, drawing: float) -> None:
        if pace == self._shown:
            return  # the pace changes only twice a second
        self._shown = pace
        self.rates.setText(
            tr(
                "{steps} steps/s · {examples} examples/s",
                steps=format_rate(pace.steps),
                examples=format_rate(pace.examples),
            )
            if pace.steps
            else ""
        )
        for name, share in (
            ("training", pace.training),
            ("drawing", drawing),
            ("waiting", pace.waiting),
        ):
            bar = self.bars[name]
            bar.setUpdatesEnabled(False)  # otherwise setValue repaints the window immediately
            bar.setValue(round(100 * share))
            bar.setUpdatesEnabled(True)
            self._words[name].setText(f"{tr(name)} {share:.0%}" if pace.steps else tr(name))


def describe_race(race: DeviceBenchmark) -> str:
    """Return a text with the speed of each device and the ratio of fastest to slowest."""
    speeds = sorted(race.examples.items(), key=lambda item: item[1])
    text = ", ".join(
        tr("{device} {rate} examples/s", device=name.upper(), rate=format_rate(rate))
        for name, rate in speeds
    )
    (_, slowest), (fastest, best) = speeds[0], speeds[-1]
    return tr(
        "On this task: {speeds}. {device} is {ratio} times as fast.",
        speeds=text,
        device=fastest.upper(),
        ratio=format_plain(best / slowest, 3),
    )
