"""The trace on the stage and in its gauge: real numbers, lit, covered, taken in parts, copied."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QScrollArea

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.model_family import pairs
from core.optimiser_family import OPTIMISERS
from core.train.optimisers import RULES
from core.train.snapshot import Status
from gui.derivation import numbers as trace_numbers
from gui.derivation import tracer
from gui.derivation.lines import PARTS
from gui.derivation.tracer import Tracer
from gui.kit import theme as look
from gui.kit.maths.notation import Key, Pic, walk
from gui.stage.trace.view import TraceView
from gui.state.selected_example import Chosen
from tests.gui.alone import Alone, opened

PATIENCE_MS = 30_000
MINUTES = RunConfig(training=TrainingConfig(epochs=10**6))


def number(words: str) -> float:
    digits, _, power = words.strip("()").replace("−", "-").partition("·10")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(digits) * 10.0 ** int(power.translate(raised) or 0)


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def traced(qtbot, open_alone):
    """Return a function that shows the trace of a run after so many steps, and its gauge."""

    def traced(config: RunConfig | None = None, steps: int = 3):
        alone = open_alone()
        alone.start(config or RunConfig())
        alone.walk(steps)
        alone.show("Example", 380, 500)
        view = alone.show("Trace", 800, 640)
        follows(qtbot, alone, steps)
        alone.until(lambda: view.is_at_rest)
        return alone, view

    return traced


@pytest.fixture
def trace_alone(qtbot, show_view, trained, background):
    """Return a function that shows the trace of a config's first row without a window."""
    chosen, tracers = Chosen(), list[Tracer]()

    def trace_alone(config: RunConfig, steps: int = 3):
        task = prepare(sources.load(config.data), config)
        followed = Tracer(background, chosen)
        tracers.append(followed)
        view = TraceView(look.LIGHT, background, followed)
        show_view(view)
        chosen.receive_task(task)
        for part in (followed, view):
            part.receive_task(task)
            part.receive_snapshot(trained(task, steps))

        def is_there() -> bool:
            background.poll()
            return bool(view.is_at_rest)

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
        return view, followed.newest

    yield trace_alone
    for followed in tracers:  # before the view: it asks whether that is visible
        shiboken6.delete(followed)


def trace_of(qtbot, window, steps: int) -> TraceView:
    """Make so many steps, and show their trace."""
    for step in range(1, steps + 1):
        qtbot.keyClick(window.stage, Qt.Key.Key_S)
        qtbot.waitUntil(lambda n=step: window.controller.snapshot.step == n, timeout=PATIENCE_MS)
    window.side_panel.show_name("Example")  # which makes room for the trace then
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    qtbot.keyClick(window.stage, Qt.Key.Key_5)
    assert window.stage.current == "Trace"
    view: TraceView = window.views["Trace"]
    follows(qtbot, window, window.controller.snapshot.step)
    return view


def follows(qtbot, shown, step: int) -> None:
    """Wait until the numbers of a window, or of its trace alone, are those of this step."""
    context = shown.context if isinstance(shown, Alone) else shown.views.context

    def is_there() -> bool:
        newest = context.tracer.newest
        return newest is not None and newest.is_whole and newest.trace.step == step

    qtbot.waitUntil(is_there, timeout=PATIENCE_MS)


def spot(sheet, key) -> QPoint:
    """Return where a number stands on a sheet."""
    at: QPoint = sheet.spots(key)[0].rect.center().toPoint()
    return at


def oracle(alone):
    """Compute the example's way by hand, from the alone's own snapshot."""
    snapshot, task = alone.controller.snapshot, alone.controller.run.task
    example = alone.context.chosen.example
    x = task.inputs(task.dataset.values()[example.row][None])[0].astype(float)
    z = snapshot.params.W.astype(float) @ x + snapshot.params.b
    a = np.exp(z) / np.exp(z).sum()
    y = np.eye(len(z))[task.dataset.y[example.row]]
    return x, z, a, y


