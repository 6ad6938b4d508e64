"""The choices above a loss surface: its two directions and its losses."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.data.task import Task
from core.explain.surface import direction
from core.language import tr
from core.model_family import DEFAULT_KIND
from core.model_kind import LossName
from gui.kit.fields import kept
from gui.kit.fields.choices import Choice, Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import small_label
from gui.stage.surface.directions import FROM_HERE, FROM_START
from gui.stage.surface.losses import choices_of

NAME = 26  # characters of the longest direction, with the arrow beside it
LISTED = 60  # most weights that are offered individually


class SurfaceChoices(QWidget):
    """Lets the user choose two directions of the parameters and the losses to show.

    kind : of the model whose losses are offered. shown : the chosen losses.
    """

    directions_chosen = Signal()
    losses_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.across, self.up = Choice(NAME), Choice(NAME)
        for choice, name, tip in (
            (
                self.across,
                tr("parameter across"),
                tr("The parameter, or direction of all parameters, that goes across"),
            ),
            (
                self.up,
                tr("parameter up"),
                tr("The parameter, or direction of all parameters, that goes up"),
            ),
        ):
            choice.setAccessibleName(name)
            choice.setToolTip(tip)
            choice.chosen.connect(self.directions_chosen)
        self.kind = ""
        self.shown: tuple[LossName, ...] = ()
        self.losses = Segments(())
        row = FlowLayout(self, 10, 6)
        for label, choice in ((tr("across"), self.across), (tr("up"), self.up)):
            group, inner = _group()
            inner.addWidget(small_label(label))
            inner.addWidget(choice)
            row.addWidget(group)
        group, self._losses_box = _group()
        row.addWidget(group)
        self._show_losses(DEFAULT_KIND)

    @property
    def directions(self) -> tuple[object, object]:
        """Keys of the chosen directions; see `directions.pair_of`."""
        return self.across.value(), self.up.value()

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        """The fields that a project keeps, by name."""
        return {
            "across": kept.combo(self.across),
            "up": kept.combo(self.up),
            "losses": kept.segments(self.losses),
        }

    @property
    def names(self) -> tuple[str, str]:
        """The names of the chosen directions, as in `Direction.name`."""
        return self.across.currentText(), self.up.currentText()

    def show_task(self, task: Task) -> None:
        """Offer the directions and losses of a task's model, and select the defaults."""
        self._show_directions(task)
        self._show_losses(task.config.model.kind)

    def _show_directions(self, task: Task) -> None:
        """Offer single parameters where there are few, and directions of all parameters."""
        has_few = task.outputs * (task.config.model.hidden or task.m) <= LISTED
        options = [
            *_weights(task),
            (tr(FROM_START), ("downhill", "start")),
            (tr(FROM_HERE), ("downhill", "here")),
            (tr("main direction of the way"), ("way", 1)),
            (tr("second direction of the way"), ("way", 2)),
            (tr("random direction 1"), ("random", 1)),
            (tr("random direction 2"), ("random", 2)),
        ]
        k = task.outputs - 1
        first: object = ("downhill", "start")
        second: object = ("random", 1)
        if has_few and not task.config.model.hidden:
            first = ("w", k, 0)
            if task.m > 1:
                second = ("w", k, 1)
            elif task.config.model.has_bias:
                second = ("b", k)
        self.across.set_options(options, first)
        self.up.set_options(options, second)

    def _show_losses(self, kind: str) -> None:
        """Offer the loss of this kind of model, another loss for comparison, and both."""
        if kind == self.kind:
            return
        self.kind = kind
        options = choices_of(kind)
        before, self.losses = self.losses, Segments(options)
        self._losses_box.addWidget(self.losses)
        self._losses_box.removeWidget(before)
        before.hide()
        before.deleteLater()
        self.shown = options[0][1]
        self.losses.choose(self.shown)
        self.losses.chosen.connect(self._choose_losses)

    def _choose_losses(self, losses: tuple[LossName, ...]) -> None:
        self.shown = losses
        self.losses_chosen.emit()


def _weights(task: Task) -> list[tuple[str, object]]:
    """Return the single weights and biases, with their keys, where there are few of a kind."""
    model, found = task.config.model, list[tuple[str, object]]()
    columns = model.hidden or task.m
    if task.outputs * columns <= LISTED:
        found += [
            (direction.of_parameter(task, k, j).name, ("w", k, j))
            for k in range(task.outputs)
            for j in range(columns)
        ]
    if model.has_bias and task.outputs <= LISTED:
        found += [
            (direction.of_parameter(task, k, None).name, ("b", k)) for k in range(task.outputs)
        ]
    if model.hidden * task.m <= LISTED:
        found += [
            (direction.of_hidden_parameter(task, j, i).name, ("hidden w", j, i))
            for j in range(model.hidden)
            for i in range(task.m)
        ]
    if model.has_bias and model.hidden <= LISTED:
        found += [
            (direction.of_hidden_parameter(task, j, None).name, ("hidden b", j))
            for j in range(model.hidden)
        ]
    return found


def _group() -> tuple[QWidget, QHBoxLayout]:
    """Return a widget that keeps its children on one line, and its layout."""
    group = QWidget()
    inner = QHBoxLayout(group)
    inner.setContentsMargins(0, 0, 0, 0)
    return group, inner
