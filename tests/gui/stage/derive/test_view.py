"""Derivations in the window: they unfold, with the numbers of the followed example."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.teach.derivations.catalogue import BY_KEY, DERIVATIONS
from core.teach.derivations.expression import Key as TermKey
from gui.derivation.tracer import Tracer
from gui.kit import theme as look
from gui.kit.maths import formula
from gui.stage.derive.view import DerivationView
from gui.state.selected_example import Chosen

Key = Qt.Key
PATIENCE_MS = 60_000
ROW = 60
NEURON = ModelConfig(kind="binary", positive="versicolor", negative="setosa")


def number(words: str) -> float:
    digits, _, power = words.strip("()").replace("−", "-").partition("·10")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(digits) * 10.0 ** int(power.translate(raised) or 0)


class Desk:
    """A view alone that follows a run."""

    def __init__(self, qtbot, background, show_view, snapshot) -> None:
        self.qtbot, self.background = qtbot, background
        self.chosen = Chosen()
        self.tracer = Tracer(background, self.chosen)
        self.view = DerivationView(look.LIGHT, background, self.tracer)
        show_view(self.view, 1000, 620)
        self.show(snapshot)

    def show(self, snapshot) -> None:
        """Follow this snapshot, as of a new run."""
        self.tracer.receive_task(snapshot.task)
        self.chosen.receive_task(snapshot.task)
        self.view.receive_task(snapshot.task)
        self.chosen.choose_row(ROW)
        self.tracer.receive_snapshot(snapshot)
        self.view.receive_snapshot(snapshot)
        self.wait()

    def choose(self, key: str) -> None:
        self.view.choose_key(key)
        self.wait()

    def wait(self) -> None:
        def is_there() -> bool:
            self.background.poll()
            return self.view.is_at_rest and self.view.length > 1

        self.qtbot.waitUntil(is_there, timeout=PATIENCE_MS)

    def press(self, *keys: Key) -> None:
        self.view.sheet.setFocus()
        for key in keys:
            self.qtbot.keyClick(self.view.sheet, key)


@pytest.fixture
def desk(qtbot, background, show_view, trained):
    """Return a function that shows the derivations of a trained model."""

    def desk(model: ModelConfig | None = None) -> Desk:
        task = prepare(sources.load(DataConfig()), RunConfig(model=model or ModelConfig()))
        return Desk(qtbot, background, show_view, trained(task, 5))

    return desk


def test_a_derivation_unfolds_line_by_line_by_keys_and_clicker(desk):
    shown = desk(NEURON)
    view = shown.view
    view.sheet.setFocus()
    heights = [view.sheet.height()]
    shown.press(Key.Key_Right)
    heights.append(view.sheet.height())
    assert view.turn(+1) and view.count == 3
    heights.append(view.sheet.height())
    assert heights == sorted(set(heights))  # each line takes room of its own
    tops = [view.sheet.middle_of_line(i) for i in range(3)]
    shown.press(Key.Key_End)
    assert view.count == view.length == 9
    assert [view.sheet.middle_of_line(i) for i in range(3)] == tops  # none of them moves
    shown.press(Key.Key_Left)
    assert view.count == 8
    shown.press(Key.Key_Home)
    assert view.count == 1 and view.sheet.height() == heights[0]


def test_a_clicker_goes_on_to_the_next_derivation_and_back(desk):
    shown = desk(NEURON)
    view = shown.view
    view.unfold(view.length)
    assert view.turn(+1)
    assert not view.sheet.keys  # no line of the first stands below the title of the second
    shown.wait()
    assert view.derivation is DERIVATIONS[1] and view.count == 1
    assert view.turn(-1)
    assert view.derivation is DERIVATIONS[0]


def test_the_numbers_are_the_followed_example_s_and_move_nothing_as_it_trains(desk, trained):
    shown = desk(NEURON)
    shown.choose("logistic-gradient")
    view = shown.view
    view.unfold(view.length)
    trace = shown.tracer.newest.trace
    key = ("a", 0)
    assert number(view.sheet.numbers.text_of(key)) == pytest.approx(trace.a[0], abs=6e-4)
    line = ("=", view.length - 2)  # (a − y) x
    feature = abs(trace.x).argmax()
    slope = trace.layer.dW[0, feature]
    assert number(view.sheet.numbers.text_of(line)) == pytest.approx(slope, abs=6e-4)
    before = [spot.rect for spot in view.sheet.spots(key)]
    later = trained(view.task, 40)
    shown.tracer.receive_snapshot(later)
    view.receive_snapshot(later)
    shown.wait()
    trace = shown.tracer.newest.trace
    assert trace.step == 40
    assert number(view.sheet.numbers.text_of(key)) == pytest.approx(trace.a[0], abs=6e-4)
    assert [spot.rect for spot in view.sheet.spots(key)] == before


def test_a_term_that_is_pointed_at_is_lit_in_all_lines_and_told_as_the_models_own(desk):
    shown = desk()
    shown.choose("softmax-gradient")
    view = shown.view
    view.unfold(view.length)
    told: list[object] = []
    view.lit.connect(told.append)
    weight: TermKey = ("W", 2, 1)
    x: TermKey = ("x", 1)
    for key in (x, ("∂", "L", *weight)):
        assert key in view.sheet.keys
    view.sheet.highlight(None)
    while view.sheet.lit != x:
        shown.press(Key.Key_Down)  # from term to term
    assert told[-1] == x
    while view.sheet.lit != ("∂", "L", "a", 1):
        shown.press(Key.Key_Down)
    assert told[-1] == ("a", 1)  # the path through this activation
    while view.sheet.lit != ("∂", "z", 2, *weight):
        shown.press(Key.Key_Down)
    assert told[-1] == weight


def test_a_derivation_that_the_model_does_not_fit_says_so_and_names_the_one_that_does(desk):
    shown = desk()
    view = shown.view
    assert "softmax" in view.note.text() and "sigmoid neuron" in view.note.text()
    wanted: list[str] = []
    view.kind_wanted.connect(wanted.append)
    shown.qtbot.mouseClick(view.switch, Qt.MouseButton.LeftButton)
    assert wanted == [NEURON.kind]
    shown.choose("softmax-own")
    assert not view.note.isVisible() and not view.switch.isVisible()


@pytest.mark.parametrize("width", [760, 1240])
def test_no_line_of_any_derivation_is_cut(desk, width):
    shown = desk()
    view = shown.view
    view.resize(width, 620)
    for key in BY_KEY:
        shown.choose(key)
        view.unfold(view.length)
        for spots in map(view.sheet.slots_in_sight, view.sheet.keys):
            for spot in spots:
                assert spot.rect.left() >= 0 and spot.rect.right() <= view.sheet.width(), key


def test_on_a_slide_the_last_line_is_large_and_whole_and_earlier_ones_fold(desk, dressed, type_of):
    type_of(dressed.font().pointSizeF() * 1.9)  # as on a slide of 1366 × 768
    shown = desk()
    view, sheet = shown.view, shown.view.sheet
    view.resize(1340, 660)
    view.show_as_slide(True)
    (area,) = (each for each in view.findChildren(QScrollArea) if each.widget())
    for key in ("softmax-own", "softmax-jacobian", "softmax-gradient"):
        shown.choose(key)
        view.unfold(view.length)
        last = view.length - 1
        assert view.title.text().endswith(f"line {view.length} of {view.length}")
        assert sheet.lines_in_sight[-1] == last
        assert sheet.last_size >= 0.7, key
        assert not area.verticalScrollBar().maximum(), key
        for spots in map(sheet.slots_in_sight, sheet.keys):
            assert all(sheet.rect().toRectF().contains(spot.rect) for spot in spots), key
        view.turn_within(-1)
        assert sheet.lines_in_sight[-1] == last - 1
    view.show_as_slide(False)
    assert sheet.lines_in_sight == list(range(view.count))


def test_the_first_line_is_shown_before_the_others_are_typeset(desk, qtbot, monkeypatch):
    shown = desk(NEURON)
    sheet = shown.view.sheet
    typeset: list[str] = []
    is_seen = threading.Event()
    real = formula.outlines

    def outlines(latex: str) -> bytes:
        if sheet.lines_in_sight:
            is_seen.wait()
        typeset.append(latex)
        return real(latex)

    monkeypatch.setattr(formula, "outlines", outlines)
    shown.view.choose_key("logistic-gradient")
    qtbot.waitUntil(lambda: shown.background.poll() or bool(sheet.keys), timeout=PATIENCE_MS)
    assert sheet.lines_in_sight == [0] and sheet.keys
    at_first = len(typeset)
    is_seen.set()
    shown.wait()
    assert 0 < at_first < len(typeset) / 2
    shown.view.unfold(shown.view.length)
    assert sheet.lines_in_sight == list(range(shown.view.length))


def test_behind_a_hidden_layer_there_is_backpropagation_and_nothing_else(desk, trained):
    shown = desk(ModelConfig(hidden=4, activation="tanh"))
    view, deep = shown.view, shown.tracer.newest
    keys = [view.choice.itemData(i) for i in range(view.choice.count())]
    assert keys == ["backpropagation"] and view.unhide.isVisible()
    shown.choose("logit")  # as a lesson may, of which this model has none
    assert view.derivation.key == "backpropagation"
    view.unfold(view.length)
    shown.wait()
    assert view.sheet.lines_in_sight == list(range(view.length))
    unit = int(abs(deep.trace.layer.products).sum(axis=0).argmax())
    error = deep.trace.hidden.linear.dz[unit]
    said = view.sheet.numbers.text_of(("∂", "L", "hidden z", unit))
    assert number(said) == pytest.approx(error, rel=1e-2)
    shown.show(trained(prepare(sources.load(DataConfig()), RunConfig()), 5))
    keys = [view.choice.itemData(i) for i in range(view.choice.count())]
    assert "backpropagation" not in keys and len(keys) == len(DERIVATIONS) - 1
    assert not view.unhide.isVisible()


def test_one_press_leads_from_a_hidden_layer_to_the_model_that_is_derived(
    open_window, new_run, qtbot
):
    window = open_window(RunConfig(model=ModelConfig(hidden=3)))
    window.stage.show_name("Derivation")
    view = window.views["Derivation"]
    qtbot.waitUntil(view.unhide.isVisible)
    with new_run(window):
        qtbot.mouseClick(view.unhide, Qt.MouseButton.LeftButton)
    assert window.controller.run.task.config.model.hidden == 0
    assert window.stage.current == "Derivation" and not view.unhide.isVisible()
    qtbot.waitUntil(lambda: bool(view.sheet.keys), timeout=PATIENCE_MS)


def test_a_derivation_stays_where_its_reader_is_after_a_slide_and_in_other_type(desk, qtbot):
    shown = desk(NEURON)
    view = shown.view
    view.resize(700, 330)
    view.unfold(view.length)
    bar = view.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    qtbot.waitUntil(lambda: view.is_at_rest)

    def line_at_top() -> float:
        """The line at the upper end of what is in sight, with the part of it that is above."""
        middles = [view.sheet.middle_of_line(i).y() - bar.value() for i in range(view.length)]
        return next(i for i, middle in enumerate(middles) if middle > 0)

    bar.setValue(round(view.sheet.middle_of_line(3).y()) - 4)
    assert line_at_top() == 3
    view.show_as_slide(True)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    view.show_as_slide(False)
    qtbot.waitUntil(lambda: bar.maximum() > 100 and line_at_top() == 3)
    view.resize(560, 330)
    qtbot.waitUntil(lambda: line_at_top() == 3)
    view.show_as_slide(True)
    view.unfold(view.length - 1)  # what the slide is about is in sight afterwards
    view.show_as_slide(False)
    qtbot.waitUntil(lambda: bar.maximum() > 100 and bar.value() == bar.maximum())
