"""The card of the data: features, split and preprocessing."""

from __future__ import annotations

from core.config import (
    MAX_COPIES,
    MAX_DEGREE,
    MAX_SEED,
    MAX_TEST_FRACTION,
    MAX_VALIDATION_FRACTION,
)
from core.data.pens.rows import takes_pens
from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.card import Card
from gui.kit.fields.choices import Choice, Toggle
from gui.kit.fields.numbers import CountField, ShareField
from gui.kit.plain_text import Plain
from gui.setup.bag_rows import BagRows
from gui.setup.feature_picker import FeaturePicker
from gui.setup.wishes import Wishes
from gui.setup.words_picker import WordsPicker

FEATURE_MAPS: tuple[tuple[str, tuple[int, bool]], ...] = (
    (mark("linear"), (1, False)),
    *((mark("degree {degree}"), (degree, False)) for degree in range(2, MAX_DEGREE + 1)),
    (mark("with sin"), (1, True)),
    *((mark("degree {degree}, sin"), (degree, True)) for degree in range(2, MAX_DEGREE + 1)),
)
SPREADS = (("n − 1", "sample"), ("n", "population"))
VARIATIONS = (
    (mark("off"), 0),
    *((f"× {copies + 1}", copies) for copies in range(1, MAX_COPIES + 1)),
)
SHARE, SEED = "0000000", "00000"  # texts that set the widths of these fields


class DataCard(Card):
    """Shows the data settings of a task, and asks for what the user wants instead."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(tr("Data"))
        self._wishes = wishes
        self.features = FeaturePicker()
        self.features.chosen.connect(wishes.change_features)
        self._features_row = self.add_row(
            tr("features"), self.features, tr("Which features go into the model")
        )
        self.words = WordsPicker()
        self.words.chosen.connect(
            lambda data: wishes.data_changed.emit(data, tr("change of categories"))
        )
        self._words_row = self.add_row(
            tr("words"),
            self.words,
            tr("Columns of words that go in as categories, an input for each word"),
        )
        self.bag = BagRows(self)
        self.bag.changed.connect(lambda bag, text: self._change(text, bag=bag))
        self._add_split()
        self._add_preprocessing()

    def _add_split(self) -> None:
        self.test_share = ShareField(MAX_TEST_FRACTION, widest=SHARE)
        self.test_share.chosen.connect(
            lambda share: self._change(tr("test share"), test_fraction=share)
        )
        self.split_seed = CountField(0, MAX_SEED, widest=SEED)
        self.split_seed.chosen.connect(lambda seed: self._change(tr("split seed"), split_seed=seed))
        self.add_pair(
            (tr("test share"), self.test_share, tr("Share of each class that is kept for testing")),
            (
                tr("split seed"),
                self.split_seed,
                tr("Decides which rows are kept for testing"),
            ),
        )
        self.validation_share = ShareField(MAX_VALIDATION_FRACTION, widest=SHARE)
        self.validation_share.chosen.connect(
            lambda share: self._change(tr("validation share"), validation_fraction=share)
        )
        self.add_row(
            tr("validation"),
            self.validation_share,
            tr(
                "Share of the training rows of each class that early stopping watches; they do not "
                "train"
            ),
        )

    def _add_preprocessing(self) -> None:
        self.feature_map = Choice()
        self.feature_map.chosen.connect(self._change_map)
        self._map_row = self.add_row(
            tr("feature map"),
            self.feature_map,
            tr("Inputs made of the features: their products up to a degree, their sines"),
        )
        self.deskew = Toggle()
        self.deskew.clicked.connect(lambda is_on: self._change(tr("deskewing"), deskew=is_on))
        self.copies = Choice()
        self.copies.chosen.connect(lambda copies: self._change(tr("variations"), copies=copies))
        self._picture_rows = (
            self.add_row(tr("deskew"), self.deskew, tr("Shear pictures until they stand upright")),
            self.add_row(
                tr("variations"),
                self.copies,
                tr("Train on variations of each picture too: moved, turned, resized, another pen"),
            ),
        )
        self.pens = Toggle()
        self.pens.clicked.connect(lambda is_on: self._change(tr("drawings of pens"), pens=is_on))
        self._pens_row = self.add_row(
            tr("pens"),
            self.pens,
            tr(
                "Train on bundled drawings of pens too, as people all over the world write: "
                "crossed sevens, curled nines, slashed zeros; the test rows stay"
            ),
        )
        self.pens_words = Plain()
        zoom.set_type(self.pens_words, look.SMALL)
        self.pens_words.setProperty("small", True)
        self.pens_words.setWordWrap(True)
        self.column.addWidget(self.pens_words)
        self.standardise = Toggle()
        self.standardise.clicked.connect(
            lambda is_on: self._change(tr("standardisation"), standardise=is_on)
        )
        self.std = Choice()
        self.std.set_options(SPREADS, "sample")
        self.std.chosen.connect(lambda std: self._change(tr("standard deviation"), std=std))
        self._scaling_row = self.add_pair(
            (
                tr("standardise"),
                self.standardise,
                tr("Scale each feature to mean 0 and standard deviation 1 of the training rows"),
            ),
            (
                tr("by", "divided by"),
                self.std,
                tr(
                    "The standard deviation of a sample, with n − 1, or of a population, with "
                    "n, as in NumPy and scikit-learn"
                ),
            ),
        )
        self.std.setAccessibleName(tr("standard deviation"))

    def _change(self, text: str, **changes: object) -> None:
        self._wishes.change_data(text, **changes)

    def _change_map(self, choice: object) -> None:
        assert isinstance(choice, tuple)
        degree, sine = choice
        self._change(tr("feature map"), degree=degree, sine=sine)

    def show_task(self, task: Task) -> None:
        """Show the data settings of a task."""
        data = task.config.data
        self._features_row.setVisible(FeaturePicker.applies_to(task))
        if FeaturePicker.applies_to(task):
            self.features.show_task(task)
        self._words_row.setVisible(WordsPicker.applies_to(task))
        if WordsPicker.applies_to(task):
            self.words.show_task(task)
        self.bag.show_task(task)
        self._scaling_row.setVisible(not task.source.is_text)
        is_pictures = task.source.image_shape is not None
        self._map_row.setVisible(task.source.is_measured)
        for row in self._picture_rows:
            row.setVisible(is_pictures)
        self._pens_row.setVisible(takes_pens(task.source))
        self.test_share.set_given(bool(task.source.published_test))
        self.test_share.show_value(data.test_fraction)
        self.validation_share.show_value(data.validation_fraction)
        self.split_seed.show_value(data.split_seed)
        self.feature_map.set_options(
            [(tr(text, degree=form[0]), form) for text, form in FEATURE_MAPS],
            (data.degree, data.sine),
        )
        self.copies.set_options([(tr(text), n) for text, n in VARIATIONS], data.copies)
        self.standardise.setChecked(bool(data.standardise))
        self.std.show_value(data.std)
        self.std.setEnabled(bool(data.standardise))
        self.deskew.setChecked(data.deskew)
        self.pens.setChecked(data.pens)
        drawn = task.pens
        self.pens_words.setText(
            tr(
                "{drawn} of {rows} training rows are drawings of pens.",
                drawn=format_integer(drawn),
                rows=format_integer(len(task.train_rows)),
            )
        )
        self.pens_words.setVisible(bool(drawn))