def test_every_number_of_the_derivation_is_right(traced):
    alone, view = traced()
    x, z, a, y = oracle(alone)
    sheet = view.sheet
    for k in range(3):
        assert number(sheet.numbers.text_of(("z", k))) == pytest.approx(z[k], abs=6e-4)
        assert number(sheet.numbers.text_of(("a", k))) == pytest.approx(a[k], abs=6e-4)
        assert number(sheet.numbers.text_of(("dz", k))) == pytest.approx((a - y)[k], abs=6e-4)
        for j in range(2):
            assert number(sheet.numbers.text_of(("dW", k, j))) == pytest.approx(
                (a - y)[k] * x[j], abs=6e-4
            )
    assert number(sheet.numbers.text_of(("L",))) == pytest.approx(-np.log(a[y.argmax()]), abs=6e-4)


def test_the_gauge_shows_the_same_numbers_as_the_stage(traced):
    alone, view = traced()
    gauge = alone.views["Example"].sheet
    for key in [("x", 0), ("z", 1), ("a", 2), ("dz", 0), ("L",)]:
        assert gauge.numbers.text_of(key) == view.sheet.numbers.text_of(key)
        assert gauge.spots(key)


def test_the_new_weights_are_those_after_the_next_step(qtbot, traced):
    alone, view = traced()
    promised = {
        (k, j): number(view.sheet.numbers.text_of(("W2", k, j))) for k in range(3) for j in range(2)
    }
    step = alone.controller.snapshot.step
    alone.controller.step()
    follows(qtbot, alone, step + 1)
    after = alone.controller.snapshot.params.W
    for (k, j), value in promised.items():
        assert value == pytest.approx(after[k, j], abs=6e-4)


def test_a_number_under_the_pointer_lights_up_wherever_it_stands(traced, move):
    alone, view = traced()
    move(view.sheet, spot(view.sheet, ("a", 0)))
    for sheet in (view.sheet, alone.views["Example"].sheet):
        grounds = {one.ground.name().upper() for one in sheet.spots(("a", 0))}
        assert grounds == {view.theme.accent}
    assert view.sheet.spots(("a", 1))[0].ground is None
    assert len(view.sheet.spots(("a", 0))) >= 2


def test_a_covered_number_is_a_question_mark_everywhere_until_it_is_revealed(qtbot, traced):
    alone, view = traced()
    key = ("a", 0)
    shown = view.sheet.numbers.text_of(key)
    qtbot.mouseClick(view.cover, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.sheet, Qt.MouseButton.LeftButton, pos=spot(view.sheet, key))
    texts = {
        one.text for sheet in (view.sheet, alone.views["Example"].sheet) for one in sheet.spots(key)
    }
    assert texts == {"?"}
    assert shown not in view.sheet.numbers.text().split()
    qtbot.mouseClick(view.reveal, Qt.MouseButton.LeftButton)
    assert (
        view.sheet.numbers.text_of(key)
        == shown
        == alone.views["Example"].sheet.numbers.text_of(key)
    )


def test_a_covered_number_stays_covered_while_it_trains(qtbot, traced):
    alone, view = traced(MINUTES)
    view.sheet.cover([("L",)], True)
    step = alone.controller.snapshot.step
    alone.controller.play_or_pause()
    qtbot.waitUntil(lambda: alone.context.tracer.newest.trace.step > step + 10, timeout=PATIENCE_MS)
    assert {one.text for one in view.sheet.spots(("L",))} == {"?"}


def test_what_waits_while_steps_are_a_blur_comes_once_it_pauses(qtbot, traced, reach, monkeypatch):
    monkeypatch.setattr(tracer, "BLUR_MS", 10**7)
    alone, _ = traced(MINUTES)
    of_the_run, controller = alone.context.tracer, alone.controller
    alone.controller.play_or_pause()
    qtbot.waitUntil(
        lambda: controller.snapshot.step > of_the_run.newest.trace.step + 5, timeout=PATIENCE_MS
    )
    assert not of_the_run.is_at_rest
    alone.controller.play_or_pause()
    reach(alone, Status.PAUSED)
    follows(qtbot, alone, alone.controller.snapshot.step)


