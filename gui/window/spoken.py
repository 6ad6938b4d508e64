"""Accessible descriptions of the pictures: one sentence each, for screen readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QGraphicsView, QWidget

from core.data.shown_names import shown_classes, shown_features, shown_name
from core.explain.word_evidence import label_weights, strongest
from core.language import in_a_row, mark, tr
from core.model_family import FAMILY
from core.number_format import (
    format_count,
    format_fixed,
    format_integer,
    format_percent,
    format_plain,
)
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
NOT_YET = mark("{what} of the training rows is {now}; no step has been made")
FELL = mark("{what} of the training rows fell from {first} to {now} in {steps}")
ROSE = mark("{what} of the training rows rose from {first} to {now} in {steps}")
WENT = mark("{what} of the training rows went from {first} to {now} in {steps}")
MOVING = mark(
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
    if (is_loss := _is_loss_curve(picture, view)) is not None:
        nothing = tr("Nothing is measured yet.")
        said = nothing if snapshot is None else describe_curve(snapshot, is_loss)
        return in_a_row(said, tr(MOVING))
    if isinstance(picture, ConfusionMatrix) and picture.counts is not None:
        return describe_counts(picture.counts, picture.names)
    describe = MODEL_VIEWS.get(view)
    said = describe(snapshot) if describe is not None and snapshot is not None else ""
    axes = describe_axes(picture) if isinstance(picture, Plot) else ""
    told = in_a_row(said, axes)
    return told or tr("It is empty until a model has been trained.")


def _is_loss_curve(picture: QWidget, view: str) -> bool | None:
    """Return whether a picture is the curve of the loss; None if it is no curve of the run."""
    if view not in ("Loss", "Accuracy", "Curves"):
        return None
    from gui.stage.curves.view import CurveView

    at: QWidget | None = picture
    while at is not None and not isinstance(at, CurveView):
        at = at.parentWidget()
    return None if at is None else at.quantity.is_loss


# Sentences ----------------------------------------------------------------------------------------


def describe_curve(snapshot: Snapshot, is_loss: bool) -> str:
    """Return a sentence on how loss or accuracy has changed since the first recorded step."""
    metrics, curves = snapshot.metrics, snapshot.curves
    what = tr("Loss") if is_loss else tr("Accuracy")
    now, test = (
        (metrics.train_loss, metrics.test_loss)
        if is_loss
        else (metrics.train_accuracy, metrics.test_accuracy)
    )
    say = _loss if is_loss else _share
    series = "train_loss" if is_loss else "train_accuracy"
    if curves.last_step < 1:
        text = NOT_YET
        values = {"what": what, "now": say(now)}
    else:
        first = float(curves.strips((series,), 0, 0, 4)[0].mean[0])
        text = FELL if now < first else ROSE if now > first else WENT
        steps = _steps(snapshot)
        values = {"what": what, "first": say(first), "now": say(now), "steps": steps}
    parts = [tr(text, **values)]
    if not math.isnan(test):
        parts.append(tr("test {value}", value=say(test)))
    if snapshot.status is Status.DIVERGED:
        parts.append(tr("training diverged"))
    return tr("{words}.", words="; ".join(parts))


def describe_model(snapshot: Snapshot) -> str:
    """Return a sentence on which model is shown and its accuracy."""
    task, metrics = snapshot.task, snapshot.metrics
    values = {
        "model": tr(FAMILY[task.config.model.kind].title),
        "data": shown_name(task.dataset),
        "steps": _steps(snapshot),
        "train": _share(metrics.train_accuracy),
    }
    if math.isnan(metrics.test_accuracy):
        return tr(
            "{model} on {data} after {steps} puts {train} of the training rows into their class.",
            **values,
        )
    return tr(
        "{model} on {data} after {steps} puts {train} of the training rows and {test} of the test "
        "rows into their class.",
        test=_share(metrics.test_accuracy),
        **values,
    )


def describe_weights(snapshot: Snapshot) -> str:
    """Return a sentence on which weight has the largest magnitude."""
    task, W = snapshot.task, snapshot.params.W
    if not np.any(W):
        return tr("All weights are 0 after {steps}.", steps=_steps(snapshot))
    k, j = np.unravel_index(np.argmax(np.abs(W)), W.shape)
    steps, count, largest = _steps(snapshot), format_integer(W.size), format_plain(W[k, j], 3)
    values = {"steps": steps, "count": count, "largest": largest}
    inputs, names = shown_features(task.dataset), shown_classes(task.dataset)
    if W.shape != (len(names), len(inputs)):
        return tr("After {steps} the largest of {count} weights is {largest}.", **values)
    return tr(
        "After {steps} the largest of {count} weights is {largest}, of {input} for {name}.",
        input=inputs[j],
        name=names[k],
        **values,
    )


def describe_words(snapshot: Snapshot) -> str:
    """Return a sentence on the strongest words of each label."""
    task = snapshot.task
    names, words = shown_classes(task.dataset), shown_features(task.dataset)
    W, _ = label_weights(task.config.model.kind, snapshot.params, len(names))
    if not np.any(W):
        return tr("All weights are 0 after {steps}.", steps=_steps(snapshot))
    best = [
        tr("for {name}: {words}", name=name, words=_listed(words, w))
        for name, w in zip(names[:MOST_LABELS], W, strict=False)
    ]
    return tr(
        "After {steps} the strongest words are, {words}.",
        steps=_steps(snapshot),
        words="; ".join(best),
    )


def _listed(words: Sequence[str], w: NDArray[np.float32]) -> str:
    return ", ".join(words[j] for j in strongest(w, MOST_WORDS))


def describe_counts(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a sentence on how many rows are predicted right and the most frequent mistake.

    counts : (h, h), true class by row, predicted by column.
    """
    total, right = int(counts.sum()), int(np.trace(counts))
    values = {"rows": format_count(total, "row"), "right": format_integer(right)}
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return tr("Of {rows} {right} are predicted right.", **values)
    i, j = map(int, np.unravel_index(np.argmax(wrong), wrong.shape))
    return tr(
        "Of {rows} {right} are predicted right; the most frequent mistake: {predicted} for {true}, "
        "{count} times.",
        predicted=names[j],
        true=names[i],
        count=format_integer(int(wrong[i, j])),
        **values,
    )


def describe_axes(plot: Plot) -> str:
    """Return a sentence with the names and ranges of a plot's axes."""
    item = plot.getPlotItem()
    (left, right), (low, high) = item.getViewBox().viewRange()
    names = [item.getAxis(side).label.toPlainText().strip() for side in ("bottom", "left")]
    across, up = (name or axis for name, axis in zip(names, ("x", "y"), strict=True))
    ends = {"left": left, "right": right, "low": low, "high": high}
    return tr(
        "Across: {across} from {left} to {right}; up: {up} from {low} to {high}.",
        across=across,
        up=up,
        **{name: format_plain(value, 3) for name, value in ends.items()},
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
        return tr("no number")
    return format_fixed(value, 3) if value < 1e4 else format_plain(value, 3)


def _share(value: float) -> str:
    return format_percent(value) if math.isfinite(value) else tr("no number")


def _steps(snapshot: Snapshot) -> str:
    return format_count(snapshot.step, "step")
