"""The training digits that are nearest to a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.neighbours import nearest
from core.language import tr
from gui.kit.theme import Theme
from gui.stage.draw.tiles import Tiles
from gui.state.background_tasks import Background, Queue

NEAREST = 5
KEY = "nearest"  # of the request to the background thread


class NearestDigits(Tiles):
    """Finds them on a background thread and shows them with their labels."""

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme, tr("nearest training digits"), tr("Nearest in training"), NEAREST)
        self.setToolTip(tr("The training digits that are nearest, and their labels"))
        self._background = background

    @property
    def is_busy(self) -> bool:
        """Whether a result is pending."""
        return self._background.is_busy(KEY)

    def clear(self) -> None:
        self.drop()
        for k in range(NEAREST):
            self.show_tile(k, None)

    def drop(self) -> None:
        """Drop a pending result, after a change of the picture or the data."""
        self._background.forget(KEY)

    def ask(self, task: Task, picture: NDArray[np.float32]) -> None:
        """Show the nearest to a picture (size, size) of 0 … 1 once they are found."""
        shape = task.dataset.image_shape
        assert shape

        def show(rows: NDArray[np.int64]) -> None:
            tiles = task.dataset.values(rows).reshape(-1, *shape)
            for k in range(NEAREST):
                if k < len(rows):
                    name = shown_classes(task.dataset)[task.dataset.y[rows[k]]]
                    self.show_tile(k, tiles[k], name)
                else:
                    self.show_tile(k, None)

        self._background.ask(
            KEY, lambda: nearest(task, picture.ravel(), NEAREST), show, queue=Queue.STUDIES
        )