def test_four_presses_make_one_step(qtbot, window):
    view = trace_of(qtbot, window, 3)
    step = window.controller.snapshot.step
    sheet = view.sheet
    for part in range(4):
        qtbot.keyClick(view, Qt.Key.Key_N)
        assert window.views.context.tracer.part == part
        assert sheet.lit_parts == {part}
        assert [button.isChecked() for button in view.parts] == [k <= part for k in range(4)]
        if part < len(PARTS) - 1:
            assert window.controller.snapshot.step == step
    qtbot.waitUntil(lambda: window.controller.snapshot.step == step + 1, timeout=PATIENCE_MS)
    assert window.views.context.tracer.newest.trace.step == step, (
        "what was lit stays to be looked at"
    )
    qtbot.keyClick(view, Qt.Key.Key_N)
    follows(qtbot, window, step + 1)
    assert window.views.context.tracer.part == 0


def test_a_part_pauses_training_first(qtbot, traced, reach):
    alone, view = traced(MINUTES)
    alone.controller.play_or_pause()
    reach(alone, Status.TRAINING)
    qtbot.mouseClick(view.parts[0], Qt.MouseButton.LeftButton)
    reach(alone, Status.PAUSED)
    qtbot.waitUntil(lambda: alone.context.tracer.part == 0, timeout=PATIENCE_MS)


def test_of_quick_presses_for_parts_each_counts(qtbot, traced, reach):
    alone, _ = traced(MINUTES)
    step = alone.controller.snapshot.step
    for _ in range(len(PARTS) + 2):  # two of them before the step of the first is there
        alone.context.tracer.next_part()
    follows(qtbot, alone, step + 1)
    assert alone.context.tracer.part == 1
    alone.controller.play_or_pause()
    reach(alone, Status.TRAINING)
    for _ in range(3):  # which pause it first
        alone.context.tracer.next_part()
    reach(alone, Status.PAUSED)
    qtbot.waitUntil(lambda: alone.context.tracer.part == 2, timeout=PATIENCE_MS)


def test_training_on_ends_the_parts(qtbot, traced, reach):
    alone, view = traced(MINUTES)
    alone.context.tracer.next_part()
    alone.controller.play_or_pause()
    reach(alone, Status.TRAINING)
    qtbot.waitUntil(lambda: alone.context.tracer.part is None, timeout=PATIENCE_MS)
    assert view.sheet.lit_parts == set(range(4))


def test_the_rows_before_and_after_are_a_press_away(qtbot, traced):
    alone, view = traced()
    first = alone.context.chosen.example.row
    qtbot.mouseClick(view.after, Qt.MouseButton.LeftButton)
    assert alone.context.chosen.example.row == first + 1
    qtbot.mouseClick(view.before, Qt.MouseButton.LeftButton)
    assert alone.context.chosen.example.row == first


def test_the_worst_row_has_the_largest_loss(qtbot, traced):
    alone, view = traced(steps=5)
    task, params = alone.controller.run.task, alone.controller.snapshot.params
    X = task.inputs(task.dataset.values()).astype(float)
    Z = X @ params.W.T.astype(float) + params.b
    losses = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), task.dataset.y]
    worst = max(task.train_rows, key=lambda row: losses[row])
    qtbot.mouseClick(view.worst, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: alone.context.chosen.example.row == worst, timeout=PATIENCE_MS)


def test_a_point_that_is_clicked_is_followed(open_alone, click_plane):
    alone = open_alone()
    plane = alone.show("Boundary")
    alone.start(RunConfig())
    task = alone.controller.run.task
    row = 120
    x, y = task.dataset.values()[row][:2]
    click_plane(plane, float(x), float(y))
    found = alone.context.chosen.example.row
    assert found != task.train_rows[0]
    np.testing.assert_allclose(task.dataset.values()[found], task.dataset.values()[row])


def test_a_binary_neuron_shows_the_chain_rule(trace_alone):
    view, _ = trace_alone(RunConfig(model=ModelConfig(kind="binary")))
    text_of = view.sheet.numbers.text_of
    a, y = number(text_of(("a", 0))), number(text_of(("y", 0)))
    assert number(text_of(("dadz",))) == pytest.approx(a * (1 - a), abs=2e-3)
    assert number(text_of(("dz", 0))) == pytest.approx(a - y, abs=2e-3)
    product = number(text_of(("dLda",))) * number(text_of(("dadz",)))
    assert product == pytest.approx(a - y, abs=2e-2)


