"""The set-up column: data, model and training, as cards of fields."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import (
    MAX_COPIES,
    MAX_COUNT,
    MAX_DEGREE,
    MAX_SEED,
    MAX_TEST_FRACTION,
    MAX_VALIDATION_FRACTION,
    SECOND_ORDER,
    DataConfig,
    Source,
    TrainingConfig,
)
from core.data.task import Task
from gui.kit.fields import (
    BatchField,
    Card,
    Choice,
    CountField,
    NotchField,
    ShareField,
    Toggle,
)
from gui.kit.plain_text import Plain, as_tip, short, unmarked
from gui.setup.model_card import ModelCard
from gui.setup.rate_slider import RateSlider

FEATURE_MAPS: tuple[tuple[str, tuple[int, bool]], ...] = (
    ("linear", (1, False)),
    *((f"degree {degree}", (degree, False)) for degree in range(2, MAX_DEGREE + 1)),
    ("with sin", (1, True)),
    *((f"degree {degree}, sin", (degree, True)) for degree in range(2, MAX_DEGREE + 1)),
)
VARIATIONS = (("off", 0), *((f"× {copies + 1}", copies) for copies in range(1, MAX_COPIES + 1)))
OPTIMISERS = (
    ("SGD", "sgd"),
    ("momentum", "momentum"),
    ("Nesterov", "nesterov"),
    ("RMSProp", "rmsprop"),
    ("Adam", "adam"),
    ("Newton", "newton"),
    ("L-BFGS", "lbfgs"),
)
RULE_WORDS = (
    ("sgd", "θ ← θ − η g"),
    ("momentum", "v ← μ v + g;  θ ← θ − η v"),
    ("nesterov", "v ← μ v + g;  θ ← θ − η (g + μ v)"),
    ("rmsprop", "s ← 0.99 s + 0.01 g²;  θ ← θ − η g / (√s + ε)"),
    ("adam", "v ← 0.9 v + 0.1 g;  s ← 0.999 s + 0.001 g²;  θ ← θ − η v̂ / (√ŝ + ε)"),
    ("newton", "θ ← θ − η H⁻¹ g with the Hessian H of all rows; η = 1 is the full step"),
    ("lbfgs", "θ ← θ − η B g, B learnt from the last ten steps, on all rows"),
)
SCHEDULES = (("constant", "constant"), ("halved", "step"), ("cosine", "cosine"), ("1/t", "1/t"))
MOMENTA = (0.5, 0.8, 0.9, 0.95, 0.99)
PATIENCE_TIP = (
    "Stop early when the validation loss has not fallen for so many epochs, and return to the "
    "epoch with the least"
)
NEEDS_VALIDATION = "Needs validation rows: choose a validation share above, under Data"
SCROLL_BAR_PX = 10
AS_PUBLISHED = -1.0
MAX_LISTED_FEATURES = 40
LONGEST_NAME = 20  # letters of a file's name
OPEN_CSV, OPEN_CSV_DETAIL = "Open CSV…", "a table of your own"
SOURCE_ROWS: tuple[tuple[Source, str, str, str], ...] = (
    ("iris", "❀", "Iris", "150 × 4 · 3 classes"),
    ("digits", "8", "Digits 8×8", "1,797 × 64 · 10 classes"),
    ("mnist", "3", "MNIST", "70,000 × 784 · 10 classes"),
    ("drawn", "✎", "Draw points", ""),
    ("csv", "▤", OPEN_CSV, OPEN_CSV_DETAIL),
)


class SetupPanel(QScrollArea):
    """Shows how the run is set up, and says what the person wants changed."""

    source_chosen = Signal(str)
    data_changed = Signal(object, str)  # DataConfig, words for undo
    model_changed = Signal(object, str)  # ModelConfig, words for undo
    run_changed = Signal(object, str)  # TrainingConfig that needs a new run, words for undo
    tuned = Signal(str, object)  # live setting, value

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self._settings = TrainingConfig()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget()
        column.setObjectName("column")
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._make_data_card())
        self.model = ModelCard()
        self.model.changed.connect(self.model_changed)
        layout.addWidget(self.model)
        layout.addWidget(self._make_training_card())
        layout.addStretch(1)
        self.setWidget(column)
        self.setMinimumWidth(column.minimumSizeHint().width() + SCROLL_BAR_PX)

    # Data -------------------------------------------------------------------------------------

    def _make_data_card(self) -> Card:
        card = Card("Data")
        group = QButtonGroup(card)
        self.sources: dict[str, QPushButton] = {}
        for source, glyph, name, detail in SOURCE_ROWS:
            button = _source_button(glyph, name, detail)
            button.clicked.connect(lambda _=False, s=source: self.source_chosen.emit(s))
            group.addButton(button)
            card.column.addWidget(button)
            self.sources[source] = button
        self.features = QToolButton()
        self.features.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.features.setMenu(QMenu(self.features))
        self._features_row = card.add_row(
            "features", self.features, "Which features go into the model"
        )
        self.test_share = ShareField()
        self.test_share.valueChanged.connect(self._change_test_share)
        self.split_seed = CountField(0, MAX_SEED)
        self.split_seed.valueChanged.connect(
            lambda seed: self._change_data("split seed", split_seed=seed)
        )
        for field, digits in ((self.test_share, 7), (self.split_seed, 5)):
            field.setFixedWidth(field.fontMetrics().horizontalAdvance("0") * digits)
        card.add_pair(
            ("test share", self.test_share, "Share of each class that is kept for testing"),
            ("seed", self.split_seed, "The seed of the split: which rows are kept for testing"),
        )
        self.validation_share = ShareField()
        self.validation_share.setRange(0, 100 * MAX_VALIDATION_FRACTION)
        self.validation_share.setSpecialValueText("none")
        self.validation_share.setFixedWidth(self.test_share.width())
        self.validation_share.valueChanged.connect(
            lambda percent: self._change_data(
                "validation share", validation_fraction=round(percent / 100, 4)
            )
        )
        card.add_row(
            "validation",
            self.validation_share,
            "Share of the training rows of each class that early stopping watches; they do not "
            "train",
        )
        self.feature_map = Choice()
        self.feature_map.chosen.connect(self._change_map)
        self._map_row = card.add_row(
            "feature map",
            self.feature_map,
            "Inputs made of the features: their products up to a degree, their sines",
        )
        self.deskew = Toggle()
        self.deskew.clicked.connect(lambda is_on: self._change_data("deskewing", deskew=is_on))
        self.copies = Choice()
        self.copies.chosen.connect(lambda copies: self._change_data("variations", copies=copies))
        self._picture_rows = (
            card.add_row("deskew", self.deskew, "Shear pictures until they stand upright"),
            card.add_row(
                "variations",
                self.copies,
                "Train on variations of each picture too: moved, turned, resized, another pen",
            ),
        )
        self.standardise = Toggle()
        self.standardise.clicked.connect(
            lambda is_on: self._change_data("standardisation", standardise=is_on)
        )
        card.add_row(
            "standardise",
            self.standardise,
            "Scale each feature to mean 0 and spread 1 of the training rows",
        )
        return card

    def _name_table(self, task: Task) -> None:
        """Show which file is open; the row still opens another."""
        name, detail = OPEN_CSV, OPEN_CSV_DETAIL
        if task.config.data.source == "csv":
            source = task.source
            name = source.name
            classes = f"{source.h:,} class{'es' if source.h != 1 else ''}"
            detail = f"{source.n:,} × {source.m:,} · {classes}"
        button = self.sources["csv"]
        _, words, small = button.findChildren(QLabel)
        space = words.fontMetrics().averageCharWidth() * LONGEST_NAME
        words.setText(words.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, space))
        small.setText(detail)
        button.setAccessibleName(f"{name}, {detail}" if detail else name)
        button.setToolTip("Open a CSV file, also by dropping it on the window (Ctrl+O)")

    def _change_data(self, words: str, **changes: object) -> None:
        if self._task:
            data = replace(self._task.config.data, **changes)  # type: ignore[arg-type]
            if data != self._task.config.data:
                self.data_changed.emit(data, f"change of {words}")

    def _change_test_share(self, percent: float) -> None:
        fraction = None if percent == AS_PUBLISHED else round(percent / 100, 4)
        self._change_data("test share", test_fraction=fraction)

    def _change_map(self, choice: object) -> None:
        assert isinstance(choice, tuple)
        degree, sine = choice
        self._change_data("feature map", degree=degree, sine=sine)

    def _show_features(self, task: Task) -> None:
        names, chosen = task.source.feature_names, task.dataset.feature_names
        is_choice = task.source.image_shape is None and 2 < len(names) <= MAX_LISTED_FEATURES
        self._features_row.setVisible(is_choice)
        if not is_choice:
            return
        self.features.setText(f"{len(chosen)} of {len(names)} ▾")
        menu = self.features.menu()
        menu.clear()
        for name in names:
            action = menu.addAction(unmarked(short(name)))
            action.setToolTip(as_tip(name))
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.setEnabled(name not in chosen or len(chosen) > 1)
            action.triggered.connect(lambda is_on, n=name: self._toggle_feature(n, is_on))
        menu.addSeparator()
        everything = menu.addAction(f"All {len(names)}")
        everything.triggered.connect(lambda: self._change_data("features", features=("all",)))

    def _toggle_feature(self, name: str, is_on: bool) -> None:
        if self._task is None:
            return
        chosen = set(self._task.dataset.feature_names) ^ {name}
        names = tuple(n for n in self._task.source.feature_names if n in chosen)
        if len(names) == self._task.source.m:
            names = ("all",)
        self._change_data("features", features=names)

    # Training ---------------------------------------------------------------------------------

    def _make_training_card(self) -> Card:
        card = Card("Training")
        self.learning_rate = NotchField(1e-6, 1e30)
        self.learning_rate.valueChanged.connect(lambda v: self._tune("learning_rate", v))
        card.add_row(
            "learning rate <i>η</i>",
            self.learning_rate,
            "Step size of gradient descent; applies while it runs. Keys [ and ]",
        )
        self.rate = RateSlider()
        self.rate.chosen.connect(self.learning_rate.setValue)
        card.column.addWidget(self.rate)
        self.optimiser = Choice()
        self.optimiser.offer(OPTIMISERS, "sgd")
        self.optimiser.chosen.connect(self._change_optimiser)
        card.add_row("optimiser", self.optimiser, "The rule of the update")
        self.momentum = Choice()
        self.momentum.chosen.connect(lambda v: self._tune("momentum", v))
        self._momentum_row = card.add_row(
            "momentum <i>μ</i>",
            self.momentum,
            "Share of the velocity that stays from update to update; applies while it runs",
        )
        self.schedule = Choice()
        self.schedule.offer(SCHEDULES, "constant")
        self.schedule.chosen.connect(lambda v: self._change_run("schedule", schedule=v))
        card.add_row(
            "<i>η</i> over epochs",
            self.schedule,
            "Constant; halved after each quarter of the epochs; a cosine down to 0; or 1/t",
        )
        self.batch_size = BatchField()
        self.batch_size.valueChanged.connect(self._tune_batch)
        card.add_row(
            "batch size", self.batch_size, "Examples per update, up to full; applies while it runs"
        )
        self.weight_decay = NotchField(1e-6, 1e6, zero=True)
        self.weight_decay.valueChanged.connect(lambda v: self._tune("weight_decay", v))
        card.add_row(
            "weight decay <i>λ</i>",
            self.weight_decay,
            "Penalty (λ/2)·‖W‖², biases spared; applies while it runs",
        )
        self.l1 = NotchField(1e-6, 1e6, zero=True)
        self.l1.valueChanged.connect(lambda v: self._tune("l1", v))
        card.add_row(
            "L1 penalty <i>λ₁</i>",
            self.l1,
            "Penalty λ₁·Σ|w|, which drives weights to 0, biases spared; applies while it runs",
        )
        self.epochs = CountField(1, MAX_COUNT, notches=True)
        self.epochs.valueChanged.connect(lambda v: self._tune("epochs", v))
        card.add_row("stop after epochs", self.epochs, "Train for so many passes over the data")
        self.tolerance = NotchField(1e-9, 1.0, zero=True)
        self.tolerance.valueChanged.connect(lambda v: self._tune("tolerance", v))
        card.add_row(
            "or loss changes <",
            self.tolerance,
            "Stop as converged when the training loss changes by less than this per epoch, "
            "over five epochs; 0 never stops early",
        )
        self.patience = CountField(0, MAX_COUNT, notches=True)
        self.patience.setSpecialValueText("never")
        self.patience.valueChanged.connect(lambda v: self._tune("patience", v))
        card.add_row(
            "or no better for",
            self.patience,
            PATIENCE_TIP,
        )
        self.seed = CountField(0, MAX_SEED)
        self.seed.valueChanged.connect(lambda v: self._change_run("seed", seed=v))
        card.add_row("seed", self.seed, "Decides a random start and every shuffle")
        self.device = Choice()
        self.device.chosen.connect(lambda name: self._change_run("device", device=name))
        self._device_row = card.add_row("device", self.device, "Where the model is trained")
        self.show_devices(())
        return card

    def _change_optimiser(self, name: object) -> None:
        """Newton's step is as long as η = 1 says; the others start where they are."""
        rate = 1.0 if name in SECOND_ORDER else self._settings.learning_rate
        self._change_run("optimiser", optimiser=name, learning_rate=rate)

    def _tune(self, name: str, value: object) -> None:
        self.tuned.emit(name, value)

    def _tune_batch(self, size: int) -> None:
        self._tune("batch_size", None if size == self.batch_size.maximum() else size)

    def _change_run(self, words: str, **changes: object) -> None:
        settings = replace(self._settings, **changes)  # type: ignore[arg-type]
        if settings != self._settings:
            self.run_changed.emit(settings, f"change of {words}")

    # Values in --------------------------------------------------------------------------------

    def show_task(self, task: Task) -> None:
        """Show data and model of a run."""
        self._task = task
        data = task.config.data
        self.sources[data.source].setChecked(True)
        self._name_table(task)
        self._show_features(task)
        self._map_row.setVisible(task.source.image_shape is None)
        for row in self._picture_rows:
            row.setVisible(task.source.image_shape is not None)
        self.feature_map.offer(FEATURE_MAPS, (data.degree, data.sine))
        self.copies.offer(VARIATIONS, data.copies)
        switches = (self.standardise, self.deskew)
        shares = self.test_share, self.validation_share
        with ExitStack() as blocked:
            for field in (*shares, self.split_seed, *switches, self.batch_size):
                blocked.enter_context(QSignalBlocker(field))
            has_published = bool(task.source.published_test)
            self.test_share.setRange(AS_PUBLISHED if has_published else 0, 100 * MAX_TEST_FRACTION)
            self.test_share.setSpecialValueText("as given" if has_published else "none")
            fraction = data.test_fraction
            self.test_share.setValue(AS_PUBLISHED if fraction is None else 100 * fraction)
            self.validation_share.setValue(100 * data.validation_fraction)
            self.split_seed.setValue(data.split_seed)
            self.standardise.setChecked(bool(data.standardise))
            self.deskew.setChecked(data.deskew)
            self.batch_size.setMaximum(max(len(task.train_rows), 2))
        can_stop_early = bool(len(task.validation_rows))
        self.patience.setEnabled(can_stop_early)
        self.patience.setToolTip(
            PATIENCE_TIP if can_stop_early else f"{PATIENCE_TIP}. {NEEDS_VALIDATION}"
        )
        self.model.show_task(task)
        self.rate.show_task(task)

    def show_settings(self, settings: TrainingConfig) -> None:
        """Show the training settings as they apply now."""
        self._settings = settings
        fields = (self.learning_rate, self.batch_size, self.weight_decay, self.epochs)
        self.optimiser.offer(OPTIMISERS, settings.optimiser)
        self.optimiser.setToolTip(dict(RULE_WORDS)[settings.optimiser])
        self._momentum_row.setVisible(settings.optimiser in ("momentum", "nesterov"))
        self.momentum.offer(_with(MOMENTA, settings.momentum), settings.momentum)
        self.schedule.offer(SCHEDULES, settings.schedule)
        with ExitStack() as blocked:
            for field in (*fields, self.tolerance, self.seed, self.l1, self.patience):
                blocked.enter_context(QSignalBlocker(field))
            self.l1.setValue(settings.l1)
            self.patience.setValue(settings.patience)
            self.learning_rate.setValue(settings.learning_rate)
            self.rate.show_rate(settings.learning_rate)
            largest = self.batch_size.maximum()
            self.batch_size.setValue(min(settings.batch_size or largest, largest))
            self.weight_decay.setValue(settings.weight_decay)
            self.epochs.setValue(settings.epochs)
            self.tolerance.setValue(settings.tolerance)
            self.seed.setValue(settings.seed)
        self._show_device(settings.device)

    def show_devices(self, names: tuple[str, ...]) -> None:
        """Offer the devices that are there; a choice of one is none."""
        self.device.offer([(_device_name(name), name) for name in names], self._settings.device)
        self._device_row.setVisible(len(names) > 1)

    def _show_device(self, device: str) -> None:
        index = self.device.findData(device)
        if index >= 0:
            self.device.setCurrentIndex(index)


