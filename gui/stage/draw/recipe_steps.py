"""The model's input, step by step: the picture after each step, with the step's switch below.

For a photo there is a second row above: how the digit is found in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import DigitPreprocessing, stages
from core.data.pictures.cleaning import Cleaning
from core.language import mark, tr
from gui.kit.theme import Theme
from gui.stage.draw.step_row import StepRow
from gui.stage.draw.strokes import Stroke

if TYPE_CHECKING:  # Pillow is imported when the first picture is read
    from core.data.pictures.reading import PictureReading

Picture = NDArray[np.float32]

SWITCHES = {
    "crop": (
        mark("crop"),
        mark("Take the drawing out of the pad, so that its place does not matter"),
    ),
    "scale_to_box": (mark("scale"), mark("Make it fit the box, so that its size does not matter")),
    "antialias": (
        mark("smooth"),
        mark("Grey edges: each pixel takes the share of it that is covered"),
    ),
    "centre": (
        mark("centre"),
        mark("Move the centre of mass to where the training digits have it"),
    ),
    "deskew": (mark("deskew"), mark("Shear it until it stands upright, as training digits can be")),
}
CLEANING = {
    "paper": (
        mark("paper"),
        mark("Estimate the paper around each pixel: shadows and light that falls off are no ink"),
    ),
    "lines": (mark("lines"), mark("Take out ruled lines, grids, boxes and frames")),
    "dust": (mark("dust"), mark("Keep only the connected parts of one digit: the rest is dust")),
}
TITLE = mark("What the model sees, step by step")
CLEANING_TITLE = mark("How the digit is found in the picture")
TILE = 112  # pixels a side of the picture after a step of the cleaning


class RecipeSteps(QWidget):
    """Makes a picture (size, size) of 0 … 1 of what is on the pad, and shows each step.

    recipe : as set by the switches and the pen. cleaning : the steps before it, for photos.
    """

    changed = Signal()  # the recipe or the cleaning

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.recipe, self.cleaning = DigitPreprocessing(), Cleaning()
        self._trains_upright = False
        count = len(SWITCHES)
        self.finding = StepRow(
            theme, tr("how the digit is found"), tr(CLEANING_TITLE), CLEANING, count
        )
        self.forming = StepRow(theme, tr("what the model sees"), tr(TITLE), SWITCHES, count)
        self.tiles, self.switches = self.forming.tiles, self.forming.switches
        self.tiles.framed = count - 1
        self.switches["deskew"].setChecked(self.recipe.deskew)
        self.forming.switched.connect(self._switch)
        self.finding.switched.connect(self._switch_cleaning)
        self.finding.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in (self.finding, self.forming):
            column.addWidget(row)

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
        for row in (self.finding, self.forming):
            row.set_theme(theme)

    def set_title_shown(self, is_shown: bool) -> None:
        """Show the titles, or hide them where there is little space."""
        for row in (self.finding, self.forming):
            row.set_title_shown(is_shown)

    def _switch(self, name: str, is_on: bool) -> None:
        self.recipe = replace(self.recipe, **{name: is_on})
        self.changed.emit()

    def _switch_cleaning(self, name: str, is_on: bool) -> None:
        self.cleaning = replace(self.cleaning, **{name: is_on})
        self.changed.emit()

    # Pictures -----------------------------------------------------------------------------------

    def take_strokes(self, strokes: list[Stroke], frame: tuple[float, float]) -> Picture | None:
        """Show strokes (k, 2) on a pad of size `frame` step by step; return the last step."""
        return self._show(dict(stages(strokes, self.recipe, frame)))

    def take_picture(self, picked: Picture) -> Picture | None:
        """Show a digit of the data set, which is preprocessed already; deskew it if wanted."""
        shown = {"pad": picked}
        if self.recipe.deskew and not self._trains_upright:
            flat = deskew_images(picked.reshape(1, -1))
            shown["deskew"] = flat.reshape(picked.shape)
        return self._show(shown, is_picked=True)

    def take_photo(self, reading: PictureReading | None) -> Picture | None:
        """Show how a photo was read, None while it is not known; return the model's input."""
        if reading is None:
            return self._show({}, is_photo=True)
        from core.data.pictures.reading import thumbnail

        cleaned = {name: thumbnail(image, TILE) for name, image in reading.cleaned}
        self.finding.show_steps(cleaned, cleaned["picture"])
        return self._show(dict(reading.formed), is_photo=True)

    def _show(
        self, shown: dict[str, Picture], *, is_picked: bool = False, is_photo: bool = False
    ) -> Picture | None:
        self.finding.setVisible(is_photo)
        self.forming.show_steps(shown, shown.get("pad"))
        for name, switch in self.switches.items():
            switch.setEnabled(not is_picked or name == "deskew")
        last = next(reversed(shown.values())) if shown else None
        return last if last is not None and last.any() else None  # all the ink may be off the pad