def test_ten_classes_of_pictures_are_followed_with_pictures(traced):
    alone, view = traced(RunConfig(DataConfig("digits")))
    trace = alone.context.tracer.newest.trace
    assert len(trace.z) == 10
    for k in range(10):
        assert number(view.sheet.numbers.text_of(("z", k))) == pytest.approx(
            trace.z[k], rel=0.06, abs=6e-4
        )
        assert view.sheet.frames(("dW", k))
    assert not view.sheet.frames(("x",))[0].is_empty


def test_a_formula_is_copied_as_latex_and_its_table_as_csv(traced):
    alone, view = traced()
    sheet = view.sheet
    lines = alone.context.tracer.newest.lines
    number_of_line = next(
        i for i, line in enumerate(lines) if line.title.text == "weights" and line.part == 2
    )
    place = sheet.middle_of_line(number_of_line).toPoint()
    from PySide6.QtGui import QContextMenuEvent

    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, sheet.mapToGlobal(place))
    QGuiApplication.sendEvent(sheet, event)
    (menu,) = sheet.findChildren(QMenu)
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Copy as LaTeX"].trigger()
    latex = QGuiApplication.clipboard().text()
    assert latex.startswith(r"\frac{\partial L}{\partial \mathbf{W}}") and "bmatrix" in latex
    actions["Copy table as CSV"].trigger()
    table = [row.split(",") for row in QGuiApplication.clipboard().text().splitlines()]
    trace = alone.context.tracer.newest.trace
    np.testing.assert_allclose(np.array(table, dtype=float), trace.layer.dW, rtol=0.05, atol=6e-4)
    menu.close()


def test_screen_readers_get_the_derivation_in_words(trace_alone):
    view, _ = trace_alone(RunConfig())
    spoken = view.sheet.accessibleDescription()
    assert re.search(r"loss: L = −Σ y ln a = −ln a\d = −ln [\d.]+ = [\d.]+", spoken)


def test_arrow_keys_walk_through_the_numbers_and_return_covers(qtbot, trace_alone):
    view, _ = trace_alone(RunConfig())
    view.sheet.setFocus()
    qtbot.keyClick(view.sheet, Qt.Key.Key_Right)
    key = view.sheet.lit
    assert key == view.sheet.keys[0]
    qtbot.keyClick(view.sheet, Qt.Key.Key_Return)
    assert view.sheet.numbers.covered == {key}


def test_a_drawing_has_a_loss_once_its_class_is_said(qtbot, traced):
    alone, view = traced(RunConfig(DataConfig("digits")))
    from gui.state.selected_example import Example

    task = alone.controller.run.task
    alone.context.chosen.choose(Example(task, np.full(64, 0.5), None, None, "the drawing"))
    qtbot.waitUntil(lambda: alone.context.tracer.newest.example.row is None, timeout=PATIENCE_MS)
    assert ("L",) not in view.sheet.keys and view.label.isVisible()
    view.label.setFocus()
    for _ in range(8):
        qtbot.keyClick(view.label, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: alone.context.tracer.newest.trace.label == 7, timeout=PATIENCE_MS)
    a = alone.context.tracer.newest.trace.a
    assert number(view.sheet.numbers.text_of(("L",))) == pytest.approx(-np.log(a[7]), rel=0.05)


@pytest.mark.parametrize("kind", ["ovr", "ovo"])
def test_on_a_small_laptop_an_update_of_several_neurons_is_in_sight(qtbot, open_window, kind):
    window = open_window(of(kind), size=(1366, 736))
    view = trace_of(qtbot, window, 1)
    (area,) = view.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() == 0)
    assert {key[0] for key in view.sheet.keys} >= {"x", "z", "a", "l", "L", "dz", "dW", "W2", "b2"}
    assert not view.chain.isVisible()


