"""The evaluation view: accuracy with its confidence interval, and one page of details."""

from __future__ import annotations

import time
from typing import Any, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.evaluate.classification import HALF, Answers, Baseline, has_threshold, wilson
from core.language import mark, tr
from core.number_format import format_fixed, format_integer, format_percent
from core.train.snapshot import Params, Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import cover_new
from gui.kit.covers.figures import FigureLabel
from gui.kit.fields import kept
from gui.kit.fields.choices import Choice, Segments
from gui.kit.layouts import add_layout
from gui.kit.plain_text import html
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.evaluation.counts import ClassesPage, ConfusionPage, MistakesPage
from gui.stage.evaluation.curves import CurvesPage
from gui.stage.evaluation.folds import FoldsPage
from gui.stage.evaluation.page import Page, Pages, scrolled
from gui.stage.evaluation.reliability import ReliabilityPage
from gui.stage.evaluation.threshold import ThresholdRow
from gui.state.background_tasks import Background, Queue

INTERVAL = 0.25  # s between two evaluations during training, at least
SHARE = 4.0  # least interval as a multiple of the duration of one evaluation
PADDING = 28  # px around the name of a page
PARTS = (
    (mark("Confusion"), "confusion", mark("How often each class is taken for each other one")),
    (mark("Classes"), "classes", mark("Precision, recall and F1 of each class")),
    (mark("Curves"), "curves", mark("ROC and precision–recall curves")),
    (
        mark("Reliability"),
        "reliability",
        mark("Whether probabilities mean what they say; temperature"),
    ),
    (mark("Mistakes"), "mistakes", mark("The wrong answers that the model is surest of")),
    (mark("k folds"), "folds", mark("Cross-validation: train k times, test on rows not seen")),
)
PAGES: dict[str, type[Page]] = {
    "confusion": ConfusionPage,
    "classes": ClassesPage,
    "curves": CurvesPage,
    "reliability": ReliabilityPage,
    "mistakes": MistakesPage,
    "folds": FoldsPage,
}
WITHOUT_THRESHOLD = ("reliability", "folds")
INTERVAL_TIP = mark(
    "If the rows were drawn anew, an interval made so (Wilson's) would hold the true share in 95 % "
    "of all cases. Of training rows it says little: the model has learnt from them."
)


def _rows(which: str) -> str:
    return tr("test rows") if which == "test" else tr("training rows")


