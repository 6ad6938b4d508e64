"""Accessible descriptions of the pictures: one sentence each, for screen readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QGraphicsView, QWidget

from core.explain.word_evidence import label_weights, strongest
from core.model_family import FAMILY
from core.number_format import format_count, format_percent
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import RunController
from gui.kit import described
from gui.kit.confusion_matrix import ConfusionMatrix
from gui.kit.picture_grid import Panels
from gui.kit.plots import Plot
from gui.kit.view import View
from gui.window.stage.stage import Stage

# Between updates while training: a screen reader says those of what has the focus to their end.
INTERVAL_MS = 10_000
SETTLED_MS = 1000  # between looks at whether what is worked out in the background is shown
MOST_WORDS, MOST_LABELS = 3, 6  # that are named of a text's model
MOVING = (
    "Arrow keys up and down zoom, left and right move, Home shows the whole run; "
    "with Shift, left and right read the values at a step."
)


class Spoken(QObject):
    """Sets the accessible description of each visible picture to a sentence on what it shows.

    At rest it describes the newest snapshot; during training it is updated every ten seconds. A
    picture that sets its own description is left alone.

    views : returns the existing views with their names.
    """

    def __init__(
        self,
        controller: RunController,
        stage: Stage,
        views: Callable[[], Iterable[tuple[str, View]]],
    ) -> None:
        super().__init__(stage)
        self._controller, self._views = controller, views
        self._since = QElapsedTimer()
        self._is_due = False  # to be renewed when what is worked out in the background is shown
        controller.snapshot_changed.connect(self._follow)
        for changed in (controller.task_changed, controller.points_changed, stage.turned):
            changed.connect(lambda _: self.renew())

    def _follow(self, snapshot: Snapshot) -> None:
        is_early = self._since.isValid() and not self._since.hasExpired(INTERVAL_MS)
        if not (is_early and snapshot.status is Status.TRAINING):
            self.renew()

    def renew(self) -> None:
        """Update the description of each visible picture, now and when it has settled."""
        self._since.start()
        self._renew()
        self._renew_soon()

    def _renew_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            QTimer.singleShot(SETTLED_MS, self, self._renew_late)

    def _renew_late(self) -> None:
        self._is_due = False
        snapshot = self._controller.snapshot
        if snapshot is None or snapshot.status is not Status.TRAINING:
            self._renew()
            if not all(view.is_at_rest for _, view in self._views() if view.isVisible()):
                self._renew_soon()

    def _renew(self) -> None:
        for name, view in self._views():
            if view.isVisible():
                for picture in pictures(view):
                    _describe(picture, name, view.snapshot)


def pictures(root: QWidget) -> list[QWidget]:
    """Return the pictures among the root's descendants: plots, parents of canvases, weights."""
    found: dict[QWidget, None] = {}
    for view in root.findChildren(QGraphicsView):
        above = view.parentWidget()
        if isinstance(view, Plot):
            found[view] = None
        elif above is not None and not isinstance(above.parentWidget(), Plot):
            found[above] = None
    found |= dict.fromkeys(root.findChildren(Panels))  # also as bars
    return list(found)


def _describe(picture: QWidget, view: str, snapshot: Snapshot | None) -> None:
    if not described.is_described_elsewhere(picture):
        described.describe(picture, _sentence(picture, view, snapshot))


def _sentence(picture: QWidget, view: str, snapshot: Snapshot | None) -> str:
    name = picture.accessibleName()
    if name.endswith("against the step") and view in ("Loss", "Accuracy", "Curves"):
        is_loss = not name.startswith("Accuracy")
        said = "Nothing is measured yet." if snapshot is None else describe_curve(snapshot, is_loss)
        return f"{said} {MOVING}"
    if isinstance(picture, ConfusionMatrix) and picture.counts is not None:
        return describe_counts(picture.counts, picture.names)
    describe = MODEL_VIEWS.get(view)
    said = describe(snapshot) if describe is not None and snapshot is not None else ""
    axes = describe_axes(picture) if isinstance(picture, Plot) else ""
    return " ".join(filter(None, (said, axes))) or "It is empty until a model has been trained."


# Sentences ----------------------------------------------------------------------------------------


