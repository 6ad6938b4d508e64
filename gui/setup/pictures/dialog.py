"""The dialog for a folder of pictures: what they become, their classes, and some of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.config import LEAST_SIDE, MOST_SIDE, DataConfig
from core.data.csv.spelling import spellings
from core.data.labelled_folder.layout import Layout
from core.data.picture_folder.reading import say_form
from core.data.picture_folder.samples import Samples
from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_bytes, format_count, format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas_widgets import ink_table, picture_pixmap
from gui.kit.fields.choices import Segments
from gui.kit.fields.numbers import CountField
from gui.kit.labels import muted_label
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain, as_tip, paragraph, sentence_case, short
from gui.kit.theme import Theme
from gui.setup.csv.foot import Foot

LEAST_SIZE = (720, 560)  # px at a zoom of 100 %, unless the window is smaller
RIM_PX = 32  # of the window that stays in sight around it
SAMPLE_PX = 64
MOST_REMARKS = 5
SHORT = 14  # letters of a name below a picture


class PicturesDialog(QDialog):
    """Settings and a preview of one folder.

    Emits `changed` when samples are wanted in another form, `chosen` to load the folder.
    """

    changed = Signal(object)  # DataConfig
    merge_wanted = Signal(bool)  # whether folders that differ in spelling are one class
    chosen = Signal(object)  # DataConfig

    def __init__(self, theme: Theme, found: Layout, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Open pictures"))
        self._theme, self.found = theme, found
        self.config = DataConfig(source="pictures", path=str(found.path))
        self._samples: Samples | None = None
        self.title = Plain(found.name)
        zoom.set_type(self.title, 1.2, bold=True)
        self.title.setToolTip(as_tip(str(found.path)))
        self.summary, self.remarks, self.made = paragraph(), paragraph(), paragraph()
        self.size_field = CountField(LEAST_SIDE, MOST_SIDE)
        self.size_field.setAccessibleName(tr("size"))
        self.size_field.setToolTip(tr("Rows and columns that each picture is scaled to"))
        self.colours = Segments(
            (
                (tr("Grey"), False, tr("One number a pixel")),
                (
                    tr("Colour"),
                    True,
                    tr("Red, green and blue of each pixel: three times as many inputs"),
                ),
            )
        )
        self.colours.choose(False)
        self.invert_box = QCheckBox(tr("Invert"))
        self.invert_box.setToolTip(tr("Light becomes dark: ink on paper lies on black then"))
        self.merge_box = QCheckBox(tr("Merge spellings"))
        self.merge_box.setToolTip(tr("Take folders whose names differ only in case for one class"))
        self.classes = QListWidget()
        self.classes.setAccessibleName(tr("classes"))
        self.pictures = QListWidget()
        self.pictures.setAccessibleName(tr("some pictures as they are scaled"))
        self.foot = Foot(theme)
        self.foot.load_button.setToolTip(
            tr("Train on these pictures; Undo brings the old data back")
        )
        self._arrange()
        self._connect()
        self.setMinimumSize(560, 420)
        space, least = parent.size(), QSize(*map(zoom.px, LEAST_SIZE))
        self.resize(least.boundedTo(space - QSize(RIM_PX, RIM_PX)))
        self._show_layout()
        self.foot.load_button.setFocus()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = muted_label(tr("Size"))
        label.setBuddy(self.size_field)
        for widget in (label, self.size_field, self.colours, self.invert_box, self.merge_box):
            row.addWidget(widget)
        row.addStretch(1)
        for view in (self.classes, self.pictures):
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.pictures.setViewMode(QListView.ViewMode.IconMode)
        self.pictures.setResizeMode(QListView.ResizeMode.Adjust)
        self.pictures.setMovement(QListView.Movement.Static)
        self.pictures.setUniformItemSizes(True)
        self.pictures.setIconSize(QSize(zoom.px(SAMPLE_PX), zoom.px(SAMPLE_PX)))
        lists = QHBoxLayout()
        lists.setSpacing(10)
        lists.addWidget(_card(self.classes), 1)
        lists.addWidget(_card(self.pictures), 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.summary)
        add_layout(column, row)
        column.addWidget(self.made)
        add_layout(column, lists, 1)
        column.addWidget(self.remarks)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.size_field.chosen.connect(self._choose_size)
        self.colours.chosen.connect(self._choose_colour)
        self.invert_box.clicked.connect(self._choose_inversion)
        self.merge_box.clicked.connect(self.merge_wanted)
        self.foot.load_wanted.connect(lambda: self.chosen.emit(self.config))
        self.foot.cancelled.connect(self.reject)

    # Actions of the user --------------------------------------------------------------------------

    def _choose_size(self, size: int) -> None:
        self._change(size=size)

    def _choose_colour(self, is_coloured: bool) -> None:
        self._change(colour=is_coloured)

    def _choose_inversion(self, is_inverted: bool) -> None:
        self._change(invert=is_inverted)

    def _change(self, **settings: object) -> None:
        self.config = replace(self.config, **settings)  # type: ignore[arg-type]
        self.changed.emit(self.config)

    # Showing --------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self._theme = theme
            self.foot.set_theme(theme)
            self._show_pictures()

    def show_layout(self, found: Layout, *, is_merged: bool) -> None:
        """Show the folder after its files were listed again; is_merged : spellings are one class"""
        self.found = found
        self.config = replace(self.config, merge_case=is_merged)
        self._show_layout()

    def show_samples(self, samples: Samples) -> None:
        """Show some pictures as they would be read."""
        self._samples = samples
        if self.config.size is None:
            self.size_field.show_value(samples.form.rows)
        self.made.setText(tr("Each becomes {form}.", form=say_form(samples.form)))
        self._show_pictures()
        rows, columns = samples.form.shape
        total = len(self.found.files)
        words = tr(
            "Loads {pictures} with {n} numbers each",
            pictures=format_count(total, "picture"),
            n=format_integer(rows * columns),
        )
        self.foot.show_message(
            f"{words}  ·  {format_bytes(total * rows * columns)}", is_trouble=False
        )
        self.foot.set_possible(True)

    def show_progress(self, words: str, share: float) -> None:
        """Show how much is read; "" where nothing is."""
        self.set_busy(bool(words))
        if words:
            self.foot.show_progress(words, share)
            self.foot.show_message(words, is_trouble=False)

    def show_failure(self, words: str) -> None:
        """Show why the pictures could not be loaded."""
        self.set_busy(False)
        self.foot.show_message(words, is_trouble=True)

    def set_busy(self, is_busy: bool) -> None:
        """Disable all settings while the pictures are read."""
        for field in (self.size_field, self.colours, self.invert_box, self.merge_box):
            field.setEnabled(not is_busy)
        self.foot.set_busy(is_busy)

    def _show_layout(self) -> None:
        found = self.found
        said = format_count(len(found.files), "picture")
        said += f"  ·  {tr('{n} classes', n=format_integer(len(found.classes)))}"
        if found.tested:
            n = format_integer(found.tested)
            own = tr("{n} of them the folder's own test set", n=n)
            said += f"  ·  {own}"
        self.summary.setText(said)
        tested = np.bincount(found.y[len(found.y) - found.tested :], minlength=len(found.classes))
        self.classes.clear()
        for name, count, test in zip(found.classes, found.counts, tested, strict=True):
            size = format_integer(count)
            if test:
                size = tr("{n}, {test} for testing", n=size, test=format_integer(test))
            self.classes.addItem(visible(f"{short(name)}  ({size})"))
        noted = map(str, (*found.left_out.files, *found.notes))
        remarks = [tr("{words}.", words=sentence_case(each)) for each in noted]
        more = len(remarks) - MOST_REMARKS
        shown = remarks[:MOST_REMARKS] + (
            [tr("{n} more like these.", n=format_integer(more))] if more > 0 else []
        )
        self.remarks.setText("\n".join(shown))
        self.remarks.setVisible(bool(remarks))
        self.merge_box.setVisible(self.config.merge_case or bool(spellings(found.classes)))
        self.merge_box.setChecked(self.config.merge_case)

    def _show_pictures(self) -> None:
        """Show the samples in the colours of the theme."""
        self.pictures.clear()
        if self._samples is None:
            return
        form, looks, classes, pixels = self._samples
        inks = ink_table(self._theme)
        for k, row in zip(classes, pixels, strict=True):
            shares = row.astype(np.float32) / np.float32(255)
            pixmap = _enlarged(picture_pixmap(shares, form.shape, looks, inks))
            name = visible(short(self.found.classes[k], SHORT))
            self.pictures.addItem(QListWidgetItem(QIcon(pixmap), name))


def _enlarged(pixmap: QPixmap) -> QPixmap:
    side = zoom.px(SAMPLE_PX)
    keep = Qt.AspectRatioMode.KeepAspectRatio
    is_small = max(pixmap.width(), pixmap.height()) < side
    fast, smooth = (
        Qt.TransformationMode.FastTransformation,
        Qt.TransformationMode.SmoothTransformation,
    )
    return pixmap.scaled(side, side, keep, fast if is_small else smooth)


def _card(view: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    inside = QVBoxLayout(card)
    inside.setContentsMargins(4, 4, 4, 4)
    inside.addWidget(view)
    return card
