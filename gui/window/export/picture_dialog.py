"""The dialog for the picture of a view: which, how large, in which colours, and how it looks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.language import mark, tr
from core.number_format import format_integer
from gui.export.drawing import Drawing
from gui.kit import zoom
from gui.kit.fields.choices import Choice
from gui.kit.labels import Readout
from gui.kit.layouts import add_layout
from gui.kit.plain_text import paragraph

SCALES = (1, 2, 4)
DEFAULT_SCALE = 2
AS_SHOWN, LIGHT = mark("as shown"), mark("light, for paper")
COVERED = mark("The numbers are covered, in the window and here. H reveals them.")
SIZE_PX = 760, 520  # at a zoom of 100 %, unless the window is smaller
LEAST_PREVIEW_PX = 160


class PictureDialog(QDialog):
    """Emits `changed` when another picture is wanted, which `show_drawing` answers."""

    changed = Signal()
    save_wanted = Signal(object)  # Drawing
    copy_wanted = Signal(object)  # Drawing
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export a picture"))
        self.drawing: Drawing | None = None
        self.view_choice, self.scale_choice, self.background_choice = Choice(), Choice(), Choice()
        self.title_box = QCheckBox(tr("with a title"))
        self.controls_box = QCheckBox(tr("with fields and buttons"))
        self.preview = _Preview()
        self.size_label = Readout(2)
        self.covered_label = paragraph()
        self.covered_label.setText(tr(COVERED))
        self.covered_label.hide()
        self.save_button = QPushButton(tr("Save…"))
        self.copy_button = QPushButton(tr("Copy"))
        self._fill()
        self._arrange()
        for choice in (self.view_choice, self.background_choice):
            choice.chosen.connect(lambda _: self._change())
        self.scale_choice.chosen.connect(lambda _: self._say_size())
        for box in (self.title_box, self.controls_box):
            box.toggled.connect(lambda _: self._change())
        self._enable()
        width, height = (zoom.px(length) for length in SIZE_PX)
        self.resize(QSize(width, height).boundedTo(parent.size()))

    def _fill(self) -> None:
        scales = [(f"{times} ×", times) for times in SCALES]
        self.scale_choice.set_options(scales, DEFAULT_SCALE)
        self.background_choice.set_options([(tr(AS_SHOWN), False), (tr(LIGHT), True)], False)
        self.title_box.setChecked(True)
        for field, name, tip in (
            (self.view_choice, tr("view"), tr("Which view; one of the stage is shown there")),
            (
                self.scale_choice,
                tr("scale", "of a picture"),
                tr("Pixels of a PNG; SVG and PDF are sharp at any size"),
            ),
            (self.background_choice, tr("background"), tr("Colours of the picture")),
            (
                self.title_box,
                tr("with a title"),
                tr("View, data, model and step above the picture"),
            ),
            (self.controls_box, tr("with fields and buttons"), tr("The view as in the window")),
        ):
            field.setAccessibleName(name)
            field.setToolTip(tip)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.addRow(tr("View"), self.view_choice)
        form.addRow(tr("Scale"), self.scale_choice)
        form.addRow(tr("Colours"), self.background_choice)
        form.addRow("", self.title_box)
        form.addRow("", self.controls_box)
        fields = QVBoxLayout()
        add_layout(fields, form)
        fields.addWidget(self.size_label)
        fields.addWidget(self.covered_label)
        fields.addStretch(1)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        add_layout(upper, fields)
        upper.addWidget(self.preview, 1)
        buttons, close = QHBoxLayout(), QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.setToolTip(tr("Write PNG, SVG or PDF: the ending of the name says which"))
        self.copy_button.setToolTip(tr("Copy to the clipboard"))
        self.copy_button.setAutoDefault(False)
        buttons.addStretch(1)
        for button in (close, self.copy_button, self.save_button):
            buttons.addWidget(button)
        self.save_button.clicked.connect(lambda: self.save_wanted.emit(self.drawing))
        self.copy_button.clicked.connect(lambda: self.copy_wanted.emit(self.drawing))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        add_layout(layout, upper, 1)
        add_layout(layout, buttons)

    # What is chosen -------------------------------------------------------------------------------

    def offer(self, names: tuple[str, ...], current: str) -> None:
        """Offer these views, and choose one."""
        self.view_choice.set_options([(tr(name), name) for name in names], current)
        self._change()

    @property
    def view(self) -> str:
        return str(self.view_choice.value())

    @property
    def scale(self) -> int:
        return int(str(self.scale_choice.value()))

    @property
    def is_light(self) -> bool:
        return bool(self.background_choice.value())

    @property
    def has_title(self) -> bool:
        return self.title_box.isChecked()

    @property
    def has_controls(self) -> bool:
        return self.controls_box.isChecked()

    # What comes of it -----------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing, *, is_covered: bool = False) -> None:
        """Show the picture that is exported now; is_covered : its numbers are, which is said."""
        self.drawing = drawing
        self.covered_label.setVisible(is_covered)
        self.preview.show_drawing(drawing)
        self._enable()

    def _change(self) -> None:
        self.drawing = None
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        for button in (self.save_button, self.copy_button):
            button.setEnabled(self.drawing is not None)
        self._say_size()

    def _say_size(self) -> None:
        if self.drawing is None:
            self.size_label.setText(tr("Drawing …"))
            return
        width, height = (self.drawing.size * self.scale).toTuple()
        wide, high = format_integer(width), format_integer(height)
        self.size_label.setText(tr("PNG: {width} × {height} pixels", width=wide, height=high))

    def done(self, result: int) -> None:
        super().done(result)
        self.closed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


class _Preview(QFrame):
    """A drawing, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._drawing: Drawing | None = None
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._label.setAccessibleName(tr("preview of the picture"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._label)
        least = zoom.px(LEAST_PREVIEW_PX)
        self.setMinimumSize(least, least)

    @property
    def pixmap(self) -> QPixmap:
        return self._label.pixmap()

    def show_drawing(self, drawing: Drawing) -> None:
        self._drawing = drawing
        room, size = self._label.size(), drawing.size
        if room.isEmpty() or size.isEmpty():
            return
        ratio = self.devicePixelRatioF()
        share = min(room.width() / size.width(), room.height() / size.height(), 1.0)
        pixmap = QPixmap.fromImage(drawing.image(share * ratio))
        pixmap.setDevicePixelRatio(ratio)
        self._label.setPixmap(pixmap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._drawing is not None:
            self.show_drawing(self._drawing)
