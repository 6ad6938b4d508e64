"""The values at the pointer, as text."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.language import tr
from core.number_format import format_integer
from core.train.history import Curves
from core.train.snapshot import Metrics
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.kit.training_sample import sign_of
from gui.stage.curves.quantity import Quantity, rows_words


class Readout(QLabel):
    """A label on top of its parent, outside of the layout, where it would need more space."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setMargin(4)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        zoom.set_type(self, look.SMALL)
        self.setStyleSheet(
            f"color: {theme.ink}; background: {theme.panel};"
            f"border: 1px solid {theme.line}; border-radius: 4px"
        )

    def show_lines(self, lines: Sequence[str], kept: Sequence[str], *, at_left: bool) -> None:
        """Show these lines of text, and below them the HTML of kept runs, in one upper corner."""
        if kept:
            self.setText("<br>".join([*map(html.escape, lines), *kept]))
        else:
            self.setText("\n".join(lines))
        self.adjustSize()
        self.move(8 if at_left else self._parent.width() - self.width() - 8, 4)
        self.raise_()
        self.show()


def format_values(
    curves: Curves, quantity: Quantity, step: float, metrics: Metrics | None, *, is_sampled: bool
) -> list[str]:
    """Return the measured step nearest to this one and the values there, a line each.

    metrics : the newest, exact for their step while training is at rest; None if unknown.
    is_sampled : whether the curve of the training rows is measured on a sample of them.
    """
    names = quantity.train, quantity.validation, quantity.test
    here = curves.strips(names, step, step, 8)
    i = int(np.abs(here[0].step - step).argmin())
    first, last = int(here[0].first[i]), int(here[0].last[i])
    lines = [
        tr("step {step}", step=format_integer(last))
        if first == last
        else tr("steps {first}–{last}", first=format_integer(first), last=format_integer(last))
    ]
    for name, strip in zip(names, here, strict=True):
        kind = name.partition("_")[0]
        sign = "≈" if kind == "train" and is_sampled else ""
        low, mean, high = (float(a[i]) for a in (strip.low, strip.mean, strip.high))
        if metrics is not None and first == last == metrics.step:
            low = mean = high = getattr(metrics, name)
            sign = sign and sign_of(metrics)
        if low < high:
            lines.append(
                tr(
                    "{rows} mean {mean} ({low} … {high})",
                    rows=rows_words(kind),
                    mean=f"{sign}{quantity.format(mean)}",
                    low=quantity.format(low),
                    high=quantity.format(high),
                )
            )
        elif math.isfinite(mean):
            lines.append(f"{rows_words(kind)} {sign}{quantity.format(mean)}")
    return lines
