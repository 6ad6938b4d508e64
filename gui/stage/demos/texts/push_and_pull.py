"""One update on one document pushes its own label’s score up, and pulls all others down."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.explain import prediction
from core.explain.coefficients import output_names
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_percent, format_plain, format_signed
from core.train.snapshot import Snapshot
from gui.kit.fields.choices import Choice
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.plain_text import sentence_case
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import Figure, ValueSlider, Wrapped, note, row
from gui.stage.demos.texts.push_chart import Column, PushChart
from gui.state.selected_example import Example

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.word_update import WordUpdate

MOST_COLUMNS = 6  # labels
MOST_UPDATES = 50
BEGINNING = 90  # characters of the document that are shown
NO_TEXTS = mark(
    "The data are no texts. Choose Genres at the left, and read one of its documents here."
)
HIDDEN = mark("With a hidden layer no weight belongs to a word and a label. Set “hidden” to none.")
COUNTED = mark(
    "Naive Bayes counts its words once, and makes no updates. Choose softmax to see some."
)
NOTHING = mark("None of the words of this text is known: only the biases move.")


class PushAndPullDemo(Demo):
    """The moves of the weights of the chosen document’s words, for each label, by one update."""

    title = mark("Push and pull")
    watch = mark(
        "One update on one document: the weights of its words rise for its own label and fall for "
        "the others, by η (y − a) x. Repeat it: the surer the model is, the less it moves."
    )
    stops = ((mark("updates"), 5.0), (mark("updates"), 25.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._example: Example | None = None
        self._newest: tuple[Task, Snapshot] | None = None
        self._label: int | None = None
        self.label = Choice()
        self.label.setAccessibleName(tr("true label of the text"))
        self.label.setToolTip(tr("The label that the text is trained with"))
        self.label.chosen.connect(self._choose_label)
        self.updates = ValueSlider(
            tr("updates"),
            1,
            MOST_UPDATES,
            1,
            name=tr("number of updates"),
            tip=tr("How many updates are made on this document, one after the other"),
            steps=MOST_UPDATES - 1,
            shown=lambda n: format_fixed(n, 0),
            widest="00",
        )
        self.updates.changed.connect(lambda _: self._show())
        self.before, self.after = Figure(theme, tr("loss before")), Figure(theme, tr("loss after"))
        self.share = Figure(theme, tr("P of its label"))
        self.chart = PushChart(theme)
        # Queued: words are chosen anew once the layout has finished.
        self.chart.room_changed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self.said = note("")
        formula = Formula(
            theme,
            r"\Delta w_\ell=-\eta\,\frac{\partial L}{\partial z_\ell}\,x",
            tr("delta w of l is minus eta times the derivative of L by z of l, times x"),
        )
        layout = Columns(self)
        layout.setSpacing(8)
        add_layout(layout, row(formula, None, small_label(tr("its label")), self.label))
        layout.addWidget(self.said)
        layout.addWidget(self.updates)
        layout.addWidget(Wrapped(self.before, self.after, self.share))
        picture = Shaped(self.chart, low=190, high=420, whole_width=self.chart.whole_width)
        self.chart.width_changed.connect(picture.updateGeometry)
        layout.addWidget(picture, 1)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.chart.set_theme(theme)

    def show_example(self, example: Example | None) -> None:
        self._example, self._label = example, None

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        self._newest = task, snapshot
        self._show()

    def _choose_label(self, label: object) -> None:
        assert isinstance(label, int)
        self._label = label
        self._show()

    def _show(self) -> None:
        if self._newest is None:
            return
        (task, snapshot), example = self._newest, self._example
        lack = "" if task.dataset.is_text else NO_TEXTS
        if not lack and task.config.model.hidden:
            lack = HIDDEN
        if not lack and FAMILY[task.config.model.kind].is_counted:
            lack = COUNTED
        if lack or example is None or example.task is not task:
            self.said.setText(escape(tr(lack)))
            self._clear()
            return
        self._show_update(task, snapshot, example)

    def _clear(self) -> None:
        self.chart.show_moves((), (), np.empty((0, 0)))
        for figure in (self.before, self.after, self.share):
            figure.show_text("–")

    def _show_update(self, task: Task, snapshot: Snapshot, example: Example) -> None:
        from core.explain.word_update import word_update  # imports PyTorch

        answer = prediction.ask(task, snapshot.params, example.values)
        names = shown_classes(task.dataset)
        label = self._label if self._label is not None else example.label
        label = answer.decided if label is None or label >= len(names) else label
        self.label.set_options([(name, k) for k, name in enumerate(names)], label)
        features = np.flatnonzero(answer.x)
        count = round(self.updates.value())
        update = word_update(
            task.config.model.kind,
            answer.logits.astype(np.float64),
            answer.x[features],
            label,
            task.dataset.h,
            eta=snapshot.eta,
            count=count,
        )
        self.before.show_number(update.losses[0], 3)
        self.after.show_number(update.losses[1], 3)
        self._show_share(task, update, label)
        shown = np.sort(np.argsort(-np.abs(update.dz), kind="stable")[:MOST_COLUMNS])
        columns = _columns(task, update, shown.tolist())
        assert task.dataset.vocabulary is not None
        telling = answer.x[features] * task.dataset.vocabulary.idf[features]  # rare words first
        largest = np.argsort(-telling, kind="stable")[: self.chart.rows]
        words = [shown_inputs(task)[features[i]] for i in largest.tolist()]
        self.chart.show_moves(columns, words, update.moved[shown][:, largest].T)
        self._say(example, len(features), len(words), snapshot.eta)

    def _show_share(self, task: Task, update: WordUpdate, label: int) -> None:
        """Show the probability of the label before and after, if the model gives one."""
        if not FAMILY[task.config.model.kind].outputs_sum_to_one:
            self.share.show_text("–")
            return
        shares = [float(a[min(label, len(a) - 1)]) for a in (update.a, update.new_a)]
        if len(update.a) == 1 and label == 0:
            shares = [1 - share for share in shares]
        self.share.show_text(" → ".join(map(format_percent, shares)))

    def _say(self, example: Example, known: int, shown: int, eta: float) -> None:
        if not known:
            self.said.setText(tr(NOTHING))
            return
        text = f"{escape(sentence_case(example.words))}, η = {format_plain(eta, 6)}. "
        if example.task.dataset.documents is not None and example.row is not None:
            beginning = example.task.dataset.documents.texts[example.row][:BEGINNING]
            text += f"“{escape(beginning)}…” "
        if known > shown:
            text += tr("{k} of its {n} words are shown.", k=shown, n=known)
        self.said.setText(text)


def _columns(task: Task, update: WordUpdate, shown: list[int]) -> list[Column]:
    """Return the heads of these outputs."""
    outputs, marks = output_names(task), task.dataset.class_marks
    return [
        Column(
            outputs[j],
            marks[j] if len(outputs) == len(marks) else marks[-1],
            _push(-float(update.dz[j])),
            f"{format_fixed(float(update.z[j]), 2)} → {format_fixed(float(update.new_z[j]), 2)}",
        )
        for j in shown
    ]


def _push(direction: float) -> str:
    """Return in which direction a label’s weights go, and y − a."""
    if direction == 0:
        return tr("stays")
    return f"{'↑' if direction > 0 else '↓'} {format_signed(direction, 3)}"
