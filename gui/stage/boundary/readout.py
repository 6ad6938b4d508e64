"""A description of the position under the pointer: coordinates, point, the model's answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from core.data.dataset import Dataset
from core.data.shown_names import shown_classes, shown_features
from core.language import localised
from core.number_format import format_fixed
from core.train.snapshot import Snapshot
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.labels import Readout
from gui.kit.plain_text import short
from gui.stage.boundary.geometry import Coords
from gui.stage.boundary.section import Section
from gui.state.background_tasks import Background

MOST_CLASSES = 3  # limit of the probabilities shown if the pointer is at no point


class PlaneReadout(Readout):
    """A line about the position under the pointer; probabilities come from the background."""

    said = Signal(str)  # the line, as it is shown
    are_all_covered = False  # a position is none of the run's numbers

    def __init__(self, background: Background) -> None:
        super().__init__(1)
        self._background = background
        zoom.set_type(self, look.SMALL)
        self.setProperty("small", True)

    def clear(self) -> None:
        """Clear the text and drop a pending answer."""
        self._background.forget("hover")
        self._say("")

    def show_at(
        self, section: Section, coords: Coords, row: int | None, snapshot: Snapshot | None
    ) -> None:
        """Describe a position in the plane, and the answer of the snapshot's model to it.

        row : of the data set, the point at that position, if any.
        """
        task = section.task
        classes = shown_classes(task.dataset)
        text = describe(section, coords, row)
        if snapshot is None:
            self._say(text)
            return
        features, params = section.features_at(coords), snapshot.params

        def work() -> Any:
            from core.explain import probe  # imports PyTorch

            return probe.probabilities(task, params, features[None])[0]

        def answer(probabilities: NDArray[np.float32]) -> None:
            order = np.argsort(-probabilities)[: MOST_CLASSES if row is None else MOST_CLASSES - 1]
            best = ", ".join(
                f"{short(classes[k])} {localised(f'{probabilities[k]:.1%}')}" for k in order
            )
            self._say(f"{text}  →  {described.said(self, best)}")

        self._background.ask("hover", work, answer)

    def _say(self, words: str) -> None:
        self.setText(words)
        self.said.emit(words)


def describe(section: Section, coords: Coords, row: int | None) -> str:
    """Return the position's two features, and the row there with its class, if any."""
    task, dataset = section.task, section.task.dataset
    parts = [
        _feature(dataset, j, value, row) for j, value in zip(section.features, coords, strict=True)
    ]
    if row is not None:
        parts.append(f"{task.describe_row(row)}, {short(shown_classes(dataset)[dataset.y[row]])}")
    return " · ".join(part.strip() for part in parts)


def _feature(dataset: Dataset, j: int, value: float, row: int | None) -> str:
    indicator = dataset.indicators[j]
    if indicator is None:
        return f"{short(shown_features(dataset)[j])} {format_fixed(value, 2)} {dataset.unit_of(j)}"
    return short(indicator.describe(value if row is None else float(dataset.X[row, j])))
