"""The strongest words of each label, as they are learnt."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes, shown_features
from core.data.task import Task
from core.explain.word_evidence import label_weights, strongest
from core.language import mark, tr
from core.number_format import format_integer, format_signed
from core.train.snapshot import Snapshot, Status
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.described import point_out
from gui.kit.fields.choices import Choice, Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import Elided
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.words.word_bars import WordBars

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

FOR, AGAINST = "for", "against"
RANKED_EVERY = 0.7  # s while it trains: words that change places all the time cannot be read
SHOWN_EVERY = 0.05  # s while it trains
UNTRAINED = mark("All weights are 0: no word speaks for a label yet. Train first (Space).")
HINT = mark("Point at a word to see its weight for every label.")


class WordsView(View):
    """A panel for each label with the words of the largest weights, or of the smallest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.bars = WordBars(theme)
        self.bars.pointed.connect(self._point_at)
        self.side = Segments(
            (
                (
                    tr("words for"),
                    FOR,
                    tr("The largest weights: words that raise the label’s score"),
                ),
                (
                    tr("words against"),
                    AGAINST,
                    tr("The smallest: words that lower the label’s score"),
                ),
            )
        )
        self.side.choose(FOR)
        self.side.chosen.connect(self._choose_side)
        self.pages = Choice()
        self.pages.setAccessibleName(tr("labels shown"))
        self.pages.setToolTip(tr("Which of the labels are shown"))
        self.pages.chosen.connect(self._choose_page)
        self.readout = Elided(Qt.TextElideMode.ElideRight)
        zoom.set_type(self.readout, look.SMALL)
        self.readout.setProperty("small", True)
        self._untrained = QLabel(tr(UNTRAINED))
        self._untrained.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._untrained.setWordWrap(True)
        self._untrained.setProperty("muted", True)
        zoom.set_type(self._untrained, look.LARGE)
        self._side, self._page, self._capacity = FOR, 0, 0
        self._pointed: int | None = None
        self._order: Numbers | None = None
        self._weights: Floats | None = None
        self._ranked_at = self._shown_at = 0.0
        self._later = QTimer(self)  # joins snapshots that come faster than can be read
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)
        self._lay_out()

    def _lay_out(self) -> None:
        choices = QWidget()
        flow = FlowLayout(choices, 16, 4)
        flow.addWidget(self.side)
        flow.addWidget(self.pages)
        self._choices = choices
        self._stack = QStackedWidget()
        self._stack.addWidget(self.bars)
        self._stack.addWidget(self._untrained)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(6)
        layout.addWidget(self.secondary(choices))
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.secondary(self.readout))

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether the data are texts, and words speak for labels: without a hidden layer."""
        return task.dataset.is_text and not task.config.model.hidden

    def receive_task(self, task: Task) -> None:
        self._weights = self._order = None
        if self.applies_to(task):
            super().receive_task(task)
        else:
            self._later.stop()
            self.task = self.snapshot = None

    def show_task(self, task: Task) -> None:
        self._weights = self._order = None
        is_same = self.snapshot is not None  # the same run in other colours or sizes
        self._turn_to(self._page if is_same else 0)
        self._point_at(None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        wait = self._shown_at + SHOWN_EVERY - time.monotonic()
        if snapshot.status is not Status.TRAINING or wait <= 0:
            self._later.stop()
            self._show()
        elif not self._later.isActive():
            self._later.start(round(1000 * wait) + 1)

    def show_theme(self) -> None:
        self.bars.set_theme(self.theme)

    def present(self, is_on: bool) -> None:
        self._choices.setVisible(not is_on)
        self.readout.setVisible(not is_on)
        self.bars.present(is_on)
        self._turn_to(0)

    def turn(self, by: int) -> bool:
        page = self._page + by
        if self.task is None or not 0 <= page * self._capacity < self.task.dataset.h:
            return False
        self._turn_to(page)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.task is not None and self.bars.capacity() != self._capacity:
            self._turn_to(0)
        elif self._order is not None and self._order.shape[1] != self.bars.rows:
            self._ranked_at = 0.0
            self._show()

    @property
    def _labels(self) -> range:
        """The labels of the page."""
        assert self.task is not None
        first = self._page * self._capacity
        return range(first, min(first + self._capacity, self.task.dataset.h))

    def _turn_to(self, page: int) -> None:
        """Show the labels of this page; a page has as many as there is room for."""
        if self.task is None:
            return
        data = self.task.dataset
        self._capacity, self._order = self.bars.capacity(), None
        self._page = page = min(page, (data.h - 1) // self._capacity)
        starts = range(0, data.h, self._capacity)
        options = [
            (
                tr(
                    "labels {first} to {last} of {all}",
                    first=start + 1,
                    last=min(start + self._capacity, data.h),
                    all=data.h,
                ),
                i,
            )
            for i, start in enumerate(starts)
        ]
        self.pages.set_options(options, page)
        self.pages.setVisible(len(options) > 1)
        labels = [(shown_classes(data)[k], data.class_marks[k]) for k in self._labels]
        self.bars.show_labels(labels, shown_features(data))
        if self.snapshot is not None:
            self._show()

    def _choose_page(self, page: object) -> None:
        assert isinstance(page, int)
        self._turn_to(page)

    def _choose_side(self, side: object) -> None:
        self._side, self._order = str(side), None
        self._show()

    def _show(self) -> None:
        """Show the newest weights; which words are strongest is looked up less often."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None:
            return
        now = self._shown_at = time.monotonic()
        weights, _ = label_weights(task.config.model.kind, snapshot.params, task.dataset.h)
        self._weights = weights
        self._stack.setCurrentIndex(0 if weights.any() else 1)
        shown = weights[self._labels.start : self._labels.stop]
        is_live = snapshot.status is Status.TRAINING
        if self._order is None or not is_live or now - self._ranked_at >= RANKED_EVERY:
            self._ranked_at = now
            sign = 1 if self._side == FOR else -1
            self._order = np.array([strongest(sign * w, self.bars.rows) for w in shown])
        self.bars.show_weights(shown, self._order)
        self._show_readout()

    def _point_at(self, feature: int | None) -> None:
        self._pointed = feature
        self._show_readout()

    def _show_readout(self) -> None:
        """Show the weights of the word that is pointed at."""
        task, j = self.task, self._pointed
        if task is None or j is None or self._weights is None or task.dataset.vocabulary is None:
            self.readout.setText(tr(HINT))
            point_out(self.bars, "")
            return
        words = task.dataset.vocabulary
        said = ", ".join(
            f"{name} {format_signed(float(w), 2)}"
            for name, w in zip(shown_classes(task.dataset), self._weights[:, j], strict=True)
        )
        documents = tr(
            "in {some} of {all} training documents",
            some=format_integer(words.document_counts[j]),
            all=format_integer(words.n),
        )
        said = described.said(self, said)
        self.readout.setText(f"“{words.words[j]}”, {documents}: {said}")
        point_out(self.bars, self.readout.text())
