"""The view of the model as a network: the forward pass of one example during training."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import in_a_row, tr
from core.model_family import FAMILY
from core.number_format import format_count
from core.train.snapshot import Snapshot, Status
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.areas.scrolling import scrolled
from gui.kit.labels import Readout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.network.bundles import Bundles
from gui.stage.network.drawn_outputs import MOST_CLASSES
from gui.stage.network.edges import MOST_INPUTS, Edges
from gui.stage.network.layers import Layers
from gui.stage.network.parts import Signals, signals
from gui.stage.network.sketch import NOTHING, Mark
from gui.stage.network.words import loss_words, said_of
from gui.state.selected_example import Chosen

SECONDS = 0.1  # s between two updates: faster ones are unreadable
NARROW = 600  # px at 100 %: below this width the text about the mark needs two lines
LONG_SUM = 7  # terms of a sum that need two lines of text if exceeded


class NetworkView(View):
    """Inputs, weights, logits, probabilities, target and loss of the selected example."""

    def __init__(self, theme: Theme, chosen: Chosen) -> None:
        super().__init__(theme)
        self.chosen = chosen
        chosen.changed.connect(lambda _: self._refresh())
        self.edges, self.bundles, self.layers = Edges(theme), Bundles(theme), Layers(theme)
        self._stack = QStackedWidget()
        for sketch in self._sketches:
            sketch.pointed.connect(lambda _: self._read_out())
            self._stack.addWidget(scrolled(sketch))
        self._title, self._readout, self._caption = Plain(), Readout(1), Plain()
        self._readout.are_all_covered = False  # what is revealed in the sketch is not
        for label in (self._title, self._caption):
            zoom.set_type(label, look.SMALL)
            label.setProperty("small", True)
            label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._readout)
        layout.addWidget(self.secondary(self._caption))
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._refresh)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reserve()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._reserve()

    def _reserve(self) -> None:
        """Reserve one or two lines for the text about the mark, so that the sketch stays put."""
        is_long = self.sketch is self.layers
        is_long = is_long or (self.sketch is self.edges and self.edges.count > LONG_SUM)
        self._readout.set_lines(2 if is_long or self.width() < zoom.px(NARROW) else 1)

    @property
    def _sketches(self) -> tuple[Edges, Bundles, Layers]:
        return self.edges, self.bundles, self.layers

    @property
    def sketch(self) -> Edges | Bundles | Layers:
        """The sketch for this task: edges for few inputs, bundles for many or for images.

        With a hidden layer it is the one of layers.
        """
        if self.task is not None and self.task.config.model.hidden:
            return self.layers
        is_small = self.task is not None and self.task.m <= MOST_INPUTS
        is_image = self.task is not None and self.task.dataset.image_shape is not None
        return self.edges if is_small and not is_image else self.bundles

    def light(self, key: tuple[str | int, ...] | None) -> None:
        """Mark the input, the weight or the output that a term of a formula stands for."""
        drawn, mark = self.sketch.drawn.outputs, NOTHING
        has_edges = self.sketch is self.edges
        match key:
            case ("x", int(j)) if has_edges:
                mark = Mark(input=j)
            case ("W", int(k), int(j)) if has_edges and k in drawn:
                mark = Mark(j, k)
            case (name, int(k), *_) if name != "x" and k in drawn:
                mark = Mark(output=k)
        self.sketch.point(mark)

    def present(self, is_on: bool) -> None:
        """Show only the sketch on a slide, or the texts about it too."""
        for text in (self._title, self._readout, self._caption):
            text.setVisible(not is_on)

    def cover_numbers(self, is_on: bool) -> None:
        super().cover_numbers(is_on)
        self._read_out()

    def show_theme(self) -> None:
        for sketch in self._sketches:
            sketch.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        for sketch in self._sketches:  # those out of sight release their data
            sketch.show_task(task if sketch is self.sketch else None)
        self._stack.setCurrentIndex(self._sketches.index(self.sketch))
        self._show_caption(task)
        self._reserve()
        self._refresh()

    def show_points(self, task: Task) -> None:
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers now, or after the minimum interval between updates."""
        wait = self._shown_at + SECONDS - time.monotonic()
        is_first = self.sketch.signals is None
        if snapshot.status is not Status.TRAINING or is_first or wait <= 0:
            self._later.stop()
            self._refresh()
        elif not self._later.isActive():
            self._later.start(max(int(wait * 1000), 1))

    def _refresh(self) -> None:
        """Show the selected example with the newest parameters."""
        task, snapshot, example = self.task, self.snapshot, self.chosen.example
        if task is None or not self.isVisible():
            return
        self._shown_at = time.monotonic()
        fits = (
            example is not None
            and len(example.values) == task.dataset.m
            and (example.label is None or example.label < task.dataset.h)
        )
        if example is None or not fits:
            self._title.setText(tr("No example is followed: there are no training rows yet."))
            self.sketch.show_signals(None)
            self._readout.setText("")
            return
        name = (
            tr("its class is not known")
            if example.label is None
            else shown_classes(task.dataset)[example.label]
        )
        self._title.setText(
            tr(
                "Followed: {words} · {name} · {pick}",
                words=example.words,
                name=name,
                pick=self._pick_words(task),
            )
        )
        found = signals(task, snapshot.params, example) if snapshot else None
        is_training = snapshot is not None and snapshot.status is Status.TRAINING
        self.sketch.show_signals(found, may_choose=not is_training)
        self._read_out()

    def _pick_words(self, task: Task) -> str:
        has_plane = task.dataset.is_measured and task.dataset.m >= 2
        has_plane = has_plane and self.width() >= zoom.px(NARROW)
        return tr("pick another in Boundary or Data") if has_plane else tr("pick another in Data")

    def _read_out(self) -> None:
        s = self.sketch.signals
        sketch = self.sketch
        words = pointed = sketch.covering.words(sketch.words(), sketch.mark)
        if not words:
            if self.snapshot and s is None and self.chosen.example:
                words = tr("The weights are not finite any more: there is nothing to compute.")
            elif s is not None and not s.params.W.any() and not s.params.b.any():
                words = tr("All weights are 0 before the first step: every logit is 0.")
            else:
                words = tr("Point at an edge or a node to read what it contributes.")
        if words != self._readout.text():
            self._readout.setText(words)
        is_live = self.snapshot is not None and self.snapshot.status is Status.TRAINING
        if pointed or s is None:
            self.sketch.setAccessibleDescription(words)
        elif not is_live:  # too fast to be listened to
            said = self._say_outputs(s)
            said = described.covered(said) if self.sketch.covering.is_on else said
            self.sketch.setAccessibleDescription(said)

    def _say_outputs(self, s: Signals) -> str:
        """Return what the sketch shows of the followed example, as a sentence."""
        assert self.task is not None
        kind, names = self.task.config.model.kind, shown_classes(self.task.dataset)
        told = ((name, said_of(s, kind, k)) for k, name in enumerate(names))
        outputs = ", ".join(f"{name} {words}" for name, words in told if words)
        _, loss = loss_words(self.task, s)
        said = tr("{title}. Outputs: {outputs}.", title=self._title.text(), outputs=outputs)
        return f"{said} {loss}".strip()

    def _show_caption(self, task: Task) -> None:
        words = []
        if self.sketch is self.layers:
            words.append(
                tr(
                    "An edge is as thick as |weight × value|, what it contributes: blue above 0, "
                    "orange below. The edges into the units have a scale of their own."
                )
            )
        elif self.sketch is self.edges:
            words.append(tr("An edge is as thick as |w|, blue for w > 0, orange for w < 0."))
        else:
            words.append(_summed_up(task))
        drawn, kind = self.sketch.drawn.pairs, FAMILY[task.config.model.kind]
        if kind.is_pairwise:
            words.append(tr("The neuron of i|j votes for j where z > 0, else for i."))
            if len(drawn) < task.outputs:
                words.append(
                    tr(
                        "Of {outputs} pairs {count} with the example’s class, or the chosen one, "
                        "are drawn; all of them vote.",
                        outputs=task.outputs,
                        count=len(drawn),
                    )
                )
        if task.dataset.h > MOST_CLASSES:
            shared = tr(
                "Of {h} classes the {most} likeliest are drawn, with the example's own; all of "
                "them share in the softmax.",
                h=task.dataset.h,
                most=MOST_CLASSES,
            )
            apart = tr(
                "Of {h} classes the {most} likeliest are drawn, with the example's own.",
                h=task.dataset.h,
                most=MOST_CLASSES,
            )
            words.append(shared if kind.is_shift_invariant else apart)
        self._caption.setText(in_a_row(*words))


def _summed_up(task: Task) -> str:
    """Return what the strands of a sketch are, in which inputs are summed up."""
    is_text = task.dataset.is_text
    inputs = format_count(task.m, "word") if is_text else format_count(task.m, "input")
    if task.config.model.is_neuron:
        return tr(
            "{inputs}, summed up in two strands: all w·x > 0 in blue, which speak for {name}, and "
            "all w·x < 0 in orange.",
            inputs=inputs,
            name=shown_classes(task.dataset)[1],
        )
    if FAMILY[task.config.model.kind].is_pairwise:
        return tr(
            "{inputs}, summed up in two strands per pair i|j: all w·x > 0 in blue, which speak for "
            "j, and all w·x < 0 in orange.",
            inputs=inputs,
        )
    return tr(
        "{inputs}, summed up in two strands per class: all w·x > 0 in blue, which speak for it, "
        "and all w·x < 0 in orange.",
        inputs=inputs,
    )
