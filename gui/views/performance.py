"""How fast it goes, and where the time goes: training, drawing, waiting."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from core.snapshot import Pace, Race, Snapshot
from core.task import Task
from gui.figures import say_rate
from gui.look import Theme
from gui.view import View

BAR_PX = 5
IDLE = Pace()
TIPS = {
    "training": "Share of the training thread's time in which it computes updates and figures",
    "drawing": "Share of the window's thread in which it prepares and paints pictures",
    "waiting": "Share of the training thread's time in which it waits: for the speed that is "
    "chosen, or for its turn on a busy machine",
}


class PerformanceView(View):
    """Steps and examples a second; three shares of time as bars; devices against each other."""

    race_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.drawing = 0.0  # share of the window's thread, for the next snapshot to show
        self._shown: Pace | None = None
        title = QLabel("Performance")
        title.setProperty("title", True)
        self.rates = QLabel()
        self.rates.setProperty("small", True)
        self.rates.setAccessibleName("Speed of training")
        self.race_button = QPushButton("compare")
        self.race_button.setProperty("quiet", True)
        self.race_button.setAccessibleName("Compare devices")
        self.race_button.setToolTip("Train this task for a moment on each device, and compare")
        self.race_button.clicked.connect(self.race_wanted)
        self.race_button.hide()
        header = QHBoxLayout()
        header.setSpacing(6)
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self.rates)
        header.addWidget(self.race_button)
        self.bars, self._words = {}, {}
        shares = QGridLayout()
        shares.setHorizontalSpacing(14)
        shares.setVerticalSpacing(3)
        for column, (name, tip) in enumerate(TIPS.items()):
            words, bar = QLabel(), QProgressBar()
            words.setProperty("small", True)
            bar.setRange(0, 100)
            bar.setFixedHeight(BAR_PX)
            bar.setTextVisible(False)
            bar.setAccessibleName(f"share of {name}")
            for widget in (words, bar):
                widget.setToolTip(tip)
            shares.addWidget(words, 0, column)
            shares.addWidget(bar, 1, column)
            shares.setColumnStretch(column, 1)
            self.bars[name], self._words[name] = bar, words
        self.outcome = QLabel()
        self.outcome.setProperty("small", True)
        self.outcome.setAccessibleName("Comparison of devices")
        self.outcome.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addLayout(shares)
        layout.addWidget(self.outcome, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._show(IDLE, 0.0)

    def show_devices(self, names: tuple[str, ...]) -> None:
        """Offer a comparison where there is more than one device."""
        self.race_button.setVisible(len(names) > 1)

    def show_race(self, race: Race) -> None:
        """Say how fast each device is, and how many times faster the fastest."""
        speeds = sorted(race.examples.items(), key=lambda item: item[1])
        words = " · ".join(f"{name.upper()} {say_rate(rate)}/s" for name, rate in speeds)
        (_, slowest), (fastest, best) = speeds[0], speeds[-1]
        self.outcome.setText(f"{words}: {fastest.upper()} × {best / slowest:.3g}")
        self.outcome.show()

    def show_theme(self) -> None:
        """Colours come from the style sheet."""

    def show_task(self, task: Task) -> None:
        self.outcome.hide()
        self._show(IDLE, 0.0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show(snapshot.pace, self.drawing if snapshot.pace.steps else 0.0)

    def _show(self, pace: Pace, drawing: float) -> None:
        if pace == self._shown:
            return  # it changes twice a second
        self._shown = pace
        self.rates.setText(
            f"{say_rate(pace.steps)} steps/s · {say_rate(pace.examples)} examples/s"
            if pace.steps
            else "not training"
        )
        for name, share in (
            ("training", pace.training),
            ("drawing", drawing),
            ("waiting", pace.waiting),
        ):
            self.bars[name].setValue(round(100 * share))
            self._words[name].setText(f"{name} {share:.0%}" if pace.steps else name)
