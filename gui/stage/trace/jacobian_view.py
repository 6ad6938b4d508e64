"""The Jacobian of softmax with its formula, and the collapse of the chain rule to a − y."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.described import tell
from gui.kit.labels import Readout
from gui.kit.maths.formula import Formula, copy_menu
from gui.kit.theme import Theme
from gui.stage.trace.jacobian_matrix import Matrix
from gui.stage.trace.jacobian_words import Chain

FORMULA_PX = (16, 14.5, 13, 11.5)
SOFTMAX = (
    r"\frac{\partial a_i}{\partial z_k}=a_i(\delta_{ik}-a_k)\qquad"
    r"\frac{\partial L}{\partial z}=-\frac{y}{a}\,\bigl(\mathrm{diag}(a)-a\,a^{\mathsf{T}}\bigr)"
    r"=a-y"
)
SOFTMAX_WORDS = "∂a_i/∂z_k = a_i (δ_ik − a_k); ∂L/∂z = −y/a · (diag(a) − a aᵀ) = a − y"
SIGMOID = (
    r"\frac{da}{dz}=a(1-a)\qquad"
    r"\frac{\partial L}{\partial z}=\frac{a-y}{a(1-a)}\cdot a(1-a)=a-y"
)
SIGMOID_WORDS = "da/dz = a (1 − a); ∂L/∂z = (a − y) / (a (1 − a)) · a (1 − a) = a − y"
SLOPE, SLOPE_WORDS = r"\frac{da}{dz}=a(1-a)", "da/dz = a (1 − a)"
FORMULAE = SOFTMAX, SIGMOID, SLOPE


class JacobianView(QWidget):
    """The formula, the matrix with row sums, the collapse, and a readout of the cell pointed at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.formula = Formula(theme, SOFTMAX, SOFTMAX_WORDS, px=FORMULA_PX[0])
        self.formula.setMinimumWidth(1)  # it may shrink
        self.matrix = Matrix(theme)
        self.readout = Readout(2)
        zoom.set_type(self.readout, look.SMALL)
        self.readout.setProperty("small", True)
        self.readout.setAccessibleName(tr("Jacobian, in words"))
        self.matrix.pointed.connect(self._show_pointed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.formula)
        layout.addWidget(self.matrix, 1)
        layout.addWidget(self.readout)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._paint_ground(theme)
        self._pointed = self._verdict = ""

    def show_answer(
        self,
        a: NDArray[np.floating],
        y: int | None,
        names: tuple[str, ...],
        marks: tuple[int, ...] | None = None,
    ) -> None:
        """Show the Jacobian at the probabilities a (h,), and the collapse for the true class y.

        A single a belongs to a binary neuron, and to the last of the names. y : None: no
        collapse. marks : markers of the classes; by default 0, 1, 2, …, and 1 for a neuron.
        """
        is_sigmoid = len(a) == 1
        names = names[-1:] if is_sigmoid else names
        if marks is None:
            marks = (1,) if is_sigmoid else tuple(range(len(names)))
        marks = marks[-1:] if is_sigmoid else marks
        latex, words = (SIGMOID, SIGMOID_WORDS) if is_sigmoid else (SOFTMAX, SOFTMAX_WORDS)
        if is_sigmoid and y is None:
            latex, words = SLOPE, SLOPE_WORDS
        if latex != self.formula.latex:
            self.formula.show_formula(latex, words)
            self._fit_formula()
        self.matrix.show_classes(names, marks)
        chain = Chain.of(np.asarray(a, dtype=np.float64), y, names)
        self.matrix.show_chain(chain)
        tell(self.matrix, chain.spoken())
        self._verdict = chain.verdict()
        self._show_pointed(self._pointed)

    def set_theme(self, theme: Theme) -> None:
        self._paint_ground(theme)
        self.formula.set_theme(theme)
        self.matrix.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_formula()

    def _fit_formula(self) -> None:
        """Set the formula in the largest of its sizes that fits."""
        for px in FORMULA_PX:
            self.formula.set_px(px)
            if self.formula.sizeHint().width() <= self.width():
                return

    def _paint_ground(self, theme: Theme) -> None:
        self.setStyleSheet(f"JacobianView {{ background: {theme.panel}; }}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        chain = self.matrix.chain
        table = chain.csv() if chain else ""
        copy_menu(self, self.formula.latex, self.formula.spoken, table).exec(event.globalPos())

    def _show_pointed(self, pointed: str) -> None:
        """Show the cell pointed at, or the verdict on the collapse."""
        self._pointed = pointed
        words = pointed or self._verdict
        if words != self.readout.text():
            self.readout.setText(words)
