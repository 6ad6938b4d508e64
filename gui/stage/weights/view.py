"""The weights: signed pictures or bars, coefficients, and norms over the steps."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import in_a_row, mark, tr
from core.number_format import format_integer
from core.train.snapshot import Params, Snapshot, Status
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.areas.scrolling import scrolled
from gui.kit.fields import kept
from gui.kit.fields.choices import Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import Elided
from gui.kit.picture_grid import MOST_UNITS, Panels
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.weights.bars import Bars
from gui.stage.weights.coefficient_table import CoefficientTable
from gui.stage.weights.gradient_images import GradientPictures
from gui.stage.weights.image_table import PictureTable
from gui.stage.weights.images import Pictures
from gui.stage.weights.weight_norms import Norms
from gui.state.background_tasks import Background

WEIGHTS, GRADIENT, COEFFICIENTS, TIME = "weights", "gradient", "coefficients", "over time"
SUBJECTS = (
    (mark("weights"), WEIGHTS, mark("The weights w of each class")),
    (
        mark("next gradient"),
        GRADIENT,
        mark(
            "−∇w of each class, of the next batch: where the next step takes the weights, before "
            "the factor η"
        ),
    ),
    (mark("coefficients"), COEFFICIENTS, mark("In both units, and what they say of the odds")),
    (mark("over time"), TIME, mark("How long the weights become, and how noisy the gradient is")),
)


class WeightsView(View):
    """A panel for each row of W, all on one symmetric scale: blue positive, orange negative.

    For images it also shows the gradient, if there is a background to compute it.
    """

    def __init__(self, theme: Theme, background: Background | None = None) -> None:
        super().__init__(theme)
        self.pictures, self.bars = Pictures(theme), Bars(theme)
        self.pictures.hovered.connect(self._show_readout)
        self.gradients: GradientPictures | None = None
        self.subject = Segments([(tr(title), key, tr(tip)) for title, key, tip in SUBJECTS])
        self.subject.choose(WEIGHTS)
        self.subject.chosen.connect(self._choose_subject)
        self._wanted = self._subject = WEIGHTS
        self._readout = Elided(Qt.TextElideMode.ElideRight)
        zoom.set_type(self._readout, look.SMALL)
        self._readout.setProperty("small", True)
        self.units = Segments(
            (
                (tr("standardised"), False, tr("Weights of inputs scaled to mean 0 and spread 1")),
                (tr("original units"), True, tr("Weights of inputs in their own units")),
            )
        )
        self.units.choose(False)
        self.units.chosen.connect(self._choose_units)
        self._in_original_units = False
        area = scrolled(self.bars)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrow keys scroll
        area.setProperty("reached", True)
        area.setAccessibleName(tr("Weights"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pictures)
        self._stack.addWidget(area)
        if background is not None:
            self.gradients = GradientPictures(theme, background)
            self.gradients.hovered.connect(self._show_readout)
            self._stack.addWidget(self.gradients)
        self.coefficients = CoefficientTable()
        self._stack.addWidget(self.coefficients)
        self.numbers = PictureTable()
        self._stack.addWidget(self.numbers)
        self.norms = Norms(theme, background or Background())
        self._stack.addWidget(self.norms)
        self._tabled: tuple[QWidget, Task] | None = None  # the table of a task, whose choices stay
        self._hint = ""
        self._is_presenting = False
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(6)
        choices = QWidget()
        flow = FlowLayout(choices, 16, 4)
        for segments in (self.subject, self.units):
            flow.addWidget(segments)
        layout.addWidget(self.secondary(choices))
        self._choices = choices
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.secondary(self._readout))

    @property
    def canvas(self) -> Panels:
        """The widget that shows the weights, or the next gradient, of this task."""
        if self.task is None or self.task.dataset.image_shape is None:
            return self.bars
        shows_gradient = self.gradients is not None and self._subject == GRADIENT
        return self.gradients if self.gradients and shows_gradient else self.pictures

    @property
    def _panels(self) -> list[Panels]:
        return [self.pictures, self.bars, *([self.gradients] if self.gradients else [])]

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {
            "subject": kept.segments(self.subject),
            "units": kept.segments(self.units),
            "output": kept.combo(self.coefficients.output),
            "against": kept.combo(self.coefficients.against),
            "steps": kept.segments(self.norms.scale),
        }

    def show_theme(self) -> None:
        for panels in self._panels:
            panels.set_theme(self.theme)

    def present(self, is_on: bool) -> None:
        """Hide the choices and the readout on a slide, or show them again."""
        self._is_presenting = is_on
        self.bars.present(is_on)
        self._choices.setVisible(not is_on)
        self._readout.setVisible(self._subject in (WEIGHTS, GRADIENT) and not is_on)

    def show_task(self, task: Task) -> None:
        is_image = task.dataset.image_shape is not None
        is_linear = not task.config.model.hidden
        apply = {
            WEIGHTS: not task.dataset.is_text,
            GRADIENT: self.gradients is not None and is_image and is_linear,
            COEFFICIENTS: is_linear,
            TIME: True,
        }
        for subject, is_there in apply.items():
            self.subject.button(subject).setVisible(is_there)
        self._subject = next(s for s in (self._wanted, *apply) if apply[s])
        self.subject.choose(self._subject)
        shows_panels = self._subject in (WEIGHTS, GRADIENT)
        has_two_units = bool(task.config.data.standardise) and not is_image
        self.units.setVisible(has_two_units and shows_panels)
        self._hint = self._hint_for(task, has_two_units=has_two_units)
        self._readout.setVisible(shows_panels and not self._is_presenting)
        self._show_readout("")
        for panels in self._panels:  # hidden panels release their data
            panels.show_task(task if panels is self.canvas and shows_panels else None)
        self.norms.show_task(task, self.theme)
        table = self.numbers if is_image else self.coefficients
        is_known = self.snapshot is not None and self._tabled == (table, task)
        if self._subject == COEFFICIENTS and not is_known:  # else the same run in other colours
            table.show_task(task)
            self._tabled = table, task
        shown = {COEFFICIENTS: table, TIME: self.norms}.get(self._subject)
        if shown is not None:
            self._stack.setCurrentWidget(shown)
        else:
            self._stack.setCurrentIndex(self._panels.index(self.canvas))

    def _hint_for(self, task: Task, *, has_two_units: bool) -> str:
        """Return what is to be read below the panels while nothing is pointed at."""
        if self.canvas is self.gradients:
            return tr("Blue: the next step makes the weight larger; orange: smaller.")
        hidden, words = task.config.model.hidden, []
        if hidden:
            inputs = tr(
                "The weights W⁽¹⁾ of the inputs to the {count} hidden units.",
                count=format_integer(hidden),
            )
            words.append(inputs)
        if task.is_neuron:
            no, yes = shown_classes(task.dataset)
            words.append(tr("Blue speaks for {yes}, orange for {no}.", yes=yes, no=no))
        if task.config.data.standardise and not has_two_units:
            words.append(tr("Weights act on standardised pixels."))
        if hidden > MOST_UNITS:
            words.append(tr("The first {most} are shown.", most=MOST_UNITS))
        return in_a_row(*words)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._subject == TIME:
            self.norms.show_snapshot(snapshot)
            return
        if self._subject == COEFFICIENTS:
            is_image = self.task is not None and self.task.dataset.image_shape is not None
            (self.numbers if is_image else self.coefficients).show_params(snapshot.params)
            return
        if self.canvas is self.gradients:
            self.gradients.request(snapshot)
            return
        params = snapshot.params
        if params.hidden is not None:
            params = Params(params.hidden.V[:MOST_UNITS], params.hidden.c[:MOST_UNITS])
        if self._in_original_units and self.task and self.task.dataset.image_shape is None:
            W, b = self.task.standardiser.unscale(params.W, params.b)
            params = Params(W.astype(np.float32), b.astype(np.float32))
        self.canvas.show_params(params, is_live=snapshot.status is Status.TRAINING)

    def _choose_units(self, are_original: object) -> None:
        self._in_original_units = bool(are_original)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def _choose_subject(self, subject: object) -> None:
        self._wanted = str(subject)
        if self.task:
            self.show_task(self.task)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def _show_readout(self, text: str) -> None:
        self._readout.setText(described.said(self, text) or self._hint)