def _with(values: tuple[float, ...], other: float) -> list[tuple[str, object]]:
    """Return the values, and another one among them, with their words."""
    return [(f"{value:g}", value) for value in sorted({*values, other})]


def _source_button(glyph: str, name: str, detail: str) -> QPushButton:
    """A row with a glyph, a name and a detail below it."""
    button = QPushButton()
    button.setProperty("row", True)
    button.setCheckable(True)
    button.setAccessibleName(f"{name}, {detail}" if detail else name)
    button.setToolTip(f"Train on {name}")
    row = QHBoxLayout(button)
    row.setContentsMargins(6, 2, 4, 2)
    row.setSpacing(8)
    sign, words, small = Plain(glyph), Plain(name), Plain(detail)
    sign.setFixedWidth(sign.fontMetrics().horizontalAdvance("MM"))
    sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
    small.setProperty("small", True)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(words)
    column.addWidget(small)
    row.addWidget(sign)
    row.addLayout(column, 1)
    small.setVisible(bool(detail))  # of the button by now: before, it would be a window
    for label in (sign, words, small):
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    button.setMinimumHeight(row.sizeHint().height() + 2)
    return button


def _device_name(name: str) -> str:
    return name.upper().replace(":", " ")


def data_for(source: Source, old: DataConfig) -> DataConfig:
    """Return the data config for another source: its own choices, the same split."""
    return DataConfig(
        source=source,
        split_seed=old.split_seed,
        validation_fraction=old.validation_fraction,
    )
