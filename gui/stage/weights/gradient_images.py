"""Pictures of the next step: the negative gradient of its batch, class by class."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QTimer

from core.data.task import Task
from core.explain.example_gradients import descent
from core.language import tr
from core.number_format import format_fixed, format_signed
from core.train.snapshot import Params, Snapshot, Status
from gui.kit.theme import Theme
from gui.stage.weights.images import Pictures
from gui.state.background_tasks import Background

SECONDS = 0.1
LARGE_BATCH = 2048  # rows; its gradient takes as long as many steps
LARGE_SECONDS = 2.0


class GradientPictures(Pictures):
    """−∇w of each class over the rows of the next batch, including the penalty."""

    zero = "−∇w = 0"

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self.setAccessibleName(tr("Gradient of the next batch"))
        self._background = background
        self._snapshot: Snapshot | None = None
        self._asked_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)

    @property
    def shown(self) -> Params | None:
        """−∇W and −∇b as shown; None before the first."""
        return self._params

    def show_task(self, task: Task | None) -> None:
        self._background.forget("gradient")
        self._later.stop()
        self._snapshot = None
        super().show_task(task)

    def request(self, snapshot: Snapshot) -> None:
        """Request the gradient of a snapshot's batch, at most every SECONDS while training.

        A batch of more than LARGE_BATCH rows waits LARGE_SECONDS.
        """
        self._snapshot = snapshot
        every = LARGE_SECONDS if len(snapshot.batch) > LARGE_BATCH else SECONDS
        wait = self._asked_at + every - time.monotonic()
        if snapshot.status is not Status.TRAINING or wait <= 0:
            self._ask()
        elif not self._later.isActive():
            self._later.start(max(int(wait * 1000), 1))

    def _ask(self) -> None:
        self._later.stop()
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None or not self.isVisible():
            return
        self._asked_at = time.monotonic()
        params, rows, settings = snapshot.params, snapshot.batch, snapshot.settings
        if params.hidden is not None:
            return

        def work() -> Params | None:
            if not len(rows) or rows.max() >= task.dataset.n or not np.isfinite(params.W).all():
                return None
            step = descent(task, params, rows, settings.l2)
            return step if np.isfinite(step.W).all() and np.isfinite(step.b).all() else None

        def answer(step: Params | None) -> None:
            if step is not None and task is self._task:
                self.show_params(step)

        self._background.ask("gradient", work, answer)

    def _norm_words(self, norm: float) -> str:
        return tr("norm {norm}", norm=format_fixed(norm, 3))

    def _value_words(self, weight: float, bias: float) -> str:
        return f"−∇w {format_signed(weight, 5)} · −∇b {format_signed(bias, 5)}"
