"""The Draw tab: the pad as a hand uses it, what the model sees, says, and why."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QScrollArea

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.dataset import pixel_names
from core.data.digits.drawing import DigitPreprocessing, draw
from core.data.task import prepare
from core.explain import probe
from core.model_family import pairs
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.kit.theme import DARK, LIGHT
from gui.stage.draw.picker import row_of
from gui.stage.draw.view import DrawView
from tests.gui.stage.draw.pens import LINE, stroke, write

PATIENCE_MS = 30_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def digits_window(open_window, qtbot):
    """Return a function that opens the Draw tab on digits, trained for so many epochs.

    is_open : with all that is there on demand.
    """

    def open_it(epochs=2, *, is_open=True, data=None, model=None, rate=0.1, **options):
        config = RunConfig(
            DataConfig(source="digits", **(data or {})),
            ModelConfig(**(model or {})),
            TrainingConfig(epochs=max(epochs, 1), learning_rate=rate),
        )
        window = open_window(config, **options)
        window.stage.show_name("Draw")
        if is_open:
            for fold in (window.views["Draw"].how_it_is_read, window.views["Draw"].why):
                qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        if epochs:
            window.run_bar.set_speed(window.run_bar.speed.maximum())
            window.controller.play_or_pause()
            qtbot.waitUntil(
                lambda: window.controller.snapshot.status is Status.FINISHED, timeout=PATIENCE_MS
            )
        qtbot.waitUntil(lambda: window.views["Draw"].snapshot is window.controller.snapshot)
        return window

    return open_it


@pytest.fixture
def digits_view(show_view, snapshot_of, background, qtbot):
    """Return a function that shows the view alone, of digits trained for so many epochs.

    All that is there on demand is open.
    """
    deliver = QTimer()
    deliver.timeout.connect(background.poll)

    def show(epochs=8, *, data=None, model=None, rate=0.1):
        config = RunConfig(
            DataConfig(source="digits", **(data or {})),
            ModelConfig(**(model or {})),
            TrainingConfig(epochs=max(epochs, 1), learning_rate=rate),
        )
        trainer = trained_for(config, epochs)
        view = DrawView(LIGHT, background)
        view.receive_task(trainer.task)
        show_view(view, 700, 640)
        for fold in (view.how_it_is_read, view.why):
            qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        view.receive_snapshot(snapshot_of(trainer))
        deliver.start(1)
        return view

    yield show
    deliver.stop()


@cache
def trained_for(config, epochs):
    trainer = Trainer(prepare(sources.load(config.data), config))
    while trainer.epoch < epochs:
        trainer.step()
    return trainer


@pytest.fixture
def settled(qtbot):
    """Return a function that waits until the tab shows what is on the pad."""

    def settled(view):
        qtbot.waitUntil(
            lambda: view.is_at_rest and not view.nearest.is_busy,
            timeout=PATIENCE_MS,
        )

    return settled


def laid_out(qtbot, view):
    """Wait until the parts stay where they are; return where each of them is."""
    parts = (view.pad, view.shares, view.evidence, view.reason, view.steps, view.nearest)
    before: list[QRect] = []

    def is_laid_out() -> bool:
        last, before[:] = list(before), [part.geometry() for part in parts]
        return before == last

    qtbot.waitUntil(lambda: view.is_at_rest and is_laid_out(), timeout=PATIENCE_MS)
    return before


def compared(view):
    """The classes that the fields show."""
    return view.comparison.first.currentIndex(), view.comparison.second.currentIndex()


def expected(view):
    """Logits and probabilities of the picture by NumPy in float64."""
    W, b = (a.astype(np.float64) for a in (view.snapshot.params.W, view.snapshot.params.b))
    z = W @ view.task.inputs(view.picture.reshape(1, -1))[0].astype(np.float64) + b
    a = np.exp(z - z.max())
    return z, a / a.sum()


# What the model sees


def test_the_model_sees_what_the_recipe_makes_of_the_strokes(digits_view, settled):
    view = digits_view(0)
    write(view.pad, 3)
    for names in [(), ("crop",), ("centre", "antialias"), ("scale_to_box",)]:
        for name in names:
            view.steps.switches[name].click()
        settled(view)
        recipe = DigitPreprocessing(size=8, pen_width=1.2, **dict.fromkeys(names, False))
        np.testing.assert_array_equal(view.picture, draw(view.pad.strokes, recipe, view.pad.frame))
        np.testing.assert_array_equal(view.steps.tiles.pictures[-1], view.picture)
        for name in names:  # back
            view.steps.switches[name].click()


def test_deskewing_is_a_switch_and_follows_the_training_data(digits_view, settled):
    view = digits_view(0, data={"deskew": True})
    assert view.steps.switches["deskew"].isChecked()
    write(view.pad, 7)
    settled(view)
    recipe = DigitPreprocessing(size=8, pen_width=1.2, deskew=True)
    np.testing.assert_array_equal(view.picture, draw(view.pad.strokes, recipe, view.pad.frame))


def test_a_wider_pen_gives_more_ink(digits_view, settled):
    view = digits_view(0)
    write(view.pad, 1)
    settled(view)
    ink = view.picture.sum()
    view.toolbar.pen.setValue(view.toolbar.pen.maximum())
    settled(view)
    assert view.picture.sum() > 1.2 * ink


# What it says


def test_an_empty_pad_gets_no_answer_and_a_digit_shares_that_are_softmax_of_the_logits(
    digits_view, settled
):
    view = digits_view()
    assert set(view.shares.shares) == {""}
    assert (view.answer, *view.shares.answer) == (None, "?", "")
    write(view.pad, 3)
    settled(view)
    _, a = expected(view)
    np.testing.assert_allclose(view.answer.probabilities, a, atol=1e-6)
    assert view.shares.shares == [f"{100 * share:.1f}\xa0%" for share in view.answer.probabilities]
    assert view.shares.answer == (str(a.argmax()), f"{100 * a.max():.0f}\xa0%")


def test_a_drawn_digit_is_read(digits_view, settled):
    view = digits_view(30)
    write(view.pad, 3)
    settled(view)
    assert int(view.answer.probabilities.argmax()) == 3
    assert view.shares.sentence.endswith("sure: 3.") or view.shares.sentence == "Sure: 3."


def test_a_binary_model_answers_for_two_classes(digits_view, settled):
    view = digits_view(model={"kind": "binary", "positive": "4", "negative": "9"})
    write(view.pad, 4)
    settled(view)
    W, b = view.snapshot.params.W, view.snapshot.params.b
    z = float((W @ view.task.inputs(view.picture.reshape(1, -1))[0] + b)[0])
    assert view.answer.probabilities[1] == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-5)
    assert len(view.shares.shares) == 2
    assert view.evidence.isHidden()
    assert view.reason.texts[0] == "blue speaks for 4, orange for 9"


@pytest.mark.parametrize("kind", ["perceptron", "adaline", "svm"])
def test_a_neuron_without_shares_says_yes_or_no(digits_view, settled, kind):
    model = {"kind": kind, "positive": "4", "negative": "9"}
    view = digits_view(model=model, rate=0.01)  # ADALINE bears no more
    write(view.pad, 4)
    settled(view)
    W, b = view.snapshot.params.W, view.snapshot.params.b
    z = float((W @ view.task.inputs(view.picture.reshape(1, -1))[0] + b)[0])
    is_yes = z > (0.5 if kind == "adaline" else 0)
    assert view.shares.sentence == ("Says yes: 4." if is_yes else "Says no: 9.")
    assert view.shares.shares == (["", "yes"] if is_yes else ["no", ""])
    assert view.shares.answer == ("4" if is_yes else "9", "")
    assert view.shares.aside.startswith(f"z = {z:.2f}".replace("-", "−"))
    assert "as likely as" not in " ".join(view.reason.texts)
    assert view.reason.texts[2].endswith(f"it says {4 if is_yes else 9}")


def test_one_against_the_rest_says_what_its_shares_sum_to(digits_view, settled):
    view = digits_view(model={"kind": "ovr"})
    write(view.pad, 3)
    settled(view)
    a = view.answer.probabilities
    assert view.shares.shares == [f"{100 * share:.1f}\xa0%" for share in a]
    assert view.shares.hint.startswith(f"Σ = {a.sum():.2f}: ")
    assert "need not sum to 1" in view.shares.hint
    assert view.reason.texts[-1].startswith("odds of ")


def test_pairs_show_their_votes_and_the_evidence_of_the_winners_pairs(digits_view, settled):
    view = digits_view(model={"kind": "ovo"})
    write(view.pad, 3)
    settled(view)
    W, b = view.snapshot.params.W, view.snapshot.params.b
    z = W @ view.task.inputs(view.picture.reshape(1, -1))[0] + b
    votes = np.zeros(10, int)
    for (i, j), logit in zip(pairs(10), z, strict=True):
        votes[j if logit > 0 else i] += 1
    assert view.shares.shares == [f"{n} of 9" for n in votes]
    k = view.answer.decided
    assert votes[k] == votes.max()
    others = [j for j in range(10) if j != k]
    assert view.evidence.names == [f"not {j}" for j in others]
    for j, said in zip(others, view.evidence.numbers, strict=True):
        p = pairs(10).index((min(j, k), max(j, k)))
        towards = z[p] if k > j else -z[p]
        assert float(said[2].replace("−", "-")) == pytest.approx(towards, abs=0.051)
    first, second = compared(view)
    assert first == k
    p = pairs(10).index((min(first, second), max(first, second)))
    winner = max(first, second) if z[p] > 0 else min(first, second)
    assert f"its vote goes to {winner};" in view.reason.texts[-1]


def test_through_a_hidden_layer_integrated_gradients_are_the_evidence(digits_view, settled):
    view = digits_view(model={"hidden": 16})
    write(view.pad, 3)
    settled(view)
    params = view.snapshot.params
    x = view.task.inputs(view.picture.reshape(1, -1))[0]
    z, blank = (
        params.W @ np.maximum(params.hidden.V @ at + params.hidden.c, 0) + params.b
        for at in (x, np.zeros_like(x))
    )
    for k, said in enumerate(view.evidence.numbers):
        numbers = [float(text.replace("−", "-").replace(" ", "")) for text in said]
        np.testing.assert_allclose(numbers, [z[k] - blank[k], blank[k], z[k]], atol=0.011)
    assert "integrated gradients" in view.evidence.toolTip()


def test_without_training_all_classes_tie(digits_view, settled):
    view = digits_view(0)
    write(view.pad, 3)
    settled(view)
    assert view.shares.answer == ("?", "")
    assert view.shares.sentence == "All classes tie: train first (Space)."
    assert set(view.shares.shares) == {"10.0\xa0%"}


def test_the_answer_follows_the_training(digits_window, settled, qtbot):
    window = digits_window(0)
    view = window.views["Draw"]
    write(view.pad, 3)
    settled(view)
    before = view.shares.shares
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: view.shares.shares != before, timeout=PATIENCE_MS)
    _, a = expected(view)
    np.testing.assert_allclose(view.answer.probabilities, a, atol=1e-6)


def test_nothing_is_asked_again_while_neither_drawing_nor_weights_change(digits_view, settled):
    view = digits_view()
    write(view.pad, 3)
    settled(view)
    answer, painted = view.answer, view.evidence.painted
    view.receive_snapshot(view.snapshot)
    view.read_pad()
    assert view.answer is answer and view.evidence.painted == painted


def test_a_hidden_tab_does_no_work(digits_window, settled):
    window = digits_window()
    view = window.views["Draw"]
    write(view.pad, 3)
    settled(view)
    answer, picture = view.answer, view.picture
    window.stage.show_name("Weights")
    view.picker.show_row(3)
    view.receive_snapshot(view.snapshot)
    assert view.answer is answer and view.picture is picture
    window.stage.show_name("Draw")
    settled(view)
    assert view.answer is not answer


def test_evidence_that_looks_the_same_is_not_painted_again(digits_view, settled, trained):
    view = digits_view()
    write(view.pad, 3)
    settled(view)
    before = view.evidence.painted
    params = view.snapshot.params
    view.snapshot = type(view.snapshot)(
        **{**vars(view.snapshot), "params": type(params)(params.W * 1.0001, params.b)}
    )
    view.show_snapshot(view.snapshot)
    assert view.evidence.painted == before
    np.testing.assert_allclose(view.answer.evidence, params.W * 1.0001 * view.answer.x, rtol=1e-5)


# Why


@pytest.mark.parametrize("data", [{}, {"standardise": True}], ids=["pixels", "standardised"])
def test_evidence_and_bias_add_up_to_the_logit(digits_view, settled, data):
    view = digits_view(data=data)
    write(view.pad, 3)
    settled(view)
    z, _ = expected(view)
    np.testing.assert_allclose(view.answer.evidence.sum(axis=1) + view.snapshot.params.b, z, 1e-4)
    for k, (_, _, said) in enumerate(view.evidence.numbers):
        assert float(said.replace("−", "-")) == pytest.approx(z[k], abs=0.0051)


def test_winner_and_runner_up_are_compared_until_others_are_chosen(digits_view, settled, qtbot):
    view = digits_view()
    write(view.pad, 3)
    settled(view)
    first, second = np.argsort(-view.answer.probabilities)[:2]
    assert compared(view) == (first, second)
    qtbot.keyClick(view.comparison.second, Qt.Key.Key_Home)
    view.pad.drawing.clear()
    write(view.pad, 1)
    settled(view)
    assert compared(view) == (first, 0)
    z, _ = expected(view)
    said = view.reason.texts[1].rsplit("= ", 1)[1]
    assert float(said.replace("−", "-")) == pytest.approx(z[first] - z[0], abs=0.0051)


@pytest.mark.parametrize("data", [{}, {"standardise": True}], ids=["pixels", "standardised"])
def test_the_nearest_training_digits_are_those_of_brute_force(digits_view, settled, data):
    view = digits_view(0, data=data)
    write(view.pad, 3)
    settled(view)
    task = view.task
    x = task.inputs(view.picture.reshape(1, -1))[0].astype(np.float64)
    X = task.inputs(task.dataset.values(task.train_rows)).astype(np.float64)
    rows = task.train_rows[np.argsort(np.linalg.norm(X - x, axis=1), kind="stable")[:5]]
    names = [task.dataset.class_names[k] for k in task.dataset.y[rows]]
    assert view.nearest.captions == names
    for picture, row in zip(view.nearest.pictures, rows, strict=True):
        np.testing.assert_array_equal(picture.ravel(), task.dataset.values(np.array([row]))[0])


# A digit of the data in place of a drawing


def test_a_random_test_digit_is_the_input_itself(digits_view, settled, qtbot):
    view = digits_view()
    qtbot.mouseClick(view.toolbar.random, Qt.MouseButton.LeftButton)
    settled(view)
    values = view.task.dataset.values(view.task.test_rows)
    assert (values == view.picture.ravel()).all(axis=1).any()
    assert not view.pad.strokes


def test_the_next_misclassified_digits_are_wrong_one_after_the_other(digits_view, settled, qtbot):
    view = digits_view(2)
    task = view.task
    decided = probe.decided(task, view.snapshot.params, task.test_rows)
    wrong = task.test_rows[decided != task.dataset.y[task.test_rows]]
    for row in wrong[:3]:
        note = f"test row {row + 1:,}: {task.dataset.class_names[task.dataset.y[row]]}"
        qtbot.mouseClick(view.toolbar.mistake, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(
            lambda note=note: view.pad.drawing.content.note == note, timeout=PATIENCE_MS
        )


def test_a_click_on_the_confusion_matrix_shows_a_digit_of_that_cell(digits_window, qtbot):
    window = digits_window(2)
    view, task = window.views["Draw"], window.views["Draw"].task
    window.stage.show_name("Weights")
    window.side_panel.show_name("Confusion")
    matrix = window.views["Confusion"].matrix
    qtbot.waitUntil(lambda: matrix.isVisible() and matrix.cell_rect(0, 0).width() > 2)
    counts = window.controller.snapshot.metrics.confusion.copy()
    np.fill_diagonal(counts, 0)
    i, j = (int(k) for k in np.unravel_index(counts.argmax(), counts.shape))
    at = matrix.cell_rect(i, j).center().toPoint()
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: view.pad.drawing.content.picture is not None, timeout=PATIENCE_MS)
    assert window.stage.current == "Draw"
    y = task.dataset.y[task.test_rows]
    decided = probe.decided(task, view.snapshot.params, task.test_rows)
    (row, *_) = task.test_rows[(y == i) & (decided == j)]
    assert view.pad.drawing.content.note == f"test row {row + 1:,}: {task.dataset.class_names[i]}"


def test_one_click_in_the_data_leaves_a_drawing_alone_and_a_double_click_shows_the_row(
    digits_window, qtbot
):
    window = digits_window(0)
    write(window.views["Draw"].pad, 3)
    window.stage.show_name("Data")
    table = window.views["Data"].table
    at = table.visualRect(window.views["Data"].model.index(4, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.views["Draw"].pad.strokes
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.stage.current == "Draw"
    row = int(window.views["Data"].model.order[4])
    expected = window.views["Draw"].task.dataset.values(np.array([row]))[0]
    np.testing.assert_array_equal(
        window.views["Draw"].pad.drawing.content.picture.ravel(), expected
    )


def test_drawing_over_a_digit_starts_a_new_drawing(digits_view, qtbot):
    view = digits_view(0)
    qtbot.mouseClick(view.toolbar.random, Qt.MouseButton.LeftButton)
    stroke(view.pad, LINE)
    assert view.pad.drawing.content.picture is None and len(view.pad.strokes) == 1
    qtbot.keyClick(view.pad, Qt.Key.Key_Z, CTRL)
    assert view.pad.drawing.content.picture is not None


# With other data


def pick(view, row):
    """Put this row of the data on the pad."""
    view.picker.show_row(row)
    assert not view.pad.drawing.is_empty


def row_text(task, row):
    """What the pad calls this row of the data."""
    return f"{task.describe_row(row)}: {task.dataset.class_names[task.dataset.y[row]]}"


def other_digits(task):
    """Data of the same size with no picture in common."""
    other = replace(task.source, name="other digits", X=(16 - task.source.X).astype(np.uint8))
    return prepare(other, task.config)


def test_a_picked_digit_its_note_and_its_neighbours_leave_with_their_data(digits_view, settled):
    view = digits_view()
    pick(view, 17)
    settled(view)
    assert view.answer and all(picture is not None for picture in view.nearest.pictures)
    view.receive_task(other_digits(view.task))
    assert view.pad.drawing.is_empty and not view.pad.drawing.content.note
    assert all(picture is None for picture in view.nearest.pictures)
    settled(view)
    assert view.picture is None and view.answer is None
    assert not any(view.nearest.captions)


def test_by_undo_no_digit_of_other_data_comes_back(digits_view, qtbot):
    view = digits_view(0)
    pick(view, 17)
    qtbot.mouseClick(view.toolbar.clear, Qt.MouseButton.LeftButton)
    view.receive_task(other_digits(view.task))
    qtbot.mouseClick(view.toolbar.undo, Qt.MouseButton.LeftButton)
    assert view.pad.drawing.is_empty


def test_a_snapshot_that_comes_before_the_pad_is_read_finds_no_picture_of_other_data(
    digits_view, settled, trained
):
    view = digits_view(0)
    write(view.pad, 3)
    settled(view)
    small = replace(
        view.task.source,
        name="small digits",
        X=np.ascontiguousarray(view.task.source.X.reshape(-1, 8, 8)[:, 1:7, 1:7].reshape(-1, 36)),
        feature_names=pixel_names(6, 6),
        image_shape=(6, 6),
    )
    task = prepare(small, view.task.config)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 3))
    shown = view.picture, view.answer
    assert shown == (None, None)
    settled(view)
    np.testing.assert_equal(np.shape(view.picture), (6, 6))
    assert view.answer is not None


def test_what_a_hand_drew_stays_with_other_data(digits_view, settled):
    view = digits_view(0)
    write(view.pad, 3)
    settled(view)
    before = view.picture
    view.receive_task(other_digits(view.task))
    settled(view)
    np.testing.assert_array_equal(view.picture, before)


def test_a_picked_digit_is_called_what_it_is_in_the_data_as_they_become(digits_window, new_run):
    window = digits_window(0)
    view, controller = window.views["Draw"], window.controller
    row = int(view.task.test_rows[0])
    pick(view, row)
    assert view.pad.drawing.content.note.startswith("test row ")
    with new_run(window):  # another split
        window.loader.change("split", data=replace(controller.config.data, test_fraction=0.0))
    window.stage.show_name("Draw")
    assert view.pad.drawing.content.note == row_text(view.task, row)
    assert view.pad.drawing.content.note.startswith("training row ")

    pick(view, 17)
    picture = view.pad.drawing.content.picture
    with new_run(window):  # a row that comes before it
        window.editor.teach(np.zeros((1, 64), np.uint8), np.array([3]), "one more")
    assert view.pad.drawing.content.note == row_text(view.task, 18)
    np.testing.assert_array_equal(view.pad.drawing.content.picture, picture)

    four = int(np.flatnonzero(view.task.dataset.y == 4)[5])
    pick(view, four)
    picture = view.pad.drawing.content.picture
    with new_run(window):  # two classes
        model = ModelConfig(kind="binary", positive="4", negative="9")
        window.loader.change("change", model=model)
    row = row_of(view.task.dataset, picture)
    assert row < four and (view.task.dataset.values(row) == picture.ravel()).all()
    assert view.pad.drawing.content.note == row_text(view.task, row)


def test_a_row_is_found_by_its_picture_as_by_brute_force():
    data = sources.load(DataConfig("digits"))
    values = data.values()
    for row in (0, 5, 700, data.n - 1):
        first = int(np.flatnonzero((values == values[row]).all(axis=1))[0])
        assert row_of(data, values[row].reshape(8, 8)) == first
    assert row_of(data, np.full((8, 8), 0.3, np.float32)) == -1
    assert row_of(data, np.zeros((28, 28), np.float32)) == -1


# In the window


def test_the_tab_is_there_for_pictures_only(qtbot, open_window, new_run):
    window = open_window(RunConfig(DataConfig(source="iris")))
    assert "Draw" not in window.stage.available
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    assert "Draw" in window.stage.available


def test_ctrl_z_on_the_pad_takes_back_a_stroke_and_not_the_run(digits_window, qtbot, new_run):
    window = digits_window(0)
    with new_run(window):
        window.setup.wishes.model_changed.emit(
            ModelConfig(kind="binary", positive="4", negative="9"), "change"
        )
    window.stage.show_name("Draw")
    run = window.controller.run
    stroke(window.views["Draw"].pad, LINE)
    qtbot.waitUntil(window.views["Draw"].pad.hasFocus)
    qtbot.keyClick(window.views["Draw"].pad, Qt.Key.Key_Z, CTRL)
    assert window.views["Draw"].pad.drawing.is_empty and window.controller.run is run


def test_buttons_undo_and_clear_and_say_when_there_is_nothing_to_do(digits_view, qtbot):
    view = digits_view(0)
    assert not view.toolbar.undo.isEnabled() and not view.toolbar.clear.isEnabled()
    stroke(view.pad, LINE)
    qtbot.mouseClick(view.toolbar.undo, Qt.MouseButton.LeftButton)
    assert view.pad.drawing.is_empty and not view.toolbar.clear.isEnabled()
    assert not view.toolbar.undo.isEnabled()
    stroke(view.pad, LINE)
    qtbot.mouseClick(view.toolbar.clear, Qt.MouseButton.LeftButton)
    assert view.pad.drawing.is_empty and view.toolbar.undo.isEnabled()
    for _ in range(2):
        qtbot.mouseClick(view.toolbar.undo, Qt.MouseButton.LeftButton)
    assert not view.toolbar.undo.isEnabled()
    qtbot.mouseClick(view.toolbar.random, Qt.MouseButton.LeftButton)
    assert view.toolbar.undo.isEnabled() and view.toolbar.clear.isEnabled()


@pytest.mark.usefixtures("face")
def test_from_the_first_stroke_to_the_last_nothing_is_laid_out_and_the_pad_is_the_largest_part(
    digits_window, settled, qtbot
):
    view = digits_window(is_open=False, size=(1366, 768)).views["Draw"]
    settled(view)
    assert view.shares.is_blank
    parts = (view.pad, view.shares, view.toolbar, view.teaching, view.how_it_is_read, view.why)
    pictures = [view.steps, view.evidence, view.reason, view.nearest]
    assert all(part.isVisible() for part in parts if part is not view.teaching)
    assert not any(part.isVisible() for part in [*pictures, *view.teaching.buttons])
    before: list[QRect] = []

    def is_laid_out() -> bool:
        last, before[:] = list(before), [part.geometry() for part in parts]
        return before == last

    qtbot.waitUntil(is_laid_out)
    size = view.shares.answer_point_size
    assert size >= 40
    seen = []
    for digit in (1, 3, 8):
        view.pad.drawing.clear()
        write(view.pad, digit)
        settled(view)
        assert not view.shares.is_blank
        assert all(button.isVisible() for button in view.teaching.buttons)
        seen.append(view.shares.answer)
        assert [part.geometry() for part in parts] == before
        assert view.shares.answer_point_size == size
    assert len(set(seen)) > 1
    assert min(view.pad.width(), view.pad.height()) >= 320
    assert view.pad.width() > view.shares.width()


def test_what_is_closed_is_not_worked_out_and_is_up_to_date_once_opened(
    digits_window, settled, qtbot
):
    view = digits_window(is_open=False).views["Draw"]
    write(view.pad, 3)
    settled(view)
    assert view.evidence.painted == 0 and not any(view.nearest.captions)
    qtbot.mouseClick(view.why, Qt.MouseButton.LeftButton)
    settled(view)
    assert view.evidence.painted and all(view.nearest.captions) and view.reason.texts
    z, _ = expected(view)
    for k, (_, _, said) in enumerate(view.evidence.numbers):
        assert float(said.replace("−", "-")) == pytest.approx(z[k], abs=0.0051)


def room_of(view):
    """What holds the parts, and the area in which it scrolls."""
    area = view.findChild(QScrollArea)
    return area.widget(), area


def is_in_sight(part, area):
    """Whether an area that scrolls shows the whole part."""
    view = area.viewport()
    return view.rect().contains(QRect(part.mapTo(view, QPoint(0, 0)), part.size()))


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("size", [(1280, 800), (1024, 640)], ids=["1280", "1024"])
def test_without_scrolling_the_pad_fits_and_one_part_more_and_what_opens_comes_in_sight(
    digits_window, settled, qtbot, size
):
    view = digits_window(0, is_open=False, size=size).views["Draw"]
    write(view.pad, 3)
    settled(view)
    room, area = room_of(view)

    def assert_it_fits() -> None:
        assert not area.verticalScrollBar().maximum()
        assert not area.horizontalScrollBar().maximum()
        assert min(view.pad.width(), view.pad.height()) >= 160

    assert_it_fits()
    first = (view.pad, view.shares, view.toolbar, view.teaching)
    assert all(room.rect().contains(part.geometry()) for part in first)
    folds = {view.how_it_is_read: view.steps, view.why: view.reason}
    for fold in folds if size == (1280, 800) else ():
        qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        settled(view)
        assert_it_fits()
        qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        settled(view)
        assert not folds[fold].isVisible()
    for fold, part in folds.items():
        qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda part=part: is_in_sight(part, area))
    settled(view)
    assert not area.horizontalScrollBar().maximum()
    parts = (view.pad, view.shares, view.evidence, view.reason, view.steps, view.nearest)
    assert all(room.rect().contains(part.geometry()) for part in parts)
    assert view.nearest.geometry().bottomRight() == room.rect().bottomRight()


@pytest.mark.usefixtures("face")
def test_nothing_moves_when_an_answer_comes(digits_window, settled, qtbot):
    view = digits_window().views["Draw"]
    before = laid_out(qtbot, view)
    write(view.pad, 3)
    settled(view)
    assert laid_out(qtbot, view) == before


def test_every_control_has_a_tooltip_and_is_reached_by_tab(digits_view):
    view = digits_view(0)
    bar = view.toolbar
    controls = [view.pad, bar.pen, bar.eraser, bar.random, bar.mistake, bar.undo, bar.clear]
    controls += [view.how_it_is_read, view.why, view.comparison.first, view.comparison.second]
    for control in [*controls, *view.steps.switches.values(), *view.teaching.buttons]:
        assert control.toolTip() and control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert control.accessibleName() or control.text()


def test_a_picture_is_ink_on_paper_in_light_and_dark(digits_view, settled, pixels):
    view = digits_view(0)
    write(view.pad, 1)
    settled(view)
    assert pixels(view.pad)[60, 30].mean() > 200
    view.receive_theme(DARK)
    assert pixels(view.pad)[60, 30].mean() < 60


def test_a_drawing_stays_when_the_model_changes(digits_window, settled, new_run):
    window = digits_window(0)
    write(window.views["Draw"].pad, 4)
    with new_run(window):
        window.setup.wishes.model_changed.emit(ModelConfig(kind="binary", positive="4"), "change")
    window.stage.show_name("Draw")
    settled(window.views["Draw"])
    assert window.views["Draw"].pad.strokes and len(window.views["Draw"].shares.shares) == 2


def test_teaching_hands_on_the_picture_with_its_class(digits_window, settled, qtbot):
    window = digits_window(0)
    view = window.views["Draw"]
    write(view.pad, 3)
    settled(view)
    with qtbot.waitSignal(view.taught) as taught:
        qtbot.mouseClick(view.teaching.buttons[3], Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(taught.args[0], view.picture)
    assert taught.args[1] == 3
    qtbot.waitUntil(lambda: window.controller.run.task.dataset.added == 1, timeout=PATIENCE_MS)
