"""The gallery of generators: thumbnails to choose from, and fields that act at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.data.generators import KINDS, GeneratorConfig, generate
from core.data.points import MAX_CLASSES, MIN_CLASSES
from core.data.points import RANGE as BOARD_RANGE
from core.language import ENGLISH, current, tr
from core.number_format import format_fixed
from gui.kit import theme as look
from gui.kit.fields.numbers import CountField
from gui.kit.fields.unscrolled import Slider
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme

THUMBNAIL_PX = 84
THUMBNAIL_POINTS = 120
DOT_PX = 1.8
PERCENT = 100


class Gallery(QDialog):
    """Emits `made` with new points at every change."""

    made = Signal(object, str, bool)  # Points, text for the undo menu, whether the gesture is over

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)  # the window's keys work here too
        self._theme = theme  # set first: the calls below may send palette change events
        self.setWindowTitle(tr("Generate points"))
        self.recipe = GeneratorConfig()
        self._is_dragged = False
        self.thumbnails: dict[str, _Thumbnail] = {}
        grid = QGridLayout()
        grid.setSpacing(8)
        group = QButtonGroup(self)
        for i, (kind, row) in enumerate(KINDS.items()):
            thumbnail = _Thumbnail(theme, kind, tr(row.title))
            thumbnail.clicked.connect(lambda _=False, k=kind: self._change(kind=k))
            group.addButton(thumbnail)
            grid.addWidget(thumbnail, i // 4, i % 4)
            self.thumbnails[kind] = thumbnail
        knobs = QGridLayout()
        knobs.setHorizontalSpacing(10)
        self.size_field = CountField(2, 100_000, notches=True)
        self.classes_field = CountField(MIN_CLASSES, MAX_CLASSES)
        self.seed_field = CountField(0, 2**31 - 1)
        self.sliders: dict[str, Slider] = {}
        for i, (name, words, most, tip) in enumerate(
            (
                ("noise", tr("noise"), 1.0, tr("How far points stray from the clean figure")),
                (
                    "imbalance",
                    tr("imbalance"),
                    0.9,
                    tr("How much smaller each class is than the last"),
                ),
                ("flipped", tr("flipped labels"), 0.5, tr("Share of points with a wrong class")),
                ("margin", tr("margin"), 3.0, tr("Half the empty strip between separable classes")),
            )
        ):
            self._add_slider(knobs, i, name, words, most, tip)
        for i, (name, words, field, tip) in enumerate(
            (
                ("size", tr("points", "number of"), self.size_field, tr("How many points in all")),
                ("classes", tr("classes"), self.classes_field, tr("How many classes")),
                ("seed", tr("seed"), self.seed_field, tr("The same seed gives the same points")),
            )
        ):
            field.setValue(getattr(self.recipe, name))
            field.setToolTip(tip)
            field.setAccessibleName(words)
            field.valueChanged.connect(lambda value, n=name: self._change(**{n: value}))
            knobs.addWidget(small_label(words), i, 3)
            knobs.addWidget(field, i, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        add_layout(layout, grid)
        add_layout(layout, knobs)
        add_layout(layout, self._foot())
        self.set_theme(theme)
        self._show()

    def _foot(self) -> QHBoxLayout:
        close = QPushButton(tr("Done"))
        close.setProperty("primary", True)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(small_label(tr("The points can be edited on the board like any others.")), 1)
        foot.addWidget(close)
        return foot

    def make(self) -> None:
        """Generate points from the current recipe."""
        self._change()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(f"QDialog {{ background: {theme.background}; }}")
        for thumbnail in self.thumbnails.values():
            thumbnail.theme = theme
            thumbnail.update()

    def _add_slider(
        self, knobs: QGridLayout, row: int, name: str, text: str, most: float, tip: str
    ) -> None:
        slider = Slider()
        slider.setRange(0, round(most * PERCENT))
        slider.setValue(round(getattr(self.recipe, name) * PERCENT))
        slider.setMinimumWidth(140)
        slider.setToolTip(tip)
        slider.setAccessibleName(text)
        value = small_label("")
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance("0.00") + 4)

        def change(position: int) -> None:
            value.setText(format_fixed(position / PERCENT, 2))
            self._change(is_over=not slider.isSliderDown(), **{name: position / PERCENT})

        def release() -> None:
            if self._is_dragged:  # else the slider was not moved, and the points are unchanged
                self._change()

        value.setText(format_fixed(slider.value() / PERCENT, 2))
        slider.valueChanged.connect(change)
        slider.sliderReleased.connect(release)
        self.sliders[name] = slider
        knobs.addWidget(small_label(text), row, 0)
        knobs.addWidget(slider, row, 1)
        knobs.addWidget(value, row, 2)

    def _change(self, *, is_over: bool = True, **changes: object) -> None:
        """Apply changes to the recipe, and emit new points at once."""
        self._is_dragged = not is_over
        self.recipe = replace(self.recipe, **changes)  # type: ignore[arg-type]
        self._show()
        title = tr(KINDS[self.recipe.kind].title)
        text = tr("generate {kind}", kind=title.lower() if current() is ENGLISH else title)
        self.made.emit(generate(self.recipe), text, is_over)

    def _show(self) -> None:
        kind = self.recipe.kind
        self.thumbnails[kind].setChecked(True)
        self.classes_field.setEnabled(not KINDS[kind].classes)
        self.sliders["margin"].setEnabled(kind == "separable")
        for name, thumbnail in self.thumbnails.items():
            thumbnail.show_recipe(replace(self.recipe, kind=name, size=THUMBNAIL_POINTS))


class _Thumbnail(QPushButton):
    """A small picture of what a generator produces with the current settings."""

    def __init__(self, theme: Theme, kind: str, title: str) -> None:
        super().__init__()
        self.theme = theme
        self.setCheckable(True)
        self.setAutoExclusive(True)  # its group is; this tells a screen reader
        self.setProperty("row", True)
        self.setToolTip(title)
        self.setAccessibleName(title)
        self._title = title
        self._points = generate(GeneratorConfig(kind=kind, size=THUMBNAIL_POINTS))

    def show_recipe(self, recipe: GeneratorConfig) -> None:
        self._points = generate(recipe)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(THUMBNAIL_PX + 24, THUMBNAIL_PX + 12 + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width() - 12, self.height() - self.fontMetrics().height() - 10)
        field = QRectF((self.width() - side) / 2, 6, side, side)
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRoundedRect(field, 4, 4)
        painter.setClipRect(field)
        low, high = BOARD_RANGE
        positions = (self._points.xy - low) / (high - low)
        for (x, y), label in zip(positions, self._points.labels, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.class_colour(int(label)))
            spot = QPointF(field.left() + x * side, field.bottom() - y * side)
            painter.drawEllipse(spot, DOT_PX, DOT_PX)
        painter.setClipping(False)
        painter.setPen(QColor(self.theme.ink))
        words = QRectF(0, field.bottom() + 1, self.width(), self.fontMetrics().height() + 2)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._title)
        painter.end()
