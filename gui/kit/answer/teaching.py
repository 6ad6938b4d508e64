"""The row of classes by which a model is taught what something is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from core.language import tr
from gui.kit.labels import small_label
from gui.kit.plain_text import as_tip, short, unmarked

LEAST_PX = 24  # width of a button, where there is little room
LETTERS = 12  # shown of a class on a button; its tool tip has all of it


class TeachingRow(QWidget):
    """A button for each class that what the model is asked about can be."""

    chosen = Signal(int)

    def __init__(self, most_classes: int, *, letters: int = 0) -> None:
        """Create the row for at most so many classes.

        letters : of all names together, for which there is room; by default all buttons are narrow
        and of one width, which suits names of a few letters.
        """
        super().__init__()
        self._letters = letters
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
        row.addWidget(small_label(tr("Teach it: this is")))
        self.buttons: list[QPushButton] = []
        for k in range(most_classes):
            button = unfocused_button("", tr("Add it to the training rows as this class"))
            button.setAccessibleName(tr("teach"))
            button.setEnabled(False)  # until there is something to teach
            button.setProperty("quiet", True)
            if letters:
                button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
                button.setMinimumWidth(LEAST_PX)
            else:
                button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                button.setMaximumWidth(64)
            button.clicked.connect(lambda _=False, label=k: self.chosen.emit(label))
            row.addWidget(button, int(not letters))
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
        each = self._letters // max(len(names), 1)
        letters = max(each, LETTERS // 2) if self._letters else LETTERS
        for k, button in enumerate(self.buttons):
            button.setVisible(k < len(names))
            if k < len(names):
                button.setText(unmarked(short(names[k], letters)))
                button.setAccessibleName(tr("teach that this is {name}", name=names[k]))
                button.setToolTip(
                    as_tip(tr("Add it to the training rows as {name}", name=names[k]))
                )

    def set_possible(self, is_possible: bool) -> None:
        """Show and enable the buttons if there is something to teach."""
        self._content.setVisible(is_possible)
        for button in self.buttons:
            button.setEnabled(is_possible)


def unfocused_button(text: str, tip: str) -> QPushButton:
    """Return a button that does not take the focus, and with it Ctrl+Z, when clicked."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
