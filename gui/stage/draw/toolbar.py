"""The controls of the pad: pen, eraser, undo, and digits of the data set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import tr
from gui.kit.answer.teaching import unfocused_button
from gui.kit.fields.unscrolled import Slider
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.labels import small_label
from gui.stage.draw.pad import Pad
from gui.stage.draw.picker import DigitPicker

PEN_STEPS = 20  # of the slider; tenths of the data's own pen width, from half to two and a half


class Toolbar(QWidget):
    """The controls of the pad."""

    pen_changed = Signal()
    picture_wanted = Signal()  # a file is to be chosen

    def __init__(self, pad: Pad, picker: DigitPicker) -> None:
        super().__init__()
        self._drawing = pad.drawing
        self.pen = Slider()
        self.pen.setRange(0, PEN_STEPS)
        self.pen.setValue(PEN_STEPS // 4)
        self.pen.setAccessibleName(tr("pen width"))
        self.pen.setToolTip(tr("Width of the pen, on the pad and in what the model sees"))
        self.pen.setMinimumWidth(36)
        self.pen.setMaximumWidth(110)
        self.pen.valueChanged.connect(lambda _: self.pen_changed.emit())
        self.eraser = unfocused_button(tr("Eraser"), tr("Take away the strokes that are touched"))
        self.eraser.setCheckable(True)
        self.eraser.toggled.connect(pad.set_eraser)
        self.undo = unfocused_button(
            tr("Undo"), tr("Take the last stroke back (Ctrl+Z on the pad)")
        )
        self.undo.clicked.connect(self._drawing.undo)
        self.clear = unfocused_button(tr("Clear"), tr("Clear the pad (Delete)"))
        self.clear.clicked.connect(self._drawing.clear)
        self.picture = unfocused_button(
            "", tr("Put a picture of a digit on the pad, of any kind; or paste one")
        )
        self.picture.setAccessibleName(tr("open a picture of a digit"))
        self.picture.clicked.connect(self.picture_wanted)
        self.random = unfocused_button("", tr("Put a test digit on the pad, any one"))
        self.random.setAccessibleName(tr("random test digit"))
        self.random.clicked.connect(picker.pick_any)
        self.mistake = unfocused_button(
            "", tr("Put the next test digit on it that the model gets wrong")
        )
        self.mistake.setAccessibleName(tr("next misclassified test digit"))
        self.mistake.clicked.connect(picker.pick_mistake)
        self._pen_label = small_label(tr("pen"))
        self._pen_label.setBuddy(self.pen)
        self._is_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        pens = side_by_side(
            self._pen_label, self.pen, self.eraser, self.undo, self.clear, rest=True
        )
        pens.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        given = side_by_side(self.picture, self.random, self.mistake)
        flow = FlowLayout(self, 4, 2)
        for group in (pens, given):
            flow.addWidget(group)
        self._drawing.edits.canUndoChanged.connect(self.undo.setEnabled)
        self._drawing.changed.connect(self._show_state)
        self.undo.setEnabled(False)
        self._show_state()

    @property
    def pen_factor(self) -> float:
        """The chosen pen width, in widths of the data's own pen."""
        return 0.5 + self.pen.value() / 10

    def _show_state(self) -> None:
        """Enable Clear if there is something to clear."""
        self.clear.setEnabled(not self._drawing.is_empty)

    def set_narrow(self, is_narrow: bool) -> None:
        """Use short texts and little padding, or the full texts."""
        self._pen_label.setVisible(not is_narrow)
        self.picture.setText(tr("Picture") if is_narrow else tr("Picture…"))
        self.random.setText(tr("Random") if is_narrow else tr("Random test digit"))
        self.mistake.setText(tr("Mistake") if is_narrow else tr("Next misclassified"))
        self.mistake.setAccessibleName(
            tr("Mistake: next misclassified test digit")
            if is_narrow
            else tr("next misclassified test digit")
        )
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self.setStyleSheet("QPushButton { padding: 1px 4px; }" if is_narrow else "")
