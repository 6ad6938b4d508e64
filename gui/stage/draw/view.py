"""Draw a digit: what the model sees of it, what it says, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.data import digit_image
from core.data.digit_image import Recipe
from core.data.task import Task
from core.explain import prediction
from core.explain.neighbours import nearest
from core.explain.prediction import Answer
from core.model_family import FAMILY
from core.train.snapshot import Params, Snapshot
from gui.kit import theme as look
from gui.kit.fields import Combo, Slider
from gui.kit.plain_text import as_tip, short, unmarked
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.draw.evidence import Evidence
from gui.stage.draw.explanation import HIDDEN, Why, of_classes, of_neuron, of_winner
from gui.stage.draw.pad import Pad
from gui.stage.draw.reason import Reason
from gui.stage.draw.shares import Shares
from gui.stage.draw.tiles import Tiles
from gui.state.background_tasks import Background, Queue

Picture = NDArray[np.float32]
Rows = NDArray[np.int64]

SWITCHES = {
    "crop": ("crop", "Take the drawing out of the pad, so that its place does not matter"),
    "scale_to_box": ("scale", "Make it fit the box, so that its size does not matter"),
    "antialias": ("smooth", "Grey edges: each pixel takes the share of it that is covered"),
    "centre": ("centre", "Move the centre of mass to where the training digits have it"),
    "deskew": ("deskew", "Shear it until it stands upright, as training digits can be"),
}
PEN_STEPS = 20  # of the slider; tenths of the data's own pen width, from half to two and a half
NEAREST = 5
LETTERS = 12  # of a class on a button; its tip has the rest
MOST_CLASSES = 10
NARROW_PX = 540
SMALLEST = 372, 416  # px; with less room than this it scrolls
GAP = 6
STEPS = "What the model sees, step by step"
BLANK = "Draw a digit, and see why."
UNTRAINED = "All classes tie: train first (Space)."
NOT_READY = "The model is not ready yet."
NEURONS = tuple(name for name, kind in FAMILY.items() if kind.is_neuron)
EVIDENCE = (
    "w ⊙ x pixel by pixel, all classes on one scale: blue speaks for the class, orange against "
    "it. Summed up, and with the bias, it is the logit z."
)
EVIDENCE_OF_PAIRS = (
    "w ⊙ x pixel by pixel, of the neurons of the chosen class against each other one: blue speaks "
    "for the chosen class, orange for the other. Where z > 0 it has the pair’s vote."
)


class DrawView(View):
    """The pad, the recipe step by step, the shares of all classes, and the evidence for each."""

    taught = Signal(object, int)  # (size, size) picture in 0 … 1, number of its true class
    remarked = Signal(str)  # why there is nothing to pick
    pictured = Signal(object, object, int)  # Task; picture that its model sees; row, −1: a drawing

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._recipe = Recipe()
        self.picture: Picture | None = None  # what the model sees
        self.answer: Answer | None = None
        self._asked: tuple[Params, Picture] | None = None
        self._pair: tuple[int, int] | None = None  # as chosen; None follows the answer
        self._picked = -1  # the row that was picked last
        self._trains_upright = False
        self._is_narrow = False
        self._random = np.random.default_rng()
        self._look_again = QTimer(self)  # all moves of the pen that wait are one
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self.read_pad)

        self._room = QWidget()
        self.pad = Pad(theme)
        self.pad.drawing.changed.connect(self._note_change)
        self.shares = Shares(theme)
        self.evidence = Evidence(theme)
        self.evidence.setToolTip(EVIDENCE)
        self.reason = Reason(theme, "difference of evidence")
        self.steps = Tiles(theme, "what the model sees", STEPS, len(SWITCHES))
        self.steps.framed = len(SWITCHES) - 1
        self.nearest = Tiles(theme, "nearest training digits", "Nearest in training", NEAREST)
        self.nearest.setToolTip("The training digits that are nearest, and their labels")
        self.pad.setParent(self._room)
        for part in (self.steps, self.shares):
            part.setParent(self._room)
        self._build_switches()
        self._build_tools()
        self._build_teaching()
        self.evidence.setParent(self._room)
        self._build_comparison()
        self.nearest.setParent(self._room)
        self._parts = (self.shares, self.evidence, self.reason, self.steps, self.nearest)

        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._room)
        self._room.setMinimumSize(*SMALLEST)
        for widget in (area.viewport(), self._room):
            widget.setAutoFillBackground(False)
        area.setObjectName("room")
        area.setStyleSheet("#room { background: transparent; }")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(area)
        self._area = area
        self.show_theme()
        self._room.installEventFilter(self)

    # Building ---------------------------------------------------------------------------------

    def _build_switches(self) -> None:
        self.switches: dict[str, QCheckBox] = {}
        for name, (words, tip) in SWITCHES.items():
            switch = QCheckBox(words, self._room)
            switch.setProperty("small", True)
            switch.setToolTip(tip)
            switch.setStyleSheet("QCheckBox { spacing: 3px; }")
            switch.setChecked(getattr(self._recipe, name))
            switch.toggled.connect(lambda is_on, n=name: self._switch(n, is_on))
            self.switches[name] = switch

    def _build_tools(self) -> None:
        self.pen = Slider()
        self.pen.setRange(0, PEN_STEPS)
        self.pen.setValue(PEN_STEPS // 4)
        self.pen.setAccessibleName("pen width")
        self.pen.setToolTip("Width of the pen, on the pad and in what the model sees")
        self.pen.setMinimumWidth(36)
        self.pen.setMaximumWidth(110)
        self.pen.valueChanged.connect(self._change_pen)
        self.eraser = _button("Eraser", "Take away the strokes that are touched")
        self.eraser.setCheckable(True)
        self.eraser.toggled.connect(self.pad.set_eraser)
        self.undo_button = _button("Undo", "Take the last stroke back (Ctrl+Z on the pad)")
        self.undo_button.clicked.connect(self.pad.drawing.undo)
        self.clear_button = _button("Clear", "Clear the pad (Delete)")
        self.clear_button.clicked.connect(self.pad.drawing.clear)
        self.random_button = _button("", "Put a test digit on the pad, any one")
        self.random_button.setAccessibleName("random test digit")
        self.random_button.clicked.connect(self.pick_any)
        self.mistake_button = _button("", "Put the next test digit on it that the model gets wrong")
        self.mistake_button.setAccessibleName("next misclassified test digit")
        self.mistake_button.clicked.connect(self.pick_mistake)
        self._pen_word = _small("pen")
        self._pen_word.setBuddy(self.pen)
        self._tools = QWidget(self._room)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._pen_word)
        row.addWidget(self.pen, 1)
        for button in (self.eraser, self.undo_button, self.clear_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.random_button, self.mistake_button):
            row.addWidget(button)

    def _build_teaching(self) -> None:
        self._teaching = QWidget(self._room)
        row = QHBoxLayout(self._teaching)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(_small("Teach it: this is"))
        self.teach_buttons: list[QPushButton] = []
        for k in range(MOST_CLASSES):
            button = _button("", "Add it to the training rows as this class")
            button.setAccessibleName("teach")
            button.setEnabled(False)  # until there is something to teach
            button.setProperty("quiet", True)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMaximumWidth(64)
            button.clicked.connect(lambda _=False, label=k: self._teach(label))
            row.addWidget(button, 1)
            self.teach_buttons.append(button)
        row.addStretch(1)

    def _build_comparison(self) -> None:
        self.reason.setParent(self._room)
        self.first, self.second = Combo(self.reason), Combo(self.reason)
        self._minus = _small("−")
        self._minus.setParent(self.reason)
        for box, which in ((self.first, "first"), (self.second, "second")):
            box.setAccessibleName(f"{which} class to compare")
            box.setToolTip(
                f"The {which} of two classes to compare; by itself it follows the answer"
            )
            box.activated.connect(self._choose_pair)

    # Layout -----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._room and event.type() == QEvent.Type.Resize:
            self._lay_out()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def _lay_out(self) -> None:
        """Give each part its place: all sizes follow from the room, none from what is shown."""
        width, height = self._room.width(), self._room.height()
        is_narrow = width < NARROW_PX
        line = self.fontMetrics().height()
        small = QFontMetrics(look.scaled(self.font(), look.SMALL)).height()
        tools, teaching = (line + 8, line + 6) if is_narrow else (line + 12, line + 10)
        strip = self.evidence.heightForWidth(width)
        foot = line + 6 + 2 * small + 6 if is_narrow else line + 8 + 3 * small + 14
        if self._is_brief:  # one picture says it all
            strip, foot = 0, strip + foot
        steps = 42 + small + 4 if is_narrow else 64 + 2 * small + 10
        gaps = GAP // 2 if is_narrow else GAP
        below = tools + teaching + strip + foot + 4 * gaps
        if is_narrow:
            below += steps + gaps
        side = max(min(height - below, round(0.48 * width)), 100)
        top = height - below
        right = width - side - 2 * GAP
        self.pad.setGeometry(0, 0, side, top)
        y = top + gaps
        self.steps.title = "" if is_narrow else STEPS
        if is_narrow:
            self.shares.setGeometry(side + 2 * GAP, 0, right, top)
            self._place_steps(QRect(0, y, width, steps))
            y += steps + gaps
        else:
            self._place_steps(QRect(side + 2 * GAP, 0, right, steps))
            self.shares.setGeometry(side + 2 * GAP, steps + GAP, right, top - steps - GAP)
        self._pen_word.setVisible(not is_narrow)
        self.random_button.setText("Random" if is_narrow else "Random test digit")
        self.mistake_button.setText("Mistake" if is_narrow else "Next misclassified")
        if is_narrow is not self._is_narrow:
            self._is_narrow, self._asked = is_narrow, None
            self._tools.setStyleSheet("QPushButton { padding: 1px 4px; }" if is_narrow else "")
        self._tools.setGeometry(0, y, width, tools)
        y += tools + gaps
        self._teaching.setGeometry(0, y, width, teaching)
        y += teaching + gaps
        self.evidence.setGeometry(0, y, width, strip)
        y += strip + gaps
        foot = height - y
        tiles = min(round(width * 0.38), NEAREST * (foot - 2 * small - 4))
        self.reason.head = 0 if self._is_brief else line + 8
        if self._is_brief:  # under the sentences beside the large picture
            self.reason.setGeometry(0, y, width, foot)
            left, down = round(self.reason.left), 3 * small + 2 * GAP
            size = min(foot - down, 100)
            self.nearest.setGeometry(left, y + foot - size, min(width - left, tiles), size)
            self.nearest.raise_()
        else:
            self.reason.setGeometry(0, y, width - tiles - 2 * GAP, foot)
            self.nearest.setGeometry(width - tiles, y, tiles, foot)
        x, box = round(self.reason.left), line + 6
        wide = min((width - tiles - x - 40) // 2, 90)
        self.first.setGeometry(x, 0, wide, box)
        self._minus.setGeometry(x + wide + 4, 0, 12, box)
        self.second.setGeometry(x + wide + 20, 0, wide, box)
        self._answer()

    def _place_steps(self, rect: QRect) -> None:
        self.steps.setGeometry(rect)
        font = look.scaled(self.font(), look.SMALL)
        step = rect.width() // len(SWITCHES)
        for place, switch in zip(self.steps.places, self.switches.values(), strict=True):
            switch.setFont(font)
            below = rect.top() + round(place.bottom()) + 3
            left = rect.left() + round(place.left()) - 1
            switch.setGeometry(left, below, step, rect.bottom() - below + 1)
            switch.raise_()

    @property
    def _kind(self) -> str:
        return "softmax" if self.task is None else self.task.config.model.kind

    @property
    def _is_hidden(self) -> bool:
        """Whether a hidden layer is between the pixels and the logits."""
        return self.task is not None and self.task.config.model.hidden > 0

    @property
    def _is_brief(self) -> bool:
        """Whether one reason says it all: there is one neuron, or no evidence to compare."""
        return self.task is not None and (self._kind in NEURONS or self._is_hidden)

    # Values in --------------------------------------------------------------------------------

    @staticmethod
    def applies_to(task: Task) -> bool:
        """A square picture is wanted, and no more classes than fit."""
        shape = task.dataset.image_shape
        return shape is not None and shape[0] == shape[1] and task.source.h <= MOST_CLASSES

    def offer_task(self, task: Task) -> None:
        if not self.applies_to(task):
            self.task = self.snapshot = None
            self._look_again.stop()
            self._background.forget("nearest")
            return
        super().offer_task(task)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is not None:
            super().offer_snapshot(snapshot)

    def show_theme(self) -> None:
        self.pad.set_theme(self.theme)
        for part in self._parts:
            part.set_theme(self.theme)
        self._colour_switches()

    def _colour_switches(self) -> None:
        """Fill the boxes: on the panel's own colour an empty one would not be seen."""
        colours = look.palette(self.theme)
        colours.setColor(QPalette.ColorRole.Base, QColor(self.theme.line))
        for switch in self.switches.values():
            switch.setPalette(colours)

    def show_task(self, task: Task) -> None:
        assert task.dataset.image_shape
        size, deskew = task.dataset.image_shape[0], task.config.data.deskew
        dataset, source = task.dataset, task.source
        if size != self._recipe.size:
            self.pad.drawing.reset()
        self._recipe = replace(self._recipe, size=size, pen_width=None)
        if deskew is not self._trains_upright:  # otherwise what the person chose stays
            self._trains_upright = deskew
            self.switches["deskew"].setChecked(deskew)
        self._change_pen(self.pen.value())
        self.shares.show_classes(self._kind, dataset.class_names, dataset.class_marks)
        columns = dataset.class_names[1:] if self._kind == "ovo" else dataset.class_names
        self.evidence.show_classes(() if self._is_brief else columns, size)
        self.evidence.setToolTip(EVIDENCE_OF_PAIRS if self._kind == "ovo" else EVIDENCE)
        self.reason.has_picture = not self._is_hidden
        self.evidence.setVisible(not self._is_brief)
        for widget in (self.first, self.second, self._minus):
            widget.setVisible(not self._is_brief)
        for box in (self.first, self.second):
            box.clear()
            box.addItems(dataset.class_names)
        self.second.setCurrentIndex(1)
        for k, button in enumerate(self.teach_buttons):
            button.setVisible(k < source.h)
            if k < source.h:
                name = source.class_names[k]
                button.setText(unmarked(short(name, LETTERS)))
                button.setAccessibleName(f"teach that this is {name}")
                button.setToolTip(as_tip(f"Add it to the training rows as {name}"))
        self._pair, self._asked, self._picked = None, None, -1
        self._lay_out()
        self._note_change()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._answer()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._colour_switches()  # by now dressed by the style sheet, which would undo it
        self._note_change()

    # What is on the pad -----------------------------------------------------------------------

    def show_row(self, row: int) -> None:
        """Put the digit of a row of the data set on the pad."""
        task = self.task
        if task is None or not task.dataset.image_shape or not 0 <= row < task.dataset.n:
            return
        self._picked = row
        values = task.dataset.values(np.array([row]))[0]
        name = task.dataset.class_names[task.dataset.y[row]]
        note = f"{task.say_row(row)}: {name}"
        self.pad.drawing.put_picture(values.reshape(task.dataset.image_shape), note)

    def pick_any(self) -> None:
        """Put any test digit on the pad."""
        rows = self._rows_to_pick
        if len(rows):
            self.show_row(int(self._random.choice(rows)))

    def pick_mistake(self) -> None:
        """Put the next test digit on the pad that the model takes for another."""
        self._pick(lambda true, decided: true != decided, "The model gets all of them right.")

    def show_mistake(self, true: int, predicted: int) -> None:
        """Put the next test digit on the pad that is of one class and taken for the other."""
        self._pick(
            lambda y, decided: (y == true) & (decided == predicted),
            "By now the model puts none of these digits there.",
        )

    @property
    def _rows_to_pick(self) -> Rows:
        task = self.task
        if task is None:
            return np.empty(0, dtype=np.int64)
        return task.test_rows if len(task.test_rows) else task.train_rows

    def _pick(self, wanted: Callable[[Rows, Rows], NDArray[np.bool_]], none: str) -> None:
        """Put the next digit on the pad whose class and decision are wanted; in the background."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None:
            return
        rows, params = self._rows_to_pick, snapshot.params

        def work() -> Rows:
            from core.explain import probe  # brings PyTorch

            found = wanted(task.dataset.y[rows], probe.decided(task, params, rows))
            return np.asarray(rows[found])

        def chosen(found: Rows) -> None:
            if task is not self.task:
                return
            if len(found):
                later = found[found > self._picked]
                self.show_row(int(later[0] if len(later) else found[0]))
            else:
                self.remarked.emit(none)

        self._background.ask("pick", work, chosen, _raise)

    def _switch(self, name: str, is_on: bool) -> None:
        self._recipe = replace(self._recipe, **{name: is_on})
        self._note_change()

    def _change_pen(self, value: int) -> None:
        width = self._recipe.form.pen_width * (0.5 + value / 10)
        self._recipe = replace(self._recipe, pen_width=min(width, self._recipe.size / 4 - 0.01))
        self.pad.set_pen(self._recipe.pen / self._recipe.size)
        self._note_change()

    def _note_change(self) -> None:
        """Look at the pad once Qt has nothing more urgent to do."""
        self.undo_button.setEnabled(self.pad.drawing.edits.canUndo())
        self.clear_button.setEnabled(not self.pad.drawing.is_empty)
        if self.isVisible() and not self._look_again.isActive():
            self._look_again.start(0)

    def read_pad(self) -> None:
        """Make the picture that the model sees of what is on the pad, and ask the model."""
        picked = self.pad.drawing.content.picture
        if picked is not None:
            shown = self._stages_of(picked)
        else:
            strokes = [stroke[:, :2] for stroke in self.pad.strokes]
            shown = dict(digit_image.stages(strokes, self._recipe, self.pad.frame))
        self._show_steps(shown, is_picked=picked is not None)
        picture = next(reversed(shown.values())) if shown else None
        if picture is not None and not picture.any():
            picture = None  # all the ink is beside the frame
        if (picture is None) is not (self.picture is None):
            for button in self.teach_buttons:
                button.setEnabled(picture is not None)
        is_other = (
            picture is None or self.picture is None or not np.array_equal(picture, self.picture)
        )
        if is_other:
            self.picture = picture
            if picture is not None and self.task is not None:
                self.pictured.emit(self.task, picture, -1 if picked is None else self._picked)
        self._answer()
        if not self.pad.drawing.is_under_way:
            self._ask_nearest()

    def _stages_of(self, picked: Picture) -> dict[str, Picture]:
        """Return the stages of a digit of the data set, which has been through the recipe."""
        shown = {"pad": picked}
        is_upright = self.task is not None and self.task.config.data.deskew
        if self._recipe.deskew and not is_upright:
            flat = digit_image.deskew_images(picked.reshape(1, -1))
            shown["deskew"] = flat.reshape(picked.shape)
        return shown

    def _show_steps(self, shown: dict[str, Picture], *, is_picked: bool) -> None:
        """Show the picture after each step; one that is left out hands on what it was given."""
        picture = shown.get("pad")
        for k, name in enumerate(SWITCHES):
            picture = shown.get(name, picture)
            is_left_out = picture is not None and name not in shown
            self.steps.show_tile(k, picture, faint=is_left_out and k != self.steps.framed)
            self.switches[name].setEnabled(not is_picked or name == "deskew")

    # What the model says ----------------------------------------------------------------------

    def _answer(self) -> None:
        """Show what the newest model says of the picture, if either is new."""
        task, snapshot, picture = self.task, self.snapshot, self.picture
        if not self.isVisible():
            self._is_stale = True
            return
        if task is None or snapshot is None or picture is None:
            self._asked = self.answer = None
            no_b = np.empty(0, dtype=np.float32)
            self.shares.show_answer(None, BLANK if picture is None else NOT_READY, None)
            self.evidence.show_answer(None, no_b, None)
            self.reason.show_reason(None, 0.0, ())
            return
        asked = self._asked
        if asked and asked[0] is snapshot.params and asked[1] is picture:
            return
        self._asked = snapshot.params, picture
        self.answer = found = prediction.ask(task, snapshot.params, picture.ravel())
        is_tied = not any(array.any() for array in snapshot.params.arrays)
        names, kind = task.dataset.class_names, self._kind
        winner = None if is_tied else found.decided
        words = UNTRAINED if is_tied else prediction.describe(kind, found, names)
        self.shares.show_answer(prediction.read(kind, found), words, winner)
        if self._is_hidden:
            self._show_why(Why(None, HIDDEN))
        elif self._is_brief:
            self._show_why(of_neuron(kind, found, snapshot.params, names))
        else:
            self._show_all(found, snapshot.params, names, winner)

    def _show_all(
        self, found: Answer, params: Params, names: tuple[str, ...], winner: int | None
    ) -> None:
        """Show the evidence of each class and the difference of two, on one scale."""
        why = of_classes(self._kind, found, params, names, *self._pair_to_compare(found))
        largest = 0.0 if why.part is None else float(np.abs(why.part).max(initial=0.0))
        if self._kind == "ovo":
            turned, b, others = of_winner(found, params, found.decided)
            self.evidence.rename([f"not {names[j]}" for j in others])
            self.evidence.show_answer(turned, b, None, largest)
        else:
            self.evidence.show_answer(found, params.b, winner, largest)
        # Where it is narrow, the strip has the first figures above.
        self._show_why(Why(why.part, why.texts[1:] if self._is_narrow else why.texts))

    def _show_why(self, why: Why) -> None:
        scale = self.evidence.levels.scale
        if self._is_brief:
            scale = 0.0 if why.part is None else float(np.abs(why.part).max(initial=0.0))
        self.reason.show_reason(why.part, scale, why.texts)

    def _pair_to_compare(self, found: Answer) -> tuple[int, int]:
        if self._pair is not None:
            return self._pair
        by = found.votes if len(found.votes) else found.probabilities
        order = [k for k in np.argsort(-by, kind="stable").tolist() if k != found.decided]
        pair = found.decided, order[0]
        for box, index in zip((self.first, self.second), pair, strict=True):
            if box.currentIndex() != index and not box.view().isVisible():
                box.setCurrentIndex(index)
        return pair

    def _choose_pair(self) -> None:
        self._pair = self.first.currentIndex(), self.second.currentIndex()
        self._asked = None
        self._answer()

    def _ask_nearest(self) -> None:
        """Look for the nearest training digits, on the background thread."""
        task, picture = self.task, self.picture
        if task is None or picture is None:
            self._background.forget("nearest")
            for k in range(NEAREST):
                self.nearest.show_tile(k, None)
            return

        def show(rows: Rows) -> None:
            if task is not self.task or picture is not self.picture:
                return
            assert task.dataset.image_shape
            tiles = task.dataset.values(rows).reshape(-1, *task.dataset.image_shape)
            for k in range(NEAREST):
                if k < len(rows):
                    name = task.dataset.class_names[task.dataset.y[rows[k]]]
                    self.nearest.show_tile(k, tiles[k], name)
                else:
                    self.nearest.show_tile(k, None)

        self._background.ask(
            "nearest",
            lambda: nearest(task, picture.ravel(), NEAREST),
            show,
            _raise,
            Queue.STUDIES,
        )

    def _teach(self, label: int) -> None:
        if self.picture is not None:
            self.taught.emit(self.picture, label)


def _button(words: str, tip: str) -> QPushButton:
    """Return a button that leaves the focus, and with it Ctrl+Z, where a click finds them."""
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _small(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("small", True)
    return label


def _raise(error: BaseException) -> None:
    raise error