def test_of_a_derivation_that_scrolls_the_chain_stays_in_sight_in_brief(qtbot, open_window):
    config = RunConfig(model=ModelConfig("softmax", hidden=8))
    window = open_window(config, size=(1366, 736))
    view = trace_of(qtbot, window, 1)
    (area,) = view.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert area.horizontalScrollBar().maximum() == 0
    chain, sheet = view.chain, view.sheet
    assert chain.isVisible() and view.rect().contains(chain.geometry())
    assert chain.geometry().bottom() < area.geometry().top()
    assert {key[0] for key in chain.keys} == {"x", "hidden a", "z", "a", "L", "dz", "W", "W2"}
    assert all(
        chain.numbers.text_of(key) == sheet.numbers.text_of(key)
        for key in chain.keys
        if key in sheet.keys
    )
    after = next(key for key in chain.keys if key[0] == "W2")
    assert number(chain.numbers.text_of(after)) == pytest.approx(
        window.views.context.tracer.newest.trace.layer.W_moves.new[after[1:]], rel=0.06, abs=6e-4
    )
    sheet.cover([("L",)], True)
    assert chain.numbers.text_of(("L",)) == "?"
    window.resize(1366, 2000)
    qtbot.waitUntil(lambda: not chain.isVisible())


@pytest.mark.parametrize("kind", ["softmax", "binary"])
def test_on_a_small_laptop_all_of_an_update_is_in_sight_and_the_jacobian_a_press_away(
    qtbot, open_window, kind
):
    window = open_window(of(kind), size=(1366, 736))
    view = trace_of(qtbot, window, 1)
    (area,) = view.findChildren(QScrollArea)
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: view.sheet.height() <= area.viewport().height())
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert {key[0] for key in view.sheet.keys} >= {"x", "z", "a", "L", "dz", "dW", "W2", "b2"}
    assert not view.jacobian.isVisible()
    qtbot.mouseClick(view.open_jacobian, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    assert view.jacobian.visibleRegion().boundingRect().height() > 0
    qtbot.mouseClick(view.open_jacobian, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.maximum() == 0)


# Every model of the family --------------------------------------------------------------------


def of(kind, source="iris", **training):
    return RunConfig(
        DataConfig(source), ModelConfig(kind=kind, init="random"), TrainingConfig(**training)
    )


def shown_numbers(sheet, name: str) -> dict[int, float]:
    return {key[1]: number(sheet.numbers.text_of(key)) for key in sheet.keys if key[0] == name}


FORMULAE = {
    "perceptron": (
        "ŷ = step(z) =",
        "L = max(0, −(2y − 1) z) =",
        "∂L/∂z = ŷ − y =",
        "w ← w + η · mean of (y − ŷ) x",
    ),
    "adaline": ("a = z =", "L = (y − z)² =", "∂L/∂z = −2(y − z) =", "½ ⇒"),
    "svm": (
        "a = z =",
        "L = max(0, 1 − (2y − 1) z) =",
        "∂L/∂z = −(2y − 1) [(2y − 1) z < 1] =",
        "0 ⇒",
    ),
    "mse": ("a = σ(z)", "L = (y − a)² =", "∂L/∂a = 2(a − y) =", "∂L/∂z = ∂L/∂a · ∂a/∂z ="),
    "binary": ("a = σ(z)", "∂L/∂a = (a − y) / (a (1 − a)) =", "a − y ="),
    "softmax": ("Σ e^z =", "L = −Σ y ln a =", "argmax z ⇒"),
    "ovr": ("a_k = σ(z_k)", "Σ a =", "not 1 in general", "argmax a ⇒"),
    "ovo": (
        "z0|1 =",
        "a_i|j = σ(z_i|j)",
        "votes for j where z > 0",
        "t =",
        "L = Σ over pairs with y =",
    ),
}


@pytest.mark.parametrize("kind", FORMULAE)
def test_each_model_has_its_own_derivation_with_its_own_numbers_and_the_gauge_agrees(traced, kind):
    alone, view = traced(of(kind))
    text, trace = view.sheet.numbers.text(), alone.context.tracer.newest.trace
    for words in FORMULAE[kind]:
        assert words in text, words
    assert "nan" not in text and "…" not in text.replace("… ", "")
    for name, values in (("z", trace.z), ("a", trace.a), ("dz", trace.dz)):
        found = shown_numbers(view.sheet, name)
        assert found == pytest.approx(dict(enumerate(values)), rel=0.06, abs=6e-4), name
    assert number(view.sheet.numbers.text_of(("L",))) == pytest.approx(
        trace.loss, rel=0.06, abs=6e-4
    )
    assert alone.controller.run.task.dataset.class_names[trace.response.decided] in text
    assert view.open_jacobian.isVisible() == (kind in ("softmax", "binary", "mse"))

    gauge = alone.views["Example"].sheet
    shown = [key for key in gauge.keys if key in view.sheet.keys]
    assert ("L",) in shown and ("dz", 0) in shown
    assert all(gauge.numbers.text_of(key) == view.sheet.numbers.text_of(key) for key in shown)


@pytest.mark.parametrize("kind", FORMULAE)
def test_the_parts_of_an_update_light_the_lines_of_each_model(trace_alone, kind):
    view, _ = trace_alone(of(kind))
    for part in range(4):
        view.turn(+1)
        assert view.sheet.lit_parts == {part}


def test_the_factor_that_starves_the_gradient_stands_out(trace_alone):
    view, _ = trace_alone(of("mse"))
    spots = view.sheet.spots(("dadz",))
    assert len(spots) == 2 and all(spot.is_marked for spot in spots)
    inks = {spot.ink.name().upper() for spot in spots}
    assert inks == {view.theme.counter_accent.upper()}
    product = number(view.sheet.numbers.text_of(("dLda",))) * number(
        view.sheet.numbers.text_of(("dadz",))
    )
    assert product == pytest.approx(number(view.sheet.numbers.text_of(("dz", 0))), abs=2e-3)
    assert not view.sheet.spots(("dz", 0))[0].is_marked


def test_the_probabilities_of_one_against_the_rest_are_summed_up(trace_alone):
    view, _ = trace_alone(of("ovr"))
    a = shown_numbers(view.sheet, "a")
    assert number(view.sheet.numbers.text_of(("A",))) == pytest.approx(sum(a.values()), abs=2e-3)


def test_pairs_without_the_class_have_no_target(trace_alone):
    view, _ = trace_alone(of("ovo"))  # a setosa, of the first two pairs
    assert [view.sheet.numbers.text_of(("y", k)) for k in range(3)] == ["0", "0", "–"]
    assert view.sheet.numbers.text_of(("dz", 2)) == "0"
    assert sum(number(view.sheet.numbers.text_of(("votes", k))) for k in range(3)) == 3


def test_of_many_pairs_those_with_the_class_are_shown_and_it_says_so(trace_alone):
    view, followed = trace_alone(of("ovo", "digits"))
    label = followed.trace.label
    shown = shown_numbers(view.sheet, "z")
    having = [k for k, pair in enumerate(pairs(10)) if label in pair]
    assert list(shown) == having and len(having) == 9
    assert "Of 45 neurons, one for each pair of classes, the 9 with" in view.sheet.numbers.text()
    assert sum(number(view.sheet.numbers.text_of(("votes", k))) for k in range(10)) == 45


@pytest.mark.parametrize("rule", [name for name, row in OPTIMISERS.items() if row.remembers])
def test_each_optimisers_new_weights_are_those_after_the_next_step(qtbot, traced, rule):
    alone, view = traced(of("softmax", optimiser=rule, l1=0.01, weight_decay=0.1))
    text, is_apart = view.sheet.numbers.text(), OPTIMISERS[rule].decouples_decay
    assert ("g = ∇W + λ W" in text) != is_apart
    assert ("u = W − η (d + λ W)" in text) == is_apart
    expected = {"momentum": "v ← v + (u − W) / η", "nesterov": "v ← μ v + (W − r) / η"}
    assert expected.get(rule, "τ = η λ₁ / (√") in text
    assert "← sign u · max(|u| − τ, 0)" in text
    promised = {
        key: number(view.sheet.numbers.text_of(key)) for key in view.sheet.keys if key[0] == "W2"
    }
    biases = shown_numbers(view.sheet, "b2")
    step = alone.controller.snapshot.step
    alone.controller.step()
    follows(qtbot, alone, step + 1)
    after = alone.controller.snapshot.params
    assert len(promised) == 6 and len(biases) == 3
    for (_, k, j), value in promised.items():
        assert value == pytest.approx(after.W[k, j], abs=6e-4)
    assert biases == pytest.approx(dict(enumerate(after.b)), abs=6e-4)


@pytest.mark.parametrize("rule", [r.name for r in OPTIMISERS.values() if r.is_second_order])
def test_a_step_by_curvature_is_told_without_numbers(trace_alone, rule):
    view, _ = trace_alone(RunConfig(training=TrainingConfig(optimiser=rule)), steps=1)
    assert "comes from the whole curvature" in view.sheet.numbers.text()
    assert not [key for key in view.sheet.keys if key[0] in ("W2", "b2", "eta")]
    assert (
        number(view.sheet.numbers.text_of(("n",))) == 120
    )  # all training rows, whatever the batch


def test_a_model_without_a_bias_says_that_it_stays_0(trace_alone):
    view, _ = trace_alone(RunConfig(model=ModelConfig(has_bias=False)))
    assert "This model has no bias: b stays 0." in view.sheet.numbers.text()
    assert not [key for key in view.sheet.keys if key[0] in ("b", "b2", "db")]


def test_with_a_schedule_the_rate_is_that_of_the_next_update(traced):
    config = RunConfig(training=TrainingConfig(schedule="cosine", epochs=4, learning_rate=0.8))
    _, view = traced(config, steps=5)  # of four updates an epoch
    eta = number(view.sheet.numbers.text_of(("eta",)))
    assert eta == pytest.approx(0.8 * 0.5 * (1 + np.cos(np.pi / 4)), rel=1e-3)


@pytest.mark.parametrize("kind", ["softmax", "binary", "mse", "ovo"])
def test_a_hidden_layer_is_followed_forward_and_back(trace_alone, kind):
    model = ModelConfig(kind, hidden=4, activation="tanh")
    view, followed = trace_alone(RunConfig(model=model))
    shown = view.sheet.numbers
    params, trace = followed.snapshot.params, followed.trace
    W, b, V, c = (array.astype(float) for array in params.arrays)
    a = np.tanh(V @ trace.x + c)
    delta = (W.T @ trace.dz) * (1 - a**2)
    expected: dict[Key, float] = {
        **{("hidden a", j): a[j] for j in range(4)},
        **{("hidden dz", j): delta[j] for j in range(4)},
        **{("hidden dW", j, i): delta[j] * trace.x[i] for j in range(4) for i in range(2)},
        **{("dW", k, j): trace.dz[k] * a[j] for k in range(len(W)) for j in range(4)},
        **{("z", k): W[k] @ a + b[k] for k in range(len(W))},
    }
    for key, value in expected.items():
        assert view.sheet.spots(key), key
        assert number(shown.text_of(key)) == pytest.approx(value, abs=6e-4)
    assert number(shown.text_of(("hidden W2", 3, 1))) == pytest.approx(
        trace.hidden.linear.new_W[3, 1], abs=6e-4
    )
    assert "…" not in {shown.text_of(key) for key in view.sheet.keys}
    assert "net input" in trace_numbers.meaning(followed.shape, ("hidden z", 2))


@pytest.mark.parametrize("rule", RULES)
def test_the_update_of_both_layers_is_shown_by_every_rule(trace_alone, rule):
    training = TrainingConfig(optimiser=rule, weight_decay=0.1)
    view, followed = trace_alone(RunConfig(model=ModelConfig(hidden=3), training=training))
    unknown = [key for key in view.sheet.keys if view.sheet.numbers.text_of(key) == "…"]
    assert not unknown
    titles = [line.title.text for line in followed.lines]
    assert titles.count("whole batch") == 2
    assert titles[-1] == "biases⁽¹⁾"


def test_of_many_hidden_units_those_are_shown_that_add_most_to_the_logits(trace_alone):
    config = RunConfig(DataConfig("digits"), ModelConfig(hidden=20))
    view, followed = trace_alone(config)
    size = np.linalg.norm(followed.trace.layer.products, axis=0)
    assert set(followed.shape.units) == set(np.argsort(-size)[:6])
    assert re.search(r"… 14 more of 20", view.sheet.numbers.text())
    assert {"hidden dW", "hidden W2"} <= {node.key[0] for node in pictures(followed.lines)}


def pictures(lines) -> list[Pic]:
    return [node for line in lines for node in walk(line.node) if isinstance(node, Pic)]