class EvaluationView(View):
    """One large page at a time; only the visible page is computed."""

    row_chosen = Signal(int)
    threshold_changed = Signal(float)

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._asked_at, self._wait = 0.0, INTERVAL
        self._known: tuple[Task, Params, str, Answers] | None = None
        self._classes: tuple[str, ...] = ()
        self.parts = Segments([(tr(title), part, tr(tip)) for title, part, tip in PARTS])
        self.parts.chosen.connect(lambda part: self.show_part(str(part)))
        self.accuracy = FigureLabel()
        zoom.set_type(self.accuracy, look.LARGE)
        self.accuracy.setWordWrap(True)
        self.accuracy.setToolTip(tr(INTERVAL_TIP))
        self.which = Choice()
        self.which.setAccessibleName(tr("rows that are judged"))
        self.which.setToolTip(tr("Rows it has not learnt from, or those it has"))
        self.which.set_options(
            ((tr("test rows"), "test"), (tr("training rows"), "training")), "test"
        )
        self.which.chosen.connect(lambda _: self._ask())
        self.threshold = ThresholdRow()
        self.threshold.changed.connect(self._change_threshold)
        self.pages: dict[str, Page] = {}  # created so far
        self.part = "confusion"
        self._stack = Pages()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)
        said = QHBoxLayout()
        said.addWidget(self.accuracy, 1)
        said.addWidget(self.which)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(6)
        layout.addWidget(self.parts)
        add_layout(layout, said)
        layout.addWidget(self.threshold)
        layout.addWidget(scrolled(self._stack), 1)
        self.show_part("confusion")
        self.show_theme()

    def show_part(self, part: str) -> None:
        self.part = part
        self.parts.choose(part)
        self._stack.setCurrentWidget(self._page(part))
        self._show_controls()
        self._ask()

    def _page(self, part: str) -> Page:
        """Return the page of this name; created on first use, as its plots are slow to create."""
        page = self.pages.get(part)
        if page is None:
            page = self.pages[part] = PAGES[part](self.theme)
            self._stack.addWidget(page)
            page.row_chosen.connect(self.row_chosen)
            page.changed.connect(self._ask)
            page.show_theme(self.theme)
            cover_new(page)
            if self.task is not None:
                page.show_task(self.task)
            if isinstance(page, FoldsPage) and self.snapshot is not None:
                page.receive_snapshot(self.snapshot)
        return page

    @property
    def confusion(self) -> ConfusionPage:
        return cast(ConfusionPage, self._page("confusion"))

    @property
    def classes(self) -> ClassesPage:
        return cast(ClassesPage, self._page("classes"))

    @property
    def curves(self) -> CurvesPage:
        return cast(CurvesPage, self._page("curves"))

    @property
    def reliability(self) -> ReliabilityPage:
        return cast(ReliabilityPage, self._page("reliability"))

    @property
    def mistakes(self) -> MistakesPage:
        return cast(MistakesPage, self._page("mistakes"))

    @property
    def folds(self) -> FoldsPage:
        return cast(FoldsPage, self._page("folds"))

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        found = {
            "part": kept.segments(self.parts),
            "rows": kept.combo(self.which),
            "threshold": kept.slider(self.threshold.slider),
        }
        if "curves" in self.pages:
            found["curve"] = kept.combo(self.curves.of)
        if "reliability" in self.pages:
            found["temper"] = kept.switch(self.reliability.temper)
        return found

    def _show_controls(self) -> None:
        task, part = self.task, self.part
        is_asked = part != "folds"
        self.accuracy.setVisible(is_asked)
        self.which.setVisible(is_asked and task is not None and len(task.test_rows) > 0)
        has = task is not None and has_threshold(task.config.model.kind)
        self.threshold.setVisible(has and part not in WITHOUT_THRESHOLD)

    # Display --------------------------------------------------------------------------------------

    def show_theme(self) -> None:
        self._fit()
        for page in self.pages.values():
            page.show_theme(self.theme)

    def show_task(self, task: Task) -> None:
        self._known = None
        self._background.forget("evaluation")
        if shown_classes(task.dataset) != self._classes:
            self._classes = shown_classes(task.dataset)
            self.threshold.reset.click()  # it applied to other classes
        if task.is_neuron:
            self.threshold.show_name(self._classes[1])
        self.accuracy.setText(task.obstacle)
        for page in self.pages.values():
            page.show_task(task)
        self._show_controls()

    def show_points(self, task: Task) -> None:
        if shown_classes(task.dataset) != self._classes:
            self.show_task(task)
        self._known = None
        if "folds" in self.pages:
            self.folds.show_task(task)
        self._show_controls()
        self.accuracy.setText(task.obstacle)
        if not task.obstacle:
            self._ask()

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        super().receive_snapshot(snapshot)
        if "folds" in self.pages and self.snapshot is snapshot:
            self.folds.receive_snapshot(snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Evaluate now, or after the minimum interval since the last evaluation."""
        wait = self._asked_at + self._wait - time.monotonic()
        if wait <= 0 or self._known is None:
            self._ask()
        elif not self._later.isActive():
            self._later.start(int(wait * 1000) + 1)

    def _change_threshold(self, threshold: float) -> None:
        self.threshold_changed.emit(threshold)
        self._ask()

    def _ask(self) -> None:
        """Evaluate the newest snapshot for the visible page, on the background thread."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or not self.isVisible() or self.part == "folds":
            return
        which = str(self.which.value()) if len(task.test_rows) else "training"
        rows = task.test_rows if which == "test" else task.train_rows
        if not len(rows) or snapshot.params.W.shape[0] != task.outputs:
            return
        self._asked_at = time.monotonic()
        self._later.stop()
        page, part, params = self.pages[self.part], self.part, snapshot.params
        inspect = page.inspect(task, _rows(which))
        threshold = self.threshold.value if has_threshold(task.config.model.kind) else HALF
        known: Answers | None = None
        if self._known is not None and self._known[:3] == (task, params, which):
            known = self._known[3]

        def work() -> tuple[Answers, int, Any, float]:
            from core.evaluate import model_outputs  # imports PyTorch

            started = time.perf_counter()
            answers = known if known is not None else model_outputs.ask(task, params, rows)
            judged = answers.at(threshold)
            result = inspect(judged)
            return answers, int(judged.is_right.sum()), result, time.perf_counter() - started

        def answer(found: tuple[Answers, int, Any, float]) -> None:
            answers, right, result, seconds = found
            if self.task is not task:
                return
            self._known = task, params, which, answers
            self._wait = max(INTERVAL, SHARE * seconds)
            self._show_accuracy(right, answers, which)
            if self.part == part:
                page.show_result(result)

        self._background.ask("evaluation", work, answer, queue=Queue.STUDIES)

    def _show_accuracy(self, right: int, answers: Answers, which: str) -> None:
        n = len(answers)
        low, high = wilson(right, n)
        self.accuracy.setText(
            tr(
                "<b>{share}</b> right: {right} of {n} {rows}. 95 % interval {low} … "
                "{high}{baseline}",
                share=format_percent(right / n),
                right=format_integer(right),
                n=format_integer(n),
                rows=_rows(which),
                low=format_fixed(100 * low, 1),
                high=format_percent(high),
                baseline=self._describe_baseline(answers),
            )
        )

    def _describe_baseline(self, answers: Answers) -> str:
        """Return what always saying the most frequent class comes to, if the classes differ."""
        if self.task is None:
            return ""
        dataset = self.task.dataset
        baseline = Baseline.of(dataset.counts(self.task.train_rows))
        if not baseline.is_imbalanced:
            return ""
        name, share = shown_classes(dataset)[baseline.label], baseline.accuracy(answers.counts)
        told = tr(
            "Baseline, always “{name}”: {share}", name=html(name), share=format_percent(share)
        )
        return f". {told}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Use small type without padding if the names of the pages would be cut off."""
        words = [self.parts.button(part).text() for _, part, _ in PARTS]
        bold = QFontMetrics(zoom.font(1.0, bold=True))
        is_narrow = (
            sum(map(bold.horizontalAdvance, words)) + zoom.px(PADDING) * len(words) > self.width()
        )
        for _, part, _ in PARTS:
            zoom.set_type(self.parts.button(part), look.SMALL if is_narrow else 1.0)
        style = "QPushButton { padding: 0.25em 0; }" if is_narrow else ""
        if style != self.parts.styleSheet():
            self.parts.setStyleSheet(style)
        row = self.parts.layout()
        assert isinstance(row, QHBoxLayout)
        for index, word in enumerate(words):
            row.setStretch(index, bold.horizontalAdvance(word) if is_narrow else 1)

    # Lifecycle ------------------------------------------------------------------------------------

    def end_threads(self) -> None:
        """Cancel a running cross-validation and wait for its thread."""
        if "folds" in self.pages:
            self.folds.close_thread()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.end_threads()
        super().closeEvent(event)
