"""The derivation in brief: in sight above its lines, where not all of these are."""

from __future__ import annotations

from core.language import tr
from core.train.snapshot import Status
from gui.derivation import numbers as trace_numbers
from gui.derivation.brief import chain_lines
from gui.derivation.shape import Shape
from gui.derivation.tracer import Followed
from gui.kit.described import tell
from gui.kit.maths.sheet import Sheet
from gui.kit.theme import Theme

SCALE = 0.86


class Chain(Sheet):
    """x, z, a, the loss, its slope and one weight's step, side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, scale=SCALE)
        self._shape: Shape | None = None
        self.setAccessibleName(tr("The derivation in brief"))
        self.fit(0, is_shrunk=False)  # as few rows as the width allows
        self.hide()

    def follow(self, followed: Followed) -> None:
        """Show the numbers of this trace."""
        shape = followed.shape
        if shape != self._shape:
            self._shape = shape
            lines = chain_lines(shape)
            known = trace_numbers.meanings(shape, lines)
            self.show_lines(lines, followed.task.dataset.image_shape, known)
        images = trace_numbers.pictures(shape, followed.trace) if shape.is_image else {}
        self.show_numbers(followed.values, images)
        if followed.snapshot.status is not Status.TRAINING:  # numbers that change cannot be read
            tell(self, self.numbers.text())