def describe_curve(snapshot: Snapshot, is_loss: bool) -> str:
    """Return a sentence on how loss or accuracy has changed since the first recorded step."""
    metrics, curves = snapshot.metrics, snapshot.curves
    what = "Loss" if is_loss else "Accuracy"
    now, test = (
        (metrics.train_loss, metrics.test_loss)
        if is_loss
        else (metrics.train_accuracy, metrics.test_accuracy)
    )
    say = _loss if is_loss else _share
    series = "train_loss" if is_loss else "train_accuracy"
    if curves.last_step < 1:
        text = f"{what} of the training rows is {say(now)}; no step has been made"
    else:
        first = float(curves.strips((series,), 0, 0, 4)[0].mean[0])
        change = "fell" if now < first else "rose" if now > first else "went"
        text = (
            f"{what} of the training rows {change} from {say(first)} to {say(now)} "
            f"in {_steps(snapshot)}"
        )
    if not math.isnan(test):
        text += f"; test {say(test)}"
    if snapshot.status is Status.DIVERGED:
        text += "; training diverged"
    return f"{text}."


def describe_model(snapshot: Snapshot) -> str:
    """Return a sentence on which model is shown and its accuracy."""
    task, metrics = snapshot.task, snapshot.metrics
    text = (
        f"{FAMILY[task.config.model.kind].title} on {task.dataset.name} after "
        f"{_steps(snapshot)} puts {_share(metrics.train_accuracy)} of the training rows"
    )
    if not math.isnan(metrics.test_accuracy):
        text += f" and {_share(metrics.test_accuracy)} of the test rows"
    return f"{text} into their class."


def describe_weights(snapshot: Snapshot) -> str:
    """Return a sentence on which weight has the largest magnitude."""
    task, W = snapshot.task, snapshot.params.W
    if not np.any(W):
        return f"All weights are 0 after {_steps(snapshot)}."
    k, j = np.unravel_index(np.argmax(np.abs(W)), W.shape)
    text = f"After {_steps(snapshot)} the largest of {W.size:,} weights is {W[k, j]:.3g}"
    inputs, names = task.dataset.feature_names, task.dataset.class_names
    if W.shape == (len(names), len(inputs)):
        text += f", of {inputs[j]} for {names[k]}"
    return f"{text}."


def describe_words(snapshot: Snapshot) -> str:
    """Return a sentence on the strongest words of each label."""
    task = snapshot.task
    names, words = task.dataset.class_names, task.dataset.feature_names
    W, _ = label_weights(task.config.model.kind, snapshot.params, len(names))
    if not np.any(W):
        return f"All weights are 0 after {_steps(snapshot)}."
    best = (
        f"{name}: {', '.join(words[j] for j in strongest(w, MOST_WORDS))}"
        for name, w in zip(names[:MOST_LABELS], W, strict=False)
    )
    return f"After {_steps(snapshot)} the strongest words are, for {'; for '.join(best)}."


def describe_counts(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a sentence on how many rows are predicted right and the most frequent mistake.

    counts : (h, h), true class by row, predicted by column.
    """
    total, right = int(counts.sum()), int(np.trace(counts))
    text = f"Of {format_count(total, 'row')} {right:,} are predicted right"
    wrong = counts - np.diag(np.diag(counts))
    if wrong.any():
        i, j = map(int, np.unravel_index(np.argmax(wrong), wrong.shape))
        text += f"; the most frequent mistake: {names[j]} for {names[i]}, {wrong[i, j]:,} times"
    return f"{text}."


def describe_axes(plot: Plot) -> str:
    """Return a sentence with the names and ranges of a plot's axes."""
    item = plot.getPlotItem()
    (left, right), (low, high) = item.getViewBox().viewRange()
    names = [item.getAxis(side).label.toPlainText().strip() for side in ("bottom", "left")]
    across, up = (name or axis for name, axis in zip(names, ("x", "y"), strict=True))
    return (
        f"Across: {across} from {left:.3g} to {right:.3g}; up: {up} from {low:.3g} to {high:.3g}."
    )


MODEL_VIEWS: dict[str, Callable[[Snapshot], str]] = {
    "Boundary": describe_model,
    "Weights": describe_weights,
    "Words": describe_words,
    "Network": describe_weights,
    "Draw": describe_model,
    "Read": describe_model,
    "Trace": describe_model,
    "Derivation": describe_model,
    "Example": describe_model,
    "Evaluation": describe_model,
}


def _loss(value: float) -> str:
    if not math.isfinite(value):
        return "no number"
    return f"{value:.3f}" if value < 1e4 else f"{value:.3g}"


def _share(value: float) -> str:
    return format_percent(value) if math.isfinite(value) else "no number"


def _steps(snapshot: Snapshot) -> str:
    return format_count(snapshot.step, "step")
