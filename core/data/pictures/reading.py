"""From a picture's grey values to the model's input, step by step; each step can be left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from core.data.digits.drawing import DigitPreprocessing, Stage
from core.data.digits.layout import Picture
from core.data.pictures.cleaning import Cleaning
from core.data.pictures.form import form_stages, is_in_form
from core.data.pictures.ink import FAINT, FAINT_LIGHT, Found, find_digit
from core.data.pictures.paper import Contrast, global_contrast, local_contrasts
from core.language import tr


@dataclass(frozen=True, eq=False)
class PictureReading:
    """A picture as it was read.

    cleaned : the ink in the whole picture after each step of the cleaning, (rows, columns); first
        the contrast to one grey, “picture”. Steps that were left out are missing.
    formed : the picture in its frame after each step of the recipe, (size, size).
    doubts : sentences on what is ambiguous. notes : sentences on what was left out.
    """

    cleaned: tuple[Stage, ...]
    formed: tuple[Stage, ...]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def image(self) -> Picture:
        """The model's input, (size, size) in 0 … 1; empty without ink."""
        return self.formed[-1].image

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of the ink that was read, as shares of the whole picture.

        None without ink.
        """
        ink = self.cleaned[-1].image
        rows, columns = (np.flatnonzero((ink > 0).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return None
        height, width = ink.shape
        return (
            float(columns[0] / width),
            float(rows[0] / height),
            float((columns[-1] + 1) / width),
            float((rows[-1] + 1) / height),
        )


def read_digit(grey: Picture, recipe: DigitPreprocessing, cleaning: Cleaning) -> PictureReading:
    """Read the digit in a picture of grey values (rows, columns) in 0 (black) … 1 (white)."""
    whole = global_contrast(grey)
    cleaned = [Stage("picture", whole.ink)]
    if is_in_form(whole.ink, recipe.size):  # one of the data's own pictures, to the bit
        return PictureReading(tuple(cleaned), tuple(form_stages(whole.ink, recipe)))
    if cleaning.paper:
        contrast, found = _best(grey, cleaning)
        cleaned.append(Stage("paper", contrast.ink))
        if found.sheet is not None:
            found = _found_on_sheet(grey, found, cleaning)
    else:
        found = _found(whole, cleaning)
    if cleaning.lines:
        cleaned.append(Stage("lines", found.unruled))
    if cleaning.dust:
        cleaned.append(Stage("dust", found.ink))
    formed = form_stages(np.ascontiguousarray(found.ink), recipe)
    return PictureReading(tuple(cleaned), tuple(formed), found.doubts, found.notes)


def _best(grey: Picture, cleaning: Cleaning) -> tuple[Contrast, Found]:
    """Return the contrast of dark or of light ink in which the digit is least doubtful."""
    found = [(contrast, _found(contrast, cleaning)) for contrast in local_contrasts(grey)]
    return min(found, key=lambda pair: len(pair[1].doubts))


def _found(contrast: Contrast, cleaning: Cleaning) -> Found:
    return find_digit(contrast, without_lines=cleaning.lines, without_dust=cleaning.dust)


def _found_on_sheet(grey: Picture, found: Found, cleaning: Cleaning) -> Found:
    """Return the digit on the sheet of paper that was found, or the sheet if nothing is on it."""
    assert found.sheet is not None
    _, inner = _best(np.ascontiguousarray(grey[found.sheet]), cleaning)
    if not inner.ink.any() or inner.sheet is not None or _is_faint(inner):
        return found

    def whole(part: Picture) -> Picture:
        image = np.zeros_like(grey)
        image[found.sheet] = part
        return image

    return replace(inner, ink=whole(inner.ink), unruled=whole(inner.unruled))


def thumbnail(image: Picture, side: int) -> Picture:
    """Return a picture (rows, columns) as a whole in a square (side, side), 0 beside it."""
    scale = side / max(image.shape)
    rows, columns = (max(1, round(scale * length)) for length in image.shape)
    small = np.asarray(Image.fromarray(image).resize((columns, rows), Image.Resampling.BOX))
    square = np.zeros((side, side), dtype=np.float32)
    top, left = (side - rows) // 2, (side - columns) // 2
    square[top : top + rows, left : left + columns] = small
    return square


def _is_faint(found: Found) -> bool:
    """Return whether the ink of a digit was said to differ little from its paper."""
    return any(tr(words) in found.doubts for words in (FAINT, FAINT_LIGHT))
