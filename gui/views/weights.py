"""The weights: a signed picture for each class, or signed bars where inputs are no picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout

from core.snapshot import Params, Snapshot
from core.task import Task
from gui.background import Background
from gui.fields import Segments
from gui.gradient_pictures import GradientPictures
from gui.look import Theme
from gui.view import View
from gui.weight_bars import Bars
from gui.weight_panels import Panels
from gui.weight_pictures import Pictures


class WeightsView(View):
    """A panel for each row of W, all on one symmetric scale: blue positive, orange negative.

    Of images it also shows the gradient, which takes a background to compute it.
    """

    def __init__(self, theme: Theme, background: Background | None = None) -> None:
        super().__init__(theme)
        self.pictures, self.bars = Pictures(theme), Bars(theme)
        self.pictures.hovered.connect(self._say)
        self.gradients: GradientPictures | None = None
        self.subject = Segments(
            (
                ("weights", False, "The weights w of each class"),
                (
                    "gradient of the next batch",
                    True,
                    "−∇w of each class: where the next step takes the weights, before the factor η",
                ),
            )
        )
        self.subject.choose(False)
        self.subject.chosen.connect(self._choose_subject)
        self._shows_gradient = False
        self._readout = QLabel()
        self._readout.setProperty("small", True)
        self.units = Segments(
            (
                ("standardised", False, "Weights of inputs scaled to mean 0 and spread 1"),
                ("original units", True, "Weights of inputs in their own units"),
            )
        )
        self.units.choose(False)
        self.units.chosen.connect(self._choose_units)
        self._in_original_units = False
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.bars)
        area.viewport().setAutoFillBackground(False)
        self.bars.setAutoFillBackground(False)
        area.setStyleSheet("background: transparent;")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pictures)
        self._stack.addWidget(area)
        if background is not None:
            self.gradients = GradientPictures(theme, background)
            self.gradients.hovered.connect(self._say)
            self._stack.addWidget(self.gradients)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.subject, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._readout, 1)
        foot.addWidget(self.units)
        layout.addLayout(foot)
        self._hint = ""

    @property
    def canvas(self) -> Panels:
        """What shows the weights of this task."""
        if self.task is None or self.task.dataset.image_shape is None:
            return self.bars
        return self.gradients if self.gradients and self._shows_gradient else self.pictures

    @property
    def _panels(self) -> list[Panels]:
        return [self.pictures, self.bars, *([self.gradients] if self.gradients else [])]

    def show_theme(self) -> None:
        for panels in self._panels:
            panels.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        has_two_units = bool(task.config.data.standardise) and task.dataset.image_shape is None
        self.units.setVisible(has_two_units)
        scaled = ""
        if task.config.data.standardise and not has_two_units:
            scaled = "Weights act on standardised pixels."
        if task.outputs == 1:
            no, yes = task.dataset.class_names
            scaled = f"Blue speaks for {yes}, orange for {no}. {scaled}"
        if self.canvas is self.gradients:
            scaled = "Blue: the next step makes the weight larger; orange: smaller."
        self._hint = scaled
        self._say("")
        self.subject.setVisible(self.gradients is not None and task.dataset.image_shape is not None)
        self._stack.setCurrentIndex(self._panels.index(self.canvas))
        for panels in self._panels:  # what is not seen lets go of its data
            panels.show_task(task if panels is self.canvas else None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.canvas is self.gradients:
            self.gradients.offer(snapshot)
            return
        params = snapshot.params
        if self._in_original_units and self.task and self.task.dataset.image_shape is None:
            W, b = self.task.standardiser.unscale(params.W, params.b)
            params = Params(W.astype(np.float32), b.astype(np.float32))
        self.canvas.show_params(params)

    def _choose_units(self, are_original: object) -> None:
        self._in_original_units = bool(are_original)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def _choose_subject(self, is_gradient: object) -> None:
        self._shows_gradient = bool(is_gradient)
        if self.task:
            self.show_task(self.task)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def _say(self, words: str) -> None:
        self._readout.setText(words or self._hint)
