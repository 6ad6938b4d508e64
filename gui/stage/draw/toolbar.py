"""The rows of controls: pen, eraser, undo and digits of the data set; and the classes to teach."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.kit.fields.unscrolled import Slider
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.labels import small_label
from gui.kit.plain_text import as_tip, short, unmarked
from gui.stage.draw.pad import Pad
from gui.stage.draw.picker import DigitPicker

PEN_STEPS = 20  # of the slider; tenths of the data's own pen width, from half to two and a half
LETTERS = 12  # shown of a class on a button; its tool tip has all of it


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
        self.pen.setAccessibleName("pen width")
        self.pen.setToolTip("Width of the pen, on the pad and in what the model sees")
        self.pen.setMinimumWidth(36)
        self.pen.setMaximumWidth(110)
        self.pen.valueChanged.connect(lambda _: self.pen_changed.emit())
        self.eraser = _button("Eraser", "Take away the strokes that are touched")
        self.eraser.setCheckable(True)
        self.eraser.toggled.connect(pad.set_eraser)
        self.undo = _button("Undo", "Take the last stroke back (Ctrl+Z on the pad)")
        self.undo.clicked.connect(self._drawing.undo)
        self.clear = _button("Clear", "Clear the pad (Delete)")
        self.clear.clicked.connect(self._drawing.clear)
        self.picture = _button("", "Put a picture of a digit on the pad, of any kind; or paste one")
        self.picture.setAccessibleName("open a picture of a digit")
        self.picture.clicked.connect(self.picture_wanted)
        self.random = _button("", "Put a test digit on the pad, any one")
        self.random.setAccessibleName("random test digit")
        self.random.clicked.connect(picker.pick_any)
        self.mistake = _button("", "Put the next test digit on it that the model gets wrong")
        self.mistake.setAccessibleName("next misclassified test digit")
        self.mistake.clicked.connect(picker.pick_mistake)
        self._pen_label = small_label("pen")
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
        self.picture.setText("Picture" if is_narrow else "Picture…")
        self.random.setText("Random" if is_narrow else "Random test digit")
        self.mistake.setText("Mistake" if is_narrow else "Next misclassified")
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self.setStyleSheet("QPushButton { padding: 1px 4px; }" if is_narrow else "")


class TeachingRow(QWidget):
    """A button for each class that the digit on the pad can be."""

    chosen = Signal(int)

    def __init__(self, most_classes: int) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._content = QWidget()  # keeps its space until there is something to teach
        policy = self._content.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._content.setSizePolicy(policy)
        self._content.hide()
        around = QHBoxLayout(self)
        around.addWidget(self._content)
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(small_label("Teach it: this is"))
        self.buttons: list[QPushButton] = []
        for k in range(most_classes):
            button = _button("", "Add it to the training rows as this class")
            button.setAccessibleName("teach")
            button.setEnabled(False)  # until there is something to teach
            button.setProperty("quiet", True)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMaximumWidth(64)
            button.clicked.connect(lambda _=False, label=k: self.chosen.emit(label))
            row.addWidget(button, 1)
            self.buttons.append(button)
        row.addStretch(1)
        self.set_narrow(False)

    def set_narrow(self, is_narrow: bool) -> None:
        """Remove the margins above and below, or restore them."""
        margin = 0 if is_narrow else 2
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(0, margin, 0, margin)

    def show_classes(self, names: Sequence[str]) -> None:
        for k, button in enumerate(self.buttons):
            button.setVisible(k < len(names))
            if k < len(names):
                button.setText(unmarked(short(names[k], LETTERS)))
                button.setAccessibleName(f"teach that this is {names[k]}")
                button.setToolTip(as_tip(f"Add it to the training rows as {names[k]}"))

    def set_possible(self, is_possible: bool) -> None:
        """Show and enable the buttons if there is something to teach."""
        self._content.setVisible(is_possible)
        for button in self.buttons:
            button.setEnabled(is_possible)


def _button(text: str, tip: str) -> QPushButton:
    """Return a button that does not take the focus, and with it Ctrl+Z, when clicked."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
