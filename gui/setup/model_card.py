"""The card of the model: its kind, classes, hidden layer, bias and initial weights."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton

from core.config import MAX_HIDDEN, ModelConfig
from core.data.shown_names import shown_classes
from core.data.suitability import not_counted
from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.model_kind import Kind
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.card import Card
from gui.kit.fields.choices import Choice, Toggle
from gui.kit.fields.numbers import CountField, NotchField
from gui.kit.plain_text import as_tip, unmarked
from gui.setup.wishes import Wishes

COLUMNS = 2
ACTIVATIONS = (("ReLU", "relu"), ("tanh", "tanh"), (mark("sigmoid"), "sigmoid"))
ZEROS_ARE_FINE = mark(
    "The weights that training starts from; zeros are fine, for the loss is convex"
)
RANDOM_IS_NEEDED = mark(
    "With a hidden layer the start is random: from zeros all hidden units would get the same "
    "gradient and stay the same for ever. The seed decides it."
)


class FamilyPicker(QFrame):
    """The kinds of the family as buttons, in the order in which a lecture introduces them."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("segments", True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setSpacing(2)
        self._buttons: dict[object, QPushButton] = {}
        self._add_all()

    def _add_all(self) -> None:
        """Add a button for each kind that has none: one that is brought comes with its run."""
        for index, kind in enumerate(FAMILY.values()):
            if kind.name in self._buttons:
                continue
            button = QPushButton(unmarked(tr(kind.title)))
            button.setProperty("segment", True)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setToolTip(_tip(kind))
            button.clicked.connect(lambda _=False, name=kind.name: self.chosen.emit(name))
            self._grid.addWidget(button, index // COLUMNS, index % COLUMNS)
            self._buttons[kind.name] = button

    def button(self, kind: object) -> QPushButton:
        return self._buttons[kind]

    def choose(self, kind: object) -> None:
        self._add_all()
        self._buttons[kind].setChecked(True)

    def show_reasons(self, reasons: Mapping[str, str]) -> None:
        """Show why kinds cannot be chosen with these data, or "" for each that can."""
        for name, reason in reasons.items():
            self._buttons[name].setEnabled(not reason)
            self._buttons[name].setToolTip(reason or _tip(FAMILY[name]))


def _tip(kind: Kind) -> str:
    said = tr("{description}. Loss: {loss}", description=tr(kind.words), loss=tr(kind.loss))
    return as_tip(f"{said}, {tr(kind.formula)}")


class ModelCard(Card):
    """Shows the model of a task, and asks for what the user wants instead."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(tr("Model"))
        self._change = wishes.change_model
        self.kind = FamilyPicker()
        self.kind.chosen.connect(wishes.change_kind)
        self.column.addWidget(self.kind)
        self.formula = QLabel()
        zoom.set_type(self.formula, look.SMALL)
        self.formula.setProperty("small", True)
        self.formula.setWordWrap(True)
        self.column.addWidget(self.formula)
        self.positive, self.negative = Choice(), Choice()
        self.positive.chosen.connect(lambda name: wishes.change_classes(positive=name))
        self.negative.chosen.connect(lambda name: wishes.change_classes(negative=name))
        self._class_rows = (
            self.add_row(
                tr("yes, 1"), self.positive, tr("The class that the neuron answers 1 for")
            ),
            self.add_row(tr("no, 0"), self.negative, tr("The class that it is told apart from")),
        )
        self.hidden = CountField(0, MAX_HIDDEN, notches=True, widest=f"{tr('none')} 00")
        self.hidden.setSpecialValueText(tr("none"))
        self.hidden.chosen.connect(lambda u: self._change(tr("hidden layer"), hidden=u))
        self.bias = Toggle()
        self.bias.clicked.connect(lambda is_on: self._change(tr("bias"), has_bias=is_on))
        self.add_pair(
            (
                tr("hidden"),
                self.hidden,
                tr("Neurons in a layer between inputs and outputs: regions need not be straight"),
            ),
            (
                tr("bias"),
                self.bias,
                tr(
                    "Whether the outputs have a bias; without it every boundary goes through "
                    "the mean of standardised inputs"
                ),
            ),
        )
        self.activation = Choice()
        self.activation.chosen.connect(lambda f: self._change(tr("activation"), activation=f))
        self._activation_row = self.add_row(
            tr("activation"), self.activation, tr("What each hidden unit does to its net input")
        )
        self.init = Choice()
        self.init.chosen.connect(lambda init: self._change(tr("start"), init=init))
        self._init_row = self.add_row(tr("start from"), self.init, tr(ZEROS_ARE_FINE))
        self.smoothing = NotchField(1e-6, 1e6)
        self.smoothing.chosen.connect(lambda alpha: self._change(tr("smoothing"), smoothing=alpha))
        self._smoothing_row = self.add_row(
            tr("smoothing α"),
            self.smoothing,
            tr("So much more of each feature is counted in each class"),
        )
        self._add_start_words()

    def _add_start_words(self) -> None:
        self.start_words = QLabel(
            tr("Starts from random weights: zeros would stay alike for ever.")
        )
        zoom.set_type(self.start_words, look.SMALL)
        self.start_words.setProperty("small", True)
        self.start_words.setWordWrap(True)
        self.start_words.setToolTip(tr(RANDOM_IS_NEEDED))
        self.column.addWidget(self.start_words)

    def show_task(self, task: Task) -> None:
        """Show the model of a task."""
        model: ModelConfig = task.config.model
        kind = FAMILY[model.kind]
        self.kind.choose(model.kind)
        self.formula.setText(f"{tr(kind.activation)} · {tr(kind.loss)}")
        self.formula.setToolTip(f"L = {tr(kind.formula)};  ∂L/∂z = {tr(kind.gradient)}")
        for row in self._class_rows:
            row.setVisible(kind.is_neuron)
        names = tuple(zip(shown_classes(task.source), task.source.class_names, strict=True))
        self.positive.set_options(names, model.positive)
        self.negative.set_options([(tr("the rest"), None), *names], model.negative)
        self.init.set_options(((tr("zeros"), "zeros"), (tr("random"), "random")), model.init)
        self.activation.set_options([(tr(text), f) for text, f in ACTIVATIONS], model.activation)
        self.hidden.show_value(model.hidden)
        self.bias.setChecked(model.has_bias)
        self._activation_row.setVisible(model.hidden > 0)
        self._init_row.setVisible(not (model.hidden or kind.is_counted))
        self._smoothing_row.setVisible(kind.is_counted)
        self.smoothing.show_value(model.smoothing)
        self.hidden.setEnabled(not kind.is_counted)
        self.kind.show_reasons(
            {
                kind.name: not_counted(task.dataset, task.config.data, ModelConfig(kind.name))
                for kind in FAMILY.values()
            }
        )
        self.start_words.setVisible(model.hidden > 0)
