"""The model's input, step by step: the picture after each step, with the step's switch below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import DigitPreprocessing, stages
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.stage.draw.strokes import Stroke
from gui.stage.draw.tiles import Tiles

Picture = NDArray[np.float32]

SWITCHES = {
    "crop": ("crop", "Take the drawing out of the pad, so that its place does not matter"),
    "scale_to_box": ("scale", "Make it fit the box, so that its size does not matter"),
    "antialias": ("smooth", "Grey edges: each pixel takes the share of it that is covered"),
    "centre": ("centre", "Move the centre of mass to where the training digits have it"),
    "deskew": ("deskew", "Shear it until it stands upright, as training digits can be"),
}
TITLE = "What the model sees, step by step"


class RecipeSteps(QWidget):
    """Makes a picture (size, size) of 0 … 1 of a drawing, and shows each intermediate step.

    recipe : as set by the switches and the pen.
    """

    changed = Signal()  # the recipe

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.recipe = DigitPreprocessing()
        self._theme = theme
        self._trains_upright = False
        self.tiles = Tiles(theme, "what the model sees", TITLE, len(SWITCHES))
        self.tiles.framed = len(SWITCHES) - 1
        self.tiles.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.switches: dict[str, QCheckBox] = {}
        for name, (label, tip) in SWITCHES.items():
            switch = QCheckBox(label, self)
            zoom.set_type(switch, look.SMALL)
            switch.setProperty("small", True)
            switch.setToolTip(tip)
            switch.setStyleSheet("QCheckBox { spacing: 3px; }")
            switch.setChecked(getattr(self.recipe, name))
            switch.toggled.connect(lambda is_on, n=name: self._switch(n, is_on))
            self.switches[name] = switch

    def show_data(self, size: int, *, is_deskewed: bool) -> None:
        """Set pictures of size × size pixels; deskew them if the training data now are."""
        self.recipe = replace(self.recipe, size=size, pen_width=None)
        if is_deskewed is not self._trains_upright:  # otherwise the user's choice stays
            self._trains_upright = is_deskewed
            self.switches["deskew"].setChecked(is_deskewed)

    def set_pen(self, factor: float) -> None:
        """Set the pen width to `factor` times the width that suits the data."""
        width = self.recipe.layout.pen_width * factor
        self.recipe = replace(self.recipe, pen_width=min(width, self.recipe.size / 4 - 0.01))
        self.changed.emit()

    @property
    def pen_share(self) -> float:
        """Width of the pen as a share of a picture's side."""
        return self.recipe.pen / self.recipe.size

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.tiles.set_theme(theme)
        self._colour_switches()

    def _switch(self, name: str, is_on: bool) -> None:
        self.recipe = replace(self.recipe, **{name: is_on})
        self.changed.emit()

    # Pictures -----------------------------------------------------------------------------------

    def take_strokes(self, strokes: list[Stroke], frame: tuple[float, float]) -> Picture | None:
        """Show strokes (k, 2) on a pad of size `frame` step by step; return the last step."""
        return self._show(dict(stages(strokes, self.recipe, frame)), is_picked=False)

    def take_picture(self, picked: Picture) -> Picture | None:
        """Show a digit of the data set, which is preprocessed already; deskew it if wanted."""
        shown = {"pad": picked}
        if self.recipe.deskew and not self._trains_upright:
            flat = deskew_images(picked.reshape(1, -1))
            shown["deskew"] = flat.reshape(picked.shape)
        return self._show(shown, is_picked=True)

    def _show(self, shown: dict[str, Picture], *, is_picked: bool) -> Picture | None:
        """Show the picture after each step; a skipped step shows its input."""
        picture = shown.get("pad")
        for k, name in enumerate(SWITCHES):
            picture = shown.get(name, picture)
            is_left_out = picture is not None and name not in shown
            self.tiles.show_tile(k, picture, faint=is_left_out and k != self.tiles.framed)
            self.switches[name].setEnabled(not is_picked or name == "deskew")
        last = next(reversed(shown.values())) if shown else None
        return last if last is not None and last.any() else None  # all the ink may be off the pad

    # Layout and colours -------------------------------------------------------------------------

    def set_title_shown(self, is_shown: bool) -> None:
        """Show the title, or hide it where there is little space."""
        self.tiles.title = TITLE if is_shown else ""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size for pictures, the switches below them, and the title if there is one."""
        small = QFontMetrics(zoom.font(look.SMALL)).height()
        height = 74 + 2 * small if self.tiles.title else 46 + small
        return QSize(len(SWITCHES) * height // 2, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._colour_switches()  # the style sheet, applied by now, would have undone it

    def _lay_out(self) -> None:
        """Place each switch below its picture."""
        self.tiles.setGeometry(self.rect())
        font = zoom.font(look.SMALL)
        step = self.width() // len(SWITCHES)
        for place, switch in zip(self.tiles.places, self.switches.values(), strict=True):
            switch.setFont(font)
            below = round(place.bottom()) + 3
            switch.setGeometry(round(place.left()) - 1, below, step, self.height() - below)

    def _colour_switches(self) -> None:
        """Fill the boxes: an empty one in the panel's own colour would be invisible."""
        colours = look.palette(self._theme)
        colours.setColor(QPalette.ColorRole.Base, QColor(self._theme.line))
        for switch in self.switches.values():
            switch.setPalette(colours)
